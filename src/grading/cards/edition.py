"""Editions of a score card: grades and lines, read from the tables of a TOML file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ...core.codes import CodeTable
from ...core.editions import DatedEdition, read_dates
from ...core.errors import PolicyError, unknown
from ...core.table import Table
from ..rules import Rules
from ..statutes import STATUTES
from .line import CardLine, CardPart, Part, Points
from .reading import LineReader, check_distinct, months_of, positive, standing_count, words

__all__ = ["CardEdition", "CardGrade", "LinedEdition", "read_edition"]


@dataclass(frozen=True, slots=True)
class CardGrade:
    """A grade and the score from which on it is given; the last has no least score."""

    name: str
    zh: str
    en: str
    least: float


@dataclass(frozen=True, slots=True)
class LinedEdition(DatedEdition):
    """What a card or a table of points said over a stretch of days, part after part."""

    lines: tuple[CardLine, ...]

    def of(self, part: Part) -> tuple[CardLine, ...]:
        """Return the lines of a part."""
        return tuple(line for line in self.lines if line.part is part)

    def are_of(self, lines: npt.NDArray[np.int64], *parts: Part) -> npt.NDArray[np.bool_]:
        """Tell of lines, by their numbers, which belong to one of some parts."""
        return np.array([line.part in parts for line in self.lines])[lines]


@dataclass(frozen=True, slots=True)
class CardEdition(LinedEdition):
    """What a score card said over a stretch of days.

    Parameters
    ----------
    unknown
        The score to begin with where no line of `CardPart.INITIAL` counts.
    grades
        The best first.
    barred_by
        Ids of the statutory rules under which there is no bonus.
    """

    unknown: float
    grades: tuple[CardGrade, ...]
    barred_by: tuple[str, ...]

    @property
    def bars(self) -> Rules:
        """The statutory rules under which there is no bonus."""
        return Rules(tuple(STATUTES[rule] for rule in self.barred_by))


def read_edition(table: Table) -> CardEdition:
    """Read an edition.

    Raises
    ------
    PolicyError
        If a key is missing, unknown or of no use; it names file, key, value and what exists.
    """
    dates, barred_by = read_dates(table), table.texts("barred_by", [])
    for rule in barred_by:
        if rule not in STATUTES.ids:
            raise PolicyError(f"{table.place}: {unknown('statutory rule', rule, STATUTES.ids)}")
    check_distinct(table, "rules in barred_by", list(barred_by))
    grades = _grades(table)
    initial = table.table("initial")
    unknown_score, lines = initial.take("unknown", float), list(_bands(initial))
    reader, fading = LineReader(table), _fading(table.table("fading"))
    for part in (CardPart.DEDUCTION, CardPart.BONUS, CardPart.LOWEST):
        points = Points() if part is CardPart.LOWEST else None
        fades = fading if part is CardPart.DEDUCTION else None
        lines += [
            reader.line(each, part, points=points, fading=fades) for each in table.tables(part)
        ]
    table.finish()
    check_distinct(table, "lines", [line.id for line in lines])
    reader.check_caps(lines)
    return CardEdition(*dates, tuple(lines), unknown_score, grades, barred_by)


def _fading(table: Table) -> tuple[int, int]:
    found = months_of(table, "half_life"), months_of(table, "nothing_after")
    table.finish()
    return found


def _grades(table: Table) -> tuple[CardGrade, ...]:
    """Read the grades, whose least scores fall."""
    found = []
    *cut, lowest = table.tables("grade", least=2)
    for each in (*cut, lowest):
        name, zh, en = (each.take(key, str) for key in ("name", "zh", "en"))
        least = float("-inf") if each is lowest else each.take("least", float)
        found.append(CardGrade(name, zh, en, least))
        each.finish()
    check_distinct(table, "grades", [grade.name for grade in found])
    scores = [grade.least for grade in found[:-1]]
    if any(better <= worse for better, worse in pairwise(scores)):
        table.refuse("grade.least", scores, "scores that fall from grade to grade")
    return tuple(found)


def _bands(table: Table) -> Iterator[CardLine]:
    """Read the bands, which share out all food groups."""
    pattern = table.take("licences", str)
    if "{group}" not in pattern:
        table.refuse("licences", pattern, "a pattern with {group}, such as 'licence:*.{group}??'")
    exists = CodeTable.load("food_group").codes
    owner: dict[str, str] = {}
    for band in table.tables("band", least=1):
        groups = band.texts("groups")
        for group in groups:
            if group not in exists:
                raise PolicyError(f"{band.place}: {unknown('food group', group, exists)}")
            if group in owner:
                band.refuse("groups", group, f"groups in one band only; {owner[group]} has it")
            owner[group] = band.prefix.rstrip(".")
        streams = tuple(pattern.replace("{group}", group) for group in groups)
        yield CardLine(
            part=CardPart.INITIAL,
            counts=standing_count(band, streams, state="open", repaired="stays"),
            points=Points(each=positive(band, "score")),
            once="line",
            **words(band),
        )
        band.finish()
    left = [group for group in exists if group not in owner]
    if left:
        table.refuse("band", f"without {', '.join(left)}", "every food group in a band")
    table.finish()
