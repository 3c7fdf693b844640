"""Grades: the level of one enterprise, and those that runs gave it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from .override import NOTHING, OverrideAnswer, People, WarningAnswer
from .values import Level, Probability, Values

if TYPE_CHECKING:
    from ...grading import Grade
    from ...ledger import Run

__all__ = [
    "GRADE",
    "DistanceAnswer",
    "GivenAnswer",
    "GradeAnswer",
    "GradesAnswer",
    "RuleAnswer",
    "RunAnswer",
    "given_values",
    "grade_values",
    "run_values",
]

RULE: dict[str, JsonValue] = {
    "id": "abnormal_operation",
    "zh": "列入经营异常名录",
    "en": "on the list of abnormal operations",
    "basis": "企业信息公示暂行条例 §17",
    "effect": "at least C",
    "alone": "C",
}
GRADE: dict[str, JsonValue] = {
    "enterprise": "91440300MA5XNG010A",
    "as_of": "2026-03-01",
    "level": "C",
    "given_level": "C",
    "national_class": "C",
    "model_level": "A",
    "card_level": None,
    "previous": None,
    "probability": 0.114,
    "interval": [0.087, 0.148],
    "margin": -2.05,
    "better": {"level": "A+", "cut": -2.944, "margin": 0.894, "probability": 0.05},
    "worse": {"level": "B", "cut": -1.735, "margin": 0.315, "probability": 0.15},
    "rules": [RULE],
    "override": None,
    "warning": None,
    "contested": False,
    "policy": "default design-1",
    "bundle": "9f2c61e0f4a34b6a5b1de0c5a8efb8a1d1c4f0e5b7a96d3e2c1f0a9b8c7d6e5f",
    "sequence": 42,
    "run": 17,
}
RUN: dict[str, JsonValue] = {
    "id": 17,
    "as_of": "2026-03-01",
    "at": "2026-03-01T20:00:07Z",
    "reason": "monthly",
    "everybody": True,
    "sequence": 42,
    "bundle": GRADE["bundle"],
    "policy": "default design-1",
}
GIVEN: dict[str, JsonValue] = {
    "run": RUN,
    "level": "C",
    "level_before": "A",
    "causes": ["rule_met"],
    "model_level": "A",
    "card_level": None,
    "previous": "A",
    "probability": 0.114,
    "interval": [0.087, 0.148],
    "margin": -2.05,
    "rules": ["abnormal_operation"],
    "override": None,
    "warning": None,
}


class DistanceAnswer(BaseModel):
    """How far the margin is from another level of the model."""

    level: Level
    cut: float = Field(description="Margin at which the worse of the two levels starts.")
    margin: float = Field(description="The way to that cut point, never negative.")
    probability: Probability = Field(description="Probability at that cut point.")


class RuleAnswer(BaseModel):
    """A statutory rule that applied; rules only raise the risk."""

    id: str
    zh: str
    en: str
    basis: str = Field(description="The article that the rule rests on.")
    effect: str = Field(description="What policy lets it do to the level.")
    alone: Level = Field(description="The level that this rule alone would give.")


class GradeAnswer(BaseModel):
    """The grade of one enterprise as of the start of a day in Shanghai."""

    model_config = ConfigDict(json_schema_extra={"examples": [GRADE]})

    enterprise: str = Field(description="Identifier, as it was asked for.")
    as_of: date = Field(description="Only what was available before this day counts.")
    level: Level = Field(description="The level that counts.")
    given_level: Level = Field(
        description="The level by model, score card and rules, whatever people set."
    )
    national_class: Literal["A", "B", "C", "D"] = Field(
        description="Class of the national frame (国市监信发〔2022〕6号)."
    )
    model_level: Level = Field(description="The level by the model's probability alone.")
    card_level: Level | None = Field(description="The level of the score card, if it took part.")
    previous: Level | None = Field(description="The previous level, if hysteresis took part.")
    probability: Probability = Field(description="Of a violation within the horizon.")
    interval: tuple[Probability, Probability] = Field(description="Its 95 % interval.")
    margin: float = Field(description="Log-odds of the model, before calibration.")
    better: DistanceAnswer | None = Field(description="The way to the next better level.")
    worse: DistanceAnswer | None = Field(description="The way to the next worse level.")
    rules: list[RuleAnswer] = Field(description="Statutory rules that applied.")
    override: OverrideAnswer | None = Field(
        description="What people set in its place; where law asks for a worse level, that counts."
    )
    warning: WarningAnswer | None = Field(
        description="The downgrade warning in force; the level is at least as bad as its own, "
        "whatever people set."
    )
    contested: bool = Field(
        description="Whether an objection of the enterprise 异议 is not decided yet."
    )
    policy: str = Field(description="Name and version of the policy.")
    bundle: str = Field(description="Digest of the model's bundle.")
    sequence: int = Field(description="Newest delivery of records that was seen.")
    run: int | None = Field(
        description="Number of the run that gave this very grade; null where none did, such as "
        "between two runs."
    )


class RunAnswer(BaseModel):
    """A run of grades: as of which day, when and why it was made, and from what."""

    id: int
    as_of: date
    at: datetime = Field(description="When it was made.")
    reason: str = Field(description="`start`, `monthly`, or the named events that led to it.")
    everybody: bool = Field(description="Whether it graded all, not only those of an event.")
    sequence: int = Field(description="Newest delivery of records that it saw.")
    bundle: str = Field(description="Digest of the model's bundle.")
    policy: str = Field(description="Name and version of the policy.")


class GivenAnswer(BaseModel):
    """A grade that a run gave."""

    run: RunAnswer
    level: Level
    level_before: Level | None = Field(description="The level before; null for the first grade.")
    causes: list[str] = Field(
        description="What changed the level; put exactly these back, and it is the one before. "
        "None where it did not change, and `first` where there was none before."
    )
    model_level: Level
    card_level: Level | None
    previous: Level | None = Field(description="The model's level that hysteresis started from.")
    probability: Probability
    interval: tuple[Probability, Probability]
    margin: float
    rules: list[str] = Field(description="Statutory rules that applied.")
    override: Level | None = Field(description="The level that people had set, if they had.")
    warning: Level | None = Field(description="That of the downgrade warning, if one counted.")


class GradesAnswer(BaseModel):
    """Grades that runs gave an enterprise, oldest first, a page of them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"enterprise": GRADE["enterprise"], "grades": [GIVEN], "next": None}]
        }
    )

    enterprise: str
    grades: list[GivenAnswer]
    next: int | None = Field(description="What `after` has to be for the next page, if any.")


def grade_values(
    grade: Grade, enterprise: str, sequence: int, run: int | None, people: People = NOTHING
) -> Values:
    """Return the grade of the enterprise that was asked for by this identifier.

    Parameters
    ----------
    grade
        As model, score card and rules give it.
    enterprise, sequence, run
        As asked for, the delivery, and the run that gave it.
    people
        What people did to it.
    """
    from ...explaining import level_of

    override, warning = people.override, people.warning
    level = level_of(grade, override, warning)
    return grade.to_dict() | {
        "enterprise": enterprise,
        "level": str(level),
        "given_level": str(grade.level),
        "national_class": level.national,
        "override": None if override is None else override.to_dict(),
        "warning": None if warning is None else warning.to_dict(),
        "contested": people.contested,
        "sequence": sequence,
        "run": run,
    }


def run_values(run: Run) -> Values:
    """Return a run."""
    return {
        "id": run.id,
        "as_of": time.show(run.as_of),
        "at": run.at.isoformat().replace("+00:00", "Z"),
        "reason": run.reason,
        "everybody": run.everybody,
        "sequence": run.sequence,
        "bundle": run.bundle,
        "policy": run.policy,
    }


def given_values(run: Run, row: Mapping[str, Any]) -> Values:
    """Return a grade that a run gave, from how it is kept."""
    names = ("level", "level_before", "model_level", "card_level", "previous")
    return {
        "run": run_values(run),
        **{name: row[name] for name in names},
        "causes": (row["cause"] or "").split(),
        "probability": row["probability"],
        "interval": [row["lower"], row["upper"]],
        "margin": row["margin"],
        "rules": (row["rules"] or "").split(),
        "override": row.get("override"),
        "warning": row.get("warning"),
    }
