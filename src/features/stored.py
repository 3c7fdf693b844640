"""Dated tables in files: what parts contribute to them, and the tables for whoever computes.

What a part contributes is a Parquet file. A table is worked out from the files of all parts, and
of these only what it needs is read. It is kept as plain arrays, which every process of a machine
maps and none copies.
"""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from .cases import Cases
from .dated import Dated, Kept, Source, Table
from .events import Events
from .medians import Middles
from .references import References
from .spans import Spans
from .steps import Steps

__all__ = ["build_table", "contributions", "count_tables", "read_tables"]

SPANS = pa.schema(
    [
        ("source", pa.int32()),
        ("enterprise", pa.int32()),
        ("key", pa.int64()),
        ("number", pa.int64()),
        ("start", pa.int32()),
        ("stop", pa.int32()),
    ]
)
BUILT: dict[str, type[Any]] = {kind.__name__: kind for kind in (Middles, Steps)}
MAPPED = 1 << 20  # bytes from which on a file is mapped


def contributions(leaves: Sequence[Dated], events: Events, bans: Events | None) -> pa.Table:
    """Return what the events of a part contribute, columns of `SPANS`, by source.

    Parameters
    ----------
    leaves
        What the tables are to answer.
    events
        All events of some enterprises.
    bans
        Bans that name no enterprise, in one of the parts; see `References.build`.
    """
    blocks = [events] if bans is None else [events, bans]
    found, parts = [References.read(leaves, block) for block in blocks], [SPANS.empty_table()]
    for number, source in enumerate(_sources(_tables(leaves))):
        spans = Spans.joined(each[source] for each in found)
        columns = {f.name: pa.array(getattr(spans, f.name)) for f in fields(Spans)}
        columns["source"] = pa.repeat(pa.scalar(number, pa.int32()), len(spans))
        parts.append(pa.table(columns).select(SPANS.names).cast(SPANS))
    return pa.concat_tables(parts)


def count_tables(leaves: Sequence[Dated]) -> int:
    """Return how many tables it takes to answer some leaves."""
    return len(_tables(leaves))


def build_table(
    leaves: Sequence[Dated], number: int, parts: Sequence[Path], cases: Cases
) -> dict[str, npt.NDArray[Any]]:
    """Work one of the tables out from the files of all parts.

    Parameters
    ----------
    leaves
        What the tables are to answer.
    number
        Which table.
    parts
        Files of what `contributions` returned.
    cases
        Which enterprise a case means.

    Returns
    -------
    The arrays of the table, by the names of the files that `read_tables` reads.
    """
    tables = _tables(leaves)
    numbers = {source: number for number, source in enumerate(_sources(tables))}
    wanted = dict.fromkeys(tables[number].sources)
    kept = Kept({source: _spans(parts, numbers[source]) for source in wanted}, cases)
    built = tables[number].build(kept)
    names = [field.name for field in fields(built)]
    return {f"{number:03}-{type(built).__name__}-{n}.npy": getattr(built, n) for n in names}


def read_tables(leaves: Sequence[Dated], folder: Path) -> References:
    """Return the references whose arrays lie in a folder; they answer values, and no evidence."""
    arrays: dict[int, dict[str, npt.NDArray[Any]]] = {}
    kinds: dict[int, type[Any]] = {}
    for path in sorted(folder.glob("*.npy")):
        place, kind, name = path.stem.split("-")
        mode: Literal["r"] | None = "r" if path.stat().st_size > MAPPED else None
        arrays.setdefault(int(place), {})[name] = np.load(path, mmap_mode=mode, allow_pickle=False)
        kinds[int(place)] = BUILT[kind]
    tables = {t: kinds[n](**arrays[n]) for n, t in enumerate(_tables(leaves))}
    return References.of_tables(leaves, tables)


def _tables(leaves: Iterable[Dated]) -> tuple[Table, ...]:
    return tuple(dict.fromkeys(table for leaf in leaves for table in leaf.tables))


def _sources(tables: Iterable[Table]) -> tuple[Source, ...]:
    return tuple(dict.fromkeys(source for table in tables for source in table.sources))


def _spans(parts: Sequence[Path], source: int) -> Spans:
    names = [field.name for field in fields(Spans)]
    mine = [("source", "=", source)]
    tables = (pq.read_table(path, columns=names, filters=mine) for path in parts)
    return Spans.joined(Spans(*(table[name].to_numpy() for name in names)) for table in tables)
