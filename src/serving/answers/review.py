"""Reviews: cases as they stand, with all that was done to them, and the queue of them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from .values import Level, Values

if TYPE_CHECKING:
    from ...ledger.reviews import Act, Case, Event

__all__ = [
    "QueueAnswer",
    "ReviewAnswer",
    "brief_values",
    "review_values",
]

BRIEF: dict[str, JsonValue] = {
    "case": 41,
    "version": 4,
    "enterprise": "91440300MA5XNG010A",
    "district": "440304",
    "cause": "to_high_risk",
    "as_of": "2026-03-01",
    "level": "D",
    "level_now": "D",
    "state": "proposed",
    "opened": "2026-03-01T20:00:07Z",
    "taken_by": "li",
    "due": "2026-03-13",
    "due_expected": False,
    "overdue": False,
}
NOTHING_SAID: dict[str, JsonValue] = {
    "reason": None,
    "decision": None,
    "reason_code": None,
    "basis": None,
    "level": None,
    "until": None,
    "records": [],
    "documents": [],
    "faults": [],
    "to": None,
    "outcome": None,
    "second": None,
    "level_before": None,
    "model_level": None,
    "bundle": None,
    "policy": None,
    "causes": [],
    "run": None,
    "received": None,
    "contests": None,
    "evidence": [],
    "by": None,
    "due": None,
    "expected": None,
}
EVENT: dict[str, JsonValue] = {
    "position": 2,
    "at": "2026-03-02T04:00:00Z",
    "actor": "li",
    "act": "decide",
    **NOTHING_SAID,
    "reason": "整改已现场核实",
    "decision": "override",
    "reason_code": "put_right",
    "basis": "食品安全法 §109",
    "level": "B",
    "until": "2026-05-11",
    "records": ["4611686018427387905"],
    "second": True,
    "level_before": "D",
    "model_level": "D",
    "bundle": "9f2c61e0f4a34b6a5b1de0c5a8efb8a1d1c4f0e5b7a96d3e2c1f0a9b8c7d6e5f",
    "policy": "default design-1",
}
SAID = tuple(NOTHING_SAID)
LISTS = ("records", "documents", "faults", "causes", "evidence")


class BriefAnswer(BaseModel):
    """A review in short."""

    case: int = Field(description="Its number.")
    version: int = Field(description="How many acts there are; give it in If-Match to act on it.")
    enterprise: str
    district: str | None = Field(description="As it was known when the review was opened.")
    cause: str = Field(
        description="`objection`, `by_hand`, `record_withdrawn` (a level that people set rests on "
        "it), or the line of the review policy that asked for it."
    )
    as_of: date = Field(description="Day of the grade that is reviewed.")
    level: Level = Field(description="The level that counted then.")
    level_now: Level = Field(
        description="The one that counts, as far as runs told it while the review was not decided."
    )
    state: Literal[
        "received", "open", "taken", "sent_back", "proposed", "in_force", "lifting",
        "confirmed", "expired", "lifted", "replaced", "declined", "withdrawn",
    ]  # fmt: skip
    opened: datetime
    taken_by: str | None = Field(description="Who is at it.")
    due: date | None = Field(description="On which day its clock ends; null if none runs.")
    due_expected: bool = Field(
        description="Whether holidays that are not announced yet may put that day off."
    )
    overdue: bool


class FaultAnswer(BaseModel):
    """What is wrong with the records."""

    record: str | None
    what: str


class EventAnswer(BaseModel):
    """Something that was done to a review; what does not belong to the act is null or empty."""

    position: int
    at: datetime
    actor: str
    act: str
    reason: str | None
    decision: Literal["confirm", "override", "send_back"] | None
    reason_code: str | None
    basis: str | None
    level: Level | None
    until: date | None
    records: list[str]
    documents: list[str]
    faults: list[FaultAnswer]
    to: str | None
    outcome: Literal["upheld", "partly", "rejected"] | None
    second: bool | None = Field(description="Whether a second person has to agree.")
    level_before: Level | None
    model_level: Level | None
    bundle: str | None
    policy: str | None = Field(description="The edition of the review policy it was held against.")
    causes: list[str] = Field(description="Why the level changed that opened the review.")
    run: int | None
    received: date | None
    contests: str | None
    evidence: list[str]
    by: int | None = Field(
        description="Another review: whose level takes the place of this one's, or has lost a "
        "record that it rests on."
    )
    due: date | None
    expected: bool | None


class ReviewAnswer(BriefAnswer):
    """A review with all that was done to it, oldest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **BRIEF,
                    "change": 252809,
                    "since": None,
                    "until": None,
                    "waits_for_second": True,
                    "allowed": ["agree", "refuse", "note"],
                    "events": [EVENT],
                }
            ]
        }
    )

    change: int | None = Field(description="The change of level that opened it.")
    since: date | None = Field(description="The first day as of which a level set by it counts.")
    until: date | None = Field(description="The last.")
    waits_for_second: bool
    allowed: list[str] = Field(description="What who asks may do to it now.")
    events: list[EventAnswer]


class QueueAnswer(BaseModel):
    """Reviews within reach, those whose clock ends first before the others, a page of them."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reviews": [BRIEF], "next": None}]})

    reviews: list[BriefAnswer]
    next: str | None = Field(description="What `after` has to be for the next page, if any.")


def brief_values(case: Case, day: int) -> Values:
    """Return a review in short."""
    opening = case.opening
    return {
        "case": case.id,
        "version": case.version,
        "enterprise": opening.enterprise,
        "district": opening.district,
        "cause": opening.cause,
        "as_of": time.show(opening.as_of),
        "level": opening.level,
        "level_now": case.level,
        "state": case.state.value,
        "opened": _moment(case.events[0].at),
        "taken_by": case.taken_by,
        "due": _day(case.due),
        "due_expected": case.expected,
        "overdue": case.is_overdue(day),
    }


def review_values(case: Case, day: int, allowed: Collection[Act]) -> Values:
    """Return a review with all that was done to it."""
    return brief_values(case, day) | {
        "change": case.opening.change,
        "since": _day(case.first),
        "until": None if case.first is None else _day(case.until),
        "waits_for_second": case.proposal is not None,
        "allowed": [act.value for act in allowed],
        "events": [_event_values(event) for event in case.events],
    }


def _event_values(event: Event) -> Values:
    said = {name: event.detail.get(name, [] if name in LISTS else None) for name in SAID}
    return {
        "position": event.position,
        "at": _moment(event.at),
        "actor": event.actor,
        "act": event.act.value,
        **said,
        "faults": [{"record": None, **fault} for fault in said["faults"]],
    }


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _day(number: int | None) -> str | None:
    return None if number is None else time.show(number)
