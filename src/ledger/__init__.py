"""The operational database: promotions, grade history, audit."""

from .ledger import Ledger
from .promotions import Promotion, Promotions, SignOff, Trial

__all__ = ["Ledger", "Promotion", "Promotions", "SignOff", "Trial"]
