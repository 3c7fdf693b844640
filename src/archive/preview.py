"""A mapping tried on a delivery: what would land, and what is wrong, with nothing written."""

import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from .collect import Collected, Mapped
from .database import workbench
from .extract import open_delivery
from .faults import WINDOW
from .intake import gather
from .known import Known
from .source import Source
from .store import Store

__all__ = ["Preview", "preview"]

FIRST = 100
INTERNAL = ("owner", "record", "content", "about", "known_day", "linked")


@dataclass(frozen=True, slots=True)
class Preview:
    """What a mapping makes of a delivery.

    Attributes
    ----------
    counts
        By file: rows read, and how many are `sound`, `quarantined`, wait for `review`, or are
        `skipped`. Whether a sound row is new or a duplicate shows only when it is taken in.
    records
        By kind: how many records came of the rows.
    first
        By kind: the records of the first rows, typed as they would land, with `_row`, how they
        were `linked`, and their `faults` as one text.
    faults
        How often each sort of fault was found.
    """

    counts: Mapping[str, Mapping[str, int]]
    records: Mapping[str, int]
    first: Mapping[str, pa.Table]
    faults: Mapping[str, int]


def preview(
    store: Store, source: Source, folder: Path, received: datetime, rows: int = FIRST
) -> Preview:
    """Map and check a delivery as `ingest` would, and write nothing.

    Parameters
    ----------
    store
        The archive's store, which tells the names and licences of records without a code.
    source, folder, received
        The mapping, the folder with the files of one delivery, and the moment of delivery.
    rows
        How many rows of each file to show.

    Raises
    ------
    NotFoundError, InvalidError, MappingError
        As `ingest` does.
    """
    with tempfile.TemporaryDirectory(prefix="xinheng-") as name, workbench():
        drafts = Path(name)
        opened = open_delivery(source, folder, drafts)
        fates = opened.fates()
        known = Known(store, source.declaration.scheme)
        collected = gather(source, opened, fates, received, drafts, known)
        kinds = dict.fromkeys(mapped.records.kind for mapped in collected.mapped)
        tally = sum((each.tally for each in collected.faults.values()), Counter[str]())
        return Preview(
            counts={file: _counts(collected, file) for file in fates},
            records={kind: _count(collected, kind) for kind in kinds},
            first={kind: _first(collected, kind, rows) for kind in kinds},
            faults=dict(tally.most_common()),
        )


def _counts(collected: Collected, file: str) -> dict[str, int]:
    counts = collected.fates[file].counts()
    sound = counts.pop("accepted") + counts.pop("duplicate")
    return {"rows": sound + sum(counts.values()), "sound": sound, **counts}


def _of(collected: Collected, kind: str) -> list[Mapped]:
    return [mapped for mapped in collected.mapped if mapped.records.kind == kind]


def _count(collected: Collected, kind: str) -> int:
    return sum(mapped.runs.count for mapped in _of(collected, kind))


def _first(collected: Collected, kind: str, rows: int) -> pa.Table:
    found = []
    for mapped in _of(collected, kind):
        fates = collected.fates[mapped.records.rows]
        last = max(fates.split()[:rows], default=-1)
        wrong = _wrong(collected, mapped.records.rows, int(last))
        for part in range(collected.parts):
            table = mapped.runs.read(part)
            if table is not None:
                some = table.filter(pc.less_equal(table["_row"], last))
                texts = [wrong.get((row, kind)) for row in some["_row"].to_pylist()]
                found.append(some.append_column("faults", pa.array(texts, pa.string())))
    together = pa.concat_tables(found) if found else pa.table({"_row": pa.array([], pa.int64())})
    hidden = [name for name in INTERNAL if name in together.column_names and name != "linked"]
    return together.drop_columns(hidden).sort_by("_row")


def _wrong(collected: Collected, file: str, last: int) -> dict[tuple[int, str], str]:
    """Return the faults of each record of the first rows, as one text."""
    faults = collected.faults[file]
    found: dict[tuple[int, str], list[str]] = {}
    for window in faults.windows[: last // WINDOW + 1]:
        for row, some in faults.window(window).items():
            for fault in some:
                if row <= last and "kind" in fault:
                    said = f"{fault['field']}: {fault['fault']}"
                    found.setdefault((row, fault["kind"]), []).append(said)
    return {place: "; ".join(texts) for place, texts in found.items()}
