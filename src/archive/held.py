"""Rows set aside that still wait: which, and why."""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from ..core.errors import NotFoundError
from .collect import NOBODY, UNSURE
from .faults import PARTICULAR, WHICHEVER
from .store import Store
from .waiting import held_rows, open_rows

__all__ = ["Held", "Selection", "group", "select", "told"]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are wanted.

    Attributes
    ----------
    source, delivery, file
        Name of the source, number of the delivery, and name of the file in the mapping or as
        delivered.
    fault
        Text that a fault of the row, its kind and field or its value holds.
    settled
        Whether to include rows that a replay or a decision settled.
    """

    source: str | None = None
    delivery: int | None = None
    file: str | None = None
    fault: str | None = None
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Held:
    """A source row set aside.

    Attributes
    ----------
    sequence, source, department
        The delivery, and who delivered it.
    file, path, row
        Name of the file in the mapping and as delivered, and row in it.
    source_row
        The row as it stands in the file; under `""` where it could not be split.
    faults
        Everything that is wrong, with `kind`, `field`, `value` and `fault`.
    candidates
        Enterprises that come near where none is certain, the best first, and for which `kind`
        of record of the row.
    """

    sequence: int
    source: str
    department: str
    file: str
    path: str
    row: int
    source_row: dict[str, Any]
    faults: tuple[dict[str, str], ...]
    candidates: tuple[dict[str, Any], ...] = ()


def select(store: Store, fate: str, wanted: Selection) -> list[Held]:
    """Return rows of one of `waiting.FATES` that wait, in order of delivery, file and row.

    Raises
    ------
    NotFoundError
        If no delivery has that number or source.
    """
    state = store.state()
    deliveries = _deliveries(store, wanted, state.sequence)
    if not deliveries:
        return []
    read = held_rows if wanted.settled else open_rows
    table = read(store, (fate,), deliveries[0], deliveries[-1], state)
    table = table.filter(pc.is_in(table["sequence"], pa.array(deliveries, pa.int32())))
    rows = (_held(store, row) for row in table.to_pylist())
    return [row for row in rows if _fits(row, wanted)]


def group(rows: Iterable[Held]) -> list[tuple[str, int]]:
    """Return what is wrong with rows and how many have it, the most frequent first.

    Faults that differ by a row or a letter only are of one sort.
    """
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update({_sort(fault) for fault in row.faults} or {"it names no enterprise"})
    return counts.most_common()


def _deliveries(store: Store, wanted: Selection, last: int) -> list[int]:
    known = store.manifest.deliveries()[:last]
    if wanted.delivery is not None and not 1 <= wanted.delivery <= len(known):
        raise NotFoundError(
            f"there is no delivery {wanted.delivery}; the archive has {len(known)}: "
            "`xinheng archive status --deliveries` lists them"
        )
    sources = {each.source for each in known}
    if wanted.source is not None and wanted.source not in sources:
        raise NotFoundError.among("source that delivered", wanted.source, sources)
    return [
        each.sequence
        for each in known
        if wanted.delivery in {None, each.sequence} and wanted.source in {None, each.source}
    ]


def _held(store: Store, row: dict[str, Any]) -> Held:
    delivery = store.manifest.delivery(row["sequence"])
    paths = {file.file: file.path for file in delivery.files}
    faults, candidates = [], []
    for fault in json.loads(row["faults"]):
        if fault["fault"] in {UNSURE, NOBODY}:
            near = json.loads(fault.pop("value"))
            candidates += [each | {"kind": fault["kind"]} for each in near]
        faults.append(fault)
    return Held(
        row["sequence"],
        delivery.source,
        delivery.department,
        row["file"],
        paths.get(row["file"], row["file"]),
        row["row"],
        json.loads(row["source_row"]),
        tuple(faults),
        tuple(candidates),
    )


def _fits(row: Held, wanted: Selection) -> bool:
    if wanted.file is not None and wanted.file not in {row.file, row.path}:
        return False
    return wanted.fault is None or any(wanted.fault in told(fault) for fault in row.faults)


def told(fault: dict[str, str]) -> str:
    """Return a fault in words."""
    where = f"{fault['kind']}.{fault['field']}" if fault.get("field") else ""
    value = f" = {fault['value']!r}" if fault.get("value") is not None else ""
    return f"{where}{value}: {fault['fault']}" if where else fault["fault"]


def _sort(fault: dict[str, str]) -> str:
    where = f"{fault['kind']}.{fault['field']}: " if fault.get("field") else ""
    return where + PARTICULAR.sub(WHICHEVER, fault["fault"])
