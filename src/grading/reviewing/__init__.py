"""Reviewing: which grades people look at, what they may decide, and by when."""

from .desk import Desk, Graded
from .districts import districts_of
from .edition import ReasonCode, ReviewEdition, Trigger
from .reviewpolicy import ReviewPolicy
from .scanning import scan

__all__ = [
    "Desk",
    "Graded",
    "ReasonCode",
    "ReviewEdition",
    "ReviewPolicy",
    "Trigger",
    "districts_of",
    "scan",
]
