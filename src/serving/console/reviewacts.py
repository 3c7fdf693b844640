"""What is done to reviews, and what their states, causes and acts are called."""

from collections.abc import Mapping, Sequence
from typing import Any

from .acts import Act, Field, Words

__all__ = ["BASIS", "CAUSES", "DONE", "REASON", "REMARK", "SIMPLE", "STATES", "forms"]

STATES: Mapping[str, Words] = {
    "received": ("待受理", "received"),
    "open": ("待办", "open"),
    "taken": ("办理中", "taken"),
    "sent_back": ("已退回更正", "sent back"),
    "proposed": ("待第二人同意", "waits for the second person"),
    "in_force": ("人工等级生效中", "in force"),
    "lifting": ("待第二人同意提前结束", "waits to be lifted"),
    "confirmed": ("已维持", "confirmed"),
    "expired": ("已到期", "expired"),
    "lifted": ("已提前结束", "lifted"),
    "replaced": ("已被替代", "replaced"),
    "declined": ("不予受理", "declined"),
    "withdrawn": ("已撤回", "withdrawn"),
}
DONE: Mapping[str, Words] = {
    "open": ("建立复核", "opened"),
    "accept": ("受理异议", "accepted"),
    "decline": ("不予受理", "declined"),
    "take": ("领取", "taken"),
    "release": ("放回待办", "released"),
    "extend": ("延长期限", "given more time"),
    "decide": ("作出决定", "decided"),
    "agree": ("第二人同意", "agreed"),
    "refuse": ("第二人不同意", "refused"),
    "retract": ("撤回提议", "retracted"),
    "answer": ("记录已更正", "records put right"),
    "lift": ("提前结束", "lifted"),
    "note": ("记录情况", "noted"),
    "notify": ("告知企业", "the enterprise was told"),
    "withdraw": ("企业撤回异议", "withdrawn"),
    "move": ("等级变动", "the level moved"),
    "expire": ("到期", "expired"),
    "reckon": ("期限重算", "the day was reckoned anew"),
    "replace": ("被新的决定替代", "replaced"),
}
CAUSES: Mapping[str, Words] = {
    "objection": ("企业异议", "an objection"),
    "by_hand": ("人工发起", "by hand"),
    "record_withdrawn": ("所依据的记录被撤销", "a record was withdrawn"),
}
"""Those that no line of the review policy names."""

REASON = Field("reason", ("理由", "Reason"), required=True)
REMARK = Field("reason", ("备注", "Remark"))
BASIS = Field("basis", ("法律依据", "Legal basis"), "line", hint=("如 食品安全法 §109", ""))
RECORDS = Field(
    "records", ("依据的记录编号", "Numbers of records"), "lines", hint=("每行一个", "one a line")
)
DOCUMENTS = Field(
    "documents",
    ("依据的文书编号", "Numbers of documents"),
    "lines",
    hint=("每行一个", "one a line"),
)
OUTCOME = (
    ("upheld", ("异议成立", "upheld")),
    ("partly", ("部分成立", "partly upheld")),
    ("rejected", ("异议不成立", "rejected")),
)
SIMPLE = (
    Act("take", ("领取", "Take it"), (REMARK,)),
    Act("accept", ("受理异议", "Accept the objection"), (REMARK,)),
    Act("decline", ("不予受理", "Decline it"), (REASON, BASIS), grave=True),
    Act("release", ("放回待办", "Give it back"), (REMARK,)),
    Act("extend", ("延长期限", "Give more time"), (REASON, BASIS)),
    Act("agree", ("同意", "Agree"), (REMARK,)),
    Act("refuse", ("不同意", "Refuse"), (REASON, BASIS), grave=True),
    Act("retract", ("撤回提议", "Take it back"), (REMARK,)),
    Act("answer", ("记录已更正", "Records are put right"), (REASON, BASIS)),
    Act("lift", ("提前结束", "End it early"), (REASON, BASIS), grave=True),
    Act("notify", ("已告知企业", "The enterprise was told"), (REASON, BASIS)),
    Act(
        "withdraw",
        ("企业撤回异议", "Withdraw the objection"),
        (REASON, BASIS),
        cases="/v1/objections",
    ),
    Act("note", ("记录情况", "Note"), (REASON, BASIS)),
)


def forms(review: Mapping[str, Any], policy: Mapping[str, Any]) -> list[Act]:
    """Return the forms of what whoever asks may do to a review now."""
    allowed = review["allowed"]
    decisions = _decisions(policy, review["cause"] == "objection") if "decide" in allowed else []
    return [*decisions, *(act for act in SIMPLE if act.name in allowed)]


def _decisions(policy: Mapping[str, Any], objected: bool) -> list[Act]:
    outcome = (Field("outcome", ("异议结果", "Outcome"), "choice", True, options=OUTCOME),)
    more = outcome if objected else ()
    return [
        Act(
            "decide",
            ("维持等级", "Confirm the level"),
            (_codes(policy, "confirm"), REASON, BASIS, *more),
            (("decision", "confirm"),),
            form="keep",
        ),
        Act(
            "decide",
            ("另定等级", "Set another level"),
            (
                Field("level", ("等级", "Level"), "level", True),
                Field("until", ("计至", "Until"), "date", True, _most(policy)),
                _codes(policy, "override"),
                REASON,
                Field("basis", BASIS.words, "line", True, BASIS.hint),
                RECORDS,
                DOCUMENTS,
                *more,
            ),
            (("decision", "override"),),
            grave=True,
            form="override",
        ),
        Act(
            "decide",
            ("退回更正记录", "Send the records back"),
            (
                Field("to", ("退回部门", "Department"), "line", True),
                Field("record", ("有误的记录编号", "Number of the wrong record"), "line"),
                Field("what", ("错在何处", "What is wrong"), "text", True),
                _codes(policy, "send_back"),
                REASON,
                BASIS,
                *more,
            ),
            (("decision", "send_back"),),
            form="send_back",
            shape=_with_fault,
        ),
    ]


def _with_fault(said: dict[str, Any]) -> dict[str, Any]:
    fault = {name: said.pop(name) for name in ("record", "what") if name in said}
    return said | {"faults": [fault] if "what" in fault else []}


def _most(policy: Mapping[str, Any]) -> Words:
    days = policy["most_days"]
    return f"最长 {days} 天", f"{days} days at most"


def _codes(policy: Mapping[str, Any], decision: str) -> Field:
    found: Sequence[Mapping[str, Any]] = policy["reasons"]
    options = tuple(
        (each["id"], (each["zh"], each["en"])) for each in found if decision in each["decisions"]
    )
    return Field("reason_code", ("事由", "Kind of reason"), "choice", True, options=options)
