"""Procuratorate 人民检察院: the cases that the regulator referred, passed on as they came."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dashed, numbered, said
from ..paper import Paper
from .casework import ORIGIN
from .market import VIOLATION

__all__ = ["PAPERS"]

SOURCE, CODE, ISSUER = "city-procuratorate", "统一社会信用代码", "city-casework"


def _referrals(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "案号": numbered("LA", batch["number"]),
        "当事人": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "涉嫌违法行为": said("violation", VIOLATION, batch["violation"]),
        "食品安全": pc.if_else(batch["food"], "1", "0"),
        "案件来源": said("origin", ORIGIN, batch["origin"]),
        "立案日期": dashed(batch["occurred"]),
        "决定日期": dashed(batch["decided"]),
        "移送日期": dashed(batch["referred"]),
        "收案日期": dashed(batch["referred_known"]),
        "_issuer": pa.repeat(ISSUER, batch.num_rows),
    }


PAPERS = (
    Paper(
        SOURCE,
        "referrals.csv",
        "csv",
        "case",
        _referrals,
        known="referred_known",
        record=("case_file", "案号"),
        code=CODE,
        word="案件来源",
    ),
)
