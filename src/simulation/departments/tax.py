"""Tax office 税务局: returns, ratings, arrears and its own penalties (in 万元)."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Mask
from ..desk import Desk, dashed, dates, numbered, said
from ..paper import Paper
from ..vocabulary import place
from .market import KIND, VIOLATION

__all__ = ["PAPERS"]

SOURCE, CODE = "city-tax", "统一社会信用代码"
RATING = {name: name for name in "ABMCD"}


def _returns(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "纳税人识别号": desk.code(batch["enterprise"]),
        "税种": pa.array(["增值税"] * batch.num_rows, pa.string()),
        "申报期限": dates(batch["due"]),
        "申报日期": dates(batch["filed"]),
        "入库日期": dates(batch["known"]),
    }


def _ratings(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "纳税人识别号": desk.code(batch["enterprise"]),
        "评价年度": batch["year"],
        "纳税信用级别": said("rating", RATING, batch["rating"]),
        "评价日期": dashed(batch["occurred"]),
        "发布日期": dashed(batch["known"]),
    }


def _arrears(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "公告编号": numbered("QS", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "欠税余额(元)": batch["amount"],
        "欠税日期": dashed(batch["occurred"]),
        "公告日期": dashed(batch["known"]),
        "清缴日期": dashed(batch["removed"]),
    }


def _penalties(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "CF_WSH": numbered("信税罚", batch["number"], batch["occurred"]),
        "CF_XDR_SHXYM": desk.code(batch["enterprise"]),
        "CF_WFXW": said("violation", VIOLATION, batch["violation"]),
        "CF_CFLB": said("penalty", KIND, batch["penalty"]),
        "CF_NR_FK": pc.divide(batch["fine"], 10_000.0),
        "CF_JDRQ": dashed(batch["occurred"]),
        "CF_GSRQ": dashed(batch["known"]),
    }


def _in_arrears(batch: pa.Table) -> Mask:
    return np.asarray(batch["list"].to_numpy() == place("list", "tax_arrears"))


def _by_tax(batch: pa.Table) -> Mask:
    return np.asarray(batch["organ"].to_numpy() == place("organ", "tax"))


PAPERS = (
    Paper(SOURCE, "returns.parquet", "parquet", "tax_return", _returns, code="纳税人识别号"),
    Paper(
        SOURCE,
        "ratings.csv",
        "csv",
        "tax_rating",
        _ratings,
        code="纳税人识别号",
        word="纳税信用级别",
    ),
    Paper(
        SOURCE,
        "arrears.csv",
        "csv",
        "list_entry",
        _arrears,
        where=_in_arrears,
        later=("removed",),
        code=CODE,
    ),
    Paper(
        SOURCE, "penalties.csv", "csv", "penalty", _penalties, where=_by_tax, code="CF_XDR_SHXYM"
    ),
)
