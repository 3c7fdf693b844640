"""Steps: what an enterprise could do as of a day, record by record, and its records if it did."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.calendar import add_working_days
from ..core.errors import InvalidError
from ..features import Events, matching
from ..features.events import COLUMNS, ORDER
from .actions import Action, Deed

__all__ = ["Step", "decided", "in_turn", "possible_steps", "taken", "together", "within_reach"]

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Step:
    """An action on one record.

    Parameters
    ----------
    action
        What is done.
    record
        Number of the record; a negative number for one that is added.
    start
        The day on which it begins at the earliest.
    done
        The day on which it is done then; it counts from the day after.
    estimated
        Whether holidays that were not announced yet could put that day off.
    """

    action: Action
    record: int
    start: int
    done: int
    estimated: bool = False

    @classmethod
    def beginning(cls, action: Action, record: int, start: int) -> "Step":
        """Return the step that begins on a day."""
        return cls(action, record, start, *decided(start, action.working_days))

    @property
    def deed(self) -> tuple[str, int]:
        """What is done to which record, whenever it begins."""
        return self.action.id, self.record

    @property
    def day(self) -> int:
        """The first day as of which it counts."""
        return self.done + 1

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "action": self.action.id,
            "zh": self.action.zh,
            "en": self.action.en,
            "basis": self.action.basis,
            "record": str(self.record) if self.record >= 0 else None,
            "done": time.show(self.done),
            "estimated": self.estimated,
        }


def possible_steps(
    actions: Iterable[Action], own: Events, as_of: int, populations: frozenset[str]
) -> tuple[Step, ...]:
    """Return the steps that an enterprise could take, in the order of the actions.

    Parameters
    ----------
    actions
        Those there are.
    own
        The events of the enterprise, as known now.
    as_of
        Day number.
    populations
        To which it belongs.
    """
    steps: list[Step] = []
    for number, action in enumerate(actions):
        if action.populations and populations.isdisjoint(action.populations):
            continue
        rows = within_reach(action, own, as_of)
        if action.does is Deed.ADD:
            if not rows.size:
                start = as_of + time.months(action.wait_months)
                steps.append(Step.beginning(action, -1 - number, start))
            continue
        first = dict(zip(own.record[rows].tolist(), own.occurred[rows].tolist(), strict=True))
        for record, occurred in sorted(first.items()):
            start = max(as_of, occurred + time.months(action.wait_months))
            steps.append(Step.beginning(action, record, start))
    return tuple(steps)


def in_turn(
    own: Events, enterprise: int, steps: tuple[Step, ...], as_of: int
) -> tuple[Step, ...] | None:
    """Return steps, each begun once nothing that forbids it is open; None if that never comes.

    What is open may be ended by other steps of the set, or by a day that is known.

    Parameters
    ----------
    own, enterprise
        The events of the enterprise, as known now, and its dense number.
    steps
        A set, each of which begins when it could by itself.
    as_of
        Day number.
    """
    for _ in steps:
        later = taken(own, enterprise, steps)
        free = [_free(step.action.unless_open, later, as_of) for step in steps]
        if max(free) > time.NEVER:
            return None
        turned = tuple(
            Step.beginning(step.action, step.record, max(step.start, day))
            for step, day in zip(steps, free, strict=True)
        )
        if turned == steps:
            break
        steps = turned
    return steps


def together(own: Events, enterprise: int, steps: tuple[Step, ...], as_of: int) -> tuple[Step, ...]:
    """Return those of some steps that can be taken if all are, each in its turn; see `in_turn`."""
    while (turned := in_turn(own, enterprise, steps, as_of)) is None:
        later = taken(own, enterprise, steps)
        steps = tuple(
            step for step in steps if _free(step.action.unless_open, later, as_of) <= time.NEVER
        )
    return turned


def _free(streams: tuple[str, ...], own: Events, as_of: int) -> int:
    """Return the first day on which no record of some streams is open."""
    counts = time.is_counted(own.available, own.withdrawn, as_of)
    rows = np.flatnonzero(_matches(own, streams) & counts)
    ends = np.maximum(own.ended[rows], own.ended_available[rows])
    return int(ends.max(initial=0)) + 1


def taken(own: Events, enterprise: int, steps: Iterable[Step]) -> Events:
    """Return the events of an enterprise as they would be, had it taken some steps."""
    columns = {name: getattr(own, name).copy() for name in COLUMNS}
    vocabulary, added = list(own.vocabulary), []
    for step in steps:
        action = step.action
        if action.does is Deed.ADD:
            added.append(_record(step, vocabulary))
            continue
        of = columns["record"] == step.record
        match action.does:
            case Deed.END:
                columns["ended"][of] = step.done
                columns["ended_available"][of] = step.done
            case Deed.REPAIR:
                columns["repaired"][of] = np.minimum(columns["repaired"][of], step.done)
            case Deed.EXTEND:
                rows = of & (columns["ended"] < time.NEVER)
                columns["ended"][rows] += time.months(action.extend_months)
    for name, kind in COLUMNS.items():
        more = np.array([record[name] for record in added], kind)
        columns[name] = np.concatenate([columns[name], more])
    columns["enterprise"][len(own) :] = enterprise
    order = np.lexsort([columns[name] for name in reversed(ORDER)])
    sorted_ = {name: column[order] for name, column in columns.items()}
    return Events(**sorted_, vocabulary=tuple(vocabulary))


def _record(step: Step, vocabulary: list[tuple[str, str]]) -> dict[str, float]:
    kind, _, code = step.action.streams[0].partition(":")
    if (kind, code) not in vocabulary:
        vocabulary.append((kind, code))
    clocks = dict.fromkeys(("withdrawn", "repaired", "ended", "ended_available"), time.NEVER)
    return {
        "enterprise": 0,
        "stream": vocabulary.index((kind, code)),
        "record": step.record,
        "case": step.record,
        "occurred": step.done,
        "available": step.done,
        "severity": np.nan,
        "value": np.nan,
        **clocks,
    }


def within_reach(action: Action, own: Events, as_of: int) -> Rows:
    """Return the rows that an action could be about; of one that adds, those that stand.

    A penalty that was performed has ended, and can be repaired all the same.
    """
    fits = _matches(own, action.streams) & time.is_counted(own.available, own.withdrawn, as_of)
    if action.does is Deed.REPAIR:
        return np.flatnonzero(fits & ~time.is_repaired(own.repaired, as_of))
    rows = np.flatnonzero(fits & time.is_open(own.ended, own.ended_available, as_of))
    if action.does is Deed.EXTEND:
        last = [_last_day(end, action.before_working_days) for end in own.ended[rows].tolist()]
        early = own.ended[rows] - as_of > action.within_days
        return rows[~early & (as_of <= np.array(last, np.int64))]
    return rows


def _matches(own: Events, streams: tuple[str, ...]) -> npt.NDArray[np.bool_]:
    return np.isin(own.stream, matching(streams, own.vocabulary))


def decided(start: int, working_days: int) -> tuple[int, bool]:
    """Return the day on which something is decided, and whether holidays may put it off.

    Beyond the years of which holidays are announced it is every weekday that counts.
    """
    try:
        return add_working_days(start, working_days), False
    except InvalidError:
        weekday = np.busday_offset(np.datetime64(start, "D"), working_days, roll="forward")
        return int(weekday.astype(np.int64)), True


def _last_day(end: int, working_days: int) -> int:
    """Return the last day that lies at least so many working days before another."""
    if end == time.NEVER:
        return end
    try:
        return add_working_days(end, -working_days)
    except InvalidError:
        weekday = np.busday_offset(np.datetime64(end, "D"), -working_days, roll="forward")
        return int(weekday.astype(np.int64))
