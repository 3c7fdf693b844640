"""Since: the first day of the uninterrupted stretch over which a condition has been met."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Catalogue, Events, compute

__all__ = ["met_since"]

Numbers = npt.NDArray[np.int32]
STEP, LONGEST = 16, 1096


def met_since(
    catalogue: Catalogue, rule: str, events: Events, enterprises: Numbers, day: int
) -> Numbers:
    """Return from which day on a condition, met as of a day, has been met without a break.

    It is looked back day by day, in stretches that double, over three years at most; of what lasts
    longer, the day that many days before is returned.

    Parameters
    ----------
    catalogue, rule
        The conditions, and the id of one.
    events
        Of at least these enterprises.
    enterprises
        Dense numbers for whom it is met as of the day; shape (n,).
    day
        Day number.

    Returns
    -------
    numpy.ndarray
        Day numbers; shape (n,).
    """
    alone = catalogue.select(ids=[rule])
    since = np.full(len(enterprises), day - LONGEST, np.int32)
    left = np.arange(len(enterprises))
    for days in _stretches(day):
        if not len(left):
            break
        met = _met(alone, events, enterprises[left], days)
        broken = ~met.all(axis=1)
        last = days[-1] - np.argmax(~met[:, ::-1], axis=1)
        since[left[broken]] = last[broken] + 1
        left = left[~broken]
    return since


def _stretches(day: int) -> Iterator[Numbers]:
    """Yield the days before a day, rising in each stretch, the latest stretch first."""
    end, step = day, STEP
    while end > day - LONGEST:
        start = max(end - step, day - LONGEST)
        yield np.arange(start, end, dtype=np.int32)
        end, step = start, 2 * step


def _met(
    catalogue: Catalogue, events: Events, enterprises: Numbers, days: Numbers
) -> npt.NDArray[np.bool_]:
    """Return whether a condition was met; shape (enterprises, days)."""
    rows = pd.DataFrame(
        {"enterprise": np.repeat(enterprises, len(days)), "as_of": np.tile(days, len(enterprises))}
    )
    met = compute(catalogue, events, rows).to_numpy() > 0
    return np.asarray(met.reshape(len(enterprises), len(days)))
