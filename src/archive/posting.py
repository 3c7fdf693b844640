"""Rows that a program hands over one by one, taken in as a delivery of their department."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa

from ..core.errors import InvalidError, NotFoundError
from .collect import Collected
from .extract import Opened
from .fates import FATES
from .faults import NO_RECORD
from .intake import Receipt, take_in
from .known import Known
from .reading import Reading
from .reading.spool import FAULTY, check_names
from .source import Source
from .store import Store

__all__ = ["Posted", "Settled", "post", "reading_of"]

Cells = Mapping[str, str | None]
Posting = Mapping[str, Sequence[Cells]]


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a row, counted from 1: one of `fates.FATES`, and everything that is wrong."""

    row: int
    fate: str
    faults: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """The receipt, and what became of each row, by file; nothing if they had landed before."""

    receipt: Receipt
    rows: Mapping[str, tuple[Settled, ...]]


def post(
    store: Store, source: Source, rows: Posting, received: datetime, known: Known | None = None
) -> Posted:
    """Take in rows exactly as if they had been delivered in the files of the source.

    Parameters
    ----------
    store
        The archive's tables.
    source
        The mapping, whatever its reader.
    rows
        Rows by the name of their file in the mapping: text by column, or None. All columns that
        the mapping selects are needed in some row; where one is missing it is null.
    received
        The present moment.
    known
        What is known of enterprises; read anew when None.

    Raises
    ------
    XinhengError
        If rows do not fit the mapping, or those of a file that it reads are missing. Nothing is
        written.
    """
    opened = _opened(source, rows)
    with store.writing() as drafts:
        receipt, collected = take_in(store, source, opened, received, drafts, known)
        if collected is None:
            return Posted(receipt, {})
        return Posted(receipt, {name: _settled(collected, name) for name in rows})


def reading_of(
    numbers: Sequence[int], cells: Sequence[Cells], faulty: pa.Table, sha256: str
) -> Reading:
    """Return rows as if they had been read from a file.

    Parameters
    ----------
    numbers, cells
        Number of each row, ascending, and its columns.
    faulty
        Rows that cannot be split, with the columns of `Reading.faulty`.
    sha256
        Digest of all of them.
    """
    names = tuple(dict.fromkeys(name for each in cells for name in each))
    columns = [pa.array([each.get(name) for each in cells], pa.string()) for name in names]
    data = pa.table([pa.array(numbers, pa.int64()), *columns], names=["_row", *names])
    return Reading(names, data, faulty, sha256)


def _opened(source: Source, rows: Posting) -> Opened:
    files = source.declaration.files
    for name in rows:
        if name not in files:
            raise NotFoundError.among(f"file of {source.name}", name, files)
    for name, file in files.items():
        if name not in rows:
            joined = ", which it joins to others" if file.lookup else ""
            raise InvalidError(
                f"the mapping of {source.name} also reads {file.path!r}{joined}; post its rows "
                f"too, as {name!r}, or deliver files: xinheng ingest {source.name} FOLDER"
            )
    if not any(rows.values()):
        raise InvalidError(f"nothing was posted: no file of {source.name} has a row")
    readings = {name: _reading(name, rows[name]) for name in files}
    digests = sorted(f"{name}={reading.sha256}" for name, reading in readings.items())
    parts = "\n".join([source.name, source.digest, "posted", *digests])
    paths = {name: Path(file.path) for name, file in files.items()}
    return Opened(paths, readings, hashlib.sha256(parts.encode()).hexdigest())


def _reading(file: str, rows: Sequence[Cells]) -> Reading:
    given = list(dict.fromkeys(name for row in rows for name in row))
    names = dict(zip(given, check_names(f"rows of {file}", given), strict=True))
    cells = []
    for number, row in enumerate(rows, 1):
        for name, value in row.items():
            if not isinstance(value, str | None):
                raise InvalidError(
                    f"row {number} of {file}: {name} is {value!r}, not text; post every value "
                    "as it would stand in a file, in quotation marks, or null"
                )
        cells.append({names[name]: value or None for name, value in row.items()})
    digest = hashlib.sha256(_written(file, cells)).hexdigest()
    return reading_of(range(1, len(rows) + 1), cells, FAULTY.empty_table(), digest)


def _written(file: str, cells: Sequence[Cells]) -> bytes:
    try:
        return json.dumps(cells, ensure_ascii=False, sort_keys=True).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise InvalidError(
            f"rows of {file} hold {half!a}, which is half a character and no text; post the "
            "character that it is part of, or leave it out"
        ) from None


def _settled(collected: Collected, name: str) -> tuple[Settled, ...]:
    fates, faults = collected.fates[name], collected.faults[name]
    rows = fates.rows
    found = {row: told for each in faults.windows for row, told in faults.window(each).items()}
    settled = []
    for row, place in zip(rows.tolist(), fates.of(rows).tolist(), strict=True):
        fate = FATES[place]
        nothing = [{"fault": NO_RECORD}] if fate == "quarantined" else []
        settled.append(Settled(row, fate, tuple(found.get(row, nothing))))
    return tuple(settled)
