"""The faults of one file's rows, kept on disk until the rows are set aside."""

import re
from collections import Counter
from pathlib import Path

import pyarrow as pa

from .check import FAULTS
from .fates import Fates
from .runs import Runs, cut

__all__ = ["NO_RECORD", "WINDOW", "Faults"]

NO_RECORD = "no record came of this row and no [[skip]] names it"
WINDOW = 262_144
PARTICULAR, WHICHEVER = re.compile(r"\b(row|is|for) ([0-9]+|[A-Z])\b"), r"\1 …"


class Faults:
    """What is wrong with the rows of one file, by windows of rows.

    Parameters
    ----------
    path
        Where to keep them.
    fates
        Fate of each row; rows with a fault are noted there.
    """

    def __init__(self, path: Path, fates: Fates) -> None:
        self._path, self._fates = path, fates
        self._windows = fates.last // WINDOW + 1
        self._runs = Runs(path)
        self.tally: Counter[str] = Counter()

    def add(self, faults: pa.Table) -> None:
        """Keep faults, and count those of one sort together, whichever row each names."""
        if not faults.num_rows:
            return
        rows = faults["row"].to_numpy()
        self._fates.fault(rows)
        self._runs.add(cut(faults, rows // WINDOW, self._windows))
        sorts = zip(*(faults[name].to_pylist() for name in ("kind", "field", "fault")), strict=True)
        self.tally.update(
            f"{kind}.{field}: {PARTICULAR.sub(WHICHEVER, fault)}" for kind, field, fault in sorts
        )

    def note(self, notes: pa.Table) -> None:
        """Keep what is to be known of rows that wait for review; it is no fault of theirs."""
        if notes.num_rows:
            windows = notes["row"].to_numpy() // WINDOW
            self._runs.add(cut(notes, windows, self._windows))

    def add_broken(self, file: str, broken: pa.Table) -> None:
        """Keep what is wrong with rows that could not be split."""
        count = broken.num_rows
        columns = [broken["_row"], *[pa.nulls(count, pa.string())] * 3, broken["fault"]]
        if count:
            self._runs.add(
                cut(
                    pa.Table.from_arrays(columns, schema=FAULTS),
                    broken["_row"].to_numpy() // WINDOW,
                    self._windows,
                )
            )
            self.tally.update(f"{file}: {fault}" for fault in broken["fault"].to_pylist())

    def close(self, file: str) -> None:
        """End adding, and count the rows of which nothing came."""
        self._runs.close()
        silent = len(self._fates.silent())
        if silent:
            self.tally[f"{file}: {NO_RECORD}"] += silent

    def window(self, number: int) -> dict[int, list[dict[str, str]]]:
        """Return the faults of each row of one window."""
        found: dict[int, list[dict[str, str]]] = {}
        table = self._runs.read(number)
        for fault in table.to_pylist() if table is not None else ():
            row = fault.pop("row")
            said = {name: value for name, value in fault.items() if name == "fault"}
            found.setdefault(row, []).append(fault if fault["kind"] else said)
        return found

    def table(self) -> pa.Table:
        """Return all faults of all rows, with the columns of `check.FAULTS`."""
        tables = (self._runs.read(window) for window in self.windows)
        found = [FAULTS.empty_table(), *(table for table in tables if table is not None)]
        return pa.concat_tables(found)

    def share(self, number: int, fates: Fates) -> "Faults":
        """Return where to keep the faults of a numbered share of the rows, of which it has none."""
        return Faults(self._path.with_suffix(f".{number}.faults"), fates)

    @property
    def windows(self) -> range:
        """The numbers of the windows."""
        return range(self._windows)
