"""Reviews of grades by people: cases, acts, and the levels that people set."""

from .acts import DECIDED, OVER, TABLE, UNDECIDED, Act, Decision, State
from .case import OBJECTION, Case, Event, Opening, fold, refusal, step
from .overrides import Overrides, Setting
from .queue import Place, Wanted
from .reviews import Asked, Reviews

__all__ = [
    "DECIDED",
    "OBJECTION",
    "OVER",
    "TABLE",
    "UNDECIDED",
    "Act",
    "Asked",
    "Case",
    "Decision",
    "Event",
    "Opening",
    "Overrides",
    "Place",
    "Reviews",
    "Setting",
    "State",
    "Wanted",
    "fold",
    "refusal",
    "step",
]
