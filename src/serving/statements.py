"""Statements: what a request says when it does something to a review, or objects."""

from typing import Annotated, Literal
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from ..core.scrub import IDENTITY, PHONE
from .answers.values import Level
from .questions import AsOf, Identifier

__all__ = [
    "DecisionQuestion",
    "NoteQuestion",
    "ObjectionQuestion",
    "ReasonQuestion",
    "ReviewQuestion",
]

LONGEST, LONGEST_REFERENCE, MOST = 2_000, 200, 50
DECISION: dict[str, JsonValue] = {
    "decision": "override",
    "reason_code": "put_right",
    "reason": "整改已现场核实",
    "basis": "食品安全法 §109",
    "level": "B",
    "until": "2026-05-11",
    "records": ["4611686018427387905"],
    "documents": ["深市监食检〔2026〕117号"],
    "faults": [],
    "to": None,
    "outcome": None,
}


def _plain(text: str) -> str:
    text = text.replace("\r\n", "\n")
    if not text.replace("\n", "").replace("\t", "").isprintable():
        raise ValueError("a text has no characters that cannot be printed")
    if not text.strip():
        raise ValueError("a text says something")
    figures = normalize("NFKC", text)
    if IDENTITY.search(figures) or PHONE.search(figures):
        raise ValueError(
            "leave out identity and telephone numbers: name a document that has them instead"
        )
    return text.strip()


Text = Annotated[str, Field(min_length=1, max_length=LONGEST), AfterValidator(_plain)]
Reference = Annotated[
    str, Field(min_length=1, max_length=LONGEST_REFERENCE), AfterValidator(_plain)
]


def _strict(*examples: dict[str, JsonValue]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [*examples]})


class ObjectionQuestion(BaseModel):
    """An objection of an enterprise 异议: no more personal data than the codes of documents."""

    model_config = _strict(
        {
            "enterprise": "91440300MA5XNG010A",
            "received": "2026-03-02",
            "contests": "处罚 2025-0117 已被撤销",
            "evidence": ["深龙府复〔2026〕9号"],
        }
    )

    enterprise: Identifier
    received: AsOf = Field(description="The day on which it arrived, from which its clock runs.")
    contests: Text = Field(description="What of the grade it contests, and why.")
    evidence: list[Reference] = Field(
        max_length=MOST, description="Numbers of the documents that it rests on; no copies."
    )


class ReviewQuestion(BaseModel):
    """A review that a supervisor opens by hand."""

    model_config = _strict({"enterprise": "91440300MA5XNG010A", "reason": "现场检查与等级不符"})

    enterprise: Identifier
    reason: Text


class NoteQuestion(BaseModel):
    """An act that needs no reason; one may be given."""

    model_config = _strict({"reason": None})

    reason: Text | None = None


class ReasonQuestion(BaseModel):
    """An act that needs a reason."""

    model_config = _strict({"reason": "许可记录已由登记部门更正", "basis": None})

    reason: Text
    basis: Reference | None = Field(None, description="The law that it rests on.")


class FaultQuestion(BaseModel):
    """What is wrong with the records: of which one, where it is one."""

    model_config = ConfigDict(extra="forbid")

    record: Reference | None = None
    what: Text


class DecisionQuestion(BaseModel):
    """What is decided on a grade.

    To `override` takes `level`, `until`, `basis`, and `records` or `documents`; to `send_back`
    takes `faults` and `to`; `outcome` is of objections only.
    """

    model_config = _strict(DECISION)

    decision: Literal["confirm", "override", "send_back"]
    reason_code: Annotated[str, Field(min_length=1, max_length=50)] = Field(
        description="One of those of the review policy, so that decisions can be counted."
    )
    reason: Text
    basis: Reference | None = Field(None, description="The law that it rests on.")
    level: Level | None = Field(None, description="The level that is to count.")
    until: AsOf | None = Field(None, description="The last day as of which it is to count.")
    records: list[Reference] = Field(
        [], max_length=MOST, description="Numbers of records, as explanations have them."
    )
    documents: list[Reference] = Field(
        [], max_length=MOST, description="Numbers of documents that are no records."
    )
    faults: list[FaultQuestion] = Field([], max_length=MOST)
    to: Reference | None = Field(None, description="The department that puts records right.")
    outcome: Literal["upheld", "partly", "rejected"] | None = None
