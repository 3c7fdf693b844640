"""Scores: grades of many enterprises, or why some of them have none."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .grade import GRADE, GradeAnswer
from .problem import Fault
from .values import Level

__all__ = ["Score", "ScoredRowAnswer", "ScoresAnswer"]

ROW: dict[str, JsonValue] = {
    "enterprise": GRADE["enterprise"],
    "as_of": "2026-03-01",
    "level": "C",
    "national_class": "C",
    "model_level": "B",
    "card_level": None,
    "previous": "B",
    "probability": 0.0731,
    "lower": 0.0522,
    "upper": 0.1014,
    "margin": 0.31,
    "rules": "abnormal_operation",
    "bundle": GRADE["bundle"],
    "sequence": 12,
    "error": None,
    "detail": None,
}


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


class ScoredRowAnswer(BaseModel):
    """A row of a file that was graded: its fields are the columns of the file that is answered."""

    model_config = ConfigDict(json_schema_extra={"examples": [ROW]})

    enterprise: str
    as_of: date
    level: Level | None = Field(description="Null where there is no grade; `error` says why.")
    national_class: str | None
    model_level: Level | None
    card_level: Level | None
    previous: Level | None
    probability: float | None
    lower: float | None
    upper: float | None
    margin: float | None
    rules: str | None = Field(description="Ids of the statutory rules that were met.")
    bundle: str | None
    sequence: int | None
    error: str | None = Field(description="Type of the problem, where there is no grade.")
    detail: str | None
