"""The operational database: promotions, grade history, audit."""

from .history import Change, History, Run
from .ledger import Ledger
from .promotions import Promotion, Promotions, SignOff, Trial

__all__ = ["Change", "History", "Ledger", "Promotion", "Promotions", "Run", "SignOff", "Trial"]
