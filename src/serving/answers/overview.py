"""The overview: how many enterprises stand at which level, where, and who moved."""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from .enterprise import FUTIAN, TermAnswer
from .values import Level

__all__ = ["OverviewAnswer"]

LEVELS: dict[str, Any] = {"A+": 20, "A": 40, "B": 80, "C": 40, "D": 15, "E": 5}
EXAMPLE: dict[str, Any] = {
    "run": 11,
    "as_of": "2026-03-01",
    "since": "2026-01-30",
    "enterprises": 210,
    "ungraded": 10,
    "levels": [
        {"level": level, "enterprises": count, "before": count} for level, count in LEVELS.items()
    ],
    "districts": [{"term": FUTIAN, "enterprises": 210, "levels": LEVELS}],
    "businesses": [
        {
            "term": {"code": "canteen", "zh": "单位食堂", "en": "Canteen"},
            "enterprises": 210,
            "levels": LEVELS,
        }
    ],
    "moves": [{"level_before": "B", "level": "C", "enterprises": 2}],
    "newest": {"better": 0, "worse": 2},
}


class LevelCountAnswer(BaseModel):
    """How many enterprises have a level now, and how many had it at `since`."""

    level: Level
    enterprises: int
    before: int


class GroupCountAnswer(BaseModel):
    """How many enterprises a group has, and how many of them stand at each level."""

    term: TermAnswer | None = Field(description="The group; null for those of which none is told.")
    enterprises: int
    levels: dict[str, int] = Field(description="By level; who has none yet is not counted.")


class MoveCountAnswer(BaseModel):
    """How many changes led from one level to another since `since`."""

    level_before: Level
    level: Level
    enterprises: int


class NewestAnswer(BaseModel):
    """How many the newest run moved, to better and to worse levels."""

    better: int
    worse: int


class OverviewAnswer(BaseModel):
    """The enterprises within reach, counted: as the directory has them, after the newest run."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    run: int | None = Field(description="The newest run; null where there was none.")
    as_of: date | None = Field(description="Its day.")
    since: date | None = Field(description="The day from which on moves are counted.")
    enterprises: int = Field(description="All that are known.")
    ungraded: int = Field(description="Those of them that no run gave a level.")
    levels: list[LevelCountAnswer]
    districts: list[GroupCountAnswer]
    businesses: list[GroupCountAnswer]
    moves: list[MoveCountAnswer]
    newest: NewestAnswer
