"""A case: the review of one grade, which is what was done to it, one act after the other.

Nothing of a case is ever altered. Where it stands follows from its acts by `fold`, a function of
them and of the day alone, as a level that people set ends by itself.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ...core import time
from ...core.errors import InvalidError
from .acts import SYSTEM, TABLE, UNDECIDED, Act, Decision, State

__all__ = [
    "BY_HAND",
    "CAUSES",
    "OBJECTION",
    "RECORD_WITHDRAWN",
    "Case",
    "Event",
    "Opening",
    "fold",
    "follow",
    "refusal",
    "step",
]

OBJECTION, BY_HAND, RECORD_WITHDRAWN = "objection", "by_hand", "record_withdrawn"
CAUSES = frozenset({OBJECTION, BY_HAND, RECORD_WITHDRAWN})
"""Causes of cases that no line of a policy asks for."""
ONLY_OBJECTIONS = frozenset({Act.ACCEPT, Act.DECLINE, Act.EXTEND, Act.NOTIFY, Act.WITHDRAW})
ONCE = frozenset({Act.EXTEND, Act.NOTIFY, Act.EXPIRE})
NO_STEP = frozenset({Act.NOTE, Act.EXPIRE})


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Which grade is reviewed, and why.

    Parameters
    ----------
    number, enterprise
        Dense number of the enterprise, and its code.
    cause
        One of `CAUSES`, or the id of the line of the policy that asks for it.
    as_of, level
        Day number of the grade, and the level that counted.
    change
        Number of the change of level that led to it; None if none did.
    district
        Code of its district, as far as it was known.
    """

    number: int
    enterprise: str
    cause: str
    as_of: int
    level: str
    change: int | None = None
    district: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An act: who did what to a case, when, and what was said.

    Parameters
    ----------
    position
        Its place among the acts of the case, from 0 on.
    at, actor, act
        When, by whom, what.
    detail
        What was said, in values of JSON. Days are ISO text: `due` the day on which the next clock
        ends, `days` working days after `start`, and `expected` whether holidays that are not
        announced may put it off.
    """

    position: int
    at: datetime
    actor: str
    act: Act
    detail: Mapping[str, Any]

    def day(self, name: str) -> int | None:
        """Return a day of the detail; None if it says none."""
        told = self.detail.get(name)
        return None if told is None else time.day(str(told))


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A review as its acts leave it.

    Parameters
    ----------
    id, opening
        Its number, and which grade is reviewed.
    state
        Where it stands.
    events
        All acts, oldest first.
    taken_by
        Who is at it.
    proposal
        What is decided or to be lifted, and waits for the second person.
    decision
        What was decided and has taken effect.
    due, expected, clock
        The day number on which the present clock ends, whether holidays may put it off, and the act
        that set it; None where no clock runs.
    first, until
        The days between which a level that people set counts, both included.
    """

    id: int
    opening: Opening
    state: State
    events: tuple[Event, ...] = ()
    taken_by: str | None = None
    proposal: Event | None = None
    decision: Event | None = None
    due: int | None = None
    expected: bool = False
    clock: Event | None = None
    first: int | None = None
    until: int | None = None

    @property
    def version(self) -> int:
        """How many acts there are: who acts names the version that was seen."""
        return len(self.events)

    @property
    def is_objection(self) -> bool:
        """Whether the enterprise contests its grade."""
        return self.opening.cause == OBJECTION

    @property
    def level(self) -> str:
        """The level that counts as far as it was noted: that of its opening, or one since."""
        moves = [event for event in self.events if event.act is Act.MOVE]
        return str(moves[-1].detail["level"]) if moves else self.opening.level

    def did(self, act: Act) -> bool:
        """Tell whether something was done to it before."""
        return any(event.act is act for event in self.events)

    def is_overdue(self, day: int) -> bool:
        """Tell whether a clock has run out before a day."""
        return self.due is not None and self.due < day

    def on(self, day: int) -> "Case":
        """Return the case as of a day: a level that people set ends by itself."""
        held = self.state in {State.IN_FORCE, State.LIFTING}
        if held and self.until is not None and day > self.until:
            return replace(self, state=State.EXPIRED, proposal=None)
        return self

    def allowed(self, actor: str) -> tuple[Act, ...]:
        """Return what somebody may do to it now, permissions aside."""
        acts = (*TABLE[self.state], Act.NOTE)
        return tuple(act for act in acts if act not in SYSTEM and not refusal(self, act, actor))


def fold(number: int, opening: Opening, events: Sequence[Event], day: int) -> Case:
    """Return where a case stands on a day after all its acts.

    Parameters
    ----------
    number, opening
        Its number, and which grade is reviewed.
    events
        All acts, oldest first; the first opens it.
    day
        Day number.

    Raises
    ------
    InvalidError
        If an act cannot follow those before it: then the ledger is not as it was written.
    """
    if not events or events[0].act is not Act.OPEN:
        raise InvalidError(f"case {number} begins with no opening")
    start = State.RECEIVED if opening.cause == OBJECTION else State.OPEN
    case = Case(id=number, opening=opening, state=start, events=(events[0],))
    case = _clocked(case, case, events[0])
    for event in events[1:]:
        case = follow(case.on(time.day_of(event.at)), event)
    return case.on(day)


def step(case: Case, event: Event) -> Case:
    """Return a case after one more act.

    Raises
    ------
    InvalidError
        If the act is not allowed in its state, to anybody or to this person.
    """
    why = refusal(case, event.act, event.actor)
    if why:
        raise InvalidError(f"case {case.id}: {why}")
    return follow(case, event)


def follow(case: Case, event: Event) -> Case:
    """Return a case after an act that was kept, whoever might do it today.

    Raises
    ------
    InvalidError
        If the act does not follow in the table.
    """
    after = replace(case, events=(*case.events, event))
    if event.act in NO_STEP:
        return after
    if event.act not in TABLE[case.state]:
        raise InvalidError(f"case {case.id}: nobody can {event.act} it while it is {case.state}")
    to = _target(case, event)
    if to not in TABLE[case.state][event.act]:
        raise InvalidError(f"case {case.id}: {event.act} does not lead from {case.state} to {to}")
    return _clocked(case, _changed(case, replace(after, state=to), event), event)


def refusal(case: Case, act: Act, actor: str) -> str:
    """Return why somebody may not do something to a case now; nothing if it is allowed."""
    if act is Act.NOTE:
        return ""
    if act not in TABLE[case.state]:
        return f"nobody can {act} it while it is {case.state}"
    if act in ONLY_OBJECTIONS and not case.is_objection:
        return f"only an objection has the act {act}"
    if act in ONCE and case.did(act):
        return f"it has the act {act} already, which is possible once"
    return _refusal_of(case, act, actor)


def _refusal_of(case: Case, act: Act, actor: str) -> str:
    """Return why this person may not do what others may."""
    mine, proposal = case.taken_by == actor, case.proposal
    proposed = None if proposal is None else proposal.actor
    barred = () if proposal is None else proposal.detail.get("barred", ())
    seconds = act in {Act.AGREE, Act.REFUSE}
    extended = any(each.act is Act.EXTEND and each.actor == actor for each in case.events)
    found = (
        (act is Act.TAKE and mine, f"{actor} has it already"),
        (
            act is Act.TAKE and extended,
            f"{actor} approved of more time for it, so another person has to take it",
        ),
        (
            act in {Act.DECIDE, Act.RELEASE} and not mine,
            f"{case.taken_by} is at it, so {actor} has to take it first",
        ),
        (
            act is Act.EXTEND and mine,
            f"another person than {actor}, who is at it, has to approve of more time",
        ),
        (
            seconds and proposed == actor,
            f"{actor} proposed it, and the second person is another",
        ),
        (
            seconds and actor in barred,
            f"{actor} posted a record that it rests on, and the second person is another",
        ),
        (
            act is Act.RETRACT and proposed != actor,
            f"only {proposed}, who proposed it, takes it back",
        ),
    )
    return next((why for is_wrong, why in found if is_wrong), "")


def _target(case: Case, event: Event) -> State:
    """Return where an act leads."""
    waits = bool(event.detail.get("second"))
    if event.act is Act.DECIDE:
        return State.PROPOSED if waits else _effect(event)
    if event.act is Act.LIFT:
        return State.LIFTING if waits else State.LIFTED
    if event.act is Act.AGREE and case.state is State.PROPOSED and case.proposal is not None:
        return _effect(case.proposal)
    [only] = TABLE[case.state][event.act]
    return only


def _effect(decided: Event) -> State:
    """Return where a decision leads that takes effect."""
    return {
        Decision.CONFIRM: State.CONFIRMED,
        Decision.OVERRIDE: State.IN_FORCE,
        Decision.SEND_BACK: State.SENT_BACK,
    }[Decision(decided.detail["decision"])]


def _changed(before: Case, after: Case, event: Event) -> Case:
    """Return a case with who is at it, and what is proposed and decided."""
    waits = after.state in {State.PROPOSED, State.LIFTING}
    lifted, seconded = after.state is State.LIFTED, before.proposal
    match event.act:
        case Act.TAKE:
            return replace(after, taken_by=event.actor)
        case Act.RELEASE | Act.ANSWER:
            return replace(after, taken_by=None)
        case Act.DECIDE | Act.LIFT if waits:
            return replace(after, proposal=event)
        case Act.LIFT | Act.AGREE if lifted:
            return replace(after, proposal=None, until=time.day_of(event.at))
        case Act.DECIDE | Act.AGREE:
            decided = event if seconded is None else seconded
            return _decided(replace(after, proposal=None), decided, event)
    ends = {Act.REFUSE, Act.RETRACT, Act.WITHDRAW, Act.REPLACE}
    return replace(after, proposal=None) if event.act in ends else after


def _decided(case: Case, decision: Event, taking_effect: Event) -> Case:
    """Return a case of which a decision takes effect: from the start of the next day on."""
    if case.state is State.SENT_BACK:
        return replace(case, taken_by=None)
    case = replace(case, decision=decision)
    if case.state is State.IN_FORCE:
        first = time.day_of(taking_effect.at) + 1
        return replace(case, first=first, until=decision.day("until"))
    return case


def _clocked(before: Case, after: Case, event: Event) -> Case:
    """Return a case with the clock that runs after an act."""
    due = event.day("due")
    if due is not None:
        expected = bool(event.detail.get("expected"))
        return replace(after, due=due, expected=expected, clock=event)
    goes_on = after.state in UNDECIDED or before.state in {State.IN_FORCE, State.LIFTING}
    if goes_on and event.act is not Act.NOTIFY:
        return after
    return replace(after, due=None, expected=False, clock=None)
