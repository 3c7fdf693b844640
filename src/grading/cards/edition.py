"""Editions of a score card: grades and lines, read from the tables of a TOML file."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from ...core.codes import CodeTable
from ...core.errors import DeclarationError, PolicyError, unknown
from ...core.time import months
from ...features import Aggregate, Missed, count, latest
from ..editions import DatedEdition, read_dates
from ..table import Table
from .line import Cap, CardLine, CardPart, Deadlines, Factor, Points

__all__ = ["CardEdition", "CardGrade", "read_edition"]

YEAR, MOST_YEARS = 365, 20
PER = ("record", "all")
ONCE = ("record", "case", "line")
STATES = ("any", "open", "overdue")
REPAIRED = ("leaves", "stays")


@dataclass(frozen=True, slots=True)
class CardGrade:
    """A grade and the score from which on it is given; the last has no least score."""

    name: str
    zh: str
    en: str
    least: float


@dataclass(frozen=True, slots=True)
class CardEdition(DatedEdition):
    """What a score card said over a stretch of days.

    Parameters
    ----------
    unknown
        The score to begin with where no line of `CardPart.INITIAL` counts.
    grades
        The best first.
    lines
        CardPart after part, in the order of `CardPart`.
    """

    unknown: float
    grades: tuple[CardGrade, ...]
    lines: tuple[CardLine, ...]

    def of(self, part: CardPart) -> tuple[CardLine, ...]:
        """Return the lines of a part."""
        return tuple(line for line in self.lines if line.part is part)

    def are_of(self, lines: npt.NDArray[np.int64], *parts: CardPart) -> npt.NDArray[np.bool_]:
        """Tell of lines, by their numbers, which belong to one of some parts."""
        return np.array([line.part in parts for line in self.lines])[lines]


def read_edition(table: Table) -> CardEdition:
    """Read an edition.

    Raises
    ------
    PolicyError
        If a key is missing, unknown or of no use; it names file, key, value and what exists.
    """
    dates = read_dates(table)
    grades = _grades(table)
    initial = table.table("initial")
    unknown_score, lines = initial.take("unknown", float), list(_bands(initial))
    reader = _LineReader(table)
    for part in (CardPart.DEDUCTION, CardPart.BONUS, CardPart.LOWEST, CardPart.BAR):
        lines += [reader.line(each, part) for each in table.tables(part)]
    table.finish()
    _check_distinct(table, "lines", [line.id for line in lines])
    reader.check_caps(lines)
    return CardEdition(*dates, unknown_score, grades, tuple(lines))


def _grades(table: Table) -> tuple[CardGrade, ...]:
    """Read the grades, whose least scores fall."""
    found = []
    *cut, lowest = table.tables("grade", least=2)
    for each in (*cut, lowest):
        name, zh, en = (each.take(key, str) for key in ("name", "zh", "en"))
        least = float("-inf") if each is lowest else each.take("least", float)
        found.append(CardGrade(name, zh, en, least))
        each.finish()
    _check_distinct(table, "grades", [grade.name for grade in found])
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
            counts=_count(band, streams, state="open", repaired="stays"),
            points=Points(each=_positive(band, "score")),
            once="line",
            **_words(band),
        )
        band.finish()
    left = [group for group in exists if group not in owner]
    if left:
        table.refuse("band", f"without {', '.join(left)}", "every food group in a band")
    table.finish()


class _LineReader:
    """Reads lines with what an edition says for all of them: how they fade, and their caps."""

    def __init__(self, table: Table) -> None:
        self.table = table
        fading = table.table("fading")
        self.half_life = _months(fading, "half_life")
        self.nothing_after = _months(fading, "nothing_after")
        fading.finish()
        self.caps = {cap.id: cap for cap in map(_cap, table.tables("cap"))}

    def line(self, table: Table, part: CardPart) -> CardLine:
        """Read one line."""
        scores = part in (CardPart.DEDUCTION, CardPart.BONUS)
        state = table.among("state", STATES, "any")
        fades = part is CardPart.DEDUCTION and state == "any"
        window = self.nothing_after if fades else None
        if "within" in table:
            window = _months(table, "within")
        counts = _counts(table, state, window)
        line = CardLine(
            part=part,
            counts=counts,
            points=_points(table) if scores else Points(),
            half_life=self.half_life if fades else None,
            once=table.among("once", ONCE, "record") if scores else "record",
            cap=self._shared(table) if scores and "cap" in table else None,
            factors=tuple(map(_factor, table.tables("factor"))) if scores else (),
            until=_patterns(table, table.texts("until", [])),
            **_words(table),
        )
        table.finish()
        return line

    def _shared(self, table: Table) -> Cap:
        name = table.take("cap", str)
        if name not in self.caps:
            raise PolicyError(f"{table.place}: {unknown('cap', name, self.caps)}")
        return self.caps[name]

    def check_caps(self, lines: list[CardLine]) -> None:
        """Refuse a cap that lines of different parts share, or none at all."""
        for name, cap in self.caps.items():
            parts = {line.part for line in lines if line.cap == cap}
            if len(parts) != 1:
                found = " and ".join(sorted(parts)) or "no line at all"
                self.table.refuse("cap", name, f"caps of lines of one part; this is of {found}")


class _Words(TypedDict):
    id: str
    zh: str
    en: str
    basis: str


def _words(table: Table) -> _Words:
    return {
        "id": table.take("id", str),
        "zh": table.take("zh", str),
        "en": table.take("en", str),
        "basis": table.take("basis", str, "design"),
    }


def _cap(table: Table) -> Cap:
    name, points = table.take("id", str), _positive(table, "points")
    cap = Cap(name, points, table.among("per", PER) == "record")
    table.finish()
    return cap


def _counts(table: Table, state: str, window: int | None) -> Aggregate | Deadlines:
    streams = table.texts("streams")
    if "missed" not in table:
        repaired = table.among("repaired", REPAIRED, "leaves")
        return _count(table, streams, state=state, window=window, repaired=repaired)
    if window is None:
        raise PolicyError(
            f"{table.place}: deadlines missed are for deductions that fade, in any state"
        )
    missed = table.table("missed")
    turn, start = missed.take("turn", list), _patterns(missed, (missed.take("start", str),))
    since = missed.take("since", int, 0)
    missed.finish()
    if len(turn) != 2:
        missed.refuse("turn", turn, "[month, day], such as [7, 1]")
    month, day = turn
    years = min(window // YEAR + 1, MOST_YEARS)
    try:
        leaf = Missed(
            streams=streams, years=years, turn=(month, day), start=latest(*start), since=since
        )
    except DeclarationError as error:
        raise PolicyError(f"{missed.place}: {error}") from error
    return Deadlines(leaf, window)


def _count(
    table: Table,
    streams: tuple[str, ...],
    *,
    state: str = "any",
    window: int | None = None,
    repaired: str = "stays",
) -> Aggregate:
    try:
        return count(*streams, state=state, window=window, repaired=repaired)
    except DeclarationError as error:
        raise PolicyError(f"{table.place}: {error}") from error


def _patterns(table: Table, streams: tuple[str, ...]) -> tuple[str, ...]:
    """Return patterns that are of use."""
    return _count(table, streams).streams if streams else ()


def _points(table: Table) -> Points:
    if ("points" in table) == ("by_severity" in table):
        raise PolicyError(f"{table.place}: expected either points or by_severity")
    times = "times" in table and bool(table.among("times", ("value",)))
    if "points" in table:
        return Points(each=_positive(table, "points"), times_value=times)
    steps = table.table("by_severity")
    found = [(_severity(steps, key), _positive(steps, key)) for key in steps.values]
    if not found or sorted(found) != found:
        table.refuse("by_severity", steps.values, "points by rising severity, such as { 1 = 6 }")
    return Points(by_severity=tuple(found), times_value=times)


def _severity(table: Table, key: str) -> float:
    try:
        return float(key)
    except ValueError:
        raise PolicyError(f"{table.place}: {key!r} is no severity; expected a number") from None


def _factor(table: Table) -> Factor:
    factor = Factor(
        zh=table.take("zh", str),
        en=table.take("en", str),
        by=_positive(table, "by"),
        streams=_patterns(table, table.texts("streams")),
        within=_months(table, "within") if "within" in table else None,
    )
    table.finish()
    return factor


def _positive(table: Table, key: str) -> float:
    number = table.take(key, float)
    if not 0 < number <= 10_000:
        table.refuse(key, number, "a number over 0, up to 10000")
    return number


def _months(table: Table, key: str) -> int:
    return months(_positive(table, key))


def _check_distinct(table: Table, what: str, names: list[str]) -> None:
    twice = [name for name in names if names.count(name) > 1]
    if twice:
        raise PolicyError(f"{table.place}: two {what} are named {twice[0]!r}")
