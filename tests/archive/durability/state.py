"""Everything an archive holds, wherever it keeps it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from xinheng.archive import KINDS, Archive, Store

__all__ = ["State", "differences", "standing", "state"]

STANDING = ("precedence", "sequence", "version")


@dataclass(frozen=True)
class State:
    """The rows of every table in an order of their own, and the deliveries."""

    tables: dict[str, pa.Table]
    deliveries: list[dict[str, Any]]


def state(folder: Path) -> State:
    """Read an archive as it stands when the reading begins."""
    archive, store = Archive(folder), Store(folder)
    now = store.state()
    tables = {"events": ordered(archive.events(upto=now.sequence).table)}
    for name in store.names(now):
        snapshot = store.snapshot(name, now)
        assert snapshot is not None
        tables[name] = ordered(snapshot.read())
    deliveries = archive.deliveries()[: now.sequence]
    where = {"tables", "journal", "folded"}
    return State(tables, [each.model_dump(exclude=where) for each in deliveries])


def ordered(table: pa.Table) -> pa.Table:
    """Return a table in the order of all its columns."""
    return table.sort_by([(name, "ascending") for name in table.column_names]).combine_chunks()


def differences(one: State, other: State) -> list[str]:
    """Return what is not the same in two states, in words; nothing if all is."""
    found = []
    for name in sorted({*one.tables, *other.tables}):
        here, there = one.tables.get(name), other.tables.get(name)
        if here is None or there is None:
            found.append(f"{name} is in one of them only")
        elif not here.equals(there):
            found.append(f"{name} differs, with {here.num_rows} and {there.num_rows} rows")
    if one.deliveries != other.deliveries:
        found.append(f"{len(one.deliveries)} and {len(other.deliveries)} deliveries differ")
    return found


def standing(folder: Path) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Return what stands of every record, whoever told it, when and in which row."""
    archive, found = Archive(folder), {}
    for kind, contract in KINDS.items():
        table = archive.records(kind)
        said = [field.name for field in contract.columns if field.name in table.column_names]
        for row in table.sort_by([(name, "ascending") for name in STANDING]).to_pylist():
            found[kind, row["enterprise"], row["record"]] = {name: row[name] for name in said}
    return found
