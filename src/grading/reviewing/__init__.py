"""Reviewing: which grades people look at, what they may decide, and by when."""

from .desk import Desk, Graded
from .districts import districts_of
from .edition import ReasonCode, ReviewEdition, Trigger
from .expiring import expire, reckon
from .posters import posters_of
from .reviewpolicy import ReviewPolicy
from .scanning import scan
from .standing import known_records, standing_records, withdrawn_of
from .withdrawn import reopen

__all__ = [
    "Desk",
    "Graded",
    "ReasonCode",
    "ReviewEdition",
    "ReviewPolicy",
    "Trigger",
    "districts_of",
    "expire",
    "known_records",
    "posters_of",
    "reckon",
    "reopen",
    "scan",
    "standing_records",
    "withdrawn_of",
]
