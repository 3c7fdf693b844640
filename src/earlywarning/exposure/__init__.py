"""Exposure: whom a risky product concerns, in order, with the reason."""

from .city import City, read_city
from .exposed import Exposed, Ranked, Within
from .exposure import Exposure
from .traces import ROLES
from .weights import REASONS, Weights, read_weights

__all__ = [
    "REASONS",
    "ROLES",
    "City",
    "Exposed",
    "Exposure",
    "Ranked",
    "Weights",
    "Within",
    "read_city",
    "read_weights",
]
