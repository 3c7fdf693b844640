"""What becomes of every row of a delivery: each has exactly one fate."""

from collections import Counter
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from .extract import Opened
from .manifest import FileCount

__all__ = ["Fates", "Mapped", "settle"]


@dataclass(frozen=True, slots=True)
class Mapped:
    """Checked records of one kind: the file they came from, the records and their faults.

    One value for each record: `fresh` marks those that the archive lacks, `unlinked` those
    that name no enterprise, and `version` counts the corrections of one identity.
    """

    kind: str
    file: str
    records: pa.Table
    faults: pa.Table
    fresh: np.ndarray
    unlinked: np.ndarray
    version: np.ndarray


@dataclass(frozen=True, slots=True)
class Fates:
    """The fate of every row, by file, and the counts that go into the manifest."""

    by_file: dict[str, pd.Series]
    counts: tuple[FileCount, ...]


def settle(opened: Opened, mapped: list[Mapped], skipped: dict[str, dict[int, str]]) -> Fates:
    """Give every row one fate: accepted, duplicate, quarantined, review or skipped.

    A row is the unit: where one record of a row is faulty, the whole row is quarantined, and
    where one cannot be assigned to an enterprise, the whole row waits for review.
    """
    fates, counts = {}, []
    for name, reading in opened.readings.items():
        rows = np.concatenate([reading.table["_row"].to_numpy(), reading.faulty["_row"].to_numpy()])
        fate = pd.Series("quarantined", index=pd.Index(rows, name="row"))
        mine = [m for m in mapped if m.file == name]
        for word, chosen in (
            ("duplicate", [m.records["_row"].to_numpy() for m in mine]),
            ("accepted", [m.records["_row"].to_numpy()[m.fresh] for m in mine]),
            ("review", [m.records["_row"].to_numpy()[m.unlinked] for m in mine]),
            ("quarantined", [m.faults["row"].to_numpy() for m in mine]),
        ):
            for some in chosen:
                fate[np.unique(some)] = word
        fate[list(skipped[name])] = "skipped"
        fates[name] = fate
        tally = Counter(fate)
        counts.append(
            FileCount(
                file=name,
                path=opened.paths[name].name,
                sha256=opened.sha256[name],
                rows=len(rows),
                accepted=tally["accepted"],
                duplicate=tally["duplicate"],
                quarantined=tally["quarantined"],
                review=tally["review"],
                skipped=dict(Counter(skipped[name].values())),
            )
        )
    return Fates(fates, tuple(counts))
