"""Score cards: a score to begin with, deductions and bonus by the records, from a TOML file.

The card of food production is the second opinion that policy sets beside the model
(`policy.Combination`). It is configuration: which records count, for how many points and for how
long stands in its file, in editions with dates.
"""

from dataclasses import dataclass
from typing import ClassVar

from ...core.table import Table
from .edition import CardEdition, read_edition
from .pointtable import PointTable

__all__ = ["ScoreCard"]


@dataclass(frozen=True, slots=True)
class ScoreCard(PointTable[CardEdition]):
    """A score card. The one that ships with the package is that of food production.

    Examples
    --------
    >>> from datetime import date
    >>> card = ScoreCard.default()
    >>> [(grade.name, grade.zh, grade.least) for grade in card.on(date(2026, 3, 1)).grades][:2]
    [('A', '守信', 100.0), ('B', '基本守信', 80.0)]
    """

    KIND: ClassVar[str] = "score card"
    SHIPPED: ClassVar[str] = "scorecards/food_production.toml"

    @classmethod
    def read_edition(cls, table: Table) -> CardEdition:
        """Read an edition from its table."""
        return read_edition(table)
