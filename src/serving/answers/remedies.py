"""Remedies: what an enterprise can do for a better level, and when it comes."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...explaining import Remedies
from .grade import GRADE
from .values import Language, Level, Probability, Values, in_language

__all__ = ["OutcomeAnswer", "RemediesAnswer", "StepAnswer", "remedies_values"]

STEP: dict[str, JsonValue] = {
    "action": "leave_abnormal_list",
    "name": "put right what led to the list of abnormal operations and apply to be removed",
    "basis": "国市监信规〔2021〕3号",
    "record": "3182740918273645",
    "done": "2026-03-10",
    "estimated": False,
    "deadlines": [],
}


class StepAnswer(BaseModel):
    """An action on one record."""

    action: str
    name: str
    basis: str = Field(description="The article that the action rests on.")
    record: str | None = Field(description="The record it is about; null for one that is added.")
    done: date = Field(description="The day on which it is done at the earliest.")
    estimated: bool = Field(description="Whether holidays not announced yet could put it off.")
    deadlines: list[date] = Field(description="Of what is filed, the last days it was due.")


class OutcomeAnswer(BaseModel):
    """What some steps lead to; no steps are to wait."""

    steps: list[StepAnswer] = Field(description="In the order in which they are done.")
    day: date = Field(description="The day as of which the level is given.")
    level: Level
    probability: Probability


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
                        {"steps": [STEP], "day": "2026-03-11", "level": "A", "probability": 0.114}
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
