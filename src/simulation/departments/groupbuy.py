"""Group-buying platform 社区团购平台: orders, stars and adverse reviews by month; Parquet."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dates
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-groupbuy", "商家代码"


def _shops(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        CODE: desk.code(batch["enterprise"]),
        "月末": dates(batch["occurred"]),
        "订单量": batch["orders"],
        "综合评分": pc.round(pc.cast(batch["rating"], pa.float64()), 1),
        "食安差评": batch["adverse"],
        "上报日期": dates(batch["known"]),
    }


PAPERS = (Paper(SOURCE, "shops.parquet", "parquet", "group_shop", _shops, code=CODE),)
