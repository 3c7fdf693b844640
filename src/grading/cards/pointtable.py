"""Tables of points: files of editions that are meant for one population."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Self, TypeVar

from ...core.editions import DatedEdition, Editions, in_order
from ...core.table import Table
from ...features import POPULATIONS

__all__ = ["PointTable"]

Edition = TypeVar("Edition", bound=DatedEdition)


@dataclass(frozen=True, slots=True)
class PointTable(Editions[Edition]):
    """A file of editions by which the records of a population are given points.

    `population` is whom it is meant for; it can be computed for anybody. `notes` say what its
    reader has to know besides, such as what is left out.
    """

    population: str
    notes: tuple[str, ...]

    @classmethod
    @abstractmethod
    def read_edition(cls, table: Table) -> Edition:
        """Read an edition from its table."""

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read it from text; `source` names it in errors. See `load`."""
        top = Table.parse(text, source)
        name, population = top.take("name", str), top.among("population", POPULATIONS)
        notes, tables = top.texts("notes", []), top.tables("edition", least=1)
        top.finish()
        editions = in_order(map(cls.read_edition, tables), source)
        return cls(name, editions, text, population, notes)
