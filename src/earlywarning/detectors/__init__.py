"""Detectors: each tells at the end of a week how alarming every series is."""

from .cusum import Cusum
from .detector import NONE, Detector
from .ears import Ears
from .ratio import Ratio
from .scan import Scan
from .shrinker import Shrinker

__all__ = ["ALL", "NONE", "Cusum", "Detector", "Ears", "Ratio", "Scan", "Shrinker"]

ALL: tuple[Detector, ...] = (Cusum(), Ears(), Ratio(), Scan(), Shrinker())
"""All detectors, with what their papers advise."""
