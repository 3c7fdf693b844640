"""From the files of a delivery to checked records, in parts on disk.

The rows of a mapping stream through: typed and checked a piece at a time on one core while
DuckDB yields the next piece on the other, then kept by the part of the city they lie in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .check import FAULTS, Rules, check
from .contract import HINTS, Contract
from .extract import Opened, extract
from .fates import Fates
from .faults import Faults
from .hashing import Numbers, digests, hash_texts, joined, owner_numbers, part_of
from .kinds import KINDS
from .known import Known, hinted, told
from .runs import Piece, Runs, cut
from .source import Records, Source
from .turns import ahead, in_turn

__all__ = ["Collected", "Mapped", "collect", "nowhere"]

PART = 1_000_000
MOST_PARTS = 1024

LIFECYCLE = "lifecycle"
UNSAID = ("enterprise", "known")
PLACED = [kind for kind, contract in KINDS.items() if contract.instead]

Mask = npt.NDArray[np.bool_]
Rows = npt.NDArray[np.int64]
UNSURE = "no enterprise is certain; these come near"
NOBODY = "no enterprise comes near"
NONE = FAULTS.empty_table()


@dataclass(frozen=True, slots=True)
class Mapped:
    """The records that one SELECT of a mapping yielded, in parts.

    Attributes
    ----------
    records
        What the mapping says of them.
    file
        Place of the file among those of the mapping.
    runs
        The records: `_row`, the contract's columns, `known_day`, `owner`, `record`, `content`,
        and `about` of a lifecycle record.
    """

    records: Records
    file: int
    runs: Runs

    @property
    def contract(self) -> Contract:
        """What the records look like."""
        return KINDS[self.records.kind]


@dataclass(frozen=True, slots=True)
class Collected:
    """Everything that was found in a delivery, before it is compared with the archive."""

    mapped: tuple[Mapped, ...]
    parts: int
    fates: Mapping[str, Fates]
    faults: Mapping[str, Faults]


def collect(
    connection: duckdb.DuckDBPyConnection,
    source: Source,
    opened: Opened,
    fates: Mapping[str, Fates],
    received: datetime,
    drafts: Path,
    known: Known,
) -> Collected:
    """Run every SELECT of a mapping, check what it yields, and keep it in parts.

    Parameters
    ----------
    connection
        Where the files of the delivery are tables.
    source, opened, received
        The mapping, the delivery, and when it was received.
    fates
        Fate of each row, by file; what is found out is noted there.
    drafts
        Folder for the parts.
    known
        Finds the codes of records that have none.
    """
    parts = _parts(max(reading.data.num_rows for reading in opened.readings.values()))
    files = list(source.declaration.files)
    faults = {name: Faults(drafts / f"{name}.faults", fates[name]) for name in files}
    for name, reading in opened.readings.items():
        faults[name].add_broken(name, reading.faulty)
    mapped = []
    for number, records in enumerate(source.declaration.records):
        rules = _rules(source, records, received)
        runs = Runs(drafts / f"{number}.records")
        pieces = extract(connection, source, records, fates[records.rows])

        def prepare(piece: pa.Table, rules: Rules = rules, records: Records = records) -> _Prepared:
            return _prepared(rules, source, records, piece, parts, known)

        for found in in_turn(prepare, ahead(pieces)):
            fates[records.rows].came(found.rows)
            fates[records.rows].unlink(found.unlinked)
            faults[records.rows].add(found.faults)
            faults[records.rows].note(found.notes)
            runs.add(found.piece)
            for reading in opened.readings.values():
                reading.release()
        runs.close()
        mapped.append(Mapped(records, files.index(records.rows), runs))
    return Collected(tuple(mapped), parts, fates, faults)


def _parts(rows: int) -> int:
    """Return into how many parts rows are cut: a power of two, each of a million at most."""
    if rows <= PART:
        return 1
    return min(MOST_PARTS, 1 << (rows - 1).bit_length() - PART.bit_length() + 1)


def _rules(source: Source, records: Records, received: datetime) -> Rules:
    contract = KINDS[records.kind]
    codes = {f.name: CodeTable.load(f.codes) for f in contract.fields if f.codes}
    for field, name in records.codes.items():
        codes[field] = CodeTable.read(source.folder / source.declaration.tables[name])
    return Rules(contract, source.declaration.scheme, source.zone, time.day_of(received), codes)


@dataclass(frozen=True, slots=True)
class _Prepared:
    piece: Piece
    rows: Rows
    unlinked: Rows
    faults: pa.Table
    notes: pa.Table


def _prepared(
    rules: Rules, source: Source, about: Records, piece: pa.Table, parts: int, known: Known
) -> _Prepared:
    checked = check(rules, piece)
    linked, notes = _linked(checked.records, known, rules.contract.kind)
    records = _identified(rules, source.name, known.decided(linked, about))
    rows = records["_row"].to_numpy()
    unlinked = rows[nowhere(rules.contract, records)]
    kept = records.drop_columns(list(HINTS))
    pieces = cut(kept, part_of(records["owner"].to_numpy(), parts), parts)
    return _Prepared(pieces, rows, unlinked, checked.faults, notes)


def nowhere(contract: Contract, records: pa.Table) -> Mask:
    """Tell which records name neither an enterprise nor what may stand instead of one.

    What happens later to a record without an enterprise has none either.
    """
    nowhere: Mask = pc.is_null(records["enterprise"]).to_numpy()
    if contract.instead:
        lacking = [pc.is_null(records[field]).to_numpy() for field in contract.instead]
        nowhere &= np.logical_or.reduce(lacking)
    if contract.kind == LIFECYCLE:
        nowhere &= ~pc.is_in(records["of"], value_set=pa.array(PLACED)).to_numpy()
    return nowhere


def _linked(records: pa.Table, known: Known, kind: str) -> tuple[pa.Table, pa.Table]:
    """Fill in the codes of records that have none, where their hints tell them for certain.

    Returns
    -------
    records : pyarrow.Table
        With `linked`: by what each was linked, null where it named its code.
    notes : pyarrow.Table
        Columns of `check.FAULTS`: the candidates of records whose enterprise is not certain.
    """
    some = hinted(records, HINTS)
    if not pc.any(some).as_py():
        return records.append_column("linked", pa.nulls(len(records), pa.string())), NONE
    links = known.link(records.select(HINTS).filter(some))
    enterprise = records["enterprise"].combine_chunks()
    filled = pc.replace_with_mask(enterprise, some, links["code"].combine_chunks())
    how = pc.replace_with_mask(
        pa.nulls(len(records), pa.string()), some, links["how"].combine_chunks()
    )
    place = records.column_names.index("enterprise")
    open_ones = pc.is_null(links["code"])
    unsure = records["_row"].filter(some).filter(open_ones)
    count, near = len(unsure), told(links["candidates"].filter(open_ones))
    notes = {
        "row": unsure,
        "kind": pa.repeat(kind, count),
        "field": pa.repeat("enterprise", count),
        "value": pa.array(near, pa.string()),
        "fault": pa.array([UNSURE if some != "[]" else NOBODY for some in near], pa.string()),
    }
    records = records.set_column(place, "enterprise", filled).append_column("linked", how)
    return records, pa.table(notes, schema=FAULTS)


def _content(contract: Contract, records: pa.Table) -> Numbers:
    """Return a digest of what each record says."""
    said = [field for field in contract.columns if field.name not in UNSAID]
    first = [records[field.name] for field in said if not field.later]
    content = digests(first, records.num_rows).view(np.int64)
    for field in said:
        if field.later:
            told = pc.is_valid(records[field.name]).to_numpy(zero_copy_only=False)
            more = digests([field.name, records[field.name].filter(told)], int(told.sum()))
            content[told] = joined(content[told].view(np.uint64), more)
    return content


def _identified(rules: Rules, source: str, records: pa.Table) -> pa.Table:
    """Give each record its owner, its identity and a digest of what it says.

    A record without an enterprise belongs to its source, and lies where its identity falls.
    """
    contract, count = rules.contract, records.num_rows
    enterprise = records["enterprise"].combine_chunks()
    key = digests([contract.kind, *(records[name] for name in contract.key)], count)
    about = key
    if contract.kind == LIFECYCLE:
        about = digests([records["of"], records["number"]], count)
    owner = owner_numbers(rules.scheme, enterprise)
    nobody = pc.is_null(enterprise).to_numpy(zero_copy_only=False)
    if nobody.any():
        mine = hash_texts(pa.array([f"source:{source}"]))
        owner[nobody] = joined(mine, about[nobody])
    columns = {
        "owner": owner,
        "record": joined(owner.view(np.uint64), key),
        "content": _content(contract, records),
    }
    if contract.kind == LIFECYCLE:
        columns["about"] = joined(owner.view(np.uint64), about)
    for name, numbers in columns.items():
        records = records.append_column(name, pa.array(numbers))
    return records
