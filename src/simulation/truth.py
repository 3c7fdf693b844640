"""How far the hidden truth goes: what a model could reach at best.

The truth is written apart from what departments deliver and read only by tests, benchmarks and
reports that say so.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from .catalogue import items, products
from .desk import Desk, dates, numbered
from .months import Month
from .outbreaks import Outbreaks
from .paper import Written
from .records import SCHEMAS, spooled
from .vocabulary import WORDS

__all__ = ["expected_auc", "inspected", "linked", "spread", "witnessed"]


def inspected(desk: Desk, parts: Sequence[Path], end: int) -> pa.Table:
    """Return the true chances of every visit with a result, and what came of it.

    `probability` is that of a critical violation before it is known who inspects, `found` that
    with who inspects.
    """
    purposes = pa.array(WORDS["purpose"])
    told = [SCHEMAS["inspection"].empty_table(), *spooled(parts, "inspection")]
    seen = pa.concat_tables(told)
    kept = (seen["critical"].to_numpy() >= 0) & (seen["known"].to_numpy() < end)
    seen = seen.filter(pa.array(kept)).combine_chunks()
    return pa.table(
        {
            "number": numbered("JC", seen["number"]),
            "enterprise": desk.code(seen["enterprise"]),
            "occurred": dates(seen["occurred"]),
            "purpose": purposes.take(pa.array(seen["purpose"].to_numpy())),
            "probability": seen["probability"],
            "found": seen["found"],
            "violation": seen["critical"].to_numpy() > 0,
        }
    )


def spread(outbreaks: Outbreaks, months: Sequence[Month]) -> pa.Table:
    """Return the outbreaks with the names of product and item, and days for months."""
    table = outbreaks.table
    first = [months[month].first for month in table["first"]]
    days = {name: [first_of(months, month) for month in table[name]] for name in ("peak", "last")}
    named = table.assign(
        product=products()["name"].to_numpy()[table["product"]],
        item=np.array(items().names)[table["item"]],
    )
    whole = named.assign(first=first, **days)
    for name in ("first", "peak", "last"):
        whole[name] = pd.to_datetime(whole[name], unit="D").dt.date
    return pa.Table.from_pandas(whole, preserve_index=False)


def linked(written: Sequence[Written]) -> pa.Table:
    """Return the true credit code of every row that does not tell it: source, file, row, code."""
    return pa.concat_tables(_named(each, each.links) for each in written)


def witnessed(written: Sequence[Written]) -> pa.Table:
    """Return what one department passes on for another: kind, number, issuer and relay."""
    told = []
    for each in written:
        kind = each.paper.record[0] if each.paper.record else ""
        columns = {
            "kind": pa.repeat(kind, each.relayed.num_rows),
            "number": each.relayed["number"],
            "issuer": each.relayed["issuer"],
            "relay": pa.repeat(each.paper.source, each.relayed.num_rows),
        }
        told.append(pa.table(columns))
    return (
        pa.concat_tables(told)
        .group_by(["kind", "number", "issuer", "relay"], use_threads=False)
        .aggregate([])
    )


def _named(written: Written, table: pa.Table) -> pa.Table:
    """Put the names of source and file before a table of rows."""
    names = {"source": written.paper.source, "file": written.paper.name}
    columns = {name: pa.repeat(text, table.num_rows) for name, text in names.items()}
    return pa.table(columns | {name: table[name] for name in table.column_names})


def first_of(months: Sequence[Month], number: int) -> int:
    """Return the first day of a month, the day after all of them for one beyond."""
    return months[number].first if number < len(months) else months[-1].after


def expected_auc(score: npt.ArrayLike, truth: npt.ArrayLike) -> float:
    """Return the expected area under the ROC curve of a score where the true chances are known.

    Over all ways in which the outcomes may fall: of all pairs of a violation and none, the share
    that the score puts right, ties as half. With the true chances as their own score it is the
    Bayes-optimal area, which no model can pass but by luck.

    Parameters
    ----------
    score
        What ranks the inspections, the riskier the larger.
    truth
        Probability of a violation at each.

    Examples
    --------
    One of two is sure to violate and the other sure not to:

    >>> expected_auc([0.9, 0.1], [1.0, 0.0]), expected_auc([0.5, 0.5], [1.0, 0.0])
    (1.0, 0.5)
    """
    chance = np.asarray(truth, dtype=np.float64)
    _, tie = np.unique(np.asarray(score, dtype=np.float64), return_inverse=True)
    bad, good = np.bincount(tie, chance), np.bincount(tie, 1 - chance)
    below = np.cumsum(good) - good
    return float((bad * (below + good / 2)).sum() / (bad.sum() * good.sum()))
