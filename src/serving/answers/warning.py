"""Warnings of an enterprise: what rules tell of it, and what is to be expected of its level."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from ...core.citations import cited
from .values import Language, Level, Values

if TYPE_CHECKING:
    from ...earlywarning.enterprises.rises import Mover, Rise
    from ...earlywarning.enterprises.warned import Warned

__all__ = ["WarningsAnswer", "rise_values", "warned_values"]

WARNED: dict[str, JsonValue] = {
    "rule": "two_penalties",
    "gravity": "serious",
    "since": "2026-02-20",
    "sentence": "一年内两次食品安全处罚，自 2026-02-20 起；依据 2 条记录。",
    "basis": "食品安全法 §134",
    "records": ["4611686018427387905"],
}
FORECAST: dict[str, JsonValue] = {
    "days": 30,
    "probability": 0.12,
    "interval": [0.09, 0.15],
}
RISE: dict[str, JsonValue] = {
    "since": "2025-12-01",
    "level": "B",
    "before": 0.05,
    "after": 0.09,
    "odds": [1.6, 1.9, 2.2],
    "sentence": "违规概率由 5.0% 升至 9.0%，等级仍为 B；主要来自：投诉。",
    "indicators": [
        {"indicator": "CC05", "name": "投诉", "before": 1.0, "after": 4.0, "log_odds": 0.5}
    ],
}


class WarnedAnswer(BaseModel):
    """What a rule tells of an enterprise."""

    rule: str
    gravity: Literal["notice", "serious", "grave"]
    since: date = Field(description="The day from which on it has been so without a break.")
    sentence: str = Field(description="What happened.")
    basis: str = Field(description="The law that it rests on.")
    records: list[str] = Field(description="Keys of the records behind it, the latest first.")


class ForecastAnswer(BaseModel):
    """How probable it is that the level is worse at some time within so many days."""

    days: int
    probability: float
    interval: tuple[float, float] = Field(description="95 %.")


class RiseIndicatorAnswer(BaseModel):
    """An indicator that moved the risk."""

    indicator: str
    name: str
    before: float | None
    after: float | None
    log_odds: float = Field(description="By how much it moved the margin.")


class RiseAnswer(BaseModel):
    """A rise of the risk that the level hides."""

    since: date
    level: Level = Field(description="On both days.")
    before: float = Field(description="The probability of a violation on the earlier day.")
    after: float
    odds: tuple[float, float, float] = Field(
        description="By what factor the odds rose: low, estimate, high of a 95 % interval."
    )
    sentence: str
    indicators: list[RiseIndicatorAnswer] = Field(description="What did it, the strongest first.")


class WarningsAnswer(BaseModel):
    """What rules tell of an enterprise as of a day, and what is to be expected of its level."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "enterprise": "91440300MA5XNG010A",
                    "as_of": "2026-03-01",
                    "policy": "default design-1",
                    "warnings": [WARNED],
                    "forecast": [FORECAST],
                    "rise": RISE,
                }
            ]
        }
    )

    enterprise: str
    as_of: date
    policy: str = Field(description="Name and edition of the policy of warnings.")
    warnings: list[WarnedAnswer] = Field(description="The gravest first.")
    forecast: list[ForecastAnswer] = Field(
        description="By horizon; empty where no forecast was fitted to the model, the level cannot "
        "be worse, or too little is known."
    )
    rise: RiseAnswer | None = Field(
        description="A rise of the risk within 90 days while the level stayed; null where it did "
        "not rise so much, or no forecast was fitted."
    )


def warned_values(each: Warned, language: Language) -> Values:
    """Return what a rule tells of an enterprise."""
    return {
        "rule": each.rule,
        "gravity": str(each.gravity),
        "since": time.show(each.since),
        "sentence": each.sentence[language],
        "basis": cited(each.basis),
        "records": list(each.records),
    }


def rise_values(rise: Rise, language: Language) -> Values:
    """Return a rise of the risk that the level hides."""
    return {
        "since": time.show(rise.since),
        "level": str(rise.level),
        "before": rise.before,
        "after": rise.after,
        "odds": list(rise.odds),
        "sentence": rise.sentence[language],
        "indicators": [_mover_values(each, language) for each in rise.movers],
    }


def _mover_values(mover: Mover, language: Language) -> Values:
    values = (mover.before, mover.after)
    before, after = (None if value != value else value for value in values)  # noqa: PLR0124 NaN
    return {
        "indicator": mover.indicator,
        "name": mover.zh if language == "zh" else mover.en,
        "before": before,
        "after": after,
        "log_odds": mover.log_odds,
    }
