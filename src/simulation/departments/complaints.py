"""Service hotline 12345 政务服务便民热线: calls as JSON lines, about enterprises and places."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..catalogue import products
from ..desk import Desk, dashed, figures, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-complaints", "被诉主体代码"
TOPIC = {
    "food_quality": "食品质量",
    "hygiene": "环境卫生",
    "foreign_matter": "异物",
    "label": "标签",
    "price": "价格",
    "service": "服务态度",
    "contract": "合同纠纷",
    "fumes": "油烟扰民",
    "rubbish": "餐厨垃圾",
    "rats": "鼠患",
    "street_vendor": "流动摊贩",
}


def _calls(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    closed = pa.array(batch["closed"].to_numpy() >= 0)
    product = batch["product"].to_numpy()
    answer = pc.if_else(batch["verified"], "属实", "不属实")
    return {
        "工单号": numbered("TS", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "类别": pc.if_else(batch["report"], "举报", "投诉"),
        "问题": said("topic", TOPIC, batch["topic"]),
        "涉及食品安全": pc.if_else(batch["food"], "是", "否"),
        "涉及食品": pa.array(list(products()["name"])).take(pa.array(product, mask=product < 0)),
        "经度": figures(batch["longitude"]),
        "纬度": figures(batch["latitude"]),
        "来电日期": dashed(batch["occurred"]),
        "登记日期": dashed(batch["known"]),
        "办结日期": dashed(batch["closed"]),
        "是否属实": pc.if_else(closed, answer, None),
    }


PAPERS = (
    Paper(
        SOURCE,
        "calls.jsonl",
        "json-lines",
        "complaint",
        _calls,
        later=("closed",),
        code=CODE,
        day="来电日期",
        word="类别",
    ),
)
