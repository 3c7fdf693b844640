"""Tallies: the deliveries of every month as series: counts, codes, gaps, values, twins, delays."""

from collections.abc import Iterator
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
            Bank(_keys(Aspect.COUNT, whole), whole.to_numpy(np.float64)),
            _totals(whole),
            _share(Aspect.CODE, _counted(main, [*OWN, "code"], size), whole),
            _share(Aspect.LATE, _counted(main[_late(main, size)], OWN, size), whole),
            _share(Aspect.TWIN, _counted(main[_twin(main)], OWN, size), whole),
            *_gaps(table, main, whole, size),
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


def _keys(aspect: Aspect, counted: pd.DataFrame) -> list[Key]:
    return [Key(aspect, *map(str, index)) for index in counted.index]


def _totals(whole: pd.DataFrame) -> Bank:
    """Return all that a source delivered, where that is of several kinds."""
    kinds = whole.groupby(level="source", observed=True).size()
    total = whole.groupby(level="source", observed=True).sum()[kinds > 1]
    keys = [Key(Aspect.COUNT, str(source), ANY) for source in total.index]
    return Bank(keys, total.to_numpy(np.float64))


def _share(aspect: Aspect, part: pd.DataFrame, whole: pd.DataFrame) -> Bank:
    own = part.index if len(part.index.names) == len(OWN) else _without_last(part.index)
    return Bank(
        _keys(aspect, part),
        part.to_numpy(np.float64),
        whole=whole.loc[own].to_numpy(np.float64),
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


def _gaps(
    table: pd.DataFrame, main: pd.DataFrame, whole: pd.DataFrame, size: int
) -> Iterator[Bank]:
    """Yield shares of records without a value, and of those that have each further part."""
    for name in ("value", "severity"):
        usual = main[name].notna().groupby([main[each] for each in OWN], observed=True).mean()
        own = pd.MultiIndex.from_frame(main[OWN])
        blank = main[name].isna() & (usual.reindex(own).to_numpy() > 0)
        part = _counted(main[blank], OWN, size)
        keys = [Key(Aspect.BLANK, str(source), str(root), name) for source, root in part.index]
        yield Bank(keys, part.to_numpy(np.float64), whole=_of(whole, part))
    detailed = table["kind"].cat.categories.str.contains(".", regex=False)
    parts = table[detailed[table["kind"].cat.codes]]
    parts = parts.drop_duplicates(["record", "kind"])
    part = _counted(parts, [*OWN, "kind"], size)
    own = _without_last(part.index)
    counts = np.minimum(part.to_numpy(np.float64), whole.loc[own].to_numpy(np.float64))
    keys = [Key(Aspect.PART, str(s), str(root), str(kind)) for s, root, kind in part.index]
    yield Bank(keys, counts, whole=whole.loc[own].to_numpy(np.float64))


def _without_last(index: pd.Index) -> pd.MultiIndex:
    return pd.MultiIndex.from_arrays([index.get_level_values(name) for name in OWN], names=OWN)


def _of(whole: pd.DataFrame, part: pd.DataFrame) -> Array:
    return whole.loc[part.index].to_numpy(np.float64)


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
