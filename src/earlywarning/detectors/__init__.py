"""Detectors: each tells at the end of a week how alarming every series is."""

from .detector import NONE, Detector
from .farrington import Farrington, Told
from .hierarchical import Hierarchical
from .ratio import Ratio

__all__ = ["ALL", "NONE", "Detector", "Farrington", "Hierarchical", "Ratio", "Told"]

ALL: tuple[Detector, ...] = (Ratio(), Farrington(), Hierarchical())
"""All detectors, as they are by default."""
