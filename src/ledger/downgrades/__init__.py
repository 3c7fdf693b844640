"""Downgrade warnings: drafts and their grounds, acts of people, and the levels that they set."""

from .acts import (
    ESCALATED,
    HELD,
    OVER,
    SYSTEM,
    TABLE,
    WAITING,
    Act,
    Answer,
    Service,
    State,
)
from .content import step
from .downgrade import Downgrade, Event, fold, follow, refusal
from .downgrades import Downgrades, Drafted
from .draft import LONGEST, Draft, Ground
from .queue import Piled, Place, Wanted
from .severity import LEVELS, severity
from .warnings import Warned, Warnings

__all__ = [
    "ESCALATED",
    "HELD",
    "LEVELS",
    "LONGEST",
    "OVER",
    "SYSTEM",
    "TABLE",
    "WAITING",
    "Act",
    "Answer",
    "Downgrade",
    "Downgrades",
    "Draft",
    "Drafted",
    "Event",
    "Ground",
    "Piled",
    "Place",
    "Service",
    "State",
    "Wanted",
    "Warned",
    "Warnings",
    "fold",
    "follow",
    "refusal",
    "severity",
    "step",
]
