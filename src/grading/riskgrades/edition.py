"""Editions of a table of risk points: bands and lines, read from the tables of a TOML file."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ...core.editions import read_dates
from ...core.table import Table
from ..cards.edition import LinedEdition
from ..cards.line import CardLine, Points
from ..cards.reading import LineReader, check_distinct, positive
from ..gradetypes import RiskGrade

__all__ = ["RiskBand", "RiskEdition", "RiskPart", "read_edition"]

MOST_STEPS = 2
WHOLE = 100.0


class RiskPart(StrEnum):
    """What a line of a table of risk points is for."""

    CATEGORY = "category"
    """Static points of the food category."""
    STATIC = "static"
    """Further static points."""
    DYNAMIC = "dynamic"
    """Dynamic points."""
    RAISE = "raise"
    """The grade is so many steps worse."""
    LOWER = "lower"
    """The grade is so many steps better, unless something raises it."""


@dataclass(frozen=True, slots=True)
class RiskBand:
    """A grade and the most points with which it is given."""

    grade: RiskGrade
    zh: str
    en: str
    most: float


@dataclass(frozen=True, slots=True)
class RiskEdition(LinedEdition):
    """What a table of risk points said over a stretch of days.

    Parameters
    ----------
    bands
        The grades, A first; their upper bounds belong to them.
    static, dynamic
        The most static and dynamic points.
    unknown
        Static points of the category where no licensed category is known.
    """

    bands: tuple[RiskBand, ...]
    static: float
    dynamic: float
    unknown: float

    @property
    def limits(self) -> Mapping[tuple[RiskPart, ...], float]:
        """The most points of parts together."""
        return {
            (RiskPart.CATEGORY, RiskPart.STATIC): self.static,
            (RiskPart.DYNAMIC,): self.dynamic,
        }


def read_edition(table: Table) -> RiskEdition:
    """Read an edition.

    Raises
    ------
    PolicyError
        If a key is missing, unknown or of no use; it names file, key, value and what exists.
    """
    dates, bands = read_dates(table), _bands(table)
    limits = table.table("limits")
    static, dynamic, unknown = (positive(limits, key) for key in ("static", "dynamic", "unknown"))
    limits.finish()
    if static + dynamic != WHOLE:
        table.refuse("limits", [static, dynamic], "static and dynamic points that sum to 100")
    reader, lines = LineReader(table), list[CardLine]()
    for part in RiskPart:
        tables = table.tables(part, least=1 if part is RiskPart.CATEGORY else 0)
        lines += [_line(reader, each, part) for each in tables]
    table.finish()
    check_distinct(table, "lines", [line.id for line in lines])
    reader.check_caps(lines)
    return RiskEdition(*dates, tuple(lines), bands, static, dynamic, unknown)


def _line(reader: LineReader, table: Table, part: RiskPart) -> CardLine:
    if part not in (RiskPart.RAISE, RiskPart.LOWER):
        return reader.line(table, part)
    steps = table.take("steps", int)
    if not 1 <= steps <= MOST_STEPS:
        table.refuse("steps", steps, f"1 to {MOST_STEPS} grades")
    return reader.line(table, part, points=Points(each=steps))


def _bands(table: Table) -> tuple[RiskBand, ...]:
    """Read the bands, one for each grade, whose bounds rise to 100."""
    tables = table.tables("grade", least=len(RiskGrade))
    found = []
    for each in tables:
        name = each.among("name", tuple(RiskGrade.__members__))
        zh, en = each.take("zh", str), each.take("en", str)
        found.append(RiskBand(RiskGrade.of(name), zh, en, positive(each, "most")))
        each.finish()
    if [band.grade for band in found] != list(RiskGrade):
        table.refuse("grade.name", [str(b.grade) for b in found], "A, B, C and D, in this order")
    bounds = [band.most for band in found]
    if any(lower >= upper for lower, upper in pairwise(bounds)) or bounds[-1] != WHOLE:
        table.refuse("grade.most", bounds, "bounds that rise from grade to grade, up to 100")
    return tuple(found)
