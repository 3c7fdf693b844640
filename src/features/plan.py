"""The plan: aggregates compiled against a vocabulary, as arrays that the kernel walks through.

For each stream the plan lists the spells of days for which its events count (`Spells`), and for
each spell what is done with them (`Steps`): aggregates that differ in what they count, but not in
when, are told apart only once an event counts.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ..core.time import NEVER
from .aggregate import FIELDS, KEYS, OPERATORS, REPAIRS, STATES, Aggregate
from .streams import Vocabulary, matching

__all__ = ["Plan", "Spells", "Steps", "compile_plan"]


def _numbers(declared: Iterable[str], *names: str) -> Iterator[int]:
    """Return which number each name has among those declared."""
    return map(list(declared).index, names)


COUNT, DISTINCT, TOTAL = _numbers(OPERATORS, "count", "distinct", "total")
SMALLEST, LARGEST, LATEST = _numbers(OPERATORS, "smallest", "largest", "latest")
REPEAT, RECURRENT = _numbers(OPERATORS, "repeat", "recurrent")
PREVIOUS, PEAKS = _numbers(OPERATORS, "previous", "peaks")
VALUE, SEVERITY, OCCURRED = _numbers(FIELDS, "value", "severity", "occurred")
ENDED, POSITION = _numbers(FIELDS, "ended", "position")
ANY, OPEN, CLOSED, OVERDUE = _numbers(STATES, "any", "open", "closed", "overdue")
STAYS, LEAVES, ONLY = _numbers(REPAIRS, "stays", "leaves", "only")
CASE, CODE, DAY = _numbers(KEYS, "case", "code", "day")
NONE = -1
YEAR = 366
BY_DAY = {"distinct": 1, "recurrent": 2}
ALWAYS = ("enterprise", "stream", "occurred", "available", "withdrawn")
SOMETIMES = ("case", "repaired", "ended", "ended_available", "severity", "value")
BY_CASE = ("recurrent", "previous")
BY_ROW = ("repeat", "previous", "peaks")

Ints = npt.NDArray[np.int32]
Longs = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Spell = tuple[int, int, int, int, bool, int, int, int, float, bool]


class Spells(NamedTuple):
    """For which days events count, one entry for each stream and each way to ask for days.

    Those of one stream stand in the order of `reach`, the longest first: an event too old for
    one is too old for all that follow.

    Parameters
    ----------
    reach
        Days before `as_of` beyond which an event cannot count.
    lag, window
        As of the aggregates; no window is `NEVER`.
    cycle
        0 for windows that end at `as_of`, else the number of the plan's cycle, from 1.
    plain
        Whether neither state, repair, threshold nor the knowledge of an end matter.
    state, repair, above, threshold
        As of the aggregates, `NONE` where there is none.
    ends
        Whether the end of a record has to be known.
    first
        Steps `first[i]` to `first[i + 1]` are what is done with the events of entry `i`.
    """

    reach: Longs
    lag: Longs
    window: Longs
    cycle: Ints
    plain: Flags
    state: Ints
    repair: Ints
    above: Ints
    threshold: Floats
    ends: Flags
    first: Ints


class Steps(NamedTuple):
    """What is made of an event that counts: one aggregate each.

    Parameters
    ----------
    column
        Of the output.
    operator, field, key, gap
        As of the aggregates, `NONE` where there is none.
    window
        Of a repeat, whose earlier event may lie before it.
    table
        Number of the aggregate's table of keys, `NONE` without one.
    """

    column: Ints
    operator: Ints
    field: Ints
    key: Ints
    gap: Ints
    window: Longs
    table: Ints


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the kernel needs to know.

    Parameters
    ----------
    aggregates
        In the order of the output's columns.
    offsets, spells, steps
        Entries `offsets[s]` to `offsets[s + 1]` of the spells are those that read stream `s`.
    cycles
        (month, day) on which the years of some windows turn.
    empty
        What each aggregate is without any event: 0 or NaN.
    shared, separate
        How many keys an event may add to the tables: once for all days, and once for each.
    columns
        The columns of the events that have to be read.
    """

    aggregates: tuple[Aggregate, ...]
    offsets: Ints
    spells: Spells
    steps: Steps
    cycles: tuple[tuple[int, int], ...]
    empty: Floats
    shared: int
    separate: int
    columns: tuple[str, ...]


def compile_plan(aggregates: Iterable[Aggregate], vocabulary: Sequence[tuple[str, str]]) -> Plan:
    """Compile aggregates, each once, against the streams of a vocabulary.

    Examples
    --------
    >>> from xinheng.features import count, total
    >>> plan = compile_plan([count("penalty"), total("penalty:other.*"), count("penalty")],
    ...                     [("change", "name"), ("penalty", "market.x"), ("penalty", "other.y")])
    >>> len(plan.aggregates), plan.offsets.tolist(), plan.steps.column.tolist()
    (2, [0, 0, 1, 2], [0, 0, 1])
    >>> plan.columns
    ('enterprise', 'stream', 'occurred', 'available', 'withdrawn', 'value')
    """
    names = vocabulary if isinstance(vocabulary, Vocabulary) else Vocabulary(vocabulary)
    return _compiled(tuple(dict.fromkeys(aggregates)), names)


@lru_cache(maxsize=64)
def _compiled(unique: tuple[Aggregate, ...], vocabulary: Vocabulary) -> Plan:
    selected: dict[tuple[str, ...], list[int]] = {}
    asked: list[dict[Spell, list[int]]] = [{} for _ in vocabulary]
    cycles = tuple(dict.fromkeys(a.cycle for a in unique if a.cycle is not None))
    spells = [_spell(aggregate, cycles) for aggregate in unique]
    for number, aggregate in enumerate(unique):
        if aggregate.streams not in selected:
            selected[aggregate.streams] = matching(aggregate.streams, vocabulary)
        for stream in selected[aggregate.streams]:
            asked[stream].setdefault(spells[number], []).append(number)
    ordered = [sorted(each.items(), key=lambda item: -item[0][0]) for each in asked]
    entries = [entry for each in ordered for entry in each]
    first = np.cumsum([0, *(len(numbers) for _, numbers in entries)], dtype=np.int32)
    members = np.array([n for _, numbers in entries for n in numbers], dtype=np.intp)
    steps = _steps(unique)
    missing = np.isin(steps.operator, (SMALLEST, LARGEST, LATEST, PREVIOUS))
    needed = {name for aggregate in unique for name in _columns(aggregate)}
    return Plan(
        aggregates=unique,
        offsets=np.cumsum([0, *map(len, ordered)], dtype=np.int32),
        spells=_spells([spell for spell, _ in entries], first),
        steps=Steps._make(column[members] for column in steps),
        cycles=cycles,
        empty=np.where(missing, np.nan, 0.0),
        shared=sum(BY_DAY.get(a.operator, 0) for a in unique),
        separate=sum(a.operator in BY_ROW for a in unique),
        columns=(*ALWAYS, *(name for name in SOMETIMES if name in needed)),
    )


def _columns(part: Aggregate) -> Iterator[str]:
    """Yield what an aggregate reads beside what all do."""
    yield from (name for name in (part.field, (part.above or ("",))[0]) if name in SOMETIMES)
    if part.by == "case" or part.operator in BY_CASE:
        yield "case"
    if part.repaired != "stays":
        yield "repaired"
    if part.state == "overdue":
        yield "value"
    if part.state != "any" or "ended" in (part.field, (part.above or ("",))[0]):
        yield from ("ended", "ended_available")


def _spell(aggregate: Aggregate, cycles: Sequence[tuple[int, int]]) -> Spell:
    window = NEVER if aggregate.window is None else aggregate.window
    cycle = 0 if aggregate.cycle is None else cycles.index(aggregate.cycle) + 1
    if aggregate.operator == "repeat":
        window = NEVER
    reach = 2 * NEVER if window == NEVER else window + aggregate.lag + (YEAR if cycle else 0)
    above, threshold = aggregate.above or (None, 0.0)
    ends = aggregate.field == "ended"
    always = (aggregate.state, aggregate.repaired, above, ends) == ("any", "stays", None, False)
    return (
        reach,
        aggregate.lag,
        window,
        cycle,
        always,
        STATES.index(aggregate.state),
        REPAIRS.index(aggregate.repaired),
        _place(FIELDS, above),
        threshold,
        ends,
    )


def _spells(entries: Sequence[Spell], first: Ints) -> Spells:
    kinds = (*[np.int64] * 3, np.int32, np.bool_, *[np.int32] * 3, np.float64, np.bool_)
    columns = zip(*entries, strict=True) if entries else [()] * len(kinds)
    arrays: list[npt.NDArray[Any]] = [
        np.array(column, kind) for column, kind in zip(columns, kinds, strict=True)
    ]
    return Spells._make([*arrays, first])


def _steps(unique: Sequence[Aggregate]) -> Steps:
    """Return the step of each aggregate, one after the other."""
    keyed = np.array([a.operator in BY_DAY or a.operator in BY_ROW for a in unique], np.bool_)
    operators = tuple(OPERATORS)
    return Steps(
        column=np.arange(len(unique), dtype=np.int32),
        operator=_small(operators.index(a.operator) for a in unique),
        field=_small(_place(FIELDS, a.field) for a in unique),
        key=_small(_place(KEYS, a.by) for a in unique),
        gap=_small(NONE if a.gap is None else a.gap for a in unique),
        window=np.array([NEVER if a.window is None else a.window for a in unique], np.int64),
        table=np.where(keyed, np.cumsum(keyed) - 1, NONE).astype(np.int32),
    )


def _place(names: Sequence[str], name: str | None) -> int:
    return NONE if name is None else names.index(name)


def _small(numbers: Iterable[int]) -> Ints:
    return np.fromiter(numbers, np.int32)
