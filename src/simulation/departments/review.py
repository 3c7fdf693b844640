"""Licence review centre 许可审评中心: points given on the spot before a licence is granted."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ..catalogue import products
from ..desk import Desk, dashed, numbered
from ..licences import licence_numbers, lowest
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-review", "统一社会信用代码"


def _reviews(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    sort, serial, bits = (batch[name].to_numpy() for name in ("sort", "serial", "products"))
    made = bits > 0
    main = np.where(made, lowest(np.maximum(bits, 1)), -1)
    categories = pa.array([text or "3101" for text in products()["category"]])
    return {
        "核查编号": numbered("HC", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "许可证编号": licence_numbers(sort, serial, bits),
        "食品类别": categories.take(pa.array(main, mask=~made)),
        "得分": batch["score"],
        "满分": batch["full"],
        "核查日期": dashed(batch["occurred"]),
        "录入日期": dashed(batch["known"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "reviews.csv",
        "csv",
        "review",
        _reviews,
        corrected=("score", 0.9),
        code=CODE,
        day="核查日期",
    ),
)
