"""What is watched: series of months, each with a key that says what it counts of whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from .surprise import WINDOWS, Surprise, of_counts, of_shares, of_values, summed

__all__ = ["Aspect", "Bank", "Group", "Judged", "Key", "judge"]

Array = npt.NDArray[np.float64]


class Aspect(StrEnum):
    """What of something is watched."""

    COUNT = "count"
    CODE = "code"
    LATE = "late"
    BLANK = "blank"
    PART = "part"
    VALUE = "value"
    TWIN = "twin"
    QUARANTINE = "quarantine"
    INDICATOR = "indicator"
    MARGIN = "margin"
    LEVEL = "level"
    FOUND = "found"
    CALIBRATION = "calibration"


class Group(StrEnum):
    """Sorts of what is watched; each may spend a like part of the budget of false alarms."""

    DELIVERIES = "deliveries"
    MODEL = "what the model reads and says"
    OUTCOMES = "outcomes"


GROUPS = {
    **dict.fromkeys(Aspect, Group.DELIVERIES),
    **dict.fromkeys((Aspect.INDICATOR, Aspect.MARGIN, Aspect.LEVEL), Group.MODEL),
    **dict.fromkeys((Aspect.FOUND, Aspect.CALIBRATION), Group.OUTCOMES),
}


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Names a series.

    Attributes
    ----------
    aspect
        What is watched.
    source, kind
        Whose records of which kind; empty where it is no delivery.
    name
        A code, a field, an indicator or a level, as the aspect has it.
    population
        Of whom, where it is about enterprises.
    """

    aspect: Aspect
    source: str = ""
    kind: str = ""
    name: str = ""
    population: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Bank:
    """Series of one sort, all over the same months.

    Attributes
    ----------
    keys
        One for each series.
    values
        Series x months.
    whole
        For shares, what `values` are a part of.
    error
        For measured values, the sampling error of each.
    clump
        For counts, of each series, how many records come together.
    weight
        How often it may be wrong, where another bank of its group may once.
    """

    keys: Sequence[Key]
    values: Array
    whole: Array | None = None
    error: Array | None = None
    clump: Array | None = None
    weight: float = 1.0

    @property
    def group(self) -> Group:
        """Of which sort it is."""
        return GROUPS[self.keys[0].aspect]

    def judge(self) -> Surprise:
        """Tell how unlikely each month of each series is."""
        if self.error is not None:
            return of_values(self.values, self.error)
        clump = np.ones(len(self.keys)) if self.clump is None else self.clump
        if self.whole is not None:
            return of_shares(self.values, self.whole, clump)
        return of_counts(self.values, clump)


MATERIAL = {
    Aspect.COUNT: 0.2,
    Aspect.CODE: 0.25,
    Aspect.VALUE: 0.18,
    Aspect.CALIBRATION: 0.1,
    Aspect.FOUND: 0.1,
    Aspect.INDICATOR: 0.02,
    Aspect.MARGIN: 0.02,
    Aspect.LEVEL: 0.02,
}
"""The least change that is worth a person's time: relative for counts, codes and what is found, in
logarithms for values and promises, in ranks from 0 to 1 for what the model reads and says."""
POINTS = 0.05
"""The least change of any other share, of all."""
FEW = {Aspect.COUNT: 3.0, Aspect.FOUND: 3.0}
SOME = 8.0


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A bank, its surprise, and where that counts.

    Attributes
    ----------
    q
        Chances as in `Surprise.p`, times how many were asked in that month of its group; 1 where
        a change is too small to matter, or there is too little to tell.
    plain
        The same by the best forecast that knows no season.
    asked
        How many questions were asked of the last month.
    """

    bank: Bank
    surprise: Surprise
    q: Array
    plain: Array
    asked: int


def judge(banks: Sequence[Bank]) -> list[Judged]:
    """Judge banks, each question paid for: the more are asked, the less likely each must be."""
    weights = {group: sum(b.weight for b in banks if b.group is group) for group in Group}
    found = []
    for bank in banks:
        surprise = bank.judge()
        asked = _asked(bank, surprise)
        many = np.maximum(asked.sum((0, 1)), 1) * weights[bank.group] / bank.weight
        counts = asked & _material(bank, surprise)
        q, plain = (
            np.where(counts, np.minimum(p * many, 1.0), 1.0) for p in (surprise.p, surprise.plain)
        )
        found.append(Judged(bank, surprise, q, plain, int(asked[:, :, -1].sum())))
    return found


def _asked(bank: Bank, surprise: Surprise) -> npt.NDArray[np.bool_]:
    asked = ~np.isnan(surprise.p)
    if bank.error is None:
        few = FEW.get(bank.keys[0].aspect, SOME)
        asked &= (surprise.expected >= few) | (surprise.seen >= SOME)
    return asked


def _material(bank: Bank, surprise: Surprise) -> npt.NDArray[np.bool_]:
    """Tell where a change is large enough to matter, however sure it is."""
    aspect = bank.keys[0].aspect
    change = np.abs(surprise.seen - surprise.expected)
    if bank.error is not None:
        return change >= MATERIAL.get(aspect, 0.0)
    if aspect in MATERIAL:
        return change >= MATERIAL[aspect] * surprise.expected
    whole = bank.values if bank.whole is None else bank.whole
    return change >= POINTS * np.stack([summed(whole, window) for window in WINDOWS])
