"""Steps: what an enterprise could do as of a day, record by record."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

import numpy as np
import numpy.typing as npt

from ...archive import Lineage
from ...core import time
from ...core.calendar import expected_working_day
from ...features import Events, matching
from .actions import Action, Deed
from .filing import opens, to_file
from .reach import begins, cases_of, is_open_to, within_reach

__all__ = ["About", "Do", "Step", "possible_steps", "rows_of"]

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
        if not is_open_to(action, own, as_of):
            continue
        if action.deadline is not None:
            days = to_file(action.deadline, own, as_of)
            if days:
                late = action.deadline.late
                start, done = (as_of, as_of) if late else (max(as_of, opens(days[-1])), days[-1])
                steps.append(Step(action, -1 - number, start, done, deadlines=days))
            continue
        rows = within_reach(action, own, as_of)
        if action.does is Deed.ADD:
            held = int(own.ended[rows].max(initial=0))
            if held < time.NEVER:
                start = max(held, time.months_after(as_of, action.wait_months))
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
    return bool((own.ended[rows_of(step, own)] > step.done).any())


def rows_of(step: Step, own: Events) -> npt.NDArray[np.intp]:
    """Return the rows that a step changes: what was withdrawn of a record is past."""
    of = np.isin(own.record, step.records) & (own.withdrawn == time.NEVER)
    if step.action.part:
        of &= np.isin(own.stream, matching(step.action.streams, own.vocabulary))
    return np.flatnonzero(of)
