"""Detectors: each tells at the end of a week how alarming every series is."""

from .detector import NONE, Detector
from .ratio import Ratio

__all__ = ["NONE", "Detector", "Ratio"]
