"""Overrides: what is set beside a grade, by people and by warnings, and whether it is contested."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, Field, JsonValue

from .values import Level

if TYPE_CHECKING:
    from ...explaining import DowngradeWarning, Override

__all__ = ["NOTHING", "OVERRIDE", "OverrideAnswer", "People", "WarningAnswer"]

OVERRIDE: dict[str, JsonValue] = {
    "level": "B",
    "by": "li",
    "second": "wang",
    "reason": "整改已现场核实",
    "basis": "食品安全法 §109",
    "since": "2026-02-11",
    "until": "2026-05-11",
    "case": 41,
}


class OverrideAnswer(BaseModel):
    """A level that people set in place of the grade, who, why, and until when."""

    level: Level
    by: str = Field(description="Who decided.")
    second: str | None = Field(description="Who agreed; null where nobody had to.")
    reason: str
    basis: str = Field(description="The law that it rests on.")
    since: date = Field(description="The first day as of which it counts.")
    until: date = Field(description="The last.")
    case: int = Field(description="Number of the review.")


class WarningAnswer(BaseModel):
    """A downgrade warning 信用降级警示 that was served: the level is at least as bad as its own."""

    case: int = Field(description="Number of the warning.")
    level: Level
    basis: str = Field(description="The law that it rests on.")
    since: date = Field(description="The first day as of which it counts.")
    until: date = Field(description="The last.")


@dataclass(frozen=True, slots=True)
class People:
    """What people did to a grade.

    Parameters
    ----------
    override
        The level that they set, where one counts.
    contested
        Whether an objection of the enterprise is not decided yet.
    warning
        The downgrade warning in force, where there is one.
    """

    override: Override | None = None
    contested: bool = False
    warning: DowngradeWarning | None = None


NOTHING = People()
