"""The operational database: promotions, grade history, audit."""

from .alerts import Alerts
from .history import Change, History, Run
from .ledger import Ledger
from .promotions import Promotion, Promotions, SignOff, Trial

__all__ = [
    "Alerts",
    "Change",
    "History",
    "Ledger",
    "Promotion",
    "Promotions",
    "Run",
    "SignOff",
    "Trial",
]
