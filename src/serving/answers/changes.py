"""Changes: levels that changed, in the order in which runs changed them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from .grade import GRADE
from .values import Level, Values

if TYPE_CHECKING:
    from ...ledger import Change

__all__ = ["ChangeAnswer", "ChangesAnswer", "change_values"]

CHANGE: dict[str, JsonValue] = {
    "id": 252809,
    "enterprise": GRADE["enterprise"],
    "run": 17,
    "as_of": GRADE["as_of"],
    "level": "C",
    "level_before": "A",
    "causes": ["rule_met"],
    "detail": {"rule_met": ["abnormal_operation"]},
}


class ChangeAnswer(BaseModel):
    """A level that a run changed, or that posted records will change on the next day."""

    id: int = Field(description="Its number, which rises.")
    enterprise: str
    run: int | None = Field(
        description="The run; null where records were posted and no run has been since: then the "
        "levels are those as of the next day with and without them, and that day has not begun."
    )
    as_of: date
    level: Level
    level_before: Level
    causes: list[str] = Field(
        description="What changed it; put exactly these back, and it is the level before."
    )
    detail: dict[str, JsonValue] = Field(
        description="What is known of them, such as the rules met and the indicators moved."
    )


class ChangesAnswer(BaseModel):
    """Levels that changed after a cursor, a page of them; each change comes once and in order."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"changes": [CHANGE], "next": 252809, "more": False}]}
    )

    changes: list[ChangeAnswer]
    next: int = Field(description="What `after` has to be for what comes next, now or later.")
    more: bool = Field(description="Whether something comes next already.")


def change_values(change: Change) -> Values:
    """Return a change."""
    return {
        "id": change.id,
        "enterprise": change.enterprise,
        "run": change.run,
        "as_of": time.show(change.as_of),
        "level": change.level,
        "level_before": change.previous,
        "causes": change.cause.split(),
        "detail": change.detail,
    }
