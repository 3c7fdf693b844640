"""Signals: the series that moved more than a budget of false alarms lets pass.

The bar is set by the budget and by the archive's own past: it lies so high that over the two years
before no more alarms would have been given than the budget allows, and never lower than chance
alone asks for. And a series has to be less likely than it was in its own two years, so that one
which leaps now and then lifts no bar for others. A past that was all alarms does not make it blind:
there is a highest bar.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numpy.lib.stride_tricks import sliding_window_view

from .surprise import WINDOWS
from .watched import Aspect, Group, Judged, Key

__all__ = ["BUDGET", "RISK", "Signal", "bars_of", "read_signals"]

Array = npt.NDArray[np.float64]

BUDGET = 0.75
"""False alarms a quarter that are put up with, over everything watched."""
PAST = 24
QUARTER = 3
STRICTEST = 1e-5
RECENT = 2
LEARNED = 48
OVERLAP = {Group.DELIVERIES: 6.0}
"""How many times too much chances count where windows, kinds and codes tell of the same records."""
HINT = 0.01
TELLING = (Aspect.COUNT, Aspect.FOUND, Aspect.CALIBRATION)
RISK = ("alert", "complaint", "incident", "opinion", "recall", "sampling")
"""Kinds of records that tell of risk without a check that was planned."""


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
    hint
        Whether it says too little by itself, and is here because something else is an alarm.
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
    hint: bool = False

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


def bars_of(judged: Sequence[Judged], budget: float) -> dict[Group, float]:
    """Return how unlikely something of each group must be to be told of.

    Parameters
    ----------
    judged
        All that is watched, the month at hand last.
    budget
        False alarms a quarter that are put up with; each group may spend a like part of them.
    """
    part = budget / len(Group)
    bars = {}
    for group in Group:
        mine = [each for each in judged if each.bank.group is group]
        ordered = sorted(_worst(mine).values())
        allowed = round(part * max((_past(each) for each in mine), default=0) / QUARTER)
        bar = [*ordered, *[1.0] * (allowed + 1)][allowed]
        bars[group] = max(min(part / QUARTER * OVERLAP.get(group, 1.0), bar), STRICTEST)
    return bars


def _worst(judged: Sequence[Judged]) -> dict[tuple[str, ...], float]:
    """Return the least likely of the past two years, once for all that would be one story."""
    worst: dict[tuple[str, ...], float] = {}
    for each in judged:
        past = unheard(each.q)[:, -_past(each) - 1 : -1]
        for key, least in zip(each.bank.keys, past.min(1, initial=1.0).tolist(), strict=True):
            group = (key.source, key.kind) if key.source else (key.name, key.population)
            worst[group] = min(least, worst.get(group, 1.0))
    return worst


def _past(judged: Judged) -> int:
    """Return how many months before the last one tell how loud a calm series may be.

    Counts and shares of the first years are no measure: no forecast can know a season by then.
    """
    months = int(judged.bank.values.shape[1]) - 1
    return max(min(months - (LEARNED if judged.bank.error is None else 0), PAST), 0)


def unheard(chances: Array) -> Array:
    """Return the least chance of each month, 1 where the series' own past had less likely ones.

    Parameters
    ----------
    chances
        Windows x series x months.

    Returns
    -------
    Series x months. The two years before count, without the latest months, of which one at hand
    may be the rest; a past that was worse than any bar does not make it blind.
    """
    least = chances.min(0)
    earlier = np.pad(least, ((0, 0), (PAST + RECENT, 0)), constant_values=1.0)
    own = sliding_window_view(earlier[:, : least.shape[1] + PAST - 1], PAST, axis=1).min(-1)
    return np.where(least <= np.maximum(own, STRICTEST), least, 1.0)


def read_signals(judged: Sequence[Judged], bars: Mapping[Group, float]) -> list[Signal]:
    """Return what lies beyond its bar in the last month, least likely first, and hints."""
    found = []
    for each in judged:
        bar = bars[each.bank.group]
        told, plain = each.q[:, :, -1], each.plain[:, :, -1]
        loud, lone = unheard(each.q)[:, -1] <= bar, plain.min(0) <= bar
        for row in np.flatnonzero(loud | (lone & (told.min(0) > bar))).tolist():
            seasonal = not loud[row]
            window = int(np.argmin((plain if seasonal else told)[:, row]))
            found.append(_signal(each, row, window, seasonal=seasonal))
    alarms = [signal for signal in found if not signal.seasonal]
    found += _hints(judged, alarms)
    return sorted(found, key=lambda signal: (signal.seasonal, signal.chance, signal.key))


def _hints(judged: Sequence[Judged], alarms: Sequence[Signal]) -> list[Signal]:
    """Return what says too little by itself, but something beside an alarm.

    Codes of a kind whose codes moved; outcomes, and deliveries that tell of risk.
    """
    if not alarms:
        return []
    known = {signal.key for signal in alarms}
    moved = {(key.source, key.kind) for key in known if key.aspect is Aspect.CODE}
    found = []
    for each in judged:
        chance = each.surprise.p[:, :, -1]
        for row, key in enumerate(each.bank.keys):
            asked = (key.source, key.kind) in moved and key.aspect is Aspect.CODE
            asked |= key.aspect in TELLING and (not key.kind or key.kind in RISK)
            if asked and key not in known and np.nanmin(chance[:, row], initial=1.0) <= HINT:
                found.append(_signal(each, row, int(np.nanargmin(chance[:, row])), hint=True))
    return found


def _signal(
    judged: Judged, row: int, window: int, *, seasonal: bool = False, hint: bool = False
) -> Signal:
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
        hint=hint,
    )
