"""Tables of risk points: which records give points, and what moves the grade, from a TOML file."""

from dataclasses import dataclass
from typing import ClassVar, Self

from ...features import POPULATIONS
from ..editions import Editions, in_order
from ..table import Table
from .edition import RiskEdition, read_edition

__all__ = ["RiskTable"]


@dataclass(frozen=True, slots=True)
class RiskTable(Editions[RiskEdition]):
    """A table of risk points. The one that ships with the package is that of food producers.

    `population` is whom it is meant for; it can be computed for anybody. `notes` say what its
    reader has to know besides, such as what is left out.

    Examples
    --------
    >>> from datetime import date
    >>> table = RiskTable.default()
    >>> [(str(band.grade), band.most) for band in table.on(date(2026, 3, 1)).bands]
    [('A', 30.0), ('B', 45.0), ('C', 60.0), ('D', 100.0)]
    """

    KIND: ClassVar[str] = "table of risk points"
    SHIPPED: ClassVar[str] = "policies/risk_grade.toml"

    population: str
    notes: tuple[str, ...]

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read a table of risk points from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, population = top.take("name", str), top.among("population", POPULATIONS)
        notes, tables = top.texts("notes", []), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(read_edition, tables), source), text, population, notes)
