"""The operational database: promotions, grade history, audit."""

from .alerts import Alerts
from .ledger import Ledger

__all__ = ["Alerts", "Ledger"]
