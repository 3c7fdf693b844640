"""What becomes of every row of a delivery: each has exactly one fate."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

__all__ = ["FATES", "Fates", "Rows"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FATES = ("accepted", "duplicate", "quarantined", "review", "skipped")
RECORD, LANDED, UNLINKED, FAULTY, SKIPPED = (np.uint8(1 << place) for place in range(5))
HELD = UNLINKED | FAULTY | SKIPPED


class Fates:
    """The fate of each row of one file, as it becomes known.

    A row is the unit: where one record of a row is faulty, the whole row is quarantined, and
    where one cannot be assigned to an enterprise, the whole row waits for review. A row of which
    no record came, and that no reason skips, is quarantined too.

    Parameters
    ----------
    rows, faulty
        Numbers of the rows that could be split, ascending, and of those that could not.

    Examples
    --------
    >>> fates = Fates(np.array([2, 3, 4]), np.array([5]))
    >>> fates.came(np.array([2, 3]))
    >>> fates.landed(np.array([3]))
    >>> fates.skip("draft", np.array([4]))
    >>> fates.counts()
    {'accepted': 1, 'duplicate': 1, 'quarantined': 1, 'review': 0, 'skipped': 1}
    """

    def __init__(self, rows: Rows, faulty: Rows) -> None:
        self.split, self.broken = rows, faulty
        self.last = int(max(rows.max(initial=0), faulty.max(initial=0)))
        self._flags = np.zeros(self.last + 1, np.uint8)
        self._exists = np.zeros(self.last + 1, np.bool_)
        self._exists[rows] = True
        self._flags[faulty] = FAULTY
        self.reasons: dict[str, int] = {}

    def exist(self, rows: Rows) -> Mask:
        """Tell which numbers are rows of the file."""
        inside = (rows >= 0) & (rows < len(self._exists))
        inside[inside] = self._exists[rows[inside]]
        return inside

    def came(self, rows: Rows) -> None:
        """Note rows of which a record came."""
        self._flags[rows] |= RECORD

    def fault(self, rows: Rows) -> None:
        """Note rows that have a fault."""
        self._flags[rows] |= FAULTY

    def unlink(self, rows: Rows) -> None:
        """Note rows of which a record names no enterprise for certain."""
        self._flags[rows] |= UNLINKED

    def landed(self, rows: Rows) -> None:
        """Note rows of which a record is new to the archive."""
        self._flags[rows] |= LANDED

    def skip(self, reason: str, rows: Rows) -> None:
        """Note rows that are left out on purpose; the first reason counts."""
        new = rows[self._flags[rows] & SKIPPED == 0]
        self._flags[new] |= SKIPPED
        if len(new):
            self.reasons[reason] = self.reasons.get(reason, 0) + len(new)

    def sound(self, rows: Rows) -> Mask:
        """Tell which rows may land: neither faulty nor unlinked nor skipped."""
        sound: Mask = self._flags[rows] & HELD == 0
        return sound

    def of(self, rows: Rows) -> npt.NDArray[np.int8]:
        """Return the place in `FATES` of the fate of each row."""
        flags = self._flags[rows]
        conditions: Mapping[str, Mask] = {
            "skipped": flags & SKIPPED != 0,
            "quarantined": (flags & FAULTY != 0) | (flags & RECORD == 0),
            "review": flags & UNLINKED != 0,
            "accepted": flags & LANDED != 0,
        }
        places = [np.int8(FATES.index(fate)) for fate in conditions]
        otherwise = np.int8(FATES.index("duplicate"))
        return np.select(list(conditions.values()), places, otherwise)

    def silent(self) -> Rows:
        """Return the rows that are quarantined because no record came of them."""
        silent: Mask = self._flags[self.split] & (SKIPPED | FAULTY | RECORD) == 0
        return self.split[silent]

    def counts(self) -> dict[str, int]:
        """Return how many rows have each fate."""
        found = np.zeros(len(FATES), np.int64)
        for rows in (self.split, self.broken):
            found += np.bincount(self.of(rows), minlength=len(FATES))
        return dict(zip(FATES, found.tolist(), strict=True))
