"""The parts of a delivery: sound records in the order of owners, and whom they name."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from .collect import Collected, Mapped
from .contract import Contract
from .hashing import Numbers
from .owners import distinct

__all__ = ["Group", "Part", "open_part", "order", "sound"]


@dataclass(frozen=True, slots=True)
class Group:
    """Records of one kind, told by their issuer or only passed on.

    Attributes
    ----------
    contract, relay
        What the records look like, and whether they are passed on.
    records
        What `collect.Mapped` keeps, with `file`, the place of their file among those of the
        mapping; in the order of owners, and those of one owner in the order of rows.
    names
        Name of each file that they are from, by its place.
    """

    contract: Contract
    relay: bool
    records: pa.Table
    names: dict[int, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a delivery, and the enterprises that it names, which no other part does.

    Attributes
    ----------
    groups
        A department's own word before what it passes on for others.
    owners, codes
        The enterprises by their numbers in the store, ascending, and their codes.
    """

    groups: tuple[Group, ...]
    owners: Numbers
    codes: pa.Array


def open_part(collected: Collected, number: int) -> Part:
    """Read one part of a delivery, without the rows that may not land."""
    groups = []
    for kind, relay in sorted({(m.records.kind, m.records.relay) for m in collected.mapped}):
        mine = [m for m in collected.mapped if (m.records.kind, m.records.relay) == (kind, relay)]
        records = _together(collected, mine, number)
        if records is not None:
            names = {mapped.file: mapped.records.rows for mapped in mine}
            groups.append(Group(mine[0].contract, relay, records, names))
    return Part(tuple(groups), *distinct([_enterprises(g.records) for g in groups]))


def sound(
    collected: Collected, mapped: Mapped, part: int, columns: Sequence[str] | None = None
) -> pa.Table | None:
    """Return the records of a part whose rows may land; None if there are none."""
    table = mapped.runs.read(part, None if columns is None else ["_row", *columns])
    if table is None:
        return None
    may = collected.fates[mapped.records.rows].sound(table["_row"].to_numpy())
    if not may.all():
        table = table.filter(pa.array(may))
    return table if table.num_rows else None


def _together(collected: Collected, mine: Sequence[Mapped], part: int) -> pa.Table | None:
    tables, may = [], []
    for mapped in mine:
        table = mapped.runs.read(part)
        if table is not None:
            file = pa.repeat(pa.scalar(mapped.file, pa.int16()), table.num_rows)
            tables.append(table.append_column("file", file))
            may.append(collected.fates[mapped.records.rows].sound(table["_row"].to_numpy()))
    places = np.flatnonzero(np.concatenate([np.empty(0, bool), *may]))
    if not len(places):
        return None
    table = pa.concat_tables(tables)
    owners, rows = (table[name].to_numpy()[places] for name in ("owner", "_row"))
    taken = table.take(pa.array(places[order(owners, rows)]))
    for mapped in mine:
        mapped.runs.release()
    return taken


def order(owners: Numbers, rows: Numbers) -> Numbers:
    """Return in which order rows are those of ascending owners, and of one owner as in the file.

    Examples
    --------
    >>> order(np.array([7, -3, 7, -3]), np.array([4, 3, 2, 3])).tolist()
    [1, 3, 2, 0]
    """
    if (rows[1:] >= rows[:-1]).all():
        return _stable(owners)
    filed: Numbers = np.argsort(rows, kind="stable")
    return filed[_stable(owners[filed])]


def _stable(owners: Numbers) -> Numbers:
    """Sort by owner and leave ties as they are.

    Numbers are sorted much sooner than places are, so the place of each row is put into the low
    bits of its owner's number. Where the bits left over cannot tell owners apart, places are.
    """
    low = np.uint64(max(1, len(owners) - 1).bit_length())
    spread = owners.view(np.uint64) - owners.min(keepdims=True).view(np.uint64)
    free = np.uint64(64 - int(spread.max()).bit_length())
    keys = (spread << min(free, np.uint64(63))) >> low << low
    keys |= np.arange(len(owners), dtype=np.uint64)
    keys.sort()
    places: Numbers = (keys & ((np.uint64(1) << low) - np.uint64(1))).astype(np.int64)
    found = owners[places]
    if (found[1:] < found[:-1]).any():
        return np.argsort(owners, kind="stable")
    return places


def _enterprises(records: pa.Table) -> tuple[Numbers, pa.Array]:
    """Return the owners of records that name an enterprise, and its code."""
    owners, codes = records["owner"].to_numpy(), records["enterprise"].combine_chunks()
    if codes.null_count:
        named = pc.is_valid(codes)
        return owners[named.to_numpy(zero_copy_only=False)], codes.filter(named)
    return owners, codes
