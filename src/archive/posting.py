"""Rows that a program hands over one by one, taken in as a delivery of their department."""

import hashlib
import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import InvalidError, NotFoundError
from .bykind import by_kind, fields_of, file_of, is_by_kind, misnamed
from .collect import Collected
from .contract import HINTS
from .database import workbench
from .enterprises import read_identifiers
from .entries import FATE_LETTERS, Delivery
from .extract import Opened
from .fates import FATES
from .faults import NO_RECORD
from .intake import Receipt, gather, take_in
from .kinds import KINDS
from .known import Known
from .narrowing import lacking, narrowed
from .reading import Reading
from .reading.spool import FAULTY, check_names
from .source import Source
from .store import Store

__all__ = [
    "Posted",
    "Settled",
    "Told",
    "became",
    "faults_of",
    "meant",
    "post",
    "reading_of",
    "told_by_file",
    "told_by_kind",
]

Cells = Mapping[str, str | None]
Posting = Mapping[str, Sequence[Cells]]
KIND, OWN = "kind", "enterprise"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a row, counted from 1: one of `fates.FATES`, and everything that is wrong."""

    row: int
    fate: str
    faults: tuple[Mapping[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Posted:
    """The receipt, and what became of each row, by file.

    Where the same rows had landed before, it is what became of them then.
    """

    receipt: Receipt
    rows: Mapping[str, tuple[Settled, ...]]


@dataclass(frozen=True, slots=True)
class Told:
    """Rows as a delivery of a department, and the mapping that reads them."""

    source: Source
    opened: Opened

    @property
    def is_plain(self) -> bool:
        """Whether each row is a record by kind whose enterprise is named or not, and not sought."""
        readings = self.opened.readings
        return is_by_kind(readings) and not any(
            each.data[hint].null_count < each.data.num_rows
            for each in readings.values()
            for hint in HINTS
        )


def told_by_file(source: Source, rows: Posting) -> Told:
    """Return rows by the name of their file in the mapping, as a delivery of these files alone.

    Raises
    ------
    NotFoundError, InvalidError
        If the mapping has no such file or joins it to one that is missing, if there is no row, or
        one holds what is no text.
    """
    files = source.declaration.files
    for name in rows:
        if name not in files:
            raise NotFoundError.among(f"file of {source.name}", name, files)
    if not any(rows.values()):
        raise InvalidError(f"nothing was posted: no file of {source.name} has a row")
    here = {name: rows[name] for name in files if name in rows}
    absent = lacking(source, here)
    if absent is not None:
        name, file = absent
        joined = ", which it joins to others" if file.lookup else ""
        raise InvalidError(
            f"the mapping of {source.name} also reads {file.path!r}{joined}; post its rows too, "
            f"as {name!r}, or deliver files: xinheng ingest {source.name} FOLDER"
        )
    some = narrowed(source, here)
    readings = {name: _reading(name, range(1, len(each) + 1), each) for name, each in here.items()}
    return Told(some, _opened(some, readings, "posted"))


def told_by_kind(source: Source, records: Sequence[Cells]) -> Told:
    """Return records that have their `kind` and the fields of its contract, as a delivery.

    The row of a record is its place among all of them, from 1 on.

    Raises
    ------
    InvalidError
        If there is none, or a kind or field that there is not: the first, and how many more.
    """
    if not records:
        raise InvalidError(f"nothing was posted: there is no record of {source.name}")
    wrong = list(misnamed(source, records))
    if wrong:
        more = f" ({len(wrong) - 1} more are wrong)" if len(wrong) > 1 else ""
        raise InvalidError(f"record {wrong[0].place + 1}: {wrong[0].fault}{more}")
    places: dict[str, list[int]] = {}
    for place, record in enumerate(records):
        places.setdefault(str(record[KIND]), []).append(place)
    some, readings = by_kind(source, places), {}
    for kind in (each.kind for each in some.declaration.records):
        names = fields_of(KINDS[kind])
        cells = [{name: records[place].get(name) for name in names} for place in places[kind]]
        numbers = [place + 1 for place in places[kind]]
        readings[file_of(kind)] = _reading(file_of(kind), numbers, cells)
    return Told(some, _opened(some, readings, "posted"))


def meant(store: Store, told: Told, received: datetime) -> tuple[str, ...]:
    """Map and check rows as `post` does, and write nothing.

    Returns
    -------
    tuple
        `scheme:code` of everybody that they are about, in order, each once.

    Raises
    ------
    XinhengError
        As `post` does.
    """
    source, opened = told.source, told.opened
    if told.is_plain:
        return _named(told)
    with tempfile.TemporaryDirectory(prefix="xinheng-") as name, workbench():
        known = Known(store, source.declaration.scheme)
        collected = gather(source, opened, opened.fates(), received, Path(name), known)
        codes: dict[str, None] = {}
        for mapped in collected.mapped:
            for part in range(collected.parts):
                table = mapped.runs.read(part, ["enterprise"])
                for code in table["enterprise"].to_pylist() if table is not None else ():
                    if code is not None:
                        codes[f"{source.declaration.scheme}:{code}"] = None
    return tuple(codes)


def _named(told: Told) -> tuple[str, ...]:
    """Return whom rows are about that say so themselves, and need no SQL for that."""
    scheme, codes = told.source.declaration.scheme, dict[str, None]()
    for each in told.source.declaration.records:
        said = told.opened.readings[each.rows].data[OWN].combine_chunks()
        trimmed = pc.utf8_trim(said, " ")
        filled = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
        for code in read_identifiers(scheme, filled)[0].drop_null().to_pylist():
            codes[f"{scheme}:{code}"] = None
    return tuple(codes)


def post(store: Store, told: Told, received: datetime, known: Known | None = None) -> Posted:
    """Take in rows exactly as if they had been delivered in the files of the source.

    Parameters
    ----------
    store
        The archive's tables.
    told
        The rows, from `told_by_file` or `told_by_kind`; all columns that the mapping selects are
        needed in some row, and where one is missing it is null.
    received
        The present moment.
    known
        What is known of enterprises; read anew when None.

    Raises
    ------
    XinhengError
        If rows do not fit the mapping. Nothing is written.
    """
    with store.writing() as drafts:
        receipt, collected = take_in(store, told.source, told.opened, received, drafts, known)
        if collected is None:
            return Posted(receipt, _settled_before(store, told.opened, receipt.delivery))
        return Posted(receipt, {name: became(collected, name) for name in told.opened.readings})


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


def _opened(source: Source, readings: Mapping[str, Reading], how: str) -> Opened:
    digests = sorted(f"{name}={reading.sha256}" for name, reading in readings.items())
    parts = "\n".join([source.name, source.digest, how, *digests])
    paths = {name: Path(source.declaration.files[name].path) for name in readings}
    return Opened(paths, readings, hashlib.sha256(parts.encode()).hexdigest())


def _reading(file: str, numbers: Sequence[int], rows: Sequence[Cells]) -> Reading:
    given = list(dict.fromkeys(name for row in rows for name in row))
    names = dict(zip(given, check_names(f"rows of {file}", given), strict=True))
    cells = []
    for number, row in zip(numbers, rows, strict=True):
        for name, value in row.items():
            if not isinstance(value, str | None):
                raise InvalidError(
                    f"row {number} of {file}: {name} is {value!r}, not text; post every value "
                    "as it would stand in a file, in quotation marks, or null"
                )
        cells.append({names[name]: value or None for name, value in row.items()})
    digest = hashlib.sha256(_written(file, cells)).hexdigest()
    return reading_of(numbers, cells, FAULTY.empty_table(), digest)


def _written(file: str, cells: Sequence[Cells]) -> bytes:
    try:
        return json.dumps(cells, ensure_ascii=False, sort_keys=True).encode()
    except UnicodeEncodeError as error:
        half = error.object[error.start]
        raise InvalidError(
            f"rows of {file} hold {half!a}, which is half a character and no text; post the "
            "character that it is part of, or leave it out"
        ) from None


def became(collected: Collected, name: str) -> tuple[Settled, ...]:
    """Return what became of each row of a file, and everything that is wrong with it."""
    fates, faults = collected.fates[name], collected.faults[name]
    rows = fates.rows
    found = {row: told for each in faults.windows for row, told in faults.window(each).items()}
    settled = []
    for row, place in zip(rows.tolist(), fates.of(rows).tolist(), strict=True):
        fate = FATES[place]
        nothing = [{"fault": NO_RECORD}] if fate == "quarantined" else []
        settled.append(Settled(row, fate, tuple(found.get(row, nothing))))
    return tuple(settled)


def _settled_before(
    store: Store, opened: Opened, delivery: Delivery
) -> dict[str, tuple[Settled, ...]]:
    """Return what became of the same rows when they landed."""
    faults = faults_of(store, delivery.sequence)
    return {
        name: tuple(
            Settled(row, FATE_LETTERS[letter], tuple(faults.get((name, row), ())))
            for row, letter in zip(
                fates.rows.tolist(), delivery.settled.get(name, ""), strict=False
            )
        )
        for name, fates in opened.fates().items()
    }


def faults_of(store: Store, delivery: int) -> dict[tuple[str, int], list[Mapping[str, str]]]:
    """Return everything that is wrong with the rows that a delivery set aside, by file and row."""
    found: dict[tuple[str, int], list[Mapping[str, str]]] = {}
    for fate in ("quarantined", "review"):
        held = store.snapshot(fate)
        rows = [] if held is None else held.read(upto=delivery, since=delivery).to_pylist()
        for each in rows:
            found[each["file"], each["row"]] = json.loads(each["faults"])
    return found
