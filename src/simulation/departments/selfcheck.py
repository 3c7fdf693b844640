"""Self-check platform 企业自查平台: the monthly duty of food enterprises 月调度, done or not."""

from collections.abc import Mapping

import pyarrow as pa

from ..desk import Desk, slashed
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-selfcheck", "企业代码"


def _checks(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        CODE: desk.code(batch["enterprise"]),
        "事项": pa.array(["月调度"] * batch.num_rows, pa.string()),
        "应报日期": slashed(batch["due"]),
        "上报日期": slashed(batch["done"]),
        "汇总日期": slashed(batch["known"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "checks.csv",
        "csv",
        "self_control",
        _checks,
        code=CODE,
        day="应报日期",
        word="事项",
    ),
)
