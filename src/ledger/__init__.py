"""The operational database: promotions, grade history, audit."""

from .ledger import Ledger

__all__ = ["Ledger"]
