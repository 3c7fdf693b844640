"""Temporal folds: train on what was known before a day, test on what came from that day on.

The **cut** of a fold is the first day of its test window. A row may train only if its label was
settled, known and standing before the cut. This holds by construction, and `check` verifies it
once more on the result of every function here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Self

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, model_validator

from ...core import time
from ...core.errors import IntegrityError, InvalidError
from .cohort import Cohort

__all__ = ["Fold", "Window", "blocks", "check", "fold", "latest", "rolling"]

Rows = npt.NDArray[np.intp]


class Window(BaseModel):
    """First and last day of a stretch of time, both inclusive."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    first: date
    last: date

    @model_validator(mode="after")
    def _ordered(self) -> Self:
        if self.last < self.first:
            message = f"a window from {self.first} to {self.last} ends before it begins"
            raise ValueError(message)
        return self

    def holds(self, days: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Tell of each day whether it lies in the window."""
        return (time.day(self.first) <= days) & (days <= time.day(self.last))


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Positions of rows in a cohort: those to train on, and those to test on from `cut` on."""

    name: str
    cut: int
    train: Rows
    test: Rows


def fold(cohort: Cohort, train: Window, test: Window, name: str = "test") -> Fold:
    """Build the fold of two windows.

    Training rows lie in the first window and were known before the second one; test rows are
    those whose outcome stands today.

    Raises
    ------
    InvalidError
        If the windows overlap, or either is left without rows of both outcomes.
    """
    if train.last >= test.first:
        raise InvalidError(
            f"{name}: the training window ends on {train.last}, the test window begins on "
            f"{test.first}; training must end before"
        )
    cut = time.day(test.first)
    kept = train.holds(cohort.as_of) & cohort.known(cut)
    tested = test.holds(cohort.as_of) & cohort.known(time.NEVER)
    return check(cohort, Fold(name, cut, np.flatnonzero(kept), np.flatnonzero(tested)))


def latest(cohort: Cohort, share: float = 0.2) -> tuple[Window, Window]:
    """Return windows that leave the latest rows for the test.

    Parameters
    ----------
    cohort
        The rows.
    share
        At most this share of them, but never less than the last day.

    Raises
    ------
    InvalidError
        If the rows lie on fewer than two days.
    """
    days = np.sort(cohort.as_of)
    start = int(days[min(int((1 - share) * days.size), days.size - 1)]) if days.size else 0
    if not days.size or start == days[0]:
        raise InvalidError("the cohort lies on too few days to be cut into training and test")
    at = [
        date.fromisoformat(time.show(day))
        for day in (int(days[0]), start - 1, start, int(days[-1]))
    ]
    return Window(first=at[0], last=at[1]), Window(first=at[2], last=at[3])


def rolling(cohort: Cohort, starts: Sequence[date], last: date) -> tuple[Fold, ...]:
    """Build one fold for each window from a start to the day before the next one, or to `last`.

    Each trains on everything known before its start.

    Raises
    ------
    InvalidError
        If the starts do not rise, or a fold is left without rows of both outcomes.
    """
    days = [time.day(start) for start in starts]
    ends = [*(day - 1 for day in days[1:]), time.day(last)]
    if any(end < day for day, end in zip(days, ends, strict=True)):
        raise InvalidError(f"rolling windows must rise and end by {last}; they start on {starts}")
    standing = cohort.known(time.NEVER)
    return tuple(
        _span(cohort, standing, day, end, f"from {time.show(day)}")
        for day, end in zip(days, ends, strict=True)
    )


def blocks(
    cohort: Cohort, *, count: int = 4, first: float = 0.4, least: float = 0.1
) -> tuple[Fold, ...]:
    """Cut the rows of a training window into an early part and blocks that follow each other.

    Each block is tested by what was known before it, so that every choice inside the window
    (rounds, penalty, calibration) is made out of time.

    Parameters
    ----------
    cohort
        The training rows of one fold.
    count
        How many blocks; a day is never split between two.
    first
        Share of the rows before the first block.
    least
        Share of the rows that must be known before the first block, which comes later where
        labels take long to settle.

    Raises
    ------
    InvalidError
        If there are too few days, or a block is left without rows of both outcomes.
    """
    days = np.sort(cohort.as_of)
    if days.size:
        soonest = np.sort(np.maximum(cohort.settled, cohort.available))[int(least * days.size)]
        first = max(first, (np.searchsorted(days, soonest, "right") + 0.5) / days.size)
    shares = first + (1 - first) * np.arange(count) / count
    starts = days[(shares * days.size).astype(np.intp)] if days.size and first < 1 else days[:0]
    later = np.unique(days[days >= starts[0]]) if starts.size else starts
    if np.unique(starts).size < count <= later.size:  # few days, of unlike size
        starts = later[np.arange(count) * later.size // count]
    if np.unique(starts).size < count or (starts <= days[:1]).any():
        raise InvalidError(
            f"{days.size} rows on {np.unique(days).size} days cannot be cut into {count} blocks "
            "after a first part that was known before them; train on a longer window, or set "
            "fewer blocks"
        )
    ends = [*(starts[1:] - 1), int(days[-1])]
    every = np.ones(len(cohort), bool)
    return tuple(
        _span(cohort, every, int(start), int(end), f"block {number + 1}")
        for number, (start, end) in enumerate(zip(starts, ends, strict=True))
    )


def check(cohort: Cohort, made: Fold) -> Fold:
    """Verify a fold row by row, and return it.

    Raises
    ------
    IntegrityError
        If a row is on both sides, or a training label was not settled and known before the cut,
        or a test row lies before it.
    InvalidError
        If a side lacks rows of both outcomes.
    """
    if np.intersect1d(made.train, made.test).size:
        raise IntegrityError(f"{made.name}: rows are on both sides of the fold")
    for what, values, clear in (
        ("label of a training row was not settled", cohort.settled[made.train], True),
        ("label of a training row was not known", cohort.available[made.train], True),
        ("training row lies not", cohort.as_of[made.train], True),
        ("test row lies", cohort.as_of[made.test], False),
    ):
        wrong = (values >= made.cut) if clear else (values < made.cut)
        if wrong.any():
            raise IntegrityError(
                f"{made.name}: {int(wrong.sum())} times, a {what} before {time.show(made.cut)} "
                f"(such as {time.show(int(values[wrong][0]))})"
            )
    if (cohort.withdrawn[made.train] < made.cut).any():
        raise IntegrityError(f"{made.name}: a training label was withdrawn before the cut")
    for side, rows in (("training", made.train), ("test", made.test)):
        if np.unique(cohort.label[rows]).size < 2:
            raise InvalidError(
                f"{made.name}: its {rows.size} {side} rows are not of both outcomes; "
                "widen the window, or check the label"
            )
    return made


def _span(cohort: Cohort, usable: npt.NDArray[np.bool_], start: int, end: int, name: str) -> Fold:
    tested = usable & (start <= cohort.as_of) & (cohort.as_of <= end)
    kept = (cohort.as_of < start) & cohort.known(start)
    return check(cohort, Fold(name, start, np.flatnonzero(kept), np.flatnonzero(tested)))
