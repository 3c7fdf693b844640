"""Detectors: each tells at the end of a week how alarming every series is."""

from .detector import NONE, Detector
from .hierarchical import Hierarchical
from .ratio import Ratio

__all__ = ["ALL", "NONE", "Detector", "Hierarchical", "Ratio"]

ALL: tuple[Detector, ...] = (Ratio(), Hierarchical())
"""All detectors, as they are by default."""
