"""The survey: everything watched of an archive and a model as of a day, judged."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.errors import InvalidError
from ...features import Events, References
from ..bundle import Bundle
from .arrivals import Arrivals
from .causes import Story, explain
from .drift import drifts, found_by_checks, later_months, promises
from .sample import first_days
from .signals import BUDGET, bars_of, read_signals
from .tallies import tallies
from .watched import Bank, Group, Judged, judge

__all__ = ["MONTHS", "Progress", "Survey", "survey"]

MONTHS = 72
LEAST = 30
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """What a run found.

    Attributes
    ----------
    day
        First day of the month of the run: what came before it was looked at.
    series, asked
        How many series are watched, and how many questions were asked of the last month.
    bars
        How unlikely something of each group must be to be told of.
    stories
        What moved, and why.
    judged
        Every series of months, and how unlikely each month is.
    """

    day: int
    series: int
    asked: int
    bars: Mapping[Group, float]
    stories: tuple[Story, ...]
    judged: tuple[Judged, ...]


def quiet(_what: str, _done: int, _of: int) -> None:
    """Tell nobody."""


def survey(
    bundle: Bundle,
    events: Events,
    references: References,
    arrivals: Arrivals,
    as_of: int,
    *,
    more: Callable[[npt.NDArray[np.int32]], list[Bank]] | None = None,
    budget: float = BUDGET,
    threads: int = 1,
    progress: Progress = quiet,
) -> Survey:
    """Look at everything that is watched, as it was known on the first day of a month.

    Parameters
    ----------
    bundle
        The model, with its reference.
    events, references
        Of the archive.
    arrivals
        Every record as it first came; see `read_arrivals`.
    as_of
        A day of the month of the run; nothing that came on its first day or later is looked at.
    more
        Further series over the months between some days.
    budget
        False alarms a quarter that are put up with.
    threads, progress
        How many threads compute, and who is told what is being done.

    Raises
    ------
    InvalidError
        If the model has no reference months, or there are too few months to know what is usual.
    """
    days = first_days(as_of, MONTHS + 1)
    last = int(days[-1])
    seen = arrivals.before(last)
    known = seen.table["arrived"].to_numpy()
    began = int(known.min()) if len(known) else last
    days = days[days >= began] if (days >= began).sum() > LEAST else days[-LEAST:]
    _check(bundle, last, began)
    progress("Counting deliveries", 0, 4)
    banks = tallies(seen, days) + (more(days) if more else [])
    progress("Comparing indicators and scores", 1, 4)
    past = next(iter(bundle.reference.months.values())).days
    fresh = days[(days > past[-1]) & (days <= last)]
    later = later_months(bundle, events, references, fresh, threads=threads) if fresh.size else {}
    banks += drifts(bundle.reference.until(last), later, bundle.catalogue)
    progress("Holding promises against what was found", 2, 4)
    if bundle.reference.checks is not None:
        checked = found_by_checks(seen, events, bundle.reference.checks, days)
        banks += promises(bundle, events, references, checked, len(days) - 1, threads=threads)
    progress("Looking for causes", 3, 4)
    return concluded(bundle, banks, last, budget)


def concluded(bundle: Bundle, banks: list[Bank], day: int, budget: float = BUDGET) -> Survey:
    """Judge banks, and tell what moved in their last month and why."""
    judged = judge(banks)
    bars = bars_of(judged, budget)
    stories = explain(read_signals(judged, bars), bundle.catalogue)
    return Survey(
        day=day,
        series=sum(len(each.bank.keys) for each in judged),
        asked=sum(int(each.asked) for each in judged),
        bars=bars,
        stories=tuple(stories),
        judged=tuple(judged),
    )


def _check(bundle: Bundle, last: int, began: int) -> None:
    if not bundle.reference.months:
        raise InvalidError(
            f"the bundle {bundle.digest[:12]} knows no months of a city, as one for planning "
            "visits; monitor the champion for grades, or train it anew"
        )
    months = (last - began) // 30
    if months < LEAST:
        raise InvalidError(
            f"the archive has records of some {months} months before {time.show(last)}; what is "
            f"usual is known from {LEAST} months on"
        )
