"""The operational database: promotions, grade history, audit."""

from .history import Change, History, Run
from .ledger import Ledger

__all__ = ["Change", "History", "Ledger", "Run"]
