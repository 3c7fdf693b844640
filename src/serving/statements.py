"""Statements: what a request says when it does something to a case, or objects."""

from typing import Annotated, Literal
from unicodedata import normalize

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue

from ..core.scrub import IDENTITY, PHONE
from ..ledger.downgrades import LONGEST as LONGEST_PERIOD
from .answers.values import Level
from .questions import AsOf, Identifier

__all__ = [
    "AmendmentQuestion",
    "DecisionQuestion",
    "NoteQuestion",
    "ObjectionQuestion",
    "ReasonQuestion",
    "RemarkQuestion",
    "ReplyQuestion",
    "ReviewQuestion",
    "ServiceQuestion",
    "StatementQuestion",
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


class RemarkQuestion(BaseModel):
    """What is noted on an alarm, or why it is closed or opened again."""

    model_config = _strict({"reason": "复核为同一批次,已下架"})

    reason: Text


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


Grounds = list[Annotated[str, Field(min_length=1, max_length=LONGEST_REFERENCE)]]
Period = Annotated[
    int,
    Field(ge=1, le=LONGEST_PERIOD, description="In days; the policy of warnings says the longest."),
]


class AmendmentQuestion(BaseModel):
    """A downgrade warning confirmed with something else than was drafted: at least one of these."""

    model_config = _strict(
        {"reason": "一项依据已撤销", "level": "C", "period": 180, "dropped": ["5d7c1fbd1f6d"]}
    )

    reason: Text
    level: Level | None = Field(None, description="The level that the enterprise has at least.")
    period: Period | None = None
    dropped: Grounds = Field([], max_length=MOST, description="Grounds that it rests on no more.")


class ServiceQuestion(BaseModel):
    """That a downgrade warning was served on the enterprise 送达."""

    model_config = _strict(
        {
            "document": "深市监警〔2026〕7号",
            "method": "direct",
            "delivered": "2026-03-09",
            "reason": None,
        }
    )

    document: Reference = Field(description="Number of the document that was served.")
    method: Literal["direct", "left", "electronic", "entrusted", "mail", "notice"]
    delivered: AsOf = Field(description="The day from which the days for a statement run.")
    reason: Text | None = Field(None, description="A remark.")


class StatementQuestion(BaseModel):
    """What an enterprise states and defends itself with 陈述申辩, as it arrived."""

    model_config = _strict(
        {
            "received": "2026-03-12",
            "statement": "第三次处罚正在行政复议",
            "evidence": ["深龙府复〔2026〕9号"],
        }
    )

    received: AsOf = Field(
        description="The day on which it arrived; of who has nothing but the code on the document, "
        "it is today whatever is said."
    )
    statement: Text
    evidence: list[Reference] = Field(
        [], max_length=MOST, description="Numbers of the documents that it rests on; no copies."
    )


class ReplyQuestion(BaseModel):
    """What a statement is answered with: the warning is upheld, milder from now on, or lifted.

    `level`, `period` and `dropped` are of `amended` only; nobody is worse off for a statement.
    """

    model_config = _strict(
        {
            "answer": "amended",
            "reason": "复议撤销一项处罚",
            "basis": "行政处罚法 §45",
            "level": "C",
            "period": 180,
            "dropped": ["5d7c1fbd1f6d"],
        }
    )

    answer: Literal["upheld", "amended", "lifted"]
    reason: Text
    basis: Reference | None = Field(None, description="The law that it rests on.")
    level: Level | None = None
    period: Period | None = None
    dropped: Grounds = Field([], max_length=MOST)
