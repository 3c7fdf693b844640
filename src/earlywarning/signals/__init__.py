"""Signals: what records tell of hazards in products, and from which day on that was known."""

from .firsts import KINDS, read_cases
from .gathering import gather
from .panel import Panel
from .reading import LENSES, SIGNALS, Naming, read_signals
from .rows import Rows
from .sources import SOURCES, Source

__all__ = [
    "KINDS",
    "LENSES",
    "SIGNALS",
    "SOURCES",
    "Naming",
    "Panel",
    "Rows",
    "Source",
    "gather",
    "read_cases",
    "read_signals",
]
