"""Remedies: what an enterprise can do for a better level, and when it comes."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .grade import GRADE
from .values import Language, Level, Probability, Values, in_language

if TYPE_CHECKING:
    from ...explaining import Remedies

__all__ = ["AboutAnswer", "OutcomeAnswer", "RemediesAnswer", "StepAnswer", "remedies_values"]

STEP: dict[str, JsonValue] = {
    "action": "leave_abnormal_list",
    "name": "put right what led to the list of abnormal operations and apply to be removed",
    "basis": "国市监信规〔2021〕3号",
    "record": "3182740918273645",
    "about": {
        "kind": "list_entry",
        "code": "abnormal.address",
        "occurred": "2025-11-12",
        "number": "2025-0117",
        "others": 0,
    },
    "start": "2026-03-01",
    "done": "2026-03-10",
    "estimated": False,
    "deadlines": [],
}


class AboutAnswer(BaseModel):
    """The record that a step is about."""

    kind: str
    code: str
    occurred: date
    number: str | None = Field(description="What its department calls it, where that is known.")
    others: int = Field(
        description="Further records of the same case, which the step is about too."
    )


class StepAnswer(BaseModel):
    """An action on one record."""

    action: str
    name: str
    basis: str = Field(description="The article that the action rests on.")
    record: str | None = Field(description="The record it is about; null for one that is added.")
    about: AboutAnswer | None = Field(description="That record; null for one that is added.")
    start: date = Field(description="From when on it can be begun or applied for.")
    done: date = Field(description="The day by which it is done or decided, if begun then.")
    estimated: bool = Field(description="Whether holidays not announced yet could put it off.")
    deadlines: list[date] = Field(description="Of what is filed, the last days it was due.")


class OutcomeAnswer(BaseModel):
    """What some steps lead to; no steps are to wait."""

    steps: list[StepAnswer] = Field(description="In the order in which they are done.")
    day: date = Field(description="The day as of which the level is given.")
    level: Level
    probability: Probability
    until: date | None = Field(
        description="From when on the level is worse again, if nothing else is told; null if never "
        "within the days that were tried."
    )


class RemediesAnswer(BaseModel):
    """What leads to a better level: no smaller set of these steps does, and none sooner."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "enterprise": GRADE["enterprise"],
                    "as_of": GRADE["as_of"],
                    "level": "C",
                    "steps": [STEP],
                    "refused": [],
                    "outcomes": [
                        {
                            "steps": [STEP],
                            "day": "2026-03-11",
                            "level": "A",
                            "probability": 0.114,
                            "until": None,
                        }
                    ],
                    "left_out": 0,
                    "bundle": GRADE["bundle"],
                    "sequence": 42,
                }
            ]
        }
    )

    language: Language
    enterprise: str
    as_of: date
    level: Level = Field(description="The level as of the day.")
    steps: list[StepAnswer] = Field(description="All that could be done.")
    refused: list[StepAnswer] = Field(
        description="Those of them that would move an indicator against its direction."
    )
    outcomes: list[OutcomeAnswer] = Field(
        description="The best level first, then the fewest steps, then the earliest day."
    )
    left_out: int = Field(description="Steps that do less than others, and were not tried.")
    bundle: str
    sequence: int


def remedies_values(found: Remedies, language: Language) -> Values:
    """Return remedies in one language."""
    values = found.to_dict()

    def steps(some: list[Values]) -> list[Values]:
        return [in_language(each, language, "name") for each in some]

    return values | {
        "language": language,
        "steps": steps(values["steps"]),
        "refused": steps(values["refused"]),
        "outcomes": [each | {"steps": steps(each["steps"])} for each in values["outcomes"]],
    }
