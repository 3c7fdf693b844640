"""The plan: aggregates compiled against a vocabulary, as arrays that the kernel walks through.

For each stream the plan lists the aggregates that read it (compressed rows: `offsets` into
`members`), and for each aggregate one row of small integers, whose columns are numbered here.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..core.time import NEVER
from .aggregate import FIELDS, KEYS, OPERATORS, REPAIRS, STATES, Aggregate
from .streams import matching

__all__ = ["Plan", "compile_plan"]

(OPERATOR, WINDOW, LAG, STATE, REPAIR, FIELD, KEY, GAP, FILTER, TABLE, PLAIN, COLUMN) = range(12)
(COUNT, DISTINCT, TOTAL, SMALLEST, LARGEST, LATEST, REPEAT, RECURRENT, PREVIOUS, PEAKS) = range(
    len(OPERATORS)
)
(VALUE, SEVERITY, OCCURRED, ENDED, POSITION) = range(len(FIELDS))
(ANY, OPEN, CLOSED, OVERDUE) = range(len(STATES))
(STAYS, LEAVES, ONLY) = range(len(REPAIRS))
(CASE, CODE, DAY) = range(len(KEYS))
NONE = -1
KEYED = ("distinct", "repeat", "recurrent", "previous", "peaks")


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the kernel needs to know.

    Parameters
    ----------
    aggregates
        In the order of the output's columns.
    offsets, rules
        `rules[offsets[s]:offsets[s + 1]]` are the rules that read stream `s`, one row for each
        aggregate that does, with the columns `OPERATOR` to `COLUMN`.
    thresholds
        The number of `above` by rule, read where its `FILTER` is not `NONE`.
    empty
        What each aggregate is without any event: 0 or NaN.
    tables
        How many aggregates keep a table of keys.
    """

    aggregates: tuple[Aggregate, ...]
    offsets: npt.NDArray[np.int32]
    rules: npt.NDArray[np.int32]
    thresholds: npt.NDArray[np.float64]
    empty: npt.NDArray[np.float64]
    tables: int


def compile_plan(aggregates: Iterable[Aggregate], vocabulary: Sequence[tuple[str, str]]) -> Plan:
    """Compile aggregates, each once, against the streams of a vocabulary.

    Examples
    --------
    >>> from xinheng.features import count, total
    >>> plan = compile_plan([count("penalty"), total("penalty:other.*"), count("penalty")],
    ...                     [("change", "name"), ("penalty", "market.x"), ("penalty", "other.y")])
    >>> len(plan.aggregates), plan.offsets.tolist(), plan.rules[:, COLUMN].tolist()
    (2, [0, 0, 1, 3], [0, 0, 1])
    """
    return _compiled(tuple(dict.fromkeys(aggregates)), tuple(vocabulary))


@lru_cache(maxsize=64)
def _compiled(unique: tuple[Aggregate, ...], vocabulary: tuple[tuple[str, str], ...]) -> Plan:
    readers: list[list[int]] = [[] for _ in vocabulary]
    selected: dict[tuple[str, ...], list[int]] = {}
    for number, aggregate in enumerate(unique):
        if aggregate.streams not in selected:
            selected[aggregate.streams] = matching(aggregate.streams, vocabulary)
        for stream in selected[aggregate.streams]:
            readers[stream].append(number)
    rows = np.empty((len(unique), COLUMN + 1), dtype=np.int32)
    tables = 0
    for column, aggregate in enumerate(unique):
        keyed = aggregate.operator in KEYED
        rows[column] = [*_rule(aggregate), tables if keyed else NONE, _plain(aggregate), column]
        tables += keyed
    members = np.array([number for reader in readers for number in reader], dtype=np.intp)
    thresholds = np.array([a.above[1] if a.above else 0.0 for a in unique], dtype=np.float64)
    missing = np.isin(rows[:, OPERATOR], (SMALLEST, LARGEST, LATEST, PREVIOUS))
    return Plan(
        aggregates=unique,
        offsets=np.cumsum([0, *map(len, readers)], dtype=np.int32),
        rules=rows[members],
        thresholds=thresholds[members],
        empty=np.where(missing, np.nan, 0.0),
        tables=tables,
    )


def _plain(aggregate: Aggregate) -> bool:
    return (aggregate.state, aggregate.repaired, aggregate.above) == ("any", "stays", None)


def _rule(aggregate: Aggregate) -> list[int]:
    return [
        list(OPERATORS).index(aggregate.operator),
        NEVER if aggregate.window is None else aggregate.window,
        aggregate.lag,
        STATES.index(aggregate.state),
        REPAIRS.index(aggregate.repaired),
        NONE if aggregate.field is None else FIELDS.index(aggregate.field),
        NONE if aggregate.by is None else KEYS.index(aggregate.by),
        NONE if aggregate.gap is None else aggregate.gap,
        NONE if aggregate.above is None else FIELDS.index(aggregate.above[0]),
    ]
