"""Spans of many records at once, as `core.time.spans` folds those of one."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core.time import Change

__all__ = ["CLOCKS", "HAPPENING", "ROW", "folded", "touched"]

# What tells the versions of a record apart, in the order in which they stand: a later delivery
# tells of a later version.
STANDING = ("record", "precedence", "version")
HAPPENING = ("about", "available", "occurred", "change")
# In this order it takes effect if it happened on one day; see `core.time.spans`.
CHANGES = (Change.ENDED, Change.REPAIRED, Change.WITHDRAWN, Change.REINSTATED)
ROW = (*STANDING, "available", "ended")
CLOCKS = ("available", "withdrawn", "repaired", "ended", "ended_available")
SPAN = pa.schema([("row", pa.int64()), *((name, pa.int32()) for name in CLOCKS)])
MARKS = 8  # at least so many for each record that is marked

Numbers = npt.NDArray[np.int64]
Days = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def touched(rows: pa.Table, happenings: pa.Table) -> Mask:
    """Tell to which records something happened, or which were corrected, and a few others.

    Records are spread evenly, so that some of their bits tell most of them apart.

    Parameters
    ----------
    rows
        Columns `record` and `version`.
    happenings
        Column `about`.

    Examples
    --------
    >>> rows = pa.table({"record": [5, 7, 9, 7], "version": [0, 0, 0, 1]})
    >>> touched(rows, pa.table({"about": [9]})).tolist()
    [False, True, True, True]
    """
    from .cutting import alike

    record, version = (rows[name].to_numpy() for name in ("record", "version"))
    met = np.concatenate([happenings["about"].to_numpy(), record[version > 0]])
    return alike(record, met, (1 << (MARKS * len(met)).bit_length()) - 1)


def folded(rows: pa.Table, happenings: pa.Table) -> pa.Table:
    """Fold corrections and what happened into the spans of records.

    Of the versions of a record that are available, the one that was known last stands, and what
    its issuer says before what others pass on. What happened to a record concerns all of them.

    Parameters
    ----------
    rows
        Columns of `ROW`; several rows of one version are alike in
        all but `ended`.
    happenings
        Columns of `HAPPENING`.

    Returns
    -------
    pyarrow.Table
        `row`, the place of each span among the rows, ascending; `available`, `withdrawn`,
        `repaired`, `ended` and `ended_available`. The spans of a row are in order.

    Examples
    --------
    >>> from ..core.time import NEVER
    >>> one = {"record": [7], "precedence": [1], "version": [0], "available": [10]}
    >>> rows = pa.table(one | {"ended": [NEVER]})
    >>> told = {"about": [7], "available": [20], "occurred": [18], "change": ["withdrawn"]}
    >>> folded(rows, pa.table(told)).select(["row", "available", "withdrawn"]).to_pylist()
    [{'row': 0, 'available': 10, 'withdrawn': 20}]
    """
    from .cutting import Happenings, Rows, cut, superseded

    record, precedence, version, available, ended = (rows[name].to_numpy() for name in ROW)
    about, *happened = _told(happenings)
    order = _in_order(record, precedence, version)
    until = superseded(order, record, precedence, version, available)
    first, last = np.empty_like(order), np.empty_like(order)
    ordered = record[order]  # which is looked up sooner
    first[order], last[order] = (np.searchsorted(about, ordered, s) for s in ("left", "right"))
    row, days = cut(Rows(first, last, available, ended, until), Happenings(*happened))
    return pa.Table.from_arrays([pa.array(row), *map(pa.array, days)], schema=SPAN)


def _told(happenings: pa.Table) -> tuple[Numbers, Days, Days, Days]:
    """Return what happened by record, and to one record in the order in which it takes effect."""
    about, since = (happenings[name].to_numpy() for name in HAPPENING[:2])
    occurred = happenings["occurred"].cast(pa.int32()).to_numpy()
    named = pa.array([str(change) for change in CHANGES])
    change = pc.index_in(happenings["change"], value_set=named).to_numpy()
    order = _in_order(about, since, occurred, change)
    return about[order], since[order], occurred[order], change[order]


def _in_order(record: Numbers, *further: npt.NDArray[Any]) -> Numbers:
    """Return the order of records, and of one record by what further tells its rows apart."""
    order: Numbers = np.argsort(record)
    ordered = record[order]
    same = np.zeros(len(order) + 1, bool)
    same[1:-1] = ordered[1:] == ordered[:-1]
    tied = np.flatnonzero(same[1:] | same[:-1])
    some = order[tied]
    order[tied] = some[np.lexsort([each[some] for each in (*further[::-1], record)])]
    return order
