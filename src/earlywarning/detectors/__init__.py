"""Detectors: each tells at the end of a week how alarming every series is."""

from .cusum import Cusum
from .detector import NONE, Detector
from .ears import Ears
from .farrington import Farrington, Told
from .hierarchical import Hierarchical
from .joint import Joint
from .ratio import Ratio
from .scan import Scan
from .shrinker import Shrinker

__all__ = [
    "ALL",
    "NONE",
    "Cusum",
    "Detector",
    "Ears",
    "Farrington",
    "Hierarchical",
    "Joint",
    "Ratio",
    "Scan",
    "Shrinker",
    "Told",
]

ALL: tuple[Detector, ...] = (
    Ratio(),
    Ears(),
    Farrington(),
    Farrington(least=3, name="farrington 3 in 4"),
    Shrinker(),
    Scan(),
    Cusum(),
    Hierarchical(),
)
"""Detectors of one source, as they are by default; Farrington's also with an alarm from three cases
in four weeks on, for five are many where cases are rare."""
