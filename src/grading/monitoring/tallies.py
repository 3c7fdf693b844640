"""Tallies: the deliveries of every month as series: counts, codes, gaps, values, twins, delays."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from .arrivals import Arrivals
from .watched import Aspect, Bank, Key

__all__ = ["tallies"]

Array = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]

OWN = ["source", "root"]
ANY = "*"
LATE, GRACE = 0.9, 15
SETTLED = 6
ENOUGH = 10
LEAST = 0.01
WORST = 4.0
"""How much more a department that does not deliver matters than anything else of it."""


def tallies(arrivals: Arrivals, days: Days) -> list[Bank]:
    """Count what arrived in each month.

    Parameters
    ----------
    arrivals
        Everything that arrived.
    days
        First days of months, and the day after the last month.

    Returns
    -------
    Banks by source and kind of record: how many came; the share of each code; of those that came
    later than usual; without a value or without a part that most have; that look like another of
    the same enterprise and day; and the mean of the logarithms of their values, to base 10.
    """
    table = arrivals.table
    month = np.searchsorted(days, table["arrived"].to_numpy(), "right") - 1
    inside = (month >= 0) & (month < len(days) - 1)
    table = table[inside].assign(month=month[inside])
    main = _main(table)
    size = len(days) - 1
    whole = _counted(main, OWN, size)
    return [
        bank
        for bank in (
            *_counts(main, whole, size),
            _share(Aspect.CODE, main, [*OWN, "code"], whole),
            _share(Aspect.LATE, main[_late(main, size)], OWN, whole),
            _share(Aspect.TWIN, main[_twin(main)], OWN, whole),
            *_gaps(table, main, whole),
            *_values(table, size),
        )
        if len(bank.keys)
    ]


def _main(table: pd.DataFrame) -> pd.DataFrame:
    """Return one row a record: that of the kind which stands for it."""
    many = table.groupby([*OWN, "kind"], observed=True).size().reset_index(name="many")
    many["plain"] = many["kind"].astype(str) == many["root"].astype(str)
    many = many.sort_values(["plain", "many"], ascending=False).drop_duplicates(OWN)
    return table[np.isin(_pair(table), _pair(many))]


def _pair(table: pd.DataFrame) -> npt.NDArray[np.int64]:
    """Return one number for source and kind."""
    source, kind = (table[name].cat.codes.to_numpy(np.int64) for name in ("source", "kind"))
    return np.asarray(source << 32) | kind


def _counted(table: pd.DataFrame, by: list[str], size: int) -> pd.DataFrame:
    """Return how many rows there are of each, by month."""
    return _wide(table.groupby([*by, "month"], observed=True).size(), size).fillna(0.0)


def _keys(aspect: Aspect, index: pd.Index) -> list[Key]:
    return [Key(aspect, *map(str, names)) for names in index]


def _clumps(table: pd.DataFrame, by: list[str], index: pd.Index) -> Array:
    """Return how many records of an enterprise and month a record comes with, itself included.

    If enterprises come by chance and each brings so many records, counts vary as many times more
    than Poisson's law says.
    """
    each = table.groupby([*by, "month", "enterprise"], observed=True, sort=False).size()
    squares = (each**2).groupby(level=by, observed=True).sum()
    total = each.groupby(level=by, observed=True).sum()
    return np.asarray((squares / total).loc[index].to_numpy(np.float64))


def _counts(main: pd.DataFrame, whole: pd.DataFrame, size: int) -> Iterator[Bank]:
    """Yield all that each department delivered; and by kind, where that is of several kinds."""
    several = whole.index.get_level_values("source").duplicated(keep=False)
    total = _counted(main, ["source"], size)
    kinds = dict(whole.index[~several])
    keys = [Key(Aspect.COUNT, str(name), str(kinds.get(name, ANY))) for name in total.index]
    clump = _clumps(main, ["source"], total.index)
    yield Bank(keys, total.to_numpy(np.float64), clump=clump, weight=WORST)
    part = whole[several]
    keys = _keys(Aspect.COUNT, part.index)
    yield Bank(keys, part.to_numpy(np.float64), clump=_clumps(main, OWN, part.index))


def _share(aspect: Aspect, table: pd.DataFrame, by: list[str], whole: pd.DataFrame) -> Bank:
    part = _counted(table, by, whole.shape[1])
    own = part.index if len(by) == len(OWN) else _without_last(part.index)
    return Bank(
        _keys(aspect, part.index),
        part.to_numpy(np.float64),
        whole=whole.loc[own].to_numpy(np.float64),
        clump=_clumps(table, by, part.index),
    )


def _late(main: pd.DataFrame, size: int) -> "pd.Series[bool]":
    """Tell which came later than nine in ten of their kind did at first, by more than days."""
    delay = main["arrived"] - main["occurred"]
    settled = main["month"] < size - SETTLED
    usual = delay[settled].groupby([main[name] for name in OWN], observed=True).quantile(LATE)
    own = pd.MultiIndex.from_frame(main[OWN])
    return delay > usual.reindex(own).to_numpy() + GRACE


def _twin(main: pd.DataFrame) -> "pd.Series[bool]":
    """Tell which say the same of the same enterprise and day as an earlier one does."""
    return main.duplicated(["enterprise", *OWN, "code", "occurred", "value", "severity"])


def _gaps(table: pd.DataFrame, main: pd.DataFrame, whole: pd.DataFrame) -> Iterator[Bank]:
    """Yield shares of records without a value, and of those that have each further part."""
    for name in ("value", "severity"):
        usual = main[name].notna().groupby([main[each] for each in OWN], observed=True).mean()
        own = pd.MultiIndex.from_frame(main[OWN])
        blank = main[name].isna() & (usual.reindex(own).to_numpy() > 0)
        bank = _share(Aspect.BLANK, main[blank], OWN, whole)
        yield replace(bank, keys=[replace(key, name=name) for key in bank.keys])
    detailed = table["kind"].cat.categories.str.contains(".", regex=False)
    parts = table[detailed[table["kind"].cat.codes]]
    parts = parts.drop_duplicates(["record", "kind"])
    bank = _share(Aspect.PART, parts, [*OWN, "kind"], whole)
    yield replace(bank, values=np.minimum(bank.values, np.asarray(bank.whole)))


def _without_last(index: pd.Index) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([index.get_level_values(name) for name in OWN], names=OWN)


def _values(table: pd.DataFrame, size: int) -> Iterator[Bank]:
    """Yield the mean of the logarithms of the values of each kind by month."""
    for name in ("value", "severity"):
        known = table[table[name] > 0]
        known = known.assign(log=np.log10(known[name]))
        groups = known.groupby(["source", "kind", "month"], observed=True)["log"]
        many = groups.size()
        if many.empty:
            continue
        spread = groups.std().groupby(level=["source", "kind"], observed=True).median()
        mean = _wide(groups.mean().where(many >= ENOUGH), size).dropna(how="all")
        count = _wide(many, size).loc[mean.index].fillna(1.0).to_numpy(np.float64)
        error = spread.loc[mean.index].fillna(0).to_numpy()[:, None] / np.sqrt(count)
        keys = [Key(Aspect.VALUE, str(source), str(kind), name) for source, kind in mean.index]
        yield Bank(keys, mean.to_numpy(np.float64), error=np.maximum(error, LEAST))


def _wide(values: "pd.Series[Any]", size: int) -> pd.DataFrame:
    """Return one column for each month of values by month, NaN where there is none."""
    return values.unstack("month").reindex(columns=range(size))  # noqa: PD010
