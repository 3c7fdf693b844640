"""Signals: the series that moved more than a budget of false alarms lets pass.

The bar is set by the budget and by the archive's own past: it lies so high that over the two years
before no more alarms would have been given than the budget allows, and never lower than chance
alone asks for.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .surprise import WINDOWS
from .watched import Judged, Key

__all__ = ["BUDGET", "Signal", "bar_of", "read_signals"]

Array = npt.NDArray[np.float64]

BUDGET = 0.5
"""False alarms a quarter that are put up with, over everything watched."""
PAST = 24
QUARTER = 3
STRICTEST = 1e-6


@dataclass(frozen=True, slots=True)
class Signal:
    """A series that moved.

    Attributes
    ----------
    key
        Which.
    months
        How many of the latest months, together, are out of the ordinary.
    seen, expected
        What was counted or measured over them, and what the months before gave reason to expect.
    whole
        Of how many, where it is a share; NaN otherwise.
    latest, usual
        The same of the last month alone.
    chance
        How often anything watched would move as far if nothing had changed.
    seasonal
        Whether the same months of earlier years looked like it, so that it is no alarm.
    """

    key: Key
    months: int
    seen: float
    expected: float
    whole: float
    latest: float
    usual: float
    chance: float
    seasonal: bool = False

    @property
    def ratio(self) -> float:
        """Seen over expected, of the last month where that tells, else of all of them."""
        if self.usual >= FEW and self.latest / self.usual < self.seen / max(self.expected, FEW):
            return self.latest / self.usual
        return self.seen / max(self.expected, LEAST)

    @property
    def rises(self) -> bool:
        """Whether there is more of it than expected."""
        return self.seen > self.expected


FEW, LEAST = 3.0, 0.25


def bar_of(judged: Sequence[Judged], budget: float) -> float:
    """Return how unlikely something must be to be told of.

    Parameters
    ----------
    judged
        All that is watched, the month at hand last.
    budget
        False alarms a quarter that are put up with.
    """
    worst: dict[tuple[str, ...], float] = {}
    for each in judged:
        past = each.q[:, :, -PAST - 1 : -1]
        if not past.size:
            continue
        for key, least in zip(each.bank.keys, past.min((0, 2)).tolist(), strict=True):
            group = (key.source, key.kind) if key.source else (str(key.aspect), key.population)
            worst[group] = min(least, worst.get(group, 1.0))
    allowed = int(budget * PAST / QUARTER)
    ordered = [*sorted(worst.values()), *[1.0] * (allowed + 1)]
    return max(min(budget / QUARTER, ordered[allowed]), STRICTEST)


def read_signals(judged: Sequence[Judged], bar: float) -> list[Signal]:
    """Return what lies beyond the bar in the last month, least likely first."""
    found = []
    for each in judged:
        told, plain = each.q[:, :, -1], each.plain[:, :, -1]
        for row in np.flatnonzero(np.minimum(told, plain).min(0) <= bar).tolist():
            seasonal = bool(told[:, row].min() > bar)
            window = int(np.argmin((plain if seasonal else told)[:, row]))
            found.append(_signal(each, row, window, seasonal))
    return sorted(found, key=lambda signal: (signal.seasonal, signal.chance, signal.key))


def _signal(judged: Judged, row: int, window: int, seasonal: bool) -> Signal:
    bank, surprise = judged.bank, judged.surprise
    months = WINDOWS[window]
    whole = np.nan if bank.whole is None else bank.whole[row, -months:].sum()
    chance = (judged.plain if seasonal else judged.q)[window, row, -1]
    return Signal(
        key=bank.keys[row],
        months=months,
        seen=float(surprise.seen[window, row, -1]),
        expected=float(surprise.expected[window, row, -1]),
        whole=float(whole),
        latest=float(surprise.seen[0, row, -1]),
        usual=float(surprise.expected[0, row, -1]),
        chance=float(chance),
        seasonal=seasonal,
    )
