"""Credit-repair window 信用修复窗口: applications, decisions, and decisions undone."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dashed, numbered, said
from ..paper import Paper
from ..roster import organs
from .exchange import decision

__all__ = ["PAPERS"]

SOURCE, CODE = "city-repair", "统一社会信用代码"
DECISION = {"granted": "准予修复", "refused": "不予修复", "withdrawn": "申请人撤回"}
MARKET, OFFICE = "信市监罚", "信衡市市场监督管理局"


def _repairs(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    organ = batch["organ"].to_numpy().astype(np.int64)
    market, other = pa.array(organ < 0), np.maximum(organ, 0)
    decided = batch["decided"].to_numpy() >= 0
    names = pa.array([each.zh for each in organs()]).take(pa.array(other))
    return {
        "申请编号": numbered("XF", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "修复对象": pa.repeat("行政处罚", batch.num_rows),
        "处罚决定书文号": pc.if_else(
            market,
            numbered(MARKET, batch["target"], batch["year"]),
            decision(other, batch["target"], batch["year"]),
        ),
        "处罚机关": pc.if_else(market, OFFICE, names),
        "申请日期": dashed(batch["occurred"]),
        "受理日期": dashed(batch["known"]),
        "办理结果": said("decision", DECISION, np.where(decided, batch["decision"].to_numpy(), -1)),
        "决定日期": dashed(batch["decided"]),
        "撤销修复日期": dashed(batch["undone"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "repairs.csv",
        "csv",
        "repair",
        _repairs,
        later=("decided", "undone"),
        code=CODE,
        day="申请日期",
        word="修复对象",
    ),
)
