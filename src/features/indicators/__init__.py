"""The standard indicators, a module for each dimension."""

from ..catalogue import Catalogue
from .bc import BC
from .cc import CC
from .cx import CX
from .ea import EA
from .ih import IH
from .pn import PN
from .rl import RL

__all__ = ["standard_catalogue"]


def standard_catalogue() -> Catalogue:
    """Return every indicator that Xinheng declares, in the order of their dimensions."""
    return Catalogue((*BC, *RL, *PN, *CC, *EA, *IH, *CX))
