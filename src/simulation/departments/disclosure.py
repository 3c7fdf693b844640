"""Disclosure platform 企业信用信息公示平台: what had to be published by when; JSON lines."""

from collections.abc import Mapping

import pyarrow as pa

from ..desk import Desk, dashed, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-disclosure", "统一社会信用代码"
ITEM = {
    "licence": "行政许可",
    "penalty": "行政处罚",
    "equity": "出资及股权变更",
    "pledge": "股权出质",
    "intellectual_property": "知识产权出质",
    "other": "其他信息",
}


def _disclosures(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "公示编号": numbered("GS", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "公示事项": said("item", ITEM, batch["item"]),
        "应公示日期": dashed(batch["due"]),
        "核查日期": dashed(batch["known"]),
        "公示日期": dashed(batch["disclosed"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "disclosures.jsonl",
        "json-lines",
        "disclosure",
        _disclosures,
        later=("disclosed",),
        code=CODE,
        day="应公示日期",
        word="公示事项",
    ),
)
