"""Records: those behind a value, with their clocks and where they are from."""

from __future__ import annotations

from datetime import date
from math import isnan
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from ...core import time
from .grade import GRADE
from .values import Language, Values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...explaining import Explanation, SharedRecord

__all__ = [
    "RECORD",
    "OriginAnswer",
    "RecordAnswer",
    "RecordsAnswer",
    "record_values",
    "records_values",
]

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
    "against": False,
    "ages_out": "2028-12-04",
    "repairable": "2026-12-04",
    "repair_awaits": None,
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
    against: bool = Field(description="Whether it works the other way, and so has no share.")
    ages_out: date | None = Field(description="The first day as of which it counts no longer.")
    repairable: date | None = Field(description="From when on repair or removal can be asked for.")
    repair_awaits: str | None = Field(
        description="What stands in the way of asking, if it ends on no known day."
    )
    public_until: date | None = Field(
        description="The day its publicity ends; small fines end sooner."
    )
    origin: OriginAnswer | None


class BehindAnswer(BaseModel):
    """An indicator that moves the margin, and the records behind its value."""

    id: str
    name: str
    dimension: str
    value: float | None
    unit: str
    contribution: float = Field(description="In log-odds; above zero raises the risk.")
    records: list[RecordAnswer]


class RecordsAnswer(BaseModel):
    """The records behind a grade, by the indicators and the rules that rest on them."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "language": "en",
                    "enterprise": GRADE["enterprise"],
                    "as_of": GRADE["as_of"],
                    "level": "C",
                    "indicators": [
                        {
                            "id": "PN06",
                            "name": "Administrative penalties",
                            "dimension": "PN",
                            "value": 1.0,
                            "unit": "",
                            "contribution": 0.314,
                            "records": [RECORD],
                        }
                    ],
                    "rules": {"abnormal_operation": [{**RECORD, "contribution": 0.0}]},
                    "bundle": GRADE["bundle"],
                    "sequence": 42,
                }
            ]
        }
    )

    language: Language
    enterprise: str
    as_of: date
    level: str
    indicators: list[BehindAnswer] = Field(
        description="Those that move the margin and rest on records, the strongest first."
    )
    rules: dict[str, list[RecordAnswer]] = Field(description="Records behind each rule.")
    bundle: str
    sequence: int


def record_values(records: Iterable[SharedRecord] | None) -> list[Values] | None:
    """Return records with their numbers as text."""
    if records is None:
        return None
    return [each.to_dict() | {"record": str(each.record)} for each in records]


def records_values(
    explanation: Explanation, enterprise: str, sequence: int, language: Language
) -> Values:
    """Return the records of an explanation by the indicators and rules that rest on them."""
    zh = language == "zh"
    return {
        "language": language,
        "enterprise": enterprise,
        "as_of": time.show(explanation.grade.as_of),
        "level": str(explanation.level),
        "indicators": [
            {
                "id": each.indicator.id,
                "dimension": each.indicator.dimension,
                "value": None if isnan(each.value) else each.value,
                "contribution": each.contribution,
                "name": each.indicator.zh if zh else each.indicator.en,
                "unit": each.indicator.unit_zh if zh else each.indicator.unit_en,
                "records": record_values(records),
            }
            for each in explanation.reasons
            if (records := explanation.records.get(each.indicator.id))
        ],
        "rules": {rule: record_values(some) for rule, some in explanation.rule_records.items()},
        "bundle": explanation.grade.bundle,
        "sequence": sequence,
    }
