"""Deliveries as they might have been, had everything from a day on come out otherwise.

Whatever is computed as of that day must not depend on it: that is how a leak is found.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..core import time
from ..core.errors import InvalidError
from .archive import Archive
from .extract import Opened, connect, extract, leave_out, open_delivery
from .fates import Fates
from .intake import gather, take_in
from .known import Known
from .source import Source
from .store import Store
from .turning import later, turning

__all__ = ["Alteration", "altered_archive"]

Numbers = npt.NDArray[np.int64]
Rows = Mapping[str, Numbers]


@dataclass(frozen=True, slots=True)
class Alteration:
    """What is altered in deliveries: everything that is available from a day on.

    Attributes
    ----------
    day
        Number of the day.
    received
        When all deliveries are received.
    seed
        By which half of the later records is left out; the others are turned (see `turning`).
    """

    day: int
    received: datetime
    seed: int = 0


def altered_archive(
    folder: Path, deliveries: Iterable[tuple[Source, Path]], alteration: Alteration
) -> Archive:
    """Build an archive of deliveries that are altered on the way.

    They go the whole road that `Archive.ingest` goes: read from their files, mapped by the SQL of
    their source, checked, linked and landed. A source row whose records are all left out is taken
    out of its file before, so that a SELECT that looks at other rows does not see it either. Rows
    that are quarantined stay as they are, and all records that are available before the day.

    Parameters
    ----------
    folder
        Where to build it; it must be empty or not exist.
    deliveries
        Mapping and folder of each delivery, in order.
    alteration
        What is altered.

    Raises
    ------
    InvalidError
        If the folder is not empty.
    NotFoundError, InvalidError, MappingError
        As `Archive.ingest` does.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InvalidError(
            f"{folder} is not empty; altered records need a folder of their own, so that none of "
            "them is ever taken for true"
        )
    store = Store(folder)
    known: dict[str, Known] = {}
    for source, delivered in deliveries:
        scheme = source.declaration.scheme
        linking = known.setdefault(scheme, Known(store, scheme))
        with store.writing() as drafts:
            opened = open_delivery(source, delivered, drafts)
            other, altered = _altered(source, opened, drafts, linking, alteration)
            take_in(store, other, altered, alteration.received, drafts, linking)
    return Archive(folder)


def _altered(
    source: Source, opened: Opened, drafts: Path, known: Known, alteration: Alteration
) -> tuple[Source, Opened]:
    """Return the mapping that turns and leaves out, and the files without the rows left out."""
    fates, apart = opened.fates(), drafts / "unaltered"
    apart.mkdir()
    gather(source, opened, fates, alteration.received, apart, known)
    with connect(source, opened, drafts) as connection:
        leave_out(connection, source, opened.fates())
        other = _turning(connection, source, _with_fate(fates, "quarantined"), alteration)
        telling = _telling(connection, other, fates)
    sound = _with_fate(fates, "duplicate", "review")  # none of which has landed, so none is new
    readings = {
        name: replace(
            reading, data=_without(reading.data, np.setdiff1d(sound[name], telling[name]))
        )
        for name, reading in opened.readings.items()
    }
    digest = hashlib.sha256(f"{opened.digest}\n{other.digest}".encode()).hexdigest()
    return other, Opened(opened.paths, readings, digest)


def _with_fate(fates: Mapping[str, Fates], *wanted: str) -> Rows:
    """Return the rows of each file that have one of some fates."""
    return {
        name: np.concatenate([each.among(0, each.last + 1, fate) for fate in wanted])
        for name, each in fates.items()
    }


def _turning(
    connection: duckdb.DuckDBPyConnection, source: Source, broken: Rows, alteration: Alteration
) -> Source:
    """Return the mapping with a statement around each of its own."""
    received = time.day_of(alteration.received)
    condition = later(source.declaration.clocks, received, alteration.day)
    declared, statements = [], {}
    for number, records in enumerate(source.declaration.records):
        inner = source.statements[records.sql].strip().removesuffix(";")
        columns = connection.sql(inner).columns
        around = turning(records, inner, columns, condition, broken[records.rows], alteration.seed)
        declared.append(records.model_copy(update={"sql": f"{number}/{records.sql}"}))
        statements[declared[-1].sql] = around
    text = "\n".join([source.digest, *statements.values()])
    return replace(
        source,
        declaration=source.declaration.model_copy(update={"records": declared}),
        statements=statements,
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _telling(
    connection: duckdb.DuckDBPyConnection, source: Source, fates: Mapping[str, Fates]
) -> Rows:
    """Return the rows of each file of which any record comes."""
    found: dict[str, list[Numbers]] = {name: [np.empty(0, np.int64)] for name in fates}
    for records in source.declaration.records:
        for piece in extract(connection, source, records, fates[records.rows]):
            found[records.rows].append(piece["_row"].to_numpy())
    return {name: np.unique(np.concatenate(rows)) for name, rows in found.items()}


def _without(table: pa.Table, rows: Numbers) -> pa.Table:
    return table.filter(pa.array(~np.isin(table["_row"].to_numpy(), rows)))
