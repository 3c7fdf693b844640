"""Power, water and gas 水电气公用事业集团: bills that are owed for long; money in yuan."""

from collections.abc import Mapping

import pyarrow as pa

from ..desk import Desk, numbered, said, slashed
from ..paper import Paper
from .formats import HIDDEN

__all__ = ["PAPERS"]

SOURCE, CODE = "city-utilities", "统一社会信用代码"
UTILITY = {"power": "供电", "water": "供水", "gas": "供气"}


def _arrears(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    who = batch["enterprise"]
    return {
        "欠费单号": numbered("QF", batch["number"]),
        "户名": desk.about("name", who),
        CODE: desk.code(who),
        "用户地址": desk.about("address", who),
        "业务类别": said("utility", UTILITY, batch["utility"]),
        "欠费金额(元)": batch["amount"],
        "欠费日期": slashed(batch["occurred"]),
        "报送日期": slashed(batch["known"]),
        "缴清日期": slashed(batch["paid"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "arrears.csv",
        "csv",
        "arrears",
        _arrears,
        later=("paid",),
        hides=HIDDEN["part"],
        blurred={"户名": "name", "用户地址": "address"},
        code=CODE,
        day="欠费日期",
        delimiter="\t",
    ),
)
