"""Monitoring: whether what the model learned still holds, and if not, why."""

from .arrivals import Arrivals, arrivals_of, read_arrivals
from .causes import Cause, Story, explain
from .sample import first_days, sampled_matrix
from .signals import BUDGET, Signal
from .survey import Survey, survey
from .watched import Aspect, Bank, Key

__all__ = [
    "BUDGET",
    "Arrivals",
    "Aspect",
    "Bank",
    "Cause",
    "Key",
    "Signal",
    "Story",
    "Survey",
    "arrivals_of",
    "explain",
    "first_days",
    "read_arrivals",
    "sampled_matrix",
    "survey",
]
