"""Reviews of grades by people: cases, acts, and the levels that people set."""

from .acts import DECIDED, OVER, SYSTEM, TABLE, UNDECIDED, Act, Decision, State
from .asked import Asked
from .case import (
    BY_HAND,
    CAUSES,
    OBJECTION,
    RECORD_WITHDRAWN,
    Case,
    Event,
    Opening,
    fold,
    refusal,
    step,
)
from .decisions import DECISIONS, LIFT
from .overrides import Overrides, Setting
from .piles import Pile, Piles
from .queue import Place, Wanted
from .reviews import Reviews

__all__ = [
    "BY_HAND",
    "CAUSES",
    "DECIDED",
    "DECISIONS",
    "LIFT",
    "OBJECTION",
    "OVER",
    "RECORD_WITHDRAWN",
    "SYSTEM",
    "TABLE",
    "UNDECIDED",
    "Act",
    "Asked",
    "Case",
    "Decision",
    "Event",
    "Opening",
    "Overrides",
    "Pile",
    "Piles",
    "Place",
    "Reviews",
    "Setting",
    "State",
    "Wanted",
    "fold",
    "refusal",
    "step",
]
