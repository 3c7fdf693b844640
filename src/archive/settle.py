"""What becomes of every row of a delivery: each has exactly one fate."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from .extract import Opened, Skipped
from .manifest import FileCount

__all__ = ["Fates", "Mapped", "settle"]

FATES = ("quarantined", "duplicate", "accepted", "review", "skipped")

Rows = npt.NDArray[np.int64]


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
    fresh: npt.NDArray[np.bool_]
    unlinked: npt.NDArray[np.bool_]
    version: npt.NDArray[np.int32]

    @property
    def rows(self) -> Rows:
        """The row of the file that each record came from."""
        return np.asarray(self.records["_row"].to_numpy(), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Fates:
    """The rows of each fate, by file, and the counts that go into the manifest."""

    by_file: Mapping[str, Mapping[str, Rows]]
    counts: tuple[FileCount, ...]


def settle(opened: Opened, mapped: list[Mapped], skipped: Skipped) -> Fates:
    """Give every row one fate: accepted, duplicate, quarantined, review or skipped.

    A row is the unit: where one record of a row is faulty, the whole row is quarantined, and
    where one cannot be assigned to an enterprise, the whole row waits for review.
    """
    by_file, counts = {}, []
    for name, reading in opened.readings.items():
        rows = np.concatenate([reading.table["_row"].to_numpy(), reading.faulty["_row"].to_numpy()])
        fate = np.zeros(rows.max(initial=0) + 1, dtype=np.int8)
        mine = [m for m in mapped if m.file == name]
        for word, chosen in (
            ("duplicate", [m.rows for m in mine]),
            ("accepted", [m.rows[m.fresh] for m in mine]),
            ("review", [m.rows[m.unlinked] for m in mine]),
            ("quarantined", [m.faults["row"].to_numpy() for m in mine]),
            ("skipped", skipped[name].values()),
        ):
            for some in chosen:
                fate[some] = FATES.index(word)
        by_file[name] = {word: rows[fate[rows] == code] for code, word in enumerate(FATES)}
        counts.append(
            FileCount(
                file=name,
                path=opened.paths[name].name,
                sha256=opened.sha256[name],
                rows=len(rows),
                accepted=len(by_file[name]["accepted"]),
                duplicate=len(by_file[name]["duplicate"]),
                quarantined=len(by_file[name]["quarantined"]),
                review=len(by_file[name]["review"]),
                skipped={reason: len(some) for reason, some in skipped[name].items()},
            )
        )
    return Fates(by_file, tuple(counts))
