"""The audit trail: entries in chains, their heads signed and anchored outside the database."""

from .entry import GENESIS, Chain, Entry, Note
from .lookup import Page, Place, Sought, search
from .proof import Proof
from .verification import Finding, Verification, verify
from .writer import Pace, Trail

__all__ = [
    "GENESIS",
    "Chain",
    "Entry",
    "Finding",
    "Note",
    "Pace",
    "Page",
    "Place",
    "Proof",
    "Sought",
    "Trail",
    "Verification",
    "search",
    "verify",
]
