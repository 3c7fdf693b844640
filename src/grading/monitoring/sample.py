"""The sample: the enterprises of each population that are looked at month by month."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...features import Catalogue, Events, Indicator, References, compute

__all__ = ["SIZE", "first_days", "populations", "sample", "sampled_matrix"]

Days = npt.NDArray[np.int32]

SIZE = 1_500
WIDEST = "entity"
MIXED = np.uint64(0x9E3779B97F4A7C15)


def first_days(last: int, months: int) -> Days:
    """Return the first days of so many months, the last of them at or before a day.

    Examples
    --------
    >>> from xinheng.core.time import day, show
    >>> [show(each) for each in first_days(day("2026-03-15"), 3).tolist()]
    ['2026-01-01', '2026-02-01', '2026-03-01']
    """
    month = np.datetime64(int(last), "D").astype("datetime64[M]")
    first = (month - np.arange(months)[::-1]).astype("datetime64[D]")
    return np.asarray(first.astype(np.int64), np.int32)


def populations(
    catalogue: Catalogue, events: Events, rows: pd.DataFrame
) -> npt.NDArray[np.object_]:
    """Return the narrowest population of each row, as the register had it on its day."""
    narrower = [name for name in catalogue.populations if name != WIDEST]
    belongs = tuple(
        Indicator(
            id=name, zh=name, en=name, dimension="RL", expression=catalogue.populations[name],
            missing=0.0, basis="the register", formula="as registered",
        )
        for name in narrower
    )  # fmt: skip
    found = np.full(len(rows), WIDEST, object)
    if not narrower:
        return found
    registered = np.array([kind.startswith("enterprise.") for kind, _ in events.vocabulary], bool)
    own = events.take(np.flatnonzero(registered[events.stream]))
    told = compute(Catalogue(belongs, catalogue.populations), own, rows)
    for name in narrower:
        found[told[name].to_numpy() > 0] = name
    return found


def sample(
    catalogue: Catalogue, events: Events, days: Days, size: int = SIZE
) -> tuple[pd.DataFrame, npt.NDArray[np.object_]]:
    """Choose enterprises of each population on each day, most of them the same on all.

    Parameters
    ----------
    catalogue, events
        Say who belongs to which population, and who was known when.
    days
        Day numbers.
    size
        How many of each population.

    Returns
    -------
    rows, population
        Columns `enterprise` and `as_of`, and the population of each row.
    """
    enterprise, known = events.first_available()
    lot = enterprise.astype(np.uint64) * MIXED
    order = np.argsort(lot, kind="stable")
    enterprise, known = enterprise[order], known[order]
    parts = []
    for day in days.tolist():
        rows = pd.DataFrame({"enterprise": enterprise[known < day]})
        rows["as_of"] = np.int32(day)
        rows["population"] = populations(catalogue, events, rows)
        parts.append(rows.groupby("population", sort=False).head(size))
    chosen = pd.concat(parts, ignore_index=True)
    return chosen[["enterprise", "as_of"]], chosen["population"].to_numpy(object)


def sampled_matrix(
    catalogue: Catalogue,
    events: Events,
    references: References,
    days: Days,
    *,
    size: int = SIZE,
    threads: int = 1,
) -> tuple[pd.DataFrame, npt.NDArray[np.object_]]:
    """Return the indicators of a sample on some days, and the population of each row."""
    rows, population = sample(catalogue, events, days, size)
    return compute(catalogue, events, rows, references=references, threads=threads), population
