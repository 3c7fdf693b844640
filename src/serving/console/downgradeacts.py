"""What is done to downgrade warnings and alarms, and what their states and acts are called."""

from collections.abc import Mapping
from typing import Any

from .acts import Act, Field, Words
from .reviewacts import BASIS, REASON, REMARK

__all__ = [
    "ALARM_ACTS",
    "ALARM_DONE",
    "DONE",
    "EXPOSED",
    "KINDS",
    "METHODS",
    "REPLIES",
    "SOURCES",
    "STATES",
    "forms",
]

STATES: Mapping[str, Words] = {
    "drafted": ("待确认", "drafted"),
    "proposed": ("待第二人同意", "waits for the second person"),
    "confirmed": ("已确认，待送达", "confirmed, to be served"),
    "served": ("已送达，待陈述申辩", "served; the enterprise may speak"),
    "stated": ("已陈述申辩，待答复", "stated; to be answered"),
    "answering": ("答复待第二人同意", "the answer waits for the second person"),
    "in_force": ("生效中", "in force"),
    "escalated": ("生效中，已升级", "in force, escalated"),
    "lifting": ("待第二人同意提前结束", "waits to be lifted"),
    "lifted": ("已提前结束", "lifted"),
    "rejected": ("不予警示", "rejected"),
    "expired": ("已到期", "expired"),
}
DONE: Mapping[str, Words] = {
    "draft": ("按规则起草", "drafted by rule"),
    "confirm": ("确认", "confirmed"),
    "amend": ("变更后确认", "confirmed with changes"),
    "reject": ("不予警示", "rejected"),
    "agree": ("第二人同意", "agreed"),
    "refuse": ("第二人不同意", "refused"),
    "retract": ("撤回提议", "retracted"),
    "serve": ("送达", "served"),
    "state": ("企业陈述申辩", "the enterprise stated"),
    "answer": ("答复", "answered"),
    "lift": ("提前结束", "lifted"),
    "note": ("记录情况", "noted"),
    "begin": ("开始计入等级", "its level began to count"),
    "escalate": ("升级", "escalated"),
    "expire": ("到期", "expired"),
    "reckon": ("期限重算", "the day was reckoned anew"),
}
METHODS = (
    ("direct", ("直接送达", "in person")),
    ("left", ("留置送达", "left there")),
    ("electronic", ("电子送达", "electronically")),
    ("entrusted", ("委托送达", "by another authority")),
    ("mail", ("邮寄送达", "by mail")),
    ("notice", ("公告送达", "by public notice")),
)
REPLIES = (
    ("upheld", ("维持", "upheld")),
    ("amended", ("减轻", "milder from now on")),
    ("lifted", ("撤销", "lifted")),
)
LEVEL = Field("level", ("等级", "Level"), "level", hint=("不变则留空", "empty: unchanged"))
PERIOD = Field("period", ("计入天数", "Days"), "number", hint=("不变则留空", "empty: unchanged"))
KINDS: Mapping[str, Words] = {
    "signal": ("异常增多", "more than usual"),
    "standing": ("季节性风险提示", "hazard of the season"),
    "newcomer": ("首次出现", "never seen before"),
}
SOURCES: Mapping[str, Words] = {
    "sampling": ("抽检不合格", "failed samples"),
    "alert": ("通报", "alerts"),
    "complaint": ("投诉举报", "complaints"),
    "opinion": ("负面舆情", "opinion"),
    "recall": ("召回", "recalls"),
    "incident": ("食品安全事件", "incidents"),
}
EXPOSED: Mapping[str, Words] = {
    "makes": ("生产", "makes it"),
    "commissions": ("委托生产", "commissions it"),
    "sells": ("销售", "sells it"),
    "trades": ("往来", "trades with who does"),
    "same_supplier": ("同一供应商", "has the same supplier"),
    "same_group": ("同一集团", "is of the same group"),
    "same_site": ("同一场所", "is at the same site"),
}
ALARM_ACTS = (
    Act("close", ("关闭预警", "Close the alarm"), (REASON,)),
    Act("reopen", ("重新打开", "Open it again"), (REASON,)),
    Act("note", ("记录情况", "Note"), (REASON,)),
)
ALARM_DONE: Mapping[str, Words] = {
    "note": ("记录情况", "noted"),
    "close": ("关闭", "closed"),
    "reopen": ("重新打开", "opened again"),
}


def forms(warning: Mapping[str, Any]) -> list[Act]:
    """Return the forms of what whoever asks may do to a downgrade warning now."""
    dropped = Field(
        "dropped",
        ("不再依据", "Rests no more on"),
        "ticks",
        options=tuple((each["ground"], (each["text"],) * 2) for each in warning["grounds"]),
    )
    every = (
        Act("confirm", ("确认警示", "Confirm"), (REMARK,)),
        Act("amend", ("变更后确认", "Confirm with changes"), (LEVEL, PERIOD, dropped, REASON)),
        Act("reject", ("不予警示", "Reject"), (REASON, BASIS), grave=True),
        Act("agree", ("同意", "Agree"), (REMARK,)),
        Act("refuse", ("不同意", "Refuse"), (REASON, BASIS), grave=True),
        Act("retract", ("撤回提议", "Take it back"), (REMARK,)),
        Act(
            "serve",
            ("登记送达", "It was served"),
            (
                Field("document", ("文书编号", "Number of the document"), "line", required=True),
                Field("method", ("送达方式", "How"), "choice", required=True, options=METHODS),
                Field("delivered", ("送达日", "Day of service"), "date", required=True),
                REMARK,
            ),
        ),
        Act(
            "state",
            ("登记陈述申辩", "Take down a statement"),
            (
                Field("received", ("收到日", "Received on"), "date", required=True),
                Field("statement", ("陈述申辩内容", "What it states"), required=True),
                Field(
                    "evidence",
                    ("所附文书编号", "Numbers of its documents"),
                    "lines",
                    hint=("每行一个", "one a line"),
                ),
            ),
        ),
        Act(
            "answer",
            ("答复陈述申辩", "Answer the statement"),
            (
                Field("answer", ("答复", "Answer"), "choice", required=True, options=REPLIES),
                REASON,
                BASIS,
                LEVEL,
                PERIOD,
                dropped,
            ),
        ),
        Act("escalate", ("依新情况升级", "Draft a severer one")),
        Act("lift", ("提前结束", "End it early"), (REASON, BASIS), grave=True),
        Act("note", ("记录情况", "Note"), (REASON, BASIS)),
    )
    return [act for act in every if act.name in warning["allowed"]]
