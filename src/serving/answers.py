"""Answers of the service: what each of them holds, with an example."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ..explaining import Explanation
from ..grading import Grade
from .problem import Fault

__all__ = ["ExplanationAnswer", "GradeAnswer", "HealthAnswer", "Language", "Score", "ScoresAnswer"]

Language = Literal["zh", "en"]
Level = Annotated[
    Literal["A+", "A", "B", "C", "D", "E"],
    Field(description="Level of credit risk 信用风险等级, from A+ (lowest) to E (highest)."),
]
Probability = Annotated[float, Field(ge=0, le=1)]

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
    "policy": "default design-1",
    "bundle": "9f2c61e0f4a34b6a5b1de0c5a8efb8a1d1c4f0e5b7a96d3e2c1f0a9b8c7d6e5f",
    "sequence": 42,
}
RECORD: dict[str, JsonValue] = {
    "record": "3182740918273645",
    "kind": "penalty",
    "code": "market.food.label",
    "occurred": "2025-12-03",
    "available": "2025-12-10",
    "severity": 2.0,
    "value": 0.5,
    "share": 1.0,
    "contribution": 0.314,
    "ages_out": "2028-12-04",
    "repairable": "2026-12-03",
    "public_until": "2028-12-03",
    "origin": {
        "kind": "penalty",
        "number": "2025-0117",
        "department": "district bureau",
        "sequence": 42,
        "file": "penalties",
        "row": 311,
    },
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
    level: Level
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
    policy: str = Field(description="Name and version of the policy.")
    bundle: str = Field(description="Digest of the model's bundle.")
    sequence: int = Field(description="Newest delivery of records that was seen.")

    @classmethod
    def of(cls, grade: Grade, enterprise: str, sequence: int) -> Self:
        """Return the grade of the enterprise that was asked for by this identifier."""
        values = {**grade.to_dict(), "enterprise": enterprise, "sequence": sequence}
        return cls.model_validate(values)


class OriginAnswer(BaseModel):
    """Where a record is from."""

    kind: str
    number: str = Field(description="What its department calls it.")
    department: str
    sequence: int = Field(description="Number of the delivery.")
    file: str
    row: int = Field(description="Row in that file, as a person would count it.")


class RecordAnswer(BaseModel):
    """A record behind a value."""

    record: str = Field(description="Its number; text, since it exceeds what a double holds.")
    kind: str
    code: str
    occurred: date
    available: date = Field(description="The day from which it could be used.")
    severity: float | None
    value: float | None
    share: float = Field(description="Its part of the indicator's value.")
    contribution: float = Field(description="Its part of the indicator's contribution.")
    ages_out: date | None = Field(description="The first day as of which it counts no longer.")
    repairable: date | None = Field(description="From when on repair or removal can be asked for.")
    public_until: date | None = Field(
        description="The day its publicity ends; small fines end sooner."
    )
    origin: OriginAnswer | None


class UsualAnswer(BaseModel):
    """What was usual in a group on which a rate rests."""

    group: str
    outcomes: int
    total: float
    value: float | None


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


class OverrideAnswer(BaseModel):
    """A level that a person set, and why."""

    level: Level
    by: str
    reason: str
    until: date


class ExplanationAnswer(BaseModel):
    """Why an enterprise has its grade: `base` and all contributions sum to the margin."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "grade": GRADE,
                    "level": "C",
                    "likely": ["A", "A"],
                    "decisive": [{"id": "PN06", "level": "A+"}],
                    "override": None,
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
                            "sentence": "Market regulators imposed 1 administrative penalty in the "
                            "last 3 years (not counting warnings and what was repaired or "
                            "withdrawn); this raises the risk score by 0.31.",
                            "records": [RECORD],
                            "usual": [],
                        }
                    ],
                    "dimensions": [{"id": "PN", "name": "Penalties", "contribution": 0.314}],
                    "rule_records": {"abnormal_operation": [{**RECORD, "contribution": 0.0}]},
                }
            ]
        }
    )

    language: Language
    grade: GradeAnswer
    likely: tuple[Level, Level] = Field(
        description="Best and worst level that the interval reaches, before rules."
    )
    level: Level = Field(description="The level that counts: what a person set, or the grade's.")
    decisive: list[DecisiveAnswer] = Field(
        description="Indicators without any one of which the model's level would be another."
    )
    override: OverrideAnswer | None = Field(description="What a person set in its place.")
    base: float = Field(description="Margin expected where nothing is known.")
    reasons: list[ReasonAnswer] = Field(description="Of every indicator, the strongest first.")
    dimensions: list[DimensionAnswer] = Field(description="The strongest first.")
    rule_records: dict[str, list[RecordAnswer]] = Field(description="Records behind each rule.")

    @classmethod
    def of(
        cls, explanation: Explanation, enterprise: str, sequence: int, language: Language
    ) -> Self:
        """Return the explanation in one language."""
        values = explanation.to_dict()
        return cls.model_validate(
            {
                **values,
                "language": language,
                "grade": GradeAnswer.of(explanation.grade, enterprise, sequence),
                "reasons": [
                    {
                        **each,
                        "name": each[language],
                        "unit": each[f"unit_{language}"],
                        "sentence": each[f"sentence_{language}"],
                        "records": _records(each["records"]),
                    }
                    for each in values["reasons"]
                ],
                "dimensions": [{**each, "name": each[language]} for each in values["dimensions"]],
                "rule_records": {
                    rule: _records(records) for rule, records in values["rule_records"].items()
                },
            }
        )


class Score(BaseModel):
    """What came of one enterprise of a list: either a grade or an error."""

    enterprise: str
    grade: GradeAnswer | None
    error: Fault | None


class ScoresAnswer(BaseModel):
    """Grades of a list of enterprises, in the order in which they were asked for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "as_of": "2026-03-01",
                    "graded": 1,
                    "failed": 1,
                    "scores": [
                        {"enterprise": "91440300MA5XNG010A", "grade": GRADE, "error": None},
                        {
                            "enterprise": "X",
                            "grade": None,
                            "error": {
                                "type": "urn:xinheng:problem:unknown-enterprise",
                                "title": "Unknown enterprise",
                                "status": 404,
                                "detail": "The archive has no record of enterprise 'X'.",
                            },
                        },
                    ],
                }
            ]
        }
    )

    as_of: date
    graded: int
    failed: int
    scores: list[Score]


class HealthAnswer(BaseModel):
    """That the service answers, and what it answers from."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ok",
                    "version": "0.1.0",
                    "bundle": GRADE["bundle"],
                    "sequence": 42,
                }
            ]
        }
    )

    status: Literal["ok"]
    version: str
    bundle: str = Field(description="Digest of the champion's bundle.")
    sequence: int = Field(description="Newest delivery of records that is seen.")


def _records(records: list[dict[str, Any]] | None) -> list[dict[str, Any]] | None:
    if records is None:
        return None
    return [{**each, "record": str(each["record"])} for each in records]
