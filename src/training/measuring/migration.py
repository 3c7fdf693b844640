"""Migration: what changes for whom if one model takes the place of another."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core.errors import InvalidError
from ...grading import Level

__all__ = ["Migration", "migration"]

LEVELS = tuple(Level)


@dataclass(frozen=True, slots=True, eq=False)
class Migration:
    """Enterprises by level before and after.

    Attributes
    ----------
    counts
        Shape (6, 6): before from A+ to E down, after from A+ to E across.
    """

    counts: npt.NDArray[np.int64]

    @property
    def total(self) -> int:
        """All enterprises."""
        return int(self.counts.sum())

    def moved(self, by: int = 1) -> float:
        """Return the share of enterprises that move by so many levels or more, either way.

        Examples
        --------
        >>> grades = pd.DataFrame({"level": ["A", "A", "B", "E"]})
        >>> found = migration(grades, pd.DataFrame({"level": ["A", "B", "D", "E"]}))
        >>> found.moved(), found.moved(by=2)
        (0.5, 0.25)
        """
        before, after = np.indices(self.counts.shape)
        share = self.counts[np.abs(after - before) >= by].sum() / max(self.total, 1)
        return float(share)

    @property
    def worse(self) -> int:
        """How many come to stand on a worse level."""
        return int(np.triu(self.counts, 1).sum())

    @property
    def better(self) -> int:
        """How many come to stand on a better level."""
        return int(np.tril(self.counts, -1).sum())

    def table(self) -> pd.DataFrame:
        """Return the counts, levels before down and levels after across."""
        names = [str(level) for level in LEVELS]
        return pd.DataFrame(
            self.counts,
            index=pd.Index(names, name="before"),
            columns=pd.Index(names, name="after"),
        )


def migration(before: pd.DataFrame, after: pd.DataFrame) -> Migration:
    """Count who moves from which level to which.

    Parameters
    ----------
    before, after
        From `Scorer.grades`: `level` of the same enterprises as of the same day by two bundles.

    Raises
    ------
    InvalidError
        If the rows are not the same.
    """
    if not before.index.equals(after.index):
        raise InvalidError(
            f"{len(before):,} grades before and {len(after):,} after are not of the same "
            "enterprises and days; grade the same rows by both bundles"
        )
    counts = np.zeros((len(LEVELS), len(LEVELS)), np.int64)
    np.add.at(counts, (_codes(before), _codes(after)), 1)
    return Migration(counts)


def _codes(grades: pd.DataFrame) -> npt.NDArray[np.int64]:
    return np.array([Level.of(str(level)) for level in grades["level"]], np.int64)
