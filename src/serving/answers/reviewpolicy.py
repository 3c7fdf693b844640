"""The review policy: what is reviewed, by when, and by how many people."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from .values import Level, Values

if TYPE_CHECKING:
    from ...grading.reviewing import ReviewEdition

__all__ = ["ReviewPolicyAnswer", "review_policy_values"]


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


def _levels(levels: Collection[int]) -> Sequence[str]:
    return [str(level) for level in sorted(levels)]
