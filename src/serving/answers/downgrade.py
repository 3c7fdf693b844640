"""Downgrade warnings 信用降级警示: the queue, one with all that was done, and one as served."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from ...core.citations import cited
from .values import Language, Level, Values

if TYPE_CHECKING:
    from ...ledger.downgrades import Act, Downgrade, Event, Ground

__all__ = [
    "DowngradeAnswer",
    "DowngradesAnswer",
    "ServedAnswer",
    "downgrade_values",
    "served_values",
    "whole_downgrade_values",
]

BRIEF: dict[str, JsonValue] = {
    "warning": 7,
    "version": 2,
    "enterprise": "91440300MA5XNG010A",
    "district": "440304",
    "as_of": "2026-03-01",
    "state": "confirmed",
    "level": "D",
    "period": 365,
    "follows": None,
    "since": None,
    "until": None,
    "due": "2026-03-09",
    "due_expected": False,
    "overdue": False,
}
GROUND: dict[str, JsonValue] = {
    "ground": "5d7c1fbd1f6d",
    "rule": "three_penalties",
    "since": "2026-02-20",
    "text": "一年内累计三次食品安全处罚,自 2026-02-20 起;依据 3 条记录。",
    "basis": "食品安全法 §134",
    "records": ["4611686018427387905"],
}
NOTHING_SAID: dict[str, JsonValue] = {
    "reason": None,
    "basis": None,
    "level": None,
    "period": None,
    "dropped": [],
    "second": None,
    "document": None,
    "method": None,
    "delivered": None,
    "received": None,
    "statement": None,
    "evidence": [],
    "answer": None,
    "by": None,
    "earlier": [],
    "policy": None,
    "due": None,
    "expected": None,
}
EVENT: dict[str, JsonValue] = {
    "position": 1,
    "at": "2026-03-02T04:00:00Z",
    "actor": "li",
    "act": "confirm",
    **NOTHING_SAID,
    "reason": "三次处罚均已生效",
    "due": "2026-03-09",
    "expected": False,
}
SERVED: dict[str, JsonValue] = {
    "warning": 7,
    "version": 3,
    "enterprise": "91440300MA5XNG010A",
    "state": "served",
    "level": "D",
    "period": 365,
    "since": "2026-03-17",
    "until": "2027-03-16",
    "grounds": [GROUND],
    "document": "深市监警〔2026〕7号",
    "delivered": "2026-03-09",
    "deadline": "2026-03-16",
    "received": None,
    "statement": None,
    "evidence": [],
    "answer": None,
}
LISTS = frozenset({"dropped", "evidence", "earlier"})
SAID = tuple(NOTHING_SAID)
State = Literal[
    "drafted", "proposed", "confirmed", "served", "stated", "answering", "in_force", "escalated",
    "lifting", "lifted", "rejected", "expired",
]  # fmt: skip
Reply = Literal["upheld", "amended", "lifted"]


class BriefDowngradeAnswer(BaseModel):
    """A downgrade warning in short."""

    warning: int = Field(description="Its number.")
    version: int = Field(description="Give it in If-Match to act on what was seen.")
    enterprise: str
    district: str | None = Field(description="As it was known when the warning was drafted.")
    as_of: date = Field(description="The day as of which its grounds were met.")
    state: State
    level: Level = Field(description="The level that the enterprise has at least while it counts.")
    period: int = Field(description="For how many days it counts.")
    follows: int | None = Field(description="The milder warning that it escalates.")
    since: date | None = Field(description="The first day as of which its level counts.")
    until: date | None = Field(description="The last.")
    due: date | None = Field(description="On which day its clock ends; null if none runs.")
    due_expected: bool = Field(
        description="Whether holidays that are not announced yet may put that day off."
    )
    overdue: bool


class GroundAnswer(BaseModel):
    """A reason for a warning."""

    ground: str = Field(description="By which an amendment drops it.")
    rule: str
    since: date = Field(description="The day from which on it was met.")
    text: str = Field(description="What happened.")
    basis: str = Field(description="The law that it rests on.")
    records: list[str] = Field(description="Keys of the records by which it is met.")


class DowngradeEventAnswer(BaseModel):
    """Something that was done to a warning; what does not belong to the act is null or empty."""

    position: int
    at: datetime
    actor: str
    act: str
    reason: str | None
    basis: str | None
    level: Level | None
    period: int | None
    dropped: list[str] = Field(description="Grounds that were dropped.")
    second: bool | None = Field(description="Whether a second person has to agree.")
    document: str | None = Field(description="Number of the document that was served.")
    method: str | None = Field(description="How it was served.")
    delivered: date | None
    received: date | None = Field(description="On which day a statement arrived.")
    statement: str | None
    evidence: list[str]
    answer: Reply | None
    by: int | None = Field(description="The severer warning that took its place.")
    earlier: list[int] = Field(description="Warnings that rest on the grounds that were not new.")
    policy: str | None = Field(description="The edition of the policy it was held against.")
    due: date | None
    expected: bool | None


class DowngradeAnswer(BriefDowngradeAnswer):
    """A downgrade warning with its grounds and all that was done to it, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **BRIEF,
                    "basis": "食品安全法实施条例 §67",
                    "deadline": None,
                    "waits_for_second": False,
                    "grounds": [GROUND],
                    "allowed": ["serve", "lift", "note"],
                    "events": [EVENT],
                }
            ]
        }
    )

    basis: str = Field(description="The law that level and period rest on.")
    deadline: date | None = Field(description="The last day for a statement of the enterprise.")
    waits_for_second: bool
    grounds: list[GroundAnswer]
    allowed: list[str] = Field(description="What who asks may do to it now.")
    events: list[DowngradeEventAnswer]


class DowngradesAnswer(BaseModel):
    """Warnings within reach, those whose clock ends first before the others, a page of them."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"downgrades": [BRIEF], "next": None}]}
    )

    downgrades: list[BriefDowngradeAnswer]
    next: str | None = Field(description="What `after` has to be for the next page, if any.")


class ServedAnswer(BaseModel):
    """A served warning as the enterprise is told of it: nobody's name, and nothing internal."""

    model_config = ConfigDict(json_schema_extra={"examples": [SERVED]})

    warning: int
    version: int = Field(description="Give it in If-Match to state something on what was seen.")
    enterprise: str
    state: State
    level: Level
    period: int
    since: date | None = Field(description="The first day as of which its level counts.")
    until: date | None = Field(description="The last.")
    grounds: list[GroundAnswer]
    document: str
    delivered: date
    deadline: date = Field(description="The last day for a statement.")
    received: date | None = Field(description="On which day a statement arrived.")
    statement: str | None
    evidence: list[str]
    answer: Reply | None = Field(description="What the statement was answered with.")


def downgrade_values(found: Downgrade, day: int) -> Values:
    """Return a warning in short, as it stands on a day."""
    draft = found.draft
    return {
        "warning": found.id,
        "version": found.version,
        "enterprise": draft.enterprise,
        "district": draft.district,
        "as_of": time.show(draft.as_of),
        "state": found.state.value,
        "level": found.level,
        "period": found.period,
        "follows": draft.follows,
        "since": _day(found.first),
        "until": _day(found.until),
        "due": _day(found.due),
        "due_expected": found.expected,
        "overdue": found.is_overdue(day),
    }


def whole_downgrade_values(
    found: Downgrade, day: int, allowed: Collection[Act], language: Language
) -> Values:
    """Return a warning with its grounds and all that was done to it."""
    return downgrade_values(found, day) | {
        "basis": cited(found.draft.basis),
        "deadline": _day(found.deadline),
        "waits_for_second": found.proposal is not None,
        "grounds": [_ground_values(each, language) for each in found.grounds],
        "allowed": [act.value for act in allowed],
        "events": [_event_values(each) for each in found.events],
    }


def served_values(found: Downgrade, language: Language) -> Values:
    """Return a served warning as the enterprise is told of it."""
    from ...ledger.downgrades import Act

    served, stated = _said(found, Act.SERVE), _said(found, Act.STATE)
    answered = found.last(Act.ANSWER)
    told = None if answered is None or answered is found.proposal else answered.detail["answer"]
    return {
        "warning": found.id,
        "version": found.version,
        "enterprise": found.draft.enterprise,
        "state": found.state.value,
        "level": found.level,
        "period": found.period,
        "since": _day(found.first),
        "until": _day(found.until),
        "grounds": [_ground_values(each, language) for each in found.grounds],
        "document": served["document"],
        "delivered": served["delivered"],
        "deadline": _day(found.deadline),
        "received": stated.get("received"),
        "statement": stated.get("statement"),
        "evidence": stated.get("evidence", []),
        "answer": told,
    }


def _ground_values(ground: Ground, language: Language) -> Values:
    return {
        "ground": ground.identity,
        "rule": ground.rule,
        "since": time.show(ground.since),
        "text": ground.text[language],
        "basis": cited(ground.basis),
        "records": list(ground.records),
    }


def _event_values(event: Event) -> Values:
    said = {name: event.detail.get(name, [] if name in LISTS else None) for name in SAID}
    return {
        "position": event.position,
        "at": event.at.isoformat().replace("+00:00", "Z"),
        "actor": event.actor,
        "act": event.act.value,
        **said,
    }


def _said(found: Downgrade, act: Act) -> dict[str, Any]:
    event = found.last(act)
    return {} if event is None else dict(event.detail)


def _day(number: int | None) -> str | None:
    return None if number is None else time.show(number)
