"""Marks: what each record gives to the score of an enterprise as of a day, in hundredths.

Points are whole hundredths, so that what is shown of them adds up to what is shown of the score.
In this order: a record gives its points, times its factors; caps limit what one record gives; it
fades; of a case or a line only the best is left where the line says so; caps limit what all
records give; and a bonus falls away under a bar.
"""

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ...features import Events, Stretches, lies_in, meetings
from .edition import LinedEdition
from .line import CardLine, CardPart, Deadlines

__all__ = ["HUNDREDTHS", "Marks", "marked", "within_limit"]

HUNDREDTHS = 100
TOGETHER = 1 << 20  # records that may concern the rows of a block
NONE = -1

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Days = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Columns of equal length, one for each record that counts for a row and a line.

    Sorted by row, line and record; points have no sign.

    Parameters
    ----------
    row, line
        Number of the row asked for, and of the edition's line.
    event
        Row of the events; -1 of a deadline missed.
    record, case
        Of the event; of a deadline its day.
    occurred
        Day of the event, or the deadline.
    full, points
        Hundredths before they fade, and what of them enters the score.
    """

    row: Ints
    line: Ints
    event: Ints
    record: Ints
    case: Ints
    occurred: Ints
    full: Ints
    points: Ints


@dataclass(frozen=True, slots=True, eq=False)
class _Standing:
    """On which days each record counts for each line, and how many points it gives."""

    days: Stretches
    line: Ints
    event: Ints
    points: Floats

    @classmethod
    def of(cls, lines: tuple[CardLine, ...], events: Events) -> "_Standing":
        parts = [cls._read(number, line, events) for number, line in enumerate(lines)]
        whose, since, until, owner, rows, points = map(np.concatenate, zip(*parts, strict=True))
        order = np.lexsort((rows, owner, whose))
        days = whose[order].astype(np.int64), since[order], until[order]
        return cls(days, owner[order], rows[order], points[order])

    @staticmethod
    def _read(number: int, line: CardLine, events: Events) -> list[npt.NDArray[Any]]:
        """Return the columns of one line; records that give nothing are left out."""
        rows, start, stop = line.standing(events)
        points = line.points.of(events.severity[rows], events.value[rows])
        kept = (points > 0) | (line.part is CardPart.LOWEST)
        whose, owner = events.enterprise[rows], np.full(len(rows), number)
        return [column[kept] for column in (whose, start, stop, owner, rows, points)]


def marked(
    edition: LinedEdition,
    events: Events,
    enterprise: Days,
    as_of: Days,
    barred: npt.NDArray[np.bool_] | None = None,
) -> Iterator[Marks]:
    """Yield the marks of block after block of rows.

    Parameters
    ----------
    edition
        What counts, and for how much.
    events
        Of at least the enterprises asked for, with all columns.
    enterprise, as_of
        Dense numbers and day numbers of the rows, in any order.
    barred
        Of each row, whether there is no bonus; there is if not given.
    """
    lines = edition.lines
    bar = np.zeros(len(enterprise), np.bool_) if barred is None else barred
    standing = _Standing.of(lines, events)
    factors = [
        (number, factor.by, factor.days(line, events))
        for number, line in enumerate(lines)
        for factor in line.factors
    ]
    for block in _blocks(standing.days[0], enterprise):
        whose, when = enterprise[block], as_of[block]
        today = when.astype(np.int64)
        row, held, _, _ = meetings((whose.astype(np.int64), today - 1, today), standing.days)
        line, event, points = standing.line[held], standing.event[held], standing.points[held]
        for number, by, days in factors:
            at = np.flatnonzero(line == number)
            points[at[lies_in(days, event[at], today[row[at]])]] *= by
        found = [_of_records(events, row, line, event, points)]
        for number, each in enumerate(lines):
            if isinstance(each.counts, Deadlines):
                missed = each.counts.of(events, whose, when)
                found.append(_of_deadlines(*missed, number, each.points.each))
        yield _settled(edition, _joined(found), today, bar[block], block.start)


def _blocks(key: Ints, enterprise: Days) -> Iterator[slice]:
    """Cut the rows into blocks that not too many records may concern."""
    many = np.searchsorted(key, enterprise, side="right") - np.searchsorted(key, enterprise)
    block = np.cumsum(many) // TOGETHER
    edges = np.flatnonzero(np.diff(block, prepend=NONE, append=NONE))
    yield from map(slice, edges[:-1].tolist(), edges[1:].tolist())


def _of_records(events: Events, row: Ints, line: Ints, event: Ints, points: Floats) -> Marks:
    full = _hundredths(points)
    columns = events.record[event], events.case[event], events.occurred[event].astype(np.int64)
    return Marks(row, line, event, *columns, full, full)


def _of_deadlines(row: Ints, day: Ints, number: int, points: float) -> Marks:
    full = _hundredths(np.full(len(row), points))
    line, event = np.full(len(row), number), np.full(len(row), NONE)
    return Marks(row, line, event, day, day, day, full, full)


def _joined(parts: list[Marks]) -> Marks:
    names = [field.name for field in fields(Marks)]
    columns = {name: np.concatenate([getattr(part, name) for part in parts]) for name in names}
    order = np.lexsort((columns["line"], columns["row"]))
    return Marks(**{name: column[order] for name, column in columns.items()})


def _settled(
    edition: LinedEdition, marks: Marks, as_of: Ints, bar: npt.NDArray[np.bool_], first: int
) -> Marks:
    """Return the marks with what of their points enters the score; see the module."""
    lines, row, line = edition.lines, marks.row, marks.line
    full = _capped(lines, marks, marks.full, per_record=True)
    half_life = np.array([each.half_life or np.inf for each in lines])
    age = as_of[row] - marks.occurred
    points = np.rint(full * 0.5 ** (age / half_life[line])).astype(np.int64)
    for number, each in enumerate(lines):
        if each.once != "record" and each.part is not CardPart.INITIAL:
            at = np.flatnonzero(line == number)
            keys = (row[at], marks.case[at]) if each.once == "case" else (row[at],)
            points[at] *= _is_first(-points[at], *keys)
    begins = np.flatnonzero(edition.are_of(line, CardPart.INITIAL))
    points[begins] *= _is_first(points[begins], row[begins])
    points = _capped(lines, marks, points, per_record=False)
    barred = bar[row] | np.isin(row, row[edition.are_of(line, CardPart.LOWEST)])
    points[barred & edition.are_of(line, CardPart.BONUS)] = 0
    return replace(marks, row=row + first, full=full, points=points)


def _capped(lines: tuple[CardLine, ...], marks: Marks, points: Ints, *, per_record: bool) -> Ints:
    """Return what caps leave of points, of those caps that look at one record or at all."""
    left = points.copy()
    for cap in dict.fromkeys(each.cap for each in lines):
        if cap is None or cap.per_record != per_record:
            continue
        sharing = np.array([each.cap == cap for each in lines])
        at = np.flatnonzero(sharing[marks.line])
        keys = (marks.row[at], marks.record[at]) if per_record else (marks.row[at],)
        left[at] = within_limit(left[at], round(cap.points * HUNDREDTHS), *keys)
    return left


def within_limit(amount: Ints, limit: int, *keys: Ints) -> Ints:
    """Return what is left of amounts of which those of one key share a limit, in their order.

    Examples
    --------
    >>> within_limit(np.array([5, 5, 9, 7]), 8, np.array([1, 1, 1, 2])).tolist()
    [5, 3, 0, 7]
    """
    order, first = _grouped(keys)
    reached = np.cumsum(amount[order])
    before = reached - amount[order]
    before_group = before[first][np.cumsum(first) - 1]
    left = np.empty_like(amount)
    left[order] = np.minimum(reached - before_group, limit) - np.minimum(
        before - before_group, limit
    )
    return left


def _is_first(rank: Ints, *keys: Ints) -> npt.NDArray[np.bool_]:
    """Tell which is the one of the least rank among those of one key, the earlier of equal ones.

    Examples
    --------
    >>> _is_first(np.array([3, 1, 1, 7]), np.array([5, 5, 5, 6])).tolist()
    [False, True, False, True]
    """
    order, first = _grouped(keys, rank)
    found = np.zeros(len(rank), np.bool_)
    found[order] = first
    return found


def _grouped(keys: tuple[Ints, ...], *within: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """Return an order in which equal keys stand together, and where each first one stands."""
    order = np.lexsort((*within, *keys))
    moved = [key[order][1:] != key[order][:-1] for key in keys]
    return order, np.append(True, np.any(moved, axis=0))[: len(order)]


def _hundredths(points: Floats) -> Ints:
    return np.rint(points * HUNDREDTHS).astype(np.int64)
