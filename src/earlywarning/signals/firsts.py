"""Signals: what records tell of a hazard in a product, and from which day on that was known."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ...archive import Archive
from ...core.errors import NotFoundError
from ..cases import Cases

__all__ = ["KINDS", "read_cases"]

KINDS: Mapping[str, pc.Expression | None] = {
    "alert": None,
    "sampling": ~pc.field("passed")
    & (pc.field("counterfeit").is_null() | ~pc.field("counterfeit")),
}
"""Kinds of records that name a product and a hazard, and which of them are cases."""


def read_cases(archive: Archive, kind: str, upto: int | None = None) -> Cases:
    """Return the cases that records of a kind tell of, by product and by item or hazard class.

    A case counts from the day on which it was first known here, as it was told then. One that is
    corrected or withdrawn later stays as it was, since whoever looked before saw it so.

    Parameters
    ----------
    archive
        Where records are.
    kind
        One of `KINDS`.
    upto
        Number of the last delivery that is read; all by default.

    Raises
    ------
    NotFoundError
        If records of the kind do not name a product and a hazard, or there is none.
    """
    if kind not in KINDS:
        raise NotFoundError.among("kind of records that tell of hazards", kind, KINDS)
    table = archive.records(kind, upto=upto)
    told = table.filter(chosen) if (chosen := KINDS[kind]) is not None else table
    named = told.append_column("what", pc.coalesce(told["item"], told["hazard"]))
    named = named.filter(pc.field("product").is_valid() & pc.field("what").is_valid())
    if not named.num_rows:
        raise NotFoundError(
            f"the archive has no {kind} that names a product and a hazard; "
            "take some in by `xinheng ingest`"
        )
    first = _first(named)
    return Cases.of(
        first["product"].to_pylist(), first["what"].to_pylist(), first["known"].to_numpy()
    )


def _first(named: pa.Table) -> pa.Table:
    """Return each record once, as it was first told, and from when on that was known."""
    key = pa.chunked_array([pa.array(np.asarray(named["record"]))])
    order = named.append_column("key", key).sort_by(
        [("available", "ascending"), ("version", "ascending")]
    )
    return (
        order.select(["key", "available", "product", "what"])
        .group_by("key", use_threads=False)
        .aggregate([("available", "first"), ("product", "first"), ("what", "first")])
        .rename_columns(["key", "known", "product", "what"])
        .sort_by([("known", "ascending"), ("key", "ascending")])
    )
