"""Explanations: why an enterprise has its grade, in full and in short."""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from .grade import GRADE, GradeAnswer, grade_values
from .override import NOTHING, OverrideAnswer, People, WarningAnswer
from .record import RECORD, RecordAnswer, record_values
from .values import Language, Level, Values

if TYPE_CHECKING:
    from ...explaining import Explanation, Reason

__all__ = [
    "ExplanationAnswer",
    "ShortExplanationAnswer",
    "explanation_values",
    "short_explanation_values",
]

STRONGEST = 5
SENTENCE = (
    "Market regulators imposed 1 administrative penalty in the last 3 years (not counting warnings "
    "and what was repaired or withdrawn); this raises the risk score by 0.31."
)
NOTE = (
    "Days of publicity and repair are counted from the decision or entry. The law counts from "
    "publication, within 20 working days of the decision, so that they may come that much later."
)


class UsualAnswer(BaseModel):
    """What was usual in a group on which a rate or a median rests."""

    group: str
    outcomes: int
    own: int = Field(description="How many of them are its own.")
    total: float | None = Field(description="Of a rate; null of a median.")
    value: float | None


class MissedAnswer(BaseModel):
    """A deadline that passed without what was due by it."""

    due: date
    share: float
    contribution: float
    against: bool


class ReasonAnswer(BaseModel):
    """What one indicator adds to the margin."""

    id: str
    name: str
    dimension: str
    value: float | None = Field(description="Null where the indicator does not apply.")
    unit: str
    state: Literal["known", "unseen", "missing", "not applicable"]
    contribution: float = Field(description="In log-odds; above zero raises the risk.")
    sentence: str
    records: list[RecordAnswer] | None = Field(
        description="Records behind it; null for weaker reasons, whose records are not looked up."
    )
    missed: list[MissedAnswer] = Field(description="Deadlines that hold a share of it.")
    usual: list[UsualAnswer]


class DimensionAnswer(BaseModel):
    """What the indicators of one dimension add to the margin together."""

    id: str
    name: str
    contribution: float


class DecisiveAnswer(BaseModel):
    """An indicator without which alone the model's level would be another."""

    id: str
    level: Level


class ExplanationAnswer(BaseModel):
    """Why an enterprise has its grade: `base` and all contributions sum to the margin."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "detail": "full",
                    "grade": GRADE,
                    "level": "C",
                    "likely": ["A", "A"],
                    "decisive": [{"id": "PN06", "level": "A+"}],
                    "override": None,
                    "warning": None,
                    "base": -2.364,
                    "reasons": [
                        {
                            "id": "PN06",
                            "name": "Administrative penalties",
                            "dimension": "PN",
                            "value": 1.0,
                            "unit": "",
                            "state": "known",
                            "contribution": 0.314,
                            "sentence": SENTENCE,
                            "records": [RECORD],
                            "missed": [],
                            "usual": [],
                        }
                    ],
                    "dimensions": [{"id": "PN", "name": "Penalties", "contribution": 0.314}],
                    "rule_records": {"abnormal_operation": [{**RECORD, "contribution": 0.0}]},
                    "note": NOTE,
                }
            ]
        }
    )

    language: Language
    detail: Literal["full"]
    grade: GradeAnswer
    likely: tuple[Level, Level] = Field(
        description="Best and worst level that the interval reaches, before rules."
    )
    level: Level = Field(description="The level that counts: what a person set, or the grade's.")
    decisive: list[DecisiveAnswer] = Field(
        description="Indicators without any one of which the model's level would be another."
    )
    override: OverrideAnswer | None = Field(description="What a person set in its place.")
    warning: WarningAnswer | None = Field(description="The downgrade warning in force.")
    base: float = Field(description="Margin expected where nothing is known.")
    reasons: list[ReasonAnswer] = Field(description="Of every indicator, the strongest first.")
    dimensions: list[DimensionAnswer] = Field(description="The strongest first.")
    rule_records: dict[str, list[RecordAnswer]] = Field(description="Records behind each rule.")
    note: str | None = Field(
        description="What has to be known about the days on which records become repairable and "
        "are public no longer; null if no record has one."
    )


class SentenceAnswer(BaseModel):
    """One of the strongest reasons, in a sentence."""

    id: str
    contribution: float = Field(description="In log-odds; above zero raises the risk.")
    sentence: str


class ShortExplanationAnswer(BaseModel):
    """Why an enterprise has its grade, in short: level, distances, and the strongest reasons."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "detail": "short",
                    "grade": GRADE,
                    "level": "C",
                    "likely": ["A", "A"],
                    "sentences": [{"id": "PN06", "contribution": 0.314, "sentence": SENTENCE}],
                }
            ]
        }
    )

    language: Language
    detail: Literal["short"]
    grade: GradeAnswer
    level: Level = Field(description="The level that counts: what a person set, or the grade's.")
    likely: tuple[Level, Level] = Field(
        description="Best and worst level that the interval reaches, before rules."
    )
    sentences: list[SentenceAnswer] = Field(description="Five at most, the strongest first.")


def explanation_values(
    explanation: Explanation,
    enterprise: str,
    sequence: int,
    run: int | None,
    language: Language,
    people: People = NOTHING,
) -> Values:
    """Return the explanation in one language."""
    override, warning, note = explanation.override, explanation.warning, explanation.note
    zh = language == "zh"
    return {
        "language": language,
        "detail": "full",
        "grade": grade_values(explanation.grade, enterprise, sequence, run, people),
        "level": str(explanation.level),
        "likely": [str(level) for level in explanation.likely],
        "decisive": [
            {"id": each.indicator, "level": str(each.level)} for each in explanation.decisive
        ],
        "override": None if override is None else override.to_dict(),
        "warning": None if warning is None else warning.to_dict(),
        "base": explanation.base,
        "reasons": [_reason(explanation, each, language) for each in explanation.reasons],
        "dimensions": [
            {
                "id": each.dimension,
                "name": each.zh if zh else each.en,
                "contribution": each.contribution,
            }
            for each in explanation.dimensions
        ],
        "rule_records": {
            rule: record_values(records) for rule, records in explanation.rule_records.items()
        },
        "note": None if note is None else note[not zh],
    }


def _reason(explanation: Explanation, reason: Reason, language: Language) -> Values:
    indicator = reason.indicator
    zh = language == "zh"
    return {
        "id": indicator.id,
        "name": indicator.zh if zh else indicator.en,
        "dimension": indicator.dimension,
        "value": None if isnan(reason.value) else reason.value,
        "unit": indicator.unit_zh if zh else indicator.unit_en,
        "state": reason.state.value,
        "contribution": reason.contribution,
        "sentence": reason.zh if zh else reason.en,
        "records": record_values(explanation.records.get(indicator.id)),
        "missed": [day.to_dict() for day in explanation.missed.get(indicator.id, ())],
        "usual": [usual.to_dict() for usual in explanation.usual.get(indicator.id, ())],
    }


def short_explanation_values(
    explanation: Explanation,
    enterprise: str,
    sequence: int,
    run: int | None,
    language: Language,
    people: People = NOTHING,
) -> Values:
    """Return the explanation in short, in one language."""
    return {
        "language": language,
        "detail": "short",
        "grade": grade_values(explanation.grade, enterprise, sequence, run, people),
        "level": str(explanation.level),
        "likely": [str(level) for level in explanation.likely],
        "sentences": [
            {
                "id": each.indicator.id,
                "contribution": each.contribution,
                "sentence": each.zh if language == "zh" else each.en,
            }
            for each in explanation.reasons[:STRONGEST]
            if each.contribution
        ],
    }
