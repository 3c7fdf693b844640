"""Court 中级人民法院: who does not perform a judgment; semicolons, GB18030, packed dates."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ..arrays import Mask
from ..desk import Desk, numbered, packed, said
from ..paper import Paper
from ..vocabulary import place

__all__ = ["PAPERS"]

SOURCE, CODE = "city-court", "统一社会信用代码"
LIST = {"judgment_defaulter": "失信被执行人", "consumption_limit": "限制消费"}
REASON = {
    "not_performing": "有履行能力而拒不履行",
    "evasion": "规避执行",
    "property_report": "违反财产报告制度",
}


def _defaulters(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    judged = batch["list"].to_numpy() == place("list", "judgment_defaulter")
    number = numbered("执", batch["number"], batch["occurred"])
    limited = numbered("限", batch["number"], batch["occurred"])
    return {
        "执行案号": pa.compute.if_else(pa.array(judged), number, limited),
        CODE: desk.code(batch["enterprise"]),
        "名单": said("list", LIST, batch["list"]),
        "情形": said("reason", REASON, batch["reason"]),
        "立案日期": packed(batch["occurred"]),
        "发布日期": packed(batch["known"]),
        "屏蔽日期": packed(batch["removed"]),
        "标的额(元)": batch["amount"],
    }


def _of_court(batch: pa.Table) -> Mask:
    return np.isin(batch["list"].to_numpy(), [place("list", name) for name in LIST])


PAPERS = (
    Paper(
        SOURCE,
        "defaulters.csv",
        "csv-gb18030",
        "list_entry",
        _defaulters,
        where=_of_court,
        later=("removed",),
        code=CODE,
        word="名单",
        delimiter=";",
    ),
)
