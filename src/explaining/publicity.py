"""Publicity: for how long the law makes records public, from a TOML file with dates."""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import ClassVar, Self

import numpy as np

from ..core import time
from ..features import Events, matching
from ..grading.editions import DatedEdition, Editions, in_order, read_dates
from ..grading.table import Table

__all__ = ["Publicity", "PublicityEdition", "Term"]


@dataclass(frozen=True, slots=True)
class Term:
    """For how many months records of some streams are public, and by which law."""

    id: str
    streams: tuple[str, ...]
    unless: tuple[str, ...]
    months: int
    basis: str


@dataclass(frozen=True, slots=True)
class PublicityEdition(DatedEdition):
    """The terms that there were over a stretch of days."""

    terms: tuple[Term, ...]

    def until(self, own: Events) -> dict[int, int]:
        """Return the day on which the publicity of each record ends at the earliest, by number.

        Records that no term is about are not in it. Where several are, the longest counts.
        """
        found: dict[int, int] = {}
        for term in self.terms:
            streams = set(matching(term.streams, own.vocabulary))
            if term.unless:
                streams -= set(matching(term.unless, own.vocabulary))
            rows = np.flatnonzero(np.isin(own.stream, list(streams)))
            ends = own.occurred[rows] + time.months(term.months)
            for record, end in zip(own.record[rows].tolist(), ends.tolist(), strict=True):
                found[record] = max(end, found.get(record, end))
        return found


@dataclass(frozen=True, slots=True)
class Publicity(Editions[PublicityEdition]):
    """A file of terms of publicity.

    Examples
    --------
    >>> from datetime import date
    >>> [(each.id, each.months) for each in Publicity.default().on(date(2026, 3, 1)).terms][:2]
    [('criticism', 3), ('penalty', 36)]
    """

    KIND: ClassVar[str] = "file of publicity"
    SHIPPED: ClassVar[str] = "publicity.toml"

    @classmethod
    def parse(cls, text: str, source: str) -> Self:
        """Read terms from text; `source` names it in errors."""
        top = Table.parse(text, source)
        name, tables = top.take("name", str), top.tables("edition", least=1)
        top.finish()
        return cls(name, in_order(map(_edition, tables), source), text)

    @classmethod
    def default(cls) -> "Publicity":
        """Return the terms that ship with the package."""
        return _shipped()


def _edition(table: Table) -> PublicityEdition:
    dates = read_dates(table)
    terms = tuple(map(_term, table.tables("term", least=1)))
    table.finish()
    return PublicityEdition(*dates, terms=terms)


def _term(table: Table) -> Term:
    months = table.take("months", int)
    if months < 1:
        table.refuse("months", months, "at least 1")
    term = Term(
        table.take("id", str),
        table.streams("streams"),
        table.streams("except") if "except" in table else (),
        months,
        table.take("basis", str),
    )
    table.finish()
    return term


@cache
def _shipped() -> Publicity:
    name = Publicity.SHIPPED
    return Publicity.parse(files(__package__).joinpath(name).read_text("utf-8"), name)
