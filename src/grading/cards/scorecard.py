"""Score cards: a score to begin with, deductions and bonus by the records, from a TOML file.

The card of food production is the second opinion that policy sets beside the model
(`policy.Combination`). It is configuration: which records count, for how many points and for how
long stands in its file, in editions with dates.
"""

from dataclasses import dataclass
from typing import ClassVar, Self

from ...features import POPULATIONS
from ..editions import Editions, in_order
from ..table import Table
from .edition import CardEdition, read_edition

__all__ = ["ScoreCard"]


@dataclass(frozen=True, slots=True)
class ScoreCard(Editions[CardEdition]):
    """A score card. The one that ships with the package is that of food production.

    `population` is whom it is meant for; it can be computed for anybody. `notes` say what its
    reader has to know besides, such as what is left out.

    Examples
    --------
    >>> from datetime import date
    >>> card = ScoreCard.default()
    >>> [(grade.name, grade.zh, grade.least) for grade in card.on(date(2026, 3, 1)).grades][:2]
    [('A', '守信', 100.0), ('B', '基本守信', 80.0)]
    """

    KIND: ClassVar[str] = "score card"
    SHIPPED: ClassVar[str] = "scorecards/food_production.toml"

    population: str
    notes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a score card from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, population = top.take("name", str), top.among("population", POPULATIONS)
        notes, tables = top.texts("notes", []), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(read_edition, tables), source), text, population, notes)
