"""The operational database: promotions, grade history, audit."""

from .alerts import Alerts
from .ledger import Ledger
from .promotions import Promotion, Promotions, SignOff, Trial

__all__ = ["Alerts", "Ledger", "Promotion", "Promotions", "SignOff", "Trial"]
