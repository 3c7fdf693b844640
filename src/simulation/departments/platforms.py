"""Online platforms 网络餐饮平台: orders, stars and adverse reviews of each shop, month by month."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dashed
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-platforms", "商户信用代码"
PLATFORMS = ("平台甲", "平台乙", "平台丙")


def _shops(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "平台": pa.array(PLATFORMS).take(pa.array(batch["platform"].to_numpy())),
        CODE: desk.code(batch["enterprise"]),
        "月份": pc.utf8_slice_codeunits(dashed(batch["occurred"]), 0, 7),
        "订单数": batch["orders"],
        "评分": np.round(batch["rating"].to_numpy().astype(np.float64), 1),
        "食安差评数": batch["adverse"],
        "统计日期": dashed(batch["occurred"]),
        "报送日期": dashed(batch["known"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "shops.csv",
        "csv",
        "platform",
        _shops,
        code=CODE,
        day="统计日期",
        delimiter="|",
    ),
)
