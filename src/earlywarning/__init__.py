"""Early warning 智能预警: what is about to get worse, of products and of enterprises."""

from .cases import Cases
from .counts import Counts
from .detectors import ALL, Detector
from .signals import KINDS, read_cases

__all__ = ["ALL", "KINDS", "Cases", "Counts", "Detector", "read_cases"]
