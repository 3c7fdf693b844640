"""Risk-alert centre 食品安全风险预警中心: what spreads, and who made it; Excel."""

from collections.abc import Mapping

import pyarrow as pa

from ..catalogue import items, products
from ..desk import Desk, dashed, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE = "city-alert"
LEVEL = {"national": "国家级", "provincial": "省级", "city": "市级"}


def _alerts(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    product, who = pa.array(batch["product"].to_numpy()), batch["enterprise"]
    category = pa.array([text or None for text in products()["category"]], pa.string())
    return {
        "通报编号": numbered("YJ", batch["number"]),
        "产品名称": pa.array(list(products()["name"])).take(product),
        "食品类别": category.take(product),
        "风险项目": pa.array(items().names).take(pa.array(batch["item"].to_numpy())),
        "通报级别": said("alert", LEVEL, batch["level"]),
        "标称生产经营者": desk.about("name", who),
        "许可证编号": desk.licence(who),
        "通报日期": dashed(batch["occurred"]),
        "接收日期": dashed(batch["known"]),
        "解除日期": dashed(batch["lifted"]),
        "_who": desk.code(who),
    }


PAPERS = (
    Paper(
        SOURCE,
        "alerts.xlsx",
        "excel",
        "alert",
        _alerts,
        later=("lifted",),
        hides=1,
        blurred={"标称生产经营者": "name", "许可证编号": "licence"},
        code="_who",
        day="通报日期",
        word="通报级别",
    ),
)
