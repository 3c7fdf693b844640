"""Score cards: a score to begin with, deductions and bonus by the records, from a TOML file.

The card of food production is the second opinion that policy sets beside the model
(`policy.Combination`). It is configuration: which records count, for how many points and for how
long stands in its file, in editions with dates.
"""

from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Self

from ..features import POPULATIONS
from .cardedition import CardEdition, read_edition
from .editions import in_force, in_order
from .table import Table, read_text

__all__ = ["ScoreCard"]


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """A score card: its editions in order of time, and its text as it was written.

    `population` is whom it is meant for; it can be computed for anybody. `notes` say what its
    reader has to know besides, such as what is left out.

    Examples
    --------
    >>> card = ScoreCard.default()
    >>> [(grade.name, grade.zh, grade.least) for grade in card.on(date(2026, 3, 1)).grades][:2]
    [('A', '守信', 100.0), ('B', '基本守信', 80.0)]
    """

    name: str
    population: str
    notes: tuple[str, ...]
    editions: tuple[CardEdition, ...]
    text: str

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read a score card from a file.

        Raises
        ------
        NotFoundError
            If there is no such file.
        PolicyError
            If it is no TOML, lacks a key, has an unknown one, or contradicts itself; the
            message names file, key, value and what was expected.
        """
        return cls.parse(read_text(path, "score card"), str(path))

    @classmethod
    def default(cls) -> Self:
        """Return the card of food production that ships with the package: design values."""
        name = "scorecards/food_production.toml"
        return cls.parse(files(__package__).joinpath(name).read_text("utf-8"), name)

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a score card from text; `source` names it in errors. See `load`."""
        top = Table.parse(text, source)
        name, population = top.take("name", str), top.among("population", POPULATIONS)
        notes, tables = top.texts("notes", []), top.tables("edition", least=1)
        top.finish()
        return cls(name, population, notes, in_order(map(read_edition, tables), source), text)

    def on(self, day: int | date) -> CardEdition:
        """Return the edition in force on a day.

        Raises
        ------
        PolicyError
            If none is.
        """
        return in_force(self.editions, day, f"score card {self.name!r}")
