"""The kernel: every aggregate of every row in one pass over the enterprise's events.

There is one compiled function (`machine`). A city, a block of it on a thread, a partition on a
cluster and a single enterprise behind the API all run it, so their values are equal to the last
bit.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import InvalidError
from .events import Events, fixed
from .machine import TOGETHER, Columns, Groups, machine
from .plan import YEAR, Plan

__all__ = ["aggregate", "aggregate_until"]

BLOCKS_PER_THREAD = 8

Longs = npt.NDArray[np.int64]


def aggregate(
    plan: Plan,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
    threads: int = 1,
) -> npt.NDArray[np.float64]:
    """Return the value of each aggregate of the plan for each row.

    Parameters
    ----------
    plan
        Compiled against the vocabulary of these events.
    events
        Of all enterprises asked for; one without any events is as one without records.
    enterprise, as_of
        One row each; in any order, repeated as often as wanted. Day numbers.
    threads
        Rows are cut into blocks of about equal numbers of events for so many threads.

    Returns
    -------
    rows x aggregates, float64, C order.
    """
    return _aggregated(plan, events, (enterprise, as_of), threads, dated=False)[0]


def aggregate_until(
    plan: Plan,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
    threads: int = 1,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    """Return the values as `aggregate` does, and for how long they are sure to stay.

    Of one row an enterprise. The second array has for each row the first day after its own as of
    which some aggregate may have another value though no further event becomes available;
    `NEVER` if there is none.
    """
    if len(np.unique(enterprise)) < len(enterprise):
        raise InvalidError("the days until which values hold are told of one row an enterprise")
    return _aggregated(plan, events, (enterprise, as_of), threads, dated=True)


def _aggregated(
    plan: Plan,
    events: Events,
    wanted: tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]],
    threads: int,
    *,
    dated: bool,
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int32]]:
    enterprise, as_of = wanted
    if len(enterprise) != len(as_of):
        raise InvalidError(f"{len(enterprise)} enterprises, but {len(as_of)} days to go with them")
    if len(plan.offsets) != len(events.vocabulary) + 1:
        known = f"{len(plan.offsets) - 1} streams, these events have {len(events.vocabulary)}"
        raise InvalidError(f"the plan was compiled for {known}; compile it for their vocabulary")
    unread = events.unread
    absent = [name for name in plan.columns if name in unread]
    if absent:
        raise InvalidError(
            f"the events were read without {', '.join(absent)}; read the columns that the plan "
            f"needs: {', '.join(plan.columns)}"
        )
    out = np.empty((len(as_of), len(plan.aggregates)))
    groups = _grouped(plan, events, enterprise, as_of)
    until = np.empty(len(groups.first) if dated else 0, np.int32)
    columns = tuple(fixed(_column(events, name)) for name in Columns._fields)
    rules = plan.offsets, tuple(plan.spells), tuple(plan.steps)

    def fill(block: slice) -> None:
        part = groups._replace(
            **{name: getattr(groups, name)[block] for name in ("first", "last", "begin", "end")}
        )
        busy = part.last - part.first
        each = plan.shared + plan.separate * (part.end - part.begin)
        keys = plan.shared, plan.separate, 1 << int(2 * (busy * each).max(initial=0)).bit_length()
        machine()(tuple(part), columns, rules, plan.empty, keys, out, until[block])

    machine()
    blocks = list(_blocks(groups, threads))
    if threads == 1:
        for block in blocks:
            fill(block)
    else:
        with ThreadPoolExecutor(threads) as pool:
            list(pool.map(fill, blocks))
    if dated:
        until = until[np.argsort(groups.place[groups.begin])]
    return out, until


def _column(events: Events, name: str) -> npt.NDArray[Any]:
    """Return a column; zeros, which nothing is made of, instead of one that was not read."""
    column: npt.NDArray[Any] = getattr(events, name)
    return column if len(column) == len(events) else np.zeros(len(events), column.dtype)


def _grouped(
    plan: Plan,
    events: Events,
    enterprise: npt.NDArray[np.int32],
    as_of: npt.NDArray[np.int32],
) -> Groups:
    """Put the rows of each enterprise together, their days rising."""
    place = np.arange(len(as_of))
    same = enterprise[1:] == enterprise[:-1]
    rising = (enterprise[1:] > enterprise[:-1]) | (same & (as_of[1:] >= as_of[:-1]))
    if not rising.all():
        place = np.lexsort((as_of, enterprise))
        enterprise, as_of = enterprise[place], as_of[place]
        same = enterprise[1:] == enterprise[:-1]
    turn = np.flatnonzero(~same) + 1
    begin = np.concatenate([[0], turn])[: len(place)]
    end = np.append(begin[1:], len(place))[: len(begin)]
    if (end - begin).max(initial=0) > TOGETHER:
        begin = np.concatenate([np.arange(b, e, TOGETHER) for b, e in zip(begin, end, strict=True)])
        later = np.append(begin[1:], len(place))
        end = np.minimum(later, begin + TOGETHER)
    first, last = events.bounds(enterprise[begin])
    days = as_of.astype(np.int64)
    turns = [_turn(days, cycle) for cycle in plan.cycles]
    following = [_turn(t + YEAR, cycle) for t, cycle in zip(turns, plan.cycles, strict=True)]
    return Groups(
        first,
        last,
        begin.astype(np.int64),
        end.astype(np.int64),
        np.stack([days, *turns]),
        np.min(following, axis=0) if following else days,
        place.astype(np.int64),
    )


def _turn(days: Longs, cycle: tuple[int, int]) -> Longs:
    """Return the last day of a cycle up to each day."""
    month, number = cycle
    year = days.astype("datetime64[D]").astype("datetime64[Y]")
    offset = np.timedelta64(month - 1, "M")
    turn = (year.astype("datetime64[M]") + offset).astype("datetime64[D]").astype(np.int64)
    turn += number - 1
    before = (year.astype("datetime64[M]") - 12 + offset).astype("datetime64[D]").astype(np.int64)
    return np.where(turn <= days, turn, before + number - 1)


def _blocks(groups: Groups, threads: int) -> list[slice]:
    """Cut the groups into blocks of about equal work."""
    if threads == 1 or len(groups.first) < threads:
        return [slice(0, len(groups.first))]
    work = np.cumsum(groups.last - groups.first + 1)
    goals = np.linspace(0, work[-1], threads * BLOCKS_PER_THREAD + 1)[1:-1]
    cuts = np.unique([0, *np.searchsorted(work, goals).tolist(), len(work)]).tolist()
    return list(map(slice, cuts[:-1], cuts[1:]))
