"""Objections: what an enterprise that contests its grade is told of it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from ...core import time
from .grade import GRADE
from .values import Values

if TYPE_CHECKING:
    from ...ledger.reviews import Case

__all__ = ["ObjectionAnswer", "objection_values"]


class ObjectionAnswer(BaseModel):
    """An objection as who objects is told of it: no level, and nobody's name."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "case": 42,
                    "version": 1,
                    "enterprise": GRADE["enterprise"],
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


def objection_values(case: Case) -> Values:
    """Return an objection as who objects is told of it."""
    from ...ledger.reviews import Act

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


def _stage(case: Case) -> str:
    state = case.state.value
    if state in {"received", "declined", "withdrawn"}:
        return state
    return "accepted" if case.decision is None else "decided"


def _day(number: int | None) -> str | None:
    return None if number is None else time.show(number)
