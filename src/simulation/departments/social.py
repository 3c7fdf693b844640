"""Social insurance 社会保险基金管理局: heads insured, month by month; Parquet."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dates, packed
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-social", "单位代码"


def _insured(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        CODE: desk.code(batch["enterprise"]),
        "费款所属期": pc.utf8_slice_codeunits(packed(batch["occurred"]), 0, 6),
        "参保人数": batch["insured"],
        "核定日期": dates(batch["known"]),
    }


PAPERS = (
    Paper(SOURCE, "insured.parquet", "parquet", "insurance", _insured, code=CODE, day="费款所属期"),
)
