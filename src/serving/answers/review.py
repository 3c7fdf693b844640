"""Reviews: cases as they stand, with all that was done to them, and the queue of them."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from ...grading.reviewing import ReviewEdition
from ...ledger.reviews import Act, Case, Event
from .values import Level, Values

__all__ = [
    "ObjectionAnswer",
    "QueueAnswer",
    "ReviewAnswer",
    "ReviewPolicyAnswer",
    "brief_values",
    "objection_values",
    "review_policy_values",
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
        description="`objection`, `by_hand`, or the line of the review policy that asked for it."
    )
    as_of: date = Field(description="Day of the grade that is reviewed.")
    level: Level = Field(description="The level that counted then.")
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
    by: int | None = Field(description="The review whose level takes the place of this one's.")
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


class ObjectionAnswer(BaseModel):
    """An objection as who objects is told of it: no level, and nobody's name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case": 42,
                    "version": 1,
                    "enterprise": BRIEF["enterprise"],
                    "received": "2026-03-02",
                    "contests": "处罚 2025-0117 已被撤销",
                    "evidence": ["深龙府复〔2026〕9号"],
                    "state": "received",
                    "due": "2026-03-03",
                    "due_expected": False,
                    "extended": False,
                    "outcome": None,
                    "notified": None,
                }
            ]
        }
    )

    case: int
    version: int = Field(description="Give it in If-Match to withdraw it.")
    enterprise: str
    received: date
    contests: str
    evidence: list[str]
    state: Literal["received", "accepted", "declined", "decided", "withdrawn"]
    due: date | None = Field(description="By when the next step has to be taken.")
    due_expected: bool
    extended: bool
    outcome: Literal["upheld", "partly", "rejected"] | None
    notified: date | None = Field(description="When the enterprise was told.")


class TriggerAnswer(BaseModel):
    """Which changes of level open a review."""

    id: str
    zh: str
    en: str
    to: list[Level]
    direction: Literal["worse", "better", "any"]
    steps: int
    share: float
    days: int = Field(description="Working days.")


class ReasonCodeAnswer(BaseModel):
    """What decisions are put down to."""

    id: str
    zh: str
    en: str
    decisions: list[str]


class ReviewPolicyAnswer(BaseModel):
    """The review policy in force: what is reviewed, by when, and by how many people."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "policy": "default design-1",
                    "most_days": 180,
                    "clocks": {"review": 10, "accept": 1, "decide": 2, "extend": 3, "notify": 2},
                    "second": {"confirm": ["D", "E"], "send_back": []},
                    "triggers": [
                        {
                            "id": "to_high_risk",
                            "zh": "等级变为D",
                            "en": "the level became D",
                            "to": ["D"],
                            "direction": "worse",
                            "steps": 1,
                            "share": 1.0,
                            "days": 10,
                        }
                    ],
                    "reasons": [
                        {
                            "id": "put_right",
                            "zh": "问题已整改核实",
                            "en": "what was found is put right, and was verified",
                            "decisions": ["override"],
                        }
                    ],
                }
            ]
        }
    )

    policy: str
    most_days: int = Field(description="For how long a level that people set counts at most.")
    clocks: dict[str, int] = Field(description="Working days.")
    second: dict[str, list[Level]] = Field(
        description="Levels, before or after, at which a second person has to agree."
    )
    triggers: list[TriggerAnswer]
    reasons: list[ReasonCodeAnswer]


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


def objection_values(case: Case) -> Values:
    """Return an objection as who objects is told of it."""
    said = case.events[0].detail
    told = [event for event in case.events if event.act is Act.NOTIFY]
    decision = None if case.decision is None else case.decision.detail.get("outcome")
    return {
        "case": case.id,
        "version": case.version,
        "enterprise": case.opening.enterprise,
        "received": said["received"],
        "contests": said["contests"],
        "evidence": said.get("evidence", []),
        "state": _stage(case),
        "due": _day(case.due),
        "due_expected": case.expected,
        "extended": case.did(Act.EXTEND),
        "outcome": decision,
        "notified": _day(time.day_of(told[0].at)) if told else None,
    }


def review_policy_values(name: str, edition: ReviewEdition) -> Values:
    """Return an edition of a review policy."""
    return {
        "policy": f"{name} {edition.version}",
        "most_days": edition.most_days,
        "clocks": dict(edition.clocks),
        "second": {what: _levels(levels) for what, levels in edition.second.items()},
        "triggers": [
            {
                "id": each.id,
                "zh": each.zh,
                "en": each.en,
                "to": _levels(each.to),
                "direction": each.direction,
                "steps": each.steps,
                "share": each.share,
                "days": each.days,
            }
            for each in edition.triggers
        ],
        "reasons": [
            {"id": each.id, "zh": each.zh, "en": each.en, "decisions": sorted(each.decisions)}
            for each in edition.reasons.values()
        ],
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


def _stage(case: Case) -> str:
    state = case.state.value
    if state in {"received", "declined", "withdrawn"}:
        return state
    return "accepted" if case.decision is None else "decided"


def _levels(levels: Collection[int]) -> Sequence[str]:
    return [str(level) for level in sorted(levels)]


def _moment(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def _day(number: int | None) -> str | None:
    return None if number is None else time.show(number)
