"""The bar: how strong what is told must be, so that so many alarms a week come."""

from dataclasses import dataclass

import numpy as np

from ..backtest import Runs, thresholds
from ..signals import Panel
from ..tally import WEEK
from .scoring import Scored, score
from .settings import WatchSettings

__all__ = ["Bar", "set_bar"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """How strong an alarm must be.

    Attributes
    ----------
    strength
        Logarithm; see `Scored`.
    day
        The day at whose end it was set.
    budget
        For how many alarms a week.
    """

    strength: float
    day: int
    budget: float


def set_bar(panel: Panel, settings: WatchSettings, day: int) -> Bar:
    """Return the bar by which the weeks just past would have had as many alarms as the budget.

    Weeks before there were records do not count. A bar is never below the least of the settings:
    what is nearly as likely if nothing spreads is no alarm, however few alarms there are.

    Parameters
    ----------
    panel
        All series, not narrowed.
    settings
        With the budget.
    day
        At the end of which it is set.
    """
    begun = panel.known(day).begun
    there = 1 if begun is None else (day - begun) // WEEK + 1
    scored = score(panel, settings, day, max(1, min(settings.tried, there)))
    low, high = thresholds(_runs(scored, day), settings.budget, settings.silence)
    chosen = high if np.isfinite(high) else low
    least = float(np.log(settings.least))
    strength = max(float(chosen), least) if np.isfinite(chosen) else least
    return Bar(strength=strength, day=day, budget=settings.budget)


def _runs(scored: Scored, day: int) -> Runs:
    """Return series and products as weekly runs, of which either is told in a week with news."""
    by_product = scored.counts.reports[len(scored.panel.by_series) :]
    told = [scored.counts.cases, *(each.told for each in scored.counts.reports)]
    news = sum(each[:, -scored.last :] for each in told[: len(told) - len(by_product)])
    reports = sum(
        (each.told[:, -scored.last :] for each in by_product),
        np.zeros(scored.reported.shape, np.int64),
    )
    return Runs(
        np.vstack([scored.strength, scored.reported]),
        np.vstack([news, reports]) > 0,
        day - (scored.last - 1) * WEEK,
        WEEK,
    )
