"""The standard catalogue: every indicator that Xinheng declares."""

from ..catalogue import Catalogue
from ..indicator import Indicator
from . import bc, cc, cx, ea, ih, pn, rl, ties

__all__ = ["standard_catalogue"]


def standard_catalogue() -> Catalogue:
    """Return every indicator that Xinheng declares, in the order of their dimensions."""
    licences, penalties = _by_id(*rl.RL, *ties.RL), _by_id(*pn.PN, *ties.PN)
    return Catalogue((*bc.BC, *licences, *penalties, *cc.CC, *ea.EA, *ih.IH, *cx.CX))


def _by_id(*indicators: Indicator) -> tuple[Indicator, ...]:
    return tuple(sorted(indicators, key=lambda indicator: indicator.id))
