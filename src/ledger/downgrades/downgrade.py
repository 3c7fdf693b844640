"""A downgrade warning 信用降级警示, which is what was done to it, one act after the other.

Nothing of it is ever altered. Where it stands follows from its acts by `fold`, a function of them
and of the day alone: a level begins by itself once the days have passed in which the enterprise
may state what it has to say, and ends by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import InvalidError
from .acts import HELD, SYSTEM, TABLE, WAITING, Act, Answer, State
from .draft import Draft, Ground

__all__ = ["Downgrade", "Event", "fold", "follow", "refusal"]

ONCE = frozenset({Act.BEGIN, Act.ESCALATE, Act.EXPIRE})
NO_STEP = frozenset({Act.NOTE, Act.BEGIN, Act.EXPIRE})
DECIDING = frozenset({Act.CONFIRM, Act.AMEND, Act.REJECT})
SECOND = frozenset({Act.AGREE, Act.REFUSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An act: who did what to a warning, when, and what was said.

    Parameters
    ----------
    position
        Its place among the acts of the warning, from 0 on.
    at, actor, act
        When, by whom, what.
    detail
        What was said, in values of JSON. Days are ISO text: `due` the day on which the next clock
        ends, `days` working days after `start`, and `expected` whether holidays that are not
        announced may put it off; `delivered` and `received` those of service and statement.
    """

    position: int
    at: datetime
    actor: str
    act: Act
    detail: Mapping[str, Any]

    @property
    def today(self) -> int:
        """The day on which it was done."""
        return time.day_of(self.at)

    def day(self, name: str) -> int | None:
        """Return a day of the detail; None if it says none."""
        told = self.detail.get(name)
        return None if told is None else time.day(str(told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Downgrade:
    """A warning as its acts leave it.

    Parameters
    ----------
    id, draft
        Its number, and what was drafted.
    state
        Where it stands.
    events
        All acts, oldest first.
    level, period, grounds
        What it sets or is to set, for how many days, and on which grounds: as drafted, or as
        people amended it.
    proposal
        What is decided and waits for the second person.
    resting
        The state to which it returns if it is not lifted.
    due, expected, clock
        The day number on which the present clock ends, whether holidays may put it off, and the act
        that set it; None where no clock runs.
    deadline
        The last day for a statement; None until it is served.
    first, until
        The days between which its level counts, both included; None while none is set.
    """

    id: int
    draft: Draft
    state: State = State.DRAFTED
    events: tuple[Event, ...] = ()
    level: str
    period: int
    grounds: tuple[Ground, ...]
    proposal: Event | None = None
    resting: State | None = None
    due: int | None = None
    expected: bool = False
    clock: Event | None = None
    deadline: int | None = None
    first: int | None = None
    until: int | None = None

    @property
    def version(self) -> int:
        """How many acts there are: who acts names the version that was seen."""
        return len(self.events)

    @property
    def held(self) -> tuple[str, int, int] | None:
        """The level that it sets, and the days between which it counts; None if it sets none."""
        stands = self.resting if self.state is State.LIFTING else self.state
        if stands not in HELD or self.first is None or self.until is None:
            return None
        return self.level, self.first, self.until

    def last(self, act: Act) -> Event | None:
        """Return the last time that something was done to it."""
        return next((event for event in reversed(self.events) if event.act is act), None)

    def is_overdue(self, day: int) -> bool:
        """Tell whether a clock has run out before a day: one of ours, not the enterprise's."""
        return self.due is not None and self.due < day and self.first is None

    def on(self, day: int) -> "Downgrade":
        """Return the warning as of a day: its level begins and ends by itself."""
        found = self
        if found.first is not None and day >= found.first:
            if found.state is State.SERVED:
                found = replace(found, state=State.IN_FORCE, **STILL)
            elif found.resting is State.SERVED:
                found = replace(found, resting=State.IN_FORCE, **STILL)
        if found.held is not None and day > found.held[2]:
            return replace(found, state=State.EXPIRED, proposal=None, resting=None)
        return found

    def allowed(self, actor: str) -> tuple[Act, ...]:
        """Return what somebody may do to it now, permissions aside."""
        acts = (*TABLE[self.state], Act.NOTE)
        return tuple(act for act in acts if act not in SYSTEM and not refusal(self, act, actor))


STILL: Mapping[str, Any] = {"due": None, "expected": False, "clock": None}
"""That no clock runs."""


def fold(number: int, draft: Draft, events: Sequence[Event], day: int) -> Downgrade:
    """Return where a warning stands on a day after all its acts.

    Parameters
    ----------
    number, draft
        Its number, and what was drafted.
    events
        All acts, oldest first; the first drafts it.
    day
        Day number.

    Raises
    ------
    InvalidError
        If an act cannot follow those before it: then the ledger is not as it was written.
    """
    if not events or events[0].act is not Act.DRAFT:
        raise InvalidError(f"warning {number} begins with no draft")
    found = Downgrade(
        id=number,
        draft=draft,
        level=draft.level,
        period=draft.days,
        grounds=draft.grounds,
        events=(events[0],),
    )
    found = _clocked(found, events[0])
    for event in events[1:]:
        found = follow(found.on(event.today), event)
    return found.on(day)


def follow(before: Downgrade, event: Event) -> Downgrade:
    """Return a warning after an act, whoever might do it.

    Raises
    ------
    InvalidError
        If the act does not follow in the table.
    """
    after = replace(before, events=(*before.events, event))
    if event.act in NO_STEP:
        return after
    if event.act not in TABLE[before.state]:
        raise InvalidError(f"warning {before.id}: {_nobody(before, event.act)}")
    to = _target(before, event)
    if to not in TABLE[before.state][event.act]:
        raise InvalidError(
            f"warning {before.id}: {event.act} does not lead from {before.state} to {to}"
        )
    return _clocked(_changed(before, replace(after, state=to), event), event)


def refusal(found: Downgrade, act: Act, actor: str) -> str:
    """Return why somebody may not do something to a warning now; nothing if it is allowed."""
    if act is Act.NOTE:
        return ""
    if act not in TABLE[found.state]:
        return _nobody(found, act)
    if act in ONCE and found.last(act) is not None:
        return f"it has the act {act} already, which is possible once"
    if act is Act.STATE and found.last(Act.SERVE) is None:
        return "nobody was told of it yet, so there is nothing to state"
    return _refusal_of(found, act, actor)


def _nobody(found: Downgrade, act: Act) -> str:
    return f"nobody can {act} it while it is {found.state}"


def _refusal_of(found: Downgrade, act: Act, actor: str) -> str:
    """Return why this person may not do what others may."""
    drafted, proposal = found.events[0].actor, found.proposal
    proposed = None if proposal is None else proposal.actor
    barred = () if proposal is None else proposal.detail.get("barred", ())
    because = (
        (
            act in DECIDING and drafted == actor,
            f"{actor} drafted it, and another person decides",
        ),
        (
            act in SECOND and proposed == actor,
            f"{actor} proposed it, and the second person is another",
        ),
        (
            act in SECOND and actor in barred,
            f"{actor} posted a record that it rests on, and the second person is another",
        ),
        (
            act is Act.RETRACT and proposed != actor,
            f"{proposed} proposed it, so only they can retract it",
        ),
    )
    return next((text for refused, text in because if refused), "")


def _target(before: Downgrade, event: Event) -> State:
    """Return where an act leads."""
    act, waits = event.act, bool(event.detail.get("second"))
    if act is Act.AGREE and before.proposal is not None:
        return _effect(before, before.proposal)
    if act in DECIDING:
        return State.PROPOSED if waits else _effect(before, event)
    if act is Act.ANSWER:
        return State.ANSWERING if waits else _effect(before, event)
    if act is Act.LIFT:
        return State.LIFTING if waits else State.LIFTED
    if before.resting is not None and act in {Act.REFUSE, Act.RETRACT}:
        return before.resting
    [only] = TABLE[before.state][act]
    return only


def _effect(before: Downgrade, decided: Event) -> State:
    """Return where a decision leads that takes effect."""
    if decided.act is Act.ANSWER and Answer(decided.detail["answer"]) is not Answer.LIFTED:
        return State.IN_FORCE if before.last(Act.ESCALATE) is None else State.ESCALATED
    if decided.act in {Act.LIFT, Act.ANSWER}:
        return State.LIFTED
    return State.REJECTED if decided.act is Act.REJECT else State.CONFIRMED


def _changed(before: Downgrade, after: Downgrade, event: Event) -> Downgrade:
    """Return a warning with what is proposed, decided and set by an act."""
    if after.state in {State.PROPOSED, State.ANSWERING, State.LIFTING}:
        return _proposed(before, after, event)
    after = replace(after, proposal=None, resting=None)
    if after.state is State.LIFTED:
        return _lifted(after, event.today)
    if event.act is Act.STATE:
        return _suspended(after, event.today)
    if event.act is Act.SERVE or (event.act is Act.RECKON and after.state is State.SERVED):
        return _served(after, event)
    decided = event if event.act is not Act.AGREE or before.proposal is None else before.proposal
    if decided.act in {Act.AMEND, Act.ANSWER}:
        after = _amended(after, decided)
    return _upheld(after, event.today) if decided.act is Act.ANSWER else after


def _proposed(before: Downgrade, after: Downgrade, event: Event) -> Downgrade:
    """Return a warning of which something waits for the second person."""
    if event.act is Act.LIFT:
        return replace(after, proposal=event, resting=before.state)
    if event.act is Act.ESCALATE:
        return replace(after, resting=State.ESCALATED)
    if event.act is Act.RECKON:
        return _served(after, event) if before.resting is State.SERVED else after
    return replace(after, proposal=event)


def _amended(found: Downgrade, decided: Event) -> Downgrade:
    """Return a warning with the level, the period and the grounds that were decided on."""
    told, dropped = decided.detail, set(decided.detail.get("dropped", ()))
    return replace(
        found,
        level=str(told.get("level", found.level)),
        period=int(told.get("period", found.period)),
        grounds=tuple(each for each in found.grounds if each.identity not in dropped),
    )


def _served(found: Downgrade, event: Event) -> Downgrade:
    """Return a warning whose level counts once the deadline has passed, never in hindsight."""
    deadline = event.day("due")
    if deadline is None:
        raise InvalidError(f"warning {found.id}: served without a last day for a statement")
    first = max(deadline, event.today) + 1
    return replace(found, deadline=deadline, first=first, until=first + found.period - 1)


def _suspended(found: Downgrade, today: int) -> Downgrade:
    """Return a warning of which nothing counts from the next day on; what did is taken off."""
    counted = 0 if found.first is None else max(today - found.first + 1, 0)
    return replace(found, period=found.period - counted, first=None, until=None)


def _upheld(found: Downgrade, today: int) -> Downgrade:
    """Return a warning that counts from the next day on."""
    return replace(found, first=today + 1, until=today + found.period)


def _lifted(found: Downgrade, today: int) -> Downgrade:
    """Return a warning that counted until a day, if its level had begun by then."""
    begun = found.first is not None and found.first <= today
    return replace(found, first=found.first if begun else None, until=today if begun else None)


def _clocked(after: Downgrade, event: Event) -> Downgrade:
    """Return a warning with the clock that runs after an act."""
    if after.state not in WAITING and after.resting not in WAITING:
        return replace(after, **STILL)
    due = event.day("due")
    if due is None:
        return after
    return replace(after, due=due, expected=bool(event.detail.get("expected")), clock=event)
