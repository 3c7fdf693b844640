"""District courts 区人民法院: suits, judgment defaulters and bans; packed dates, money in yuan."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from ..areas import COURTS
from ..city import DISTRICTS
from ..desk import Desk, numbered, packed, said
from ..miswriting import Written
from ..paper import Paper
from .court import REASON
from .formats import HIDDEN, equal, sharing

__all__ = ["BAN", "PAPERS"]

CODE = "统一社会信用代码"
BLURRED: Mapping[str, Written] = {"当事人": "name", "住所地": "address"}
PARTY = {"defendant": "被告", "plaintiff": "原告", "third_party": "第三人"}
CAUSE = {
    "contract": "合同纠纷",
    "product_liability": "产品责任纠纷",
    "labour": "劳动争议",
    "lending": "借款合同纠纷",
    "other": "其他民事纠纷",
}
BAN = {
    "five_years": "五年从业禁止",
    "lifetime": "终身从业禁止",
    "judgment_defaulter": "失信被执行人",
}
YUAN = 10_000


def _suits(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "案号": numbered("民初", batch["number"], batch["occurred"]),
        **_party(desk, batch),
        "诉讼地位": said("party", PARTY, batch["party"]),
        "案由": said("cause", CAUSE, batch["cause"]),
        "标的额(元)": pa.compute.multiply(batch["amount"], YUAN),
        "立案日期": packed(batch["occurred"]),
        "录入日期": packed(batch["known"]),
        "结案日期": packed(batch["closed"]),
    }


def _defaulters(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "案号": numbered("执", batch["number"], batch["occurred"]),
        **_party(desk, batch),
        "失信情形": said("reason", REASON, batch["reason"]),
        "标的额(元)": batch["amount"],
        "立案日期": packed(batch["occurred"]),
        "发布日期": packed(batch["known"]),
        "移出日期": packed(batch["removed"]),
    }


def _bans(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "文书号": numbered("限任", batch["number"], batch["occurred"]),
        "人员标识": numbered("RY", batch["person"]),
        **_party(desk, batch),
        "限制类型": said("ban", BAN, batch["type"]),
        "作出日期": packed(batch["occurred"]),
        "发布日期": packed(batch["known"]),
        "截止日期": packed(batch["until"]),
    }


def _party(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    who = batch["enterprise"]
    return {
        "当事人": desk.about("name", who),
        CODE: desk.code(who),
        "住所地": desk.about("address", who),
    }


def _papers() -> tuple[Paper, ...]:
    courts, papers = [COURTS[code] for code in DISTRICTS], []
    for department, form, suffix in sharing("exchange-court"):
        where = partial(equal, "court", courts.index(department.source.removeprefix("city-court-")))
        source, hides = department.source, HIDDEN[department.names]
        papers += [
            Paper(
                source,
                f"suits.{suffix}",
                form,
                "suit",
                _suits,
                where=where,
                later=("closed",),
                corrected=("amount", 0.1),
                hides=hides,
                blurred=BLURRED,
                code=CODE,
                day="立案日期",
                word="诉讼地位",
            ),
            Paper(
                source,
                f"defaulters.{suffix}",
                form,
                "judgment",
                _defaulters,
                where=where,
                later=("removed",),
                hides=hides,
                blurred=BLURRED,
                code=CODE,
                word="失信情形",
            ),
            Paper(
                source,
                f"bans.{suffix}",
                form,
                "ban",
                _bans,
                where=where,
                hides=hides,
                blurred=BLURRED,
                code=CODE,
                word="限制类型",
            ),
        ]
    return tuple(papers)


PAPERS = _papers()
