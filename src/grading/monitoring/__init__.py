"""Monitoring: whether what the model learned still holds, and if not, why."""

from .arrivals import Arrivals, arrivals_of, read_arrivals
from .causes import Cause, Story, explain
from .following import State, Told, follow
from .run import Monitored, monitor
from .sample import first_days, sampled_matrix
from .signals import BUDGET, Signal
from .survey import Survey, survey
from .watched import Aspect, Bank, Key
from .wording import LANGUAGES, sentence

__all__ = [
    "BUDGET",
    "LANGUAGES",
    "Arrivals",
    "Aspect",
    "Bank",
    "Cause",
    "Key",
    "Monitored",
    "Signal",
    "State",
    "Story",
    "Survey",
    "Told",
    "arrivals_of",
    "explain",
    "first_days",
    "follow",
    "monitor",
    "read_arrivals",
    "sampled_matrix",
    "sentence",
    "survey",
]
