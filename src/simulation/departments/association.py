"""Food industry association 食品行业协会: stars and honours of its members; Excel."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dates, numbered
from ..paper import Paper
from .formats import HIDDEN

__all__ = ["PAPERS"]

SOURCE, CODE = "city-association", "统一社会信用代码"


def _stars(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "评价编号": numbered("XH", batch["number"]),
        "会员名称": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "地址": desk.about("address", batch["enterprise"]),
        "星级": pc.round(pc.cast(batch["score"], pa.float64()), 1),
        "评价日期": dates(batch["occurred"]),
        "公布日期": dates(batch["known"]),
        "有效期至": dates(batch["valid_to"]),
    }


def _honours(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "表彰编号": numbered("RS", batch["number"]),
        "会员名称": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "荣誉称号": pa.repeat("食品安全示范单位", batch.num_rows),
        "授予日期": dates(batch["occurred"]),
        "公布日期": dates(batch["known"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "stars.xlsx",
        "excel",
        "assessment",
        _stars,
        hides=HIDDEN["part"],
        blurred={"会员名称": "name", "地址": "address"},
        code=CODE,
    ),
    Paper(SOURCE, "honours.xlsx", "excel", "honour", _honours, code=CODE),
)
