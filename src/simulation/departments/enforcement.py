"""Enforcement bureau of the court 执行局: judgments not performed, a table of a server."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa

from ..courts import ENFORCEMENT
from ..desk import Desk, dates, numbered, said
from ..paper import Paper
from .court import REASON
from .formats import equal

__all__ = ["PAPERS"]

SOURCE, CODE = "city-enforcement", "统一社会信用代码"


def _judgments(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "执行案号": numbered("执恢", batch["number"], batch["occurred"]),
        "被执行人": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "情形": said("reason", REASON, batch["reason"]),
        "标的额": batch["amount"],
        "立案日期": dates(batch["occurred"]),
        "发布日期": dates(batch["known"]),
        "移出日期": dates(batch["removed"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "judgments.csv",
        "postgresql",
        "judgment",
        _judgments,
        where=partial(equal, "court", ENFORCEMENT),
        later=("removed",),
        code=CODE,
        word="情形",
    ),
)
