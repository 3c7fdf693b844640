"""Licensing office 行政许可处: food licences, what was done to them, and filings 备案."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ..catalogue import products
from ..desk import Desk, dashed, numbered, said
from ..licences import licence_numbers
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-licensing", "统一社会信用代码"
SORT = {"operation": "食品经营许可", "production": "食品生产许可"}
EVENT = {"granted": "准予", "renewed": "延续", "cancelled": "注销", "revoked": "吊销"}
FILING = {
    "prepackaged": "仅销售预包装食品备案",
    "pause": "歇业备案",
    "articles": "章程备案",
    "online": "网络经营备案",
}


def _licences(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "许可证编号": _number(batch),
        "期次": batch["term"],
        CODE: desk.code(batch["enterprise"]),
        "许可种类": said("licence", SORT, batch["sort"]),
        "食品类别": _categories(batch),
        "有效期自": dashed(batch["occurred"]),
        "有效期至": dashed(batch["valid_to"]),
        "录入日期": dashed(batch["known"]),
        "失效日期": dashed(batch["lapsed"]),
    }


def _events(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "许可证编号": _number(batch),
        CODE: desk.code(batch["enterprise"]),
        "许可种类": said("licence", SORT, batch["sort"]),
        "许可事项": said("event", EVENT, batch["event"]),
        "办理日期": dashed(batch["occurred"]),
        "录入日期": dashed(batch["known"]),
    }


def _filings(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "备案编号": numbered("BA", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "备案事项": said("filing", FILING, batch["type"]),
        "备案日期": dashed(batch["occurred"]),
        "录入日期": dashed(batch["known"]),
        "有效期至": dashed(batch["valid_to"]),
        "终止日期": dashed(batch["ended"]),
    }


def _number(batch: pa.Table) -> pa.Array:
    columns = (batch[name].to_numpy() for name in ("sort", "serial", "products"))
    return licence_numbers(*columns)


def _categories(batch: pa.Table) -> pa.Array:
    """Return the categories of what is made, joined by `;`, null for operation licences."""
    bits = batch["products"].to_numpy()
    unique, places = np.unique(bits, return_inverse=True)
    category = products()["category"].to_numpy()
    texts = [
        ";".join(sorted({category[n] or "3101" for n in range(len(category)) if one >> n & 1}))
        for one in unique.tolist()
    ]
    return pa.array([text or None for text in texts], pa.string()).take(pa.array(places))


PAPERS = (
    Paper(
        SOURCE,
        "licences.csv",
        "csv",
        "licence",
        _licences,
        later=("lapsed",),
        code=CODE,
        day="有效期至",
    ),
    Paper(
        SOURCE, "licence_events.csv", "csv", "licence_event", _events, code=CODE, word="许可事项"
    ),
    Paper(
        SOURCE,
        "filings.csv",
        "csv",
        "filing",
        _filings,
        later=("ended",),
        code=CODE,
        day="备案日期",
        word="备案事项",
    ),
)
