"""Early warning 智能预警: what is about to get worse, of products and of enterprises."""

from .cases import Cases, Told
from .counts import Counts, Reports
from .detectors import ALL, Detector, Joint
from .signals import KINDS, read_cases
from .tally import Tally

__all__ = [
    "ALL",
    "KINDS",
    "Cases",
    "Counts",
    "Detector",
    "Joint",
    "Reports",
    "Tally",
    "Told",
    "read_cases",
]
