"""What happens to records by a decision, told as if their department had delivered it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from ..core import time
from .collect import LIFECYCLE, Collected
from .entries import Delivery
from .extract import Opened
from .fates import Fates
from .hashing import part_of
from .intake import gather
from .known import Known
from .reading import Reading
from .reading.spool import FAULTY
from .runs import Runs, cut
from .source import Declaration, File, Records, Source
from .store import Store

__all__ = ["NO_FAULT", "Landed", "as_department", "beside", "happened"]

SAID = ("enterprise", "number", "occurred", "known", "of", "change")
NO_FAULT = FAULTY.empty_table()


@dataclass(frozen=True, slots=True)
class Landed:
    """A record that landed by a decision: from which row of which delivery, which, and whose."""

    file: str
    row: int
    sequence: int
    kind: str
    number: str
    record: int
    scheme: str
    code: str
    owner: int


def happened(
    store: Store,
    delivery: Delivery,
    opened: Opened,
    fates: Mapping[str, Fates],
    records: Sequence[Landed],
    change: str,
    received: datetime,
    drafts: Path,
) -> Collected:
    """Return that something happened to records today, as if a department delivered it.

    Parameters
    ----------
    store, delivery
        The archive's store, and the delivery whose rows the records are from.
    opened, fates
        These rows, and what becomes of them.
    records
        The records; none is of kind `lifecycle`.
    change
        What happened to them, such as `"withdrawn"`.
    received
        The present moment.
    drafts
        Folder for the parts, which is empty.
    """
    today = time.show(time.day_of(received))
    readings = {}
    for file in opened.readings:
        some = [each for each in records if each.file == file]
        said = [(each.code, each.number, today, today, each.kind, change) for each in some]
        columns = list(zip(*said, strict=True)) or [()] * len(SAID)
        rows = np.array([each.row for each in some], np.int64)
        data = pa.table(
            [pa.array(rows), *(pa.array(column, pa.string()) for column in columns)],
            names=["_row", *SAID],
        )
        readings[file] = Reading(SAID, data, NO_FAULT, "")
    later = Opened(opened.paths, readings, opened.digest)
    source = as_department(delivery, opened, records)
    known = Known(store, source.declaration.scheme)
    return gather(source, later, fates, received, drafts, known)


def as_department(delivery: Delivery, opened: Opened, records: Sequence[Landed]) -> Source:
    """Return a mapping by which a department would tell what happened to its records."""
    declaration = Declaration(
        title=delivery.source,
        department=delivery.department,
        scheme=records[0].scheme if records else "none",
        files={file: File(path=path.name, reader="csv") for file, path in opened.paths.items()},
        records=[Records(kind=LIFECYCLE, rows=file, sql=file) for file in opened.paths],
    )
    statements = {file: f'FROM "{file}"' for file in opened.paths}
    return Source(delivery.source, Path(), declaration, statements, "")


def beside(collected: Collected, later: Collected, drafts: Path) -> Collected:
    """Return what was found in a delivery, with further records beside it, cut as they are."""
    mapped = list(collected.mapped)
    for number, each in enumerate(later.mapped):
        runs = Runs(drafts / f"later{number}.records")
        table = each.runs.read(0)
        if table is not None:
            parts = part_of(table["owner"].to_numpy(), collected.parts)
            runs.add(cut(table, parts, collected.parts))
        runs.close()
        mapped.append(replace(each, runs=runs))
    return replace(collected, mapped=tuple(mapped))
