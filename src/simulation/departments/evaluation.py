"""Outside evaluators 第三方评价机构: their scores by their own methods, as a spreadsheet."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ..desk import Desk, dates, numbered
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-evaluation", "统一社会信用代码"
ISSUERS = ("衡准认证评价中心", "食信第三方评价所", "安谱检测评价公司", "知食评价研究院")
METHODS = ("体系审核", "神秘顾客", "飞行评价", "供应链评价")
BANDS, GRADES = (60, 75, 85), ("待改进", "合格", "良好", "优秀")


def _evaluations(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    issuer = pa.array(batch["issuer"].to_numpy())
    score = np.round(batch["score"].to_numpy().astype(np.float64), 1)
    return {
        "评价编号": numbered("PJ", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "评价机构": pa.array(ISSUERS).take(issuer),
        "评价方法": pa.array(METHODS).take(issuer),
        "得分": score,
        "评价结论": pa.array(GRADES).take(pa.array(np.searchsorted(BANDS, score, side="right"))),
        "评价日期": dates(batch["occurred"]),
        "上报日期": dates(batch["known"]),
        "有效期至": dates(batch["valid_to"]),
    }


PAPERS = (Paper(SOURCE, "evaluations.xlsx", "excel", "evaluation", _evaluations, code=CODE),)
