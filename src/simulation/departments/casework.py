"""Case register 案件管理中心: cases filed, decided and referred, and bans; packed dates."""

from collections.abc import Mapping
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..courts import ENFORCEMENT
from ..desk import Desk, numbered, packed, said
from ..paper import Paper
from .district_courts import BAN
from .formats import equal
from .market import VIOLATION

__all__ = ["ORIGIN", "PAPERS"]

SOURCE, CODE = "city-casework", "统一社会信用代码"
ORIGIN = {
    "inspection": "监督检查",
    "random_check": "双随机抽查",
    "sampling": "监督抽检",
    "complaint": "投诉",
    "report": "举报",
    "transfer": "部门移送",
    "superior": "上级交办",
    "opinion": "舆情线索",
    "other": "其他来源",
}


def _cases(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "案号": numbered("LA", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "违法行为类型": said("violation", VIOLATION, batch["violation"]),
        "食品安全案件": pc.if_else(batch["food"], "是", "否"),
        "案件来源": said("origin", ORIGIN, batch["origin"]),
        "立案日期": packed(batch["occurred"]),
        "登记日期": packed(batch["known"]),
        "决定日期": packed(_come(batch, "decided")),
        "决定登记日期": packed(batch["decided_known"]),
        "移送公安日期": packed(_come(batch, "referred")),
        "移送登记日期": packed(batch["referred_known"]),
    }


def _come(batch: pa.Table, column: str) -> np.ndarray:
    """Return days that were entered, -1 for those that were not yet."""
    entered = batch[f"{column}_known"].to_numpy() >= 0
    return np.where(entered, batch[column].to_numpy(), -1)


def _bans(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "决定书文号": numbered("信市监禁", batch["number"], batch["occurred"]),
        "人员标识": numbered("RY", batch["person"]),
        CODE: desk.code(batch["enterprise"]),
        "限制类型": said("ban", BAN, batch["type"]),
        "决定日期": packed(batch["occurred"]),
        "公示日期": packed(batch["known"]),
        "截止日期": packed(batch["until"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "cases.csv",
        "csv-gb18030",
        "case",
        _cases,
        later=("decided_known", "referred_known"),
        code=CODE,
        day="立案日期",
        word="案件来源",
    ),
    Paper(
        SOURCE,
        "bans.csv",
        "csv-gb18030",
        "ban",
        _bans,
        where=partial(equal, "court", ENFORCEMENT),
        code=CODE,
        word="限制类型",
    ),
)
