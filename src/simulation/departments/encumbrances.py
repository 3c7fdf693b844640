"""Registries of what burdens companies: share pledges and freezes, and chattel mortgages."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ..arrays import Mask
from ..desk import Desk, dates, numbered, packed, said
from ..paper import Paper
from ..vocabulary import place

__all__ = ["PAPERS"]

PLEDGE, MORTGAGE, CODE = "city-pledge", "city-mortgage", "统一社会信用代码"
TYPE = {"pledge": "股权出质", "freeze": "股权冻结", "chattel_mortgage": "动产抵押"}
CHATTEL = place("encumbrance", "chattel_mortgage")


def _pledges(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    share = batch["share"].to_numpy()
    return {
        "登记编号": numbered("GQ", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "登记类型": said("encumbrance", TYPE, batch["type"]),
        "数额(万元)": batch["amount"],
        "股权比例(%)": pa.array(np.round(100 * share), mask=np.isnan(share)),
        "登记日期": packed(batch["occurred"]),
        "公示日期": packed(batch["known"]),
        "期限至": packed(batch["until"]),
        "注销日期": packed(batch["ended"]),
    }


def _mortgages(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "登记证明编号": numbered("DY", batch["number"]),
        "抵押人": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "担保债权(万元)": batch["amount"],
        "登记时间": dates(batch["occurred"]),
        "入库时间": dates(batch["known"]),
        "登记到期日": dates(batch["until"]),
        "注销日期": dates(batch["ended"]),
    }


def _chattel(batch: pa.Table) -> Mask:
    return np.asarray(batch["type"].to_numpy() == CHATTEL)


def _shares(batch: pa.Table) -> Mask:
    return ~_chattel(batch)


PAPERS = (
    Paper(
        PLEDGE,
        "encumbrances.csv",
        "csv-gb18030",
        "encumbrance",
        _pledges,
        where=_shares,
        later=("ended",),
        code=CODE,
        day="登记日期",
        word="登记类型",
    ),
    Paper(
        MORTGAGE,
        "mortgages.xlsx",
        "excel",
        "encumbrance",
        _mortgages,
        where=_chattel,
        later=("ended",),
        corrected=("amount", 10),
        code=CODE,
    ),
)
