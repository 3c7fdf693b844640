"""The standard catalogue: every indicator that Xinheng declares."""

from ..catalogue import Catalogue
from . import bc, cc, cx, ea, ih, pn, rl

__all__ = ["standard_catalogue"]


def standard_catalogue() -> Catalogue:
    """Return every indicator that Xinheng declares, in the order of their dimensions."""
    return Catalogue((*bc.BC, *rl.RL, *pn.PN, *cc.CC, *ea.EA, *ih.IH, *cx.CX))
