"""A backtest: what all detectors would have found in years that are known by now."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np

from ..cases import WEEK, Cases
from ..detectors import Detector
from .comparison import Difference, Span, Tried, clusters, difference, try_out
from .onsets import Onsets, label

__all__ = ["Backtest", "backtest"]

MONDAY = 4  # 1970-01-05


@dataclass(frozen=True, slots=True, eq=False)
class Backtest:
    """Detectors held against one another in one span.

    Attributes
    ----------
    before, span
        Where thresholds are from, and where delays are measured: whole weeks from a Monday on.
    series, onsets
        How many series there are, and what began to spread in the span.
    tried
        What each detector did, by how often it looks and by budget.
    cluster
        Which onsets belong together.
    """

    before: Span
    span: Span
    series: int
    onsets: Onsets
    tried: tuple[Tried, ...]
    cluster: tuple[int, ...]

    def against(self, one: Tried, reference: str) -> Difference | None:
        """Return how much later one found what spread than a reference that looks as often."""
        for other in self.tried:
            alike = (other.step, other.budget) == (one.step, one.budget)
            if alike and other.detector == reference != one.detector:
                cluster = np.array(self.cluster, np.int32)
                return difference(one.equal.days, other.equal.days, cluster)
        return None


def backtest(
    cases: Cases,
    days: tuple[int, int, int],
    detectors: Sequence[Detector],
    budgets: Sequence[float] = (1.0, 2.0),
    steps: Sequence[int] = (WEEK, 1),
    onsets: Onsets | None = None,
    tell: Callable[[str, int, int], None] | None = None,
) -> Backtest:
    """Run detectors over years that are known by now, as they would have run then.

    Parameters
    ----------
    cases
        All there are; those before the first day are what detectors begin with.
    days
        Where the years begin that thresholds are from, where those begin in which delays are
        measured, and the day after them; each is put back to a Monday.
    detectors, budgets, steps
        What is tried: at how many alarms a week, looking every so many days (7 or 1).
    onsets
        What began to spread; by default by the rule of `label`.
    tell
        Is told what is being done, and how far it is.
    """
    first, middle, after = (day - (day - MONDAY) % WEEK for day in days)
    before, span = Span(first, middle), Span(middle, after)
    begun = (label(cases, middle, after) if onsets is None else onsets).within(middle, after)
    tried = list(_all(cases, begun, before, span, detectors, budgets, steps, tell))
    cluster = tuple(clusters(cases, begun).tolist())
    return Backtest(before, span, len(cases.product), begun, tuple(tried), cluster)


def _all(
    cases: Cases,
    onsets: Onsets,
    before: Span,
    span: Span,
    detectors: Sequence[Detector],
    budgets: Sequence[float],
    steps: Sequence[int],
    tell: Callable[[str, int, int], None] | None,
) -> Iterator[Tried]:
    for step, detector in product(steps, detectors):
        if tell is not None:
            tell(f"{detector.name}, every {step} days", 0, 1)
        yield from try_out(detector, cases, onsets, before, span, budgets, step)
        if tell is not None:
            tell(f"{detector.name}, every {step} days", 1, 1)
