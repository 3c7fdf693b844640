"""Steps: what an enterprise could do as of a day, record by record, and its records if it did."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..core import time
from ..core.calendar import add_working_days
from ..core.errors import InvalidError
from ..features import Events
from ..features.events import COLUMNS, ORDER
from .actions import Action, Deed
from .filing import filed, to_file
from .reach import free_from, within_reach

__all__ = ["Do", "Step", "decided", "in_turn", "possible_steps", "taken", "together"]

Do = tuple[str, int]
"""What is done to which record."""


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
    after
        What has to be done before.
    deadlines
        Of what is filed, the last days on which it was due.
    """

    action: Action
    record: int
    start: int
    done: int
    estimated: bool = False
    after: tuple[Do, ...] = ()
    deadlines: tuple[int, ...] = ()

    @classmethod
    def beginning(
        cls, action: Action, record: int, start: int, after: tuple[Do, ...] = ()
    ) -> "Step":
        """Return the step that begins on a day."""
        return cls(action, record, start, *decided(start, action.working_days), after=after)

    def put_off(self, day: int) -> "Step":
        """Return the step if it cannot begin before a day."""
        if day <= self.start:
            return self
        return Step.beginning(self.action, self.record, day, self.after)

    def without_figures(self) -> "Step":
        """Return the step without what something filed is taken to say, which nobody knows yet."""
        if (deadline := self.action.deadline) is None:
            return self
        return replace(self, action=replace(self.action, deadline=replace(deadline, as_before=())))

    @property
    def deed(self) -> Do:
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
            "deadlines": [time.show(day) for day in self.deadlines],
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
        if action.deadline is not None:
            days = to_file(action.deadline, own, as_of)
            done = as_of if action.deadline.late else days[-1] if days else as_of
            steps += [Step(action, -1 - number, as_of, done, deadlines=days)] if days else []
            continue
        rows = within_reach(action, own, as_of)
        if action.does is Deed.ADD:
            if not rows.size:
                start = as_of + time.months(action.wait_months)
                steps.append(Step.beginning(action, -1 - number, start))
            continue
        before = tuple(step.deed for step in steps if step.action.id in action.after)
        first = dict(zip(own.record[rows].tolist(), own.occurred[rows].tolist(), strict=True))
        for record, occurred in sorted(first.items()):
            start = max(as_of, occurred + time.months(action.wait_months))
            steps.append(Step.beginning(action, record, start, before))
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
        turned = tuple(
            step.put_off(day)
            for step, day in zip(steps, _free(own, enterprise, steps, as_of), strict=True)
            if day <= time.NEVER
        )
        if len(turned) < len(steps):
            return None
        if turned == steps:
            break
        steps = turned
    return steps


def together(own: Events, enterprise: int, steps: tuple[Step, ...], as_of: int) -> tuple[Step, ...]:
    """Return those of some steps that can be taken if all are, each in its turn; see `in_turn`."""
    while (turned := in_turn(own, enterprise, steps, as_of)) is None:
        free = _free(own, enterprise, steps, as_of)
        steps = tuple(step for step, day in zip(steps, free, strict=True) if day <= time.NEVER)
    return turned


def _free(own: Events, enterprise: int, steps: tuple[Step, ...], as_of: int) -> list[int]:
    """Return the first day on which nothing forbids each of some steps, if all are taken."""
    later = taken(own, enterprise, steps)
    done = {step.deed: step.day for step in steps}
    return [
        max(
            free_from(step.action, step.record, later, as_of),
            *(done.get(each, time.NEVER + 1) for each in step.after),
        )
        if step.after
        else free_from(step.action, step.record, later, as_of)
        for step in steps
    ]


def taken(own: Events, enterprise: int, steps: Iterable[Step]) -> Events:
    """Return the events of an enterprise as they would be, had it taken some steps."""
    columns = {name: getattr(own, name).copy() for name in COLUMNS}
    vocabulary, added = list(own.vocabulary), []
    for step in steps:
        action = step.action
        of = columns["record"] == step.record
        match action.does:
            case Deed.ADD | Deed.FILE:
                added += list(_records(step, own, vocabulary))
            case Deed.END:
                columns["ended"][of] = step.done
                columns["ended_available"][of] = step.done
            case Deed.REPAIR:
                columns["repaired"][of] = np.minimum(columns["repaired"][of], step.done)
            case Deed.EXTEND:
                rows = of & (columns["ended"] < time.NEVER)
                columns["ended"][rows] += time.months(action.extend_months)
                columns["ended_available"][rows] = step.done
    for name, kind in COLUMNS.items():
        more = np.array([record[name] for record in added], kind)
        columns[name] = np.concatenate([columns[name], more])
    columns["enterprise"][len(own) :] = enterprise
    order = np.lexsort([columns[name] for name in reversed(ORDER)])
    sorted_ = {name: column[order] for name, column in columns.items()}
    return Events(**sorted_, vocabulary=tuple(vocabulary))


def _records(
    step: Step, own: Events, vocabulary: list[tuple[str, str]]
) -> Iterator[dict[str, float]]:
    """Yield the records that a step adds."""
    clocks = dict.fromkeys(("withdrawn", "repaired", "ended", "ended_available"), time.NEVER)
    action = step.action
    if action.deadline is None:
        kind, _, code = action.streams[0].partition(":")
        said = iter([((kind, code), {"occurred": step.done, "value": np.nan, "severity": np.nan})])
    else:
        said = filed(action, action.deadline, step.deadlines, step.done, own)
    for stream, figures in said:
        if stream not in vocabulary:
            vocabulary.append(stream)
        yield {
            "enterprise": 0,
            "stream": vocabulary.index(stream),
            "record": step.record,
            "case": step.record,
            "available": step.done,
            **figures,
            **clocks,
        }


def decided(start: int, working_days: int) -> tuple[int, bool]:
    """Return the day on which something is decided, and whether holidays may put it off.

    Beyond the years of which holidays are announced it is every weekday that counts.
    """
    try:
        return add_working_days(start, working_days), False
    except InvalidError:
        weekday = np.busday_offset(np.datetime64(start, "D"), working_days, roll="forward")
        return int(weekday.astype(np.int64)), True
