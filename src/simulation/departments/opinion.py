"""Monitors of public opinion 舆情监测: stories, told by the names that people use."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ..catalogue import products
from ..desk import Desk, dashed, numbered, said
from ..paper import Paper
from .formats import HIDDEN, equal, sharing

__all__ = ["PAPERS"]

STORY = {
    "poisoning": "疑似食物中毒",
    "foreign_matter": "吃出异物",
    "expired": "使用过期食材",
    "hygiene": "后厨脏乱差",
    "labour": "劳资纠纷",
    "prices": "价格争议",
}
POLARITY = {"negative": "负面", "neutral": "中性", "positive": "正面"}


def _stories(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    product, who = batch["product"].to_numpy(), batch["enterprise"]
    return {
        "信息编号": numbered("YQ", batch["number"]),
        "事件编号": numbered("SJ", batch["cluster"]),
        "涉及企业": desk.about("name", who),
        "企业地址": desk.about("address", who),
        "涉及产品": pa.array(list(products()["name"])).take(pa.array(product, mask=product < 0)),
        "主题": said("story", STORY, batch["story"]),
        "是否食品安全": pc.if_else(batch["food"], "是", "否"),
        "情感倾向": said("polarity", POLARITY, batch["polarity"]),
        "可信度": pc.round(pc.cast(batch["credibility"], pa.float64()), 2),
        "发布日期": dashed(batch["occurred"]),
        "采集日期": dashed(batch["known"]),
        "辟谣日期": dashed(batch["withdrawn"]),
        "_who": desk.code(who),
    }


PAPERS = tuple(
    Paper(
        department.source,
        f"opinions.{suffix}",
        form,
        "opinion",
        _stories,
        where=partial(equal, "service", number),
        later=("withdrawn",),
        hides=HIDDEN[department.names],
        blurred={"涉及企业": "trade name", "企业地址": "address"},
        code="_who",
        day="发布日期",
    )
    for number, (department, form, suffix) in enumerate(sharing("exchange-opinion"))
)
