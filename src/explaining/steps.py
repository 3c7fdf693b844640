"""Steps: what an enterprise could do as of a day, record by record, and its records if it did."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from ..archive import Lineage
from ..core import time
from ..core.calendar import expected_working_day
from ..features import Events, matching
from ..features.events import COLUMNS, ORDER
from .actions import Action, Deed
from .filing import filed, to_file
from .reach import begins, cases_of, free_from, within_reach

__all__ = ["About", "Do", "Step", "in_turn", "possible_steps", "taken", "together"]

Do = tuple[str, int]
"""What is done to which record."""


@dataclass(frozen=True, slots=True)
class About:
    """The record that a step is about, as people name it.

    `kind` and `code` are those of the stream by which the action is about it; `number` is what its
    department calls it, where that was looked up; `others` counts those of the same case.
    """

    kind: str
    code: str
    occurred: int
    number: str | None = None
    others: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Return it as values that JSON knows."""
        return {
            "kind": self.kind,
            "code": self.code,
            "occurred": time.show(self.occurred),
            "number": self.number,
            "others": self.others,
        }


@dataclass(frozen=True, slots=True)
class Step:
    """An action on one record.

    Parameters
    ----------
    action
        What is done.
    record
        Number of the record, the first of them if there are several; of one that is added, a
        number that tells it from others that are.
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
    records
        All records that it is about, of one case; none if it adds one.
    over
        The day on which what it would clear is over by itself: it is done before, or not at all.
    about
        The record as people name it; None if one is added.
    """

    action: Action
    record: int
    start: int
    done: int
    estimated: bool = False
    after: tuple[Do, ...] = ()
    deadlines: tuple[int, ...] = ()
    records: tuple[int, ...] = ()
    over: int = time.NEVER
    about: About | None = None

    @classmethod
    def beginning(cls, action: Action, record: int, start: int, **more: Any) -> "Step":
        """Return the step that begins on a day."""
        return cls(action, record, start, *expected_working_day(start, action.working_days), **more)

    def put_off(self, day: int) -> "Step":
        """Return the step if it cannot begin before a day."""
        if day <= self.start:
            return self
        done, estimated = expected_working_day(day, self.action.working_days)
        return replace(self, start=day, done=done, estimated=estimated)

    @property
    def in_time(self) -> bool:
        """Whether it is done before what it would clear is over by itself."""
        return self.done < self.over

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
            "record": None if self.action.adds else str(self.record),
            "about": None if self.about is None else self.about.to_dict(),
            "start": time.show(self.start),
            "done": time.show(self.done),
            "estimated": self.estimated,
            "deadlines": [time.show(day) for day in self.deadlines],
        }


def possible_steps(
    actions: Iterable[Action],
    own: Events,
    as_of: int,
    populations: frozenset[str],
    *,
    over: Mapping[int, int] = MappingProxyType({}),
    origins: Mapping[int, Lineage] = MappingProxyType({}),
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
    over
        The day on which a record is cleared by itself, by number: nobody applies for what is
        over, or would be before it is decided.
    origins
        Where records are from, by number.
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
                start = time.months_after(as_of, action.wait_months)
                steps.append(Step.beginning(action, -1 - number, start))
            continue
        before = tuple(step.deed for step in steps if step.action.id in action.after)
        first = {int(own.record[row]): row for row in rows[::-1].tolist()}
        for record, records in cases_of(action, own, rows).items():
            step = Step.beginning(
                action,
                record,
                max(as_of, begins(action, own, first[record])),
                after=before,
                records=records,
                over=over.get(record, time.NEVER) if action.asks else time.NEVER,
                about=_about(own, first[record], len(records) - 1, origins.get(record)),
            )
            if step.in_time and _ends_later(step, own):
                steps.append(step)
    return tuple(steps)


def _about(own: Events, row: int, others: int, origin: Lineage | None) -> About:
    kind, code = own.vocabulary[own.stream[row]]
    number = None if origin is None else origin.number
    return About(kind, code, int(own.occurred[row]), number, others)


def _ends_later(step: Step, own: Events) -> bool:
    """Tell whether what a step ends would be open for longer without it."""
    if step.action.does is not Deed.END:
        return True
    return bool((own.ended[_rows_of(step, own)] > step.done).any())


def _rows_of(step: Step, own: Events) -> npt.NDArray[np.intp]:
    """Return the rows that a step changes."""
    of = np.isin(own.record, step.records)
    if step.action.part:
        of &= np.isin(own.stream, matching(step.action.streams, own.vocabulary))
    return np.flatnonzero(of)


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
            if day <= time.NEVER and step.put_off(day).in_time
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
        steps = tuple(
            step
            for step, day in zip(steps, free, strict=True)
            if day <= time.NEVER and step.put_off(day).in_time
        )
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
        action, rows = step.action, _rows_of(step, own)
        match action.does:
            case Deed.ADD | Deed.FILE:
                added += list(_records(step, own, vocabulary))
            case Deed.END:
                rows = rows[columns["ended"][rows] > step.done]
                columns["ended"][rows] = columns["ended_available"][rows] = step.done
            case Deed.REPAIR:
                columns["repaired"][rows] = np.minimum(columns["repaired"][rows], step.done)
            case Deed.EXTEND:
                rows = rows[columns["ended"][rows] < time.NEVER]
                columns["ended"][rows] = [
                    time.months_after(end, action.extend_months)
                    for end in columns["ended"][rows].tolist()
                ]
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
