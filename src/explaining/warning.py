"""Warnings: the statutory layer that a served downgrade warning is of a grade."""

from dataclasses import dataclass
from typing import Any

from ..core import time
from ..core.citations import cited
from ..grading import Level
from ..ledger.downgrades import Warned

__all__ = ["DowngradeWarning"]


@dataclass(frozen=True, slots=True)
class DowngradeWarning:
    """The downgrade warning 信用降级警示 that counts, by which a level is at least so bad.

    Parameters
    ----------
    case
        Its number.
    level
        That the enterprise has at least.
    since, until
        The day numbers between which it counts, both included.
    basis
        The law that it rests on.

    Examples
    --------
    >>> warning = DowngradeWarning(3, Level.D, 20_520, 20_609, "design")
    >>> warning.holds(20_519), warning.to_dict()["until"]
    (False, '2026-06-05')
    """

    case: int
    level: Level
    since: int
    until: int
    basis: str

    @classmethod
    def of(cls, warned: Warned | None) -> "DowngradeWarning | None":
        """Return what a warning sets as the ledger has it; None where it sets nothing."""
        if warned is None or warned.level is None:
            return None
        level = Level.of(warned.level)
        return cls(warned.case, level, warned.first, warned.until, cited(warned.basis))

    def holds(self, day: int) -> bool:
        """Tell whether it counts on a day."""
        return self.since <= day <= self.until

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "case": self.case,
            "level": str(self.level),
            "basis": self.basis,
            "since": time.show(self.since),
            "until": time.show(self.until),
        }
