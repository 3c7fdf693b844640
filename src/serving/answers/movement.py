"""Movements: why a grade moved, in parts that sum to the difference."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from .grade import GRADE, GradeAnswer, grade_values
from .override import NOTHING, People
from .values import Language, Level, Values, in_language

if TYPE_CHECKING:
    from ...explaining import Movement

__all__ = [
    "MOVED",
    "MovedAnswer",
    "MovementAnswer",
    "PartAnswer",
    "moved_values",
    "movement_values",
]

BEFORE: dict[str, JsonValue] = {
    **GRADE,
    "as_of": "2026-02-01",
    "level": "A",
    "national_class": "A",
    "rules": [],
    "sequence": 41,
    "run": 12,
}
SENTENCE = "1 new record: the level rose by 2 steps; the log-odds rose by 0.00."
MOVED: dict[str, JsonValue] = {
    "before": BEFORE,
    "after": GRADE,
    "levels": ["A", "C"],
    "log_odds": [-2.051, -2.051],
    "parts": [
        {
            "cause": "rules",
            "log_odds": 0.0,
            "steps": 2.0,
            "sentence": SENTENCE,
            "records": [],
            "changes": [],
        },
    ],
}


class ChangedAnswer(BaseModel):
    """What a cause did to an indicator."""

    id: str
    was: float | None = Field(description="Before, of all causes; null where it does not apply.")
    now: float | None = Field(description="After all causes.")
    by: float | None = Field(
        description="What this cause did itself; null where that is no number of its own."
    )
    alone: bool = Field(description="Whether no other cause moved it.")
    sentence: str


class PartAnswer(BaseModel):
    """What one thing that changed did; its Shapley value, so that no order of changes matters."""

    cause: str = Field(
        description="`new_records`, `withdrawn_records` and the like, `aged_out`, `time`, "
        "`others`, `model` or `calibration`, `policy`, `rules`, `card`, `hysteresis`, `override`, "
        "`downgrade_warning`."
    )
    log_odds: float = Field(description="Its part of the change of the log-odds of a violation.")
    steps: float = Field(description="Its part of the change of the level, in steps towards E.")
    sentence: str
    records: list[str] = Field(description="Numbers of the records of which something was told.")
    changes: list[ChangedAnswer] = Field(description="What it did to each indicator that it moved.")


class MovedAnswer(BaseModel):
    """Two grades, and what leads from one to the other."""

    before: GradeAnswer
    after: GradeAnswer
    levels: tuple[Level, Level] = Field(description="The levels that counted.")
    log_odds: tuple[float, float] = Field(description="Of a violation, before and after.")
    parts: list[PartAnswer] = Field(
        description="The strongest first; they sum to the differences of levels and log-odds."
    )


class MovementAnswer(MovedAnswer):
    """Why a grade moved between two days.

    `before` is the grade in force on the first day, as the run gave it that `before.run` names,
    from what was known then. Where no run had given one, the enterprise is graded as of that day by
    what is known now.
    """

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    **MOVED,
                    "language": "en",
                    "enterprise": GRADE["enterprise"],
                    "since": "2026-02-01",
                    "as_of": GRADE["as_of"],
                }
            ]
        }
    )

    language: Language
    enterprise: str
    since: date
    as_of: date


def moved_values(
    movement: Movement,
    enterprise: str,
    sequences: tuple[int, int],
    runs: tuple[int | None, int | None],
    language: Language,
    people: tuple[People, People] = (NOTHING, NOTHING),
) -> Values:
    """Return what moved between two grades, each with its delivery and run, in one language."""
    values = movement.to_dict()
    grades = zip((movement.before, movement.after), sequences, runs, people, strict=True)
    before, after = (
        grade_values(grade, enterprise, sequence, run, each)
        for grade, sequence, run, each in grades
    )
    return {
        "before": before,
        "after": after,
        "levels": values["levels"],
        "log_odds": values["log_odds"],
        "parts": [
            in_language(each, language, "sentence")
            | {"changes": [in_language(one, language, "sentence") for one in each["changes"]]}
            for each in values["parts"]
        ],
    }


def movement_values(moved: Values, enterprise: str, since: int, language: Language) -> Values:
    """Return why a grade moved since a day."""
    return moved | {
        "language": language,
        "enterprise": enterprise,
        "since": time.show(since),
        "as_of": moved["after"]["as_of"],
    }
