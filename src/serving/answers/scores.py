"""Scores: grades of many enterprises, or why some of them have none."""

from datetime import date

from pydantic import BaseModel, ConfigDict

from .grade import GRADE, GradeAnswer
from .problem import Fault

__all__ = ["Score", "ScoresAnswer"]


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
