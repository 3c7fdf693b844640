"""What becomes of every row of a delivery: each has exactly one fate."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["FATES", "Fates", "Rows"]

Rows = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

FATES = ("accepted", "duplicate", "quarantined", "review", "skipped")
RECORD, LANDED, UNLINKED, FAULTY, SKIPPED, SPLIT, BROKEN = (np.uint8(1 << n) for n in range(7))
PIECE = 1 << 20
HELD = UNLINKED | FAULTY | SKIPPED


def _decided(found: np.uint8) -> str | None:
    """Return the fate of a row of which so much was found out; None if there is no such row."""
    if not found & (SPLIT | BROKEN):
        return None
    if found & SKIPPED:
        return "skipped"
    if found & FAULTY or not found & RECORD:
        return "quarantined"
    if found & UNLINKED:
        return "review"
    return "accepted" if found & LANDED else "duplicate"


DECIDED = np.array(
    [(*FATES, None).index(_decided(np.uint8(found))) for found in range(2 * int(BROKEN))], np.int8
)


class Fates:
    """The fate of each row of one file, as it becomes known.

    A row is the unit: where one record of a row is faulty, the whole row is quarantined, and
    where one cannot be assigned to an enterprise, the whole row waits for review. A row of which
    no record came, and that no reason skips, is quarantined too.

    Parameters
    ----------
    split
        Numbers of the rows that could be split, ascending, in pieces.
    broken
        Numbers of those that could not.

    Examples
    --------
    >>> fates = Fates([np.array([2, 3, 4])], np.array([5]))
    >>> fates.came(np.array([2, 3]))
    >>> fates.landed(np.array([3]))
    >>> fates.skip("draft", np.array([4]))
    >>> fates.counts()
    {'accepted': 1, 'duplicate': 1, 'quarantined': 1, 'review': 0, 'skipped': 1}
    """

    def __init__(self, split: Sequence[Rows], broken: Rows) -> None:
        self.last = max(int(rows.max(initial=0)) for rows in (*split, broken))
        self._flags = np.zeros(self.last + 1, np.uint8)
        for rows in split:
            self._flags[rows] = SPLIT
        self._flags[broken] = BROKEN | FAULTY
        self.reasons: dict[str, int] = {}

    def share(self, before: int, count: int) -> "Fates":
        """Return the fates of some rows in a row, which are numbered from 1 on there.

        Parameters
        ----------
        before, count
            The number of the row before the first of them, and how many they are.
        """
        found = Fates([], np.empty(0, np.int64))
        found._flags = self._flags[before : before + count + 1].copy()
        found._flags[0] = 0
        found.last = len(found._flags) - 1
        return found

    @property
    def rows(self) -> Rows:
        """The numbers of all rows."""
        return np.flatnonzero(self._flags & (SPLIT | BROKEN))

    def split(self, start: int = 0, stop: int | None = None) -> Rows:
        """Return the rows that could be split, from one number to before another."""
        return start + np.flatnonzero(self._flags[start:stop] & SPLIT)

    def exist(self, rows: Rows) -> Mask:
        """Tell which numbers are rows of the file that could be split."""
        return self._are(rows, SPLIT)

    def gone(self, rows: Rows) -> Rows:
        """Return those numbers that are no rows of the file."""
        return rows[~self._are(rows, SPLIT | BROKEN)]

    def _are(self, rows: Rows, flags: np.uint8) -> Mask:
        inside = (rows >= 0) & (rows < len(self._flags))
        inside[inside] = self._flags[rows[inside]] & flags != 0
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

    def only(self, rows: Rows, reason: str) -> None:
        """Note that all other rows are left out on purpose."""
        others = self._flags & (SPLIT | BROKEN) != 0
        others[rows] = False
        self._flags[others] |= SKIPPED
        if others.any():
            self.reasons[reason] = int(np.count_nonzero(others))

    def sound(self, rows: Rows) -> Mask:
        """Tell which rows may land: neither faulty nor unlinked nor skipped."""
        sound: Mask = self._flags[rows] & HELD == 0
        return sound

    def of(self, rows: Rows) -> npt.NDArray[np.int8]:
        """Return the place in `FATES` of the fate of each row."""
        return DECIDED.take(self._flags[rows])

    def among(self, start: int, stop: int, fate: str) -> Rows:
        """Return the rows from one number to before another that have a fate."""
        return start + np.flatnonzero(DECIDED.take(self._flags[start:stop]) == FATES.index(fate))

    def silent(self) -> Rows:
        """Return the rows that are quarantined because no record came of them."""
        return np.flatnonzero(self._flags & (SPLIT | SKIPPED | FAULTY | RECORD) == SPLIT)

    def counts(self) -> dict[str, int]:
        """Return how many rows have each fate."""
        found = np.zeros(len(FATES) + 1, np.int64)
        for start in range(0, len(self._flags), PIECE):
            decided = DECIDED.take(self._flags[start : start + PIECE])
            found += [np.count_nonzero(decided == place) for place in range(len(found))]
        return dict(zip(FATES, found.tolist(), strict=False))
