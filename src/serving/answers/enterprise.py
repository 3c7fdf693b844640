"""Enterprises: those that were searched for, and what is registered of one."""

from __future__ import annotations

from datetime import date
from functools import cache
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from .grade import GRADE
from .values import Level, Values

if TYPE_CHECKING:
    from ...archive.directory import Listed

__all__ = [
    "EnterpriseAnswer",
    "EnterprisesAnswer",
    "LicenceAnswer",
    "ProfileAnswer",
    "TermAnswer",
    "category_values",
    "listed_values",
    "term_values",
    "terms_of",
]

FUTIAN: dict[str, JsonValue] = {"code": "440304", "zh": "福田区", "en": "Futian"}
CATEGORY: dict[str, JsonValue] = {"code": "2401", "zh": "糕点", "en": "Pastry"}
HIT: dict[str, JsonValue] = {
    "enterprise": GRADE["enterprise"],
    "name": "信衡市福田区禾沐食品有限公司",
    "district": FUTIAN,
    "categories": [CATEGORY],
    "level": "C",
    "moved": "2026-03-01",
}
LICENCE: dict[str, JsonValue] = {
    "licence": "SC12444030000001",
    "type": "sc",
    "categories": [CATEGORY],
    "valid_from": "2024-05-10",
    "valid_to": "2029-05-09",
    "state": "stands",
}


class TermAnswer(BaseModel):
    """A code with its names; a text of a source that no table of codes has stands for itself."""

    code: str
    zh: str
    en: str | None = Field(description="Null where no table of codes has it.")


class EnterpriseAnswer(BaseModel):
    """An enterprise as it is listed."""

    enterprise: str = Field(description="Its identifier, by which everything of it is asked.")
    name: str | None = Field(description="Registered name; null where nobody told it.")
    district: TermAnswer | None
    categories: list[TermAnswer] = Field(
        description="Its line of business, and the food categories it has or had a licence for."
    )
    level: Level | None = Field(
        description="Level in force after the newest run; null where none was given, or where "
        "the caller may not read grades."
    )
    moved: date | None = Field(
        description="Day of the run that changed the level last; null where none has."
    )


class EnterprisesAnswer(BaseModel):
    """A page of the enterprises that were searched for."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"run": 17, "total": 1, "enterprises": [HIT], "next": None}]
        }
    )

    run: int | None = Field(description="The run after which levels are told; null without them.")
    total: int | None = Field(
        description="How many there are on all pages; null where it takes too long to count them."
    )
    enterprises: list[EnterpriseAnswer]
    next: int | None = Field(
        description="What `after` has to be for the page that follows; null on the last."
    )


class LicenceAnswer(BaseModel):
    """A licence with the food categories that it is for."""

    licence: str
    type: str = Field(description="Kind of licence, as its source calls it.")
    categories: list[TermAnswer]
    valid_from: date
    valid_to: date | None
    state: str = Field(description="`stands`, `ended`, `repaired` or `withdrawn`.")


class ProfileAnswer(BaseModel):
    """What is registered of an enterprise, as of a day."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "enterprise": GRADE["enterprise"],
                    "as_of": "2026-03-01",
                    "known_since": "2015-06-02",
                    "name": HIT["name"],
                    "former_names": ["信衡市禾沐食品厂"],
                    "address": "信衡市福田区芳瑞路8号101",
                    "status": {"code": "operating", "zh": "存续", "en": "operating"},
                    "established_on": "2015-06-01",
                    "district": FUTIAN,
                    "categories": [CATEGORY],
                    "licences": [LICENCE],
                    "sequence": 42,
                }
            ]
        }
    )

    enterprise: str
    as_of: date
    known_since: date = Field(description="Day on which the first record of it was available.")
    name: str | None
    former_names: list[str] = Field(description="Names it had before, the latest first.")
    address: str | None = Field(description="Registered address.")
    status: TermAnswer | None = Field(description="Operating status.")
    established_on: date | None
    district: TermAnswer | None
    categories: list[TermAnswer] = Field(
        description="Its line of business, and the food categories it is licensed for on the day."
    )
    licences: list[LicenceAnswer] = Field(description="The licences that it has or had.")
    sequence: int = Field(description="The last delivery that was seen.")


def listed_values(listed: Listed, level: str | None, moved: str | None) -> Values:
    """Return an enterprise as it is listed."""
    terms = [listed.business, *listed.categories] if listed.business else listed.categories
    district = listed.district
    return {
        "enterprise": listed.enterprise,
        "name": listed.name,
        "district": None if district is None else term_values("district", district),
        "categories": [category_values(each) for each in terms],
        "level": level,
        "moved": moved,
    }


def term_values(table: str, text: str) -> Values:
    """Return a code of a table, or the Chinese name of one, with its names."""
    return terms_of(table).get(text) or {"code": text, "zh": text, "en": None}


def category_values(text: str) -> Values:
    """Return a food category or a line of business with its names."""
    return terms_of("food_category").get(text) or term_values("line_of_business", text)


@cache
def terms_of(table: str) -> dict[str, Values]:
    """Return the codes of a table with their names, by code and by Chinese name."""
    from ...core.codes import CodeTable

    rows = CodeTable.load(table).table.select(["code", "zh", "en"]).to_pylist()
    named = [{key: row[key] or row["code"] for key in ("code", "zh", "en")} for row in rows]
    return {row["zh"]: row for row in named} | {row["code"]: row for row in named}
