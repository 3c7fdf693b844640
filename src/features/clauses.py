"""Clauses: which events an aggregate reads, as conditions of SQL over the events seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from ..core.time import EPOCH
from .aggregate import Aggregate
from .dialect import DAY_0, like, number
from .expression import Leaf
from .streams import matching

__all__ = ["Clock", "Names", "Reads", "Scene", "condition", "grouped", "remark"]

Vocabulary = Sequence[tuple[str, str]]
Cycle = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Clock:
    """The day of a row: one literal day for all, or the column `as_of` of each row."""

    day: int | None = None

    @property
    def as_of(self) -> str:
        """The day number, as a number or a column."""
        return "as_of" if self.day is None else str(self.day)

    @property
    def keys(self) -> str:
        """The columns that tell rows apart."""
        return "enterprise, as_of" if self.day is None else "enterprise"

    def before(self, days: int, cycle: Cycle | None = None) -> str:
        """Say the day so many days before the day, or before the last turn of the years."""
        if self.day is None:
            start = "as_of" if cycle is None else _turn_column(cycle)
            return f"{start} - {days}" if days else start
        return str((self.day if cycle is None else _last_turn(self.day, cycle)) - days)

    def last_year(self, turn: Cycle) -> str:
        """Say the calendar year of the day before the last turn of the years."""
        if self.day is None:
            return f"year({DAY_0} + {_turn_column(turn)} - 1)"
        return str((EPOCH + timedelta(days=_last_turn(self.day, turn) - 1)).year)

    def turns(self, cycles: Iterable[Cycle]) -> list[str]:
        """Return the columns of a row that hold the last turn of the years of each cycle."""
        if self.day is not None:
            return []
        return [f"{_turn(cycle)} AS {_turn_column(cycle)}" for cycle in cycles]


class Reads:
    """Which streams are read: by number where the vocabulary is known, else by kind and code."""

    def __init__(
        self, patterns: Iterable[tuple[str, ...]], vocabulary: Vocabulary | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._columns = {each: f"reads_{n}" for n, each in enumerate(dict.fromkeys(patterns), 1)}

    def test(self, *patterns: tuple[str, ...]) -> str:
        """Say that a stream matches any of these patterns."""
        if self._vocabulary is None:
            return " OR ".join(self._columns[each] for each in dict.fromkeys(patterns))
        wanted = [pattern for each in patterns for pattern in each]
        ranges = list(_ranges(matching(wanted, self._vocabulary)))
        return " OR ".join(_between(first, last) for first, last in ranges) or "false"

    @property
    def join(self) -> str:
        """What joins the events with what is known of their streams."""
        return "" if self._vocabulary is not None else "\nJOIN streams USING (stream)"

    def table(self) -> str | None:
        """Return the query that yields, by stream, which patterns it matches."""
        if self._vocabulary is not None:
            return None
        tests = ",\n".join(f"    {_any(each)} AS {name}" for each, name in self._columns.items())
        return f"SELECT\n    stream,\n{tests}\nFROM vocabulary"


class Names:
    """Which streams are read, by kind and code that the rows themselves have."""

    join = ""

    def test(self, *patterns: tuple[str, ...]) -> str:
        """Say that a stream matches any of these patterns."""
        return _any(tuple(dict.fromkeys(pattern for each in patterns for pattern in each)))


@dataclass(frozen=True, slots=True)
class Scene:
    """What every part of a statement refers to: the day, the streams, the names of the leaves."""

    clock: Clock
    reads: Reads | Names
    names: Mapping[Leaf, str]

    @property
    def everyone(self) -> str:
        """The query of the events of all enterprises: those of one day are seen by all at once."""
        return "everyone" if self.clock.day is None else "seen"

    @property
    def days(self) -> str:
        """The column of the day, if there are several."""
        return "as_of" if self.clock.day is None else ""


def condition(part: Aggregate, scene: Scene, *, started: bool = True) -> str:
    """Say which of the events seen count for an aggregate.

    `started` says that those before the window are left out.
    """
    clock = scene.clock
    said = [grouped(scene.reads.test(part.streams))]
    if part.lag or part.cycle:
        said.append(f"occurred < {clock.before(part.lag, part.cycle)}")
    if started and part.window is not None:
        said.append(f"occurred >= {clock.before(part.lag + part.window, part.cycle)}")
    said += {"stays": [], "leaves": ["NOT is_repaired"], "only": ["is_repaired"]}[part.repaired]
    said += {
        "any": [],
        "open": ["is_open"],
        "closed": ["NOT is_open"],
        "overdue": ["is_open", f"occurred + value < {clock.as_of}"],
    }[part.state]
    if part.above is not None:
        said.append(f"{part.above[0]} > {number(part.above[1])}")
    return " AND ".join(said)


def remark(streams: Sequence[str]) -> str:
    """Return a comment that names the streams read."""
    return "-- " + " ".join(", ".join(streams).split())


def grouped(test: str) -> str:
    """Return a condition that can stand beside others."""
    return f"({test})" if " OR " in test or " AND " in test else test


def _any(patterns: tuple[str, ...]) -> str:
    tests = [_pattern(pattern) for pattern in patterns]
    return tests[0] if len(tests) == 1 else " OR ".join(f"({test})" for test in tests)


def _pattern(pattern: str) -> str:
    kind, colon, code = pattern.partition(":")
    return like("kind", kind) + (f" AND {like('code', code)}" if colon and code != "*" else "")


def _ranges(numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = None
    for each in numbers:
        if last is not None and each == last + 1:
            last = each
            continue
        if first is not None and last is not None:
            yield first, last
        first = last = each
    if first is not None and last is not None:
        yield first, last


def _between(first: int, last: int) -> str:
    return f"stream = {first}" if first == last else f"stream BETWEEN {first} AND {last}"


def _turn_column(cycle: Cycle) -> str:
    return f"turn_{cycle[0]:02}_{cycle[1]:02}"


def _turn(cycle: Cycle) -> str:
    day = f"{DAY_0} + as_of::INTEGER"
    turn = f"make_date(year({day}), {cycle[0]}, {cycle[1]})"
    before = f"make_date(year({day}) - 1, {cycle[0]}, {cycle[1]})"
    return f"(if({turn} <= {day}, {turn}, {before}) - {DAY_0})::INTEGER"


def _last_turn(day: int, cycle: Cycle) -> int:
    year = date.fromordinal(EPOCH.toordinal() + day).year
    turns = [(date(y, *cycle) - EPOCH).days for y in (year, year - 1)]
    return next(turn for turn in turns if turn <= day)
