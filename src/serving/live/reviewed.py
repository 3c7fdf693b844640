"""Reviewed: what people did to grades, as a state of the service has it."""

from dataclasses import dataclass
from typing import Self

from ...explaining import DowngradeWarning, Override
from ...grading.reviewing import ReviewPolicy
from ...ledger import Ledger
from ...ledger.downgrades import Warnings
from ...ledger.reviews import Overrides
from ..answers.override import People

__all__ = ["Reviewed"]


@dataclass(frozen=True, slots=True)
class Reviewed:
    """What people set, and which enterprises contest their grade, at one moment.

    Parameters
    ----------
    policy
        Which grades people look at, and how.
    overrides
        All levels that people ever set.
    contested
        Dense numbers of enterprises with an objection that is not decided yet.
    warnings
        All that downgrade warnings ever set.
    """

    policy: ReviewPolicy
    overrides: Overrides
    contested: frozenset[int]
    warnings: Warnings

    @classmethod
    def read(cls, ledger: Ledger, policy: ReviewPolicy) -> Self:
        """Read it from a ledger."""
        reviews, warnings = ledger.reviews, ledger.downgrades.warnings()
        return cls(policy, reviews.overrides(), reviews.contested(), warnings)

    def remembered(self) -> Overrides:
        """Return the levels that people set, from memory."""
        return self.overrides

    def remembered_warnings(self) -> Warnings:
        """Return what warnings set, from memory."""
        return self.warnings

    def of(self, number: int, day: int) -> People:
        """Return what people did to the grade of an enterprise (dense number) as of a day."""
        override = Override.of(self.overrides.on(number, day))
        warning = DowngradeWarning.of(self.warnings.on(number, day))
        return People(override, number in self.contested, warning)
