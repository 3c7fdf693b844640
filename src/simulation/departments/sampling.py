"""Provincial sampling 省食品安全抽检信息中心: lots sampled for the state and the province."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..catalogue import items, products
from ..desk import Desk, numbered, packed, said
from ..paper import Paper
from .formats import HIDDEN

__all__ = ["PAPERS"]

SOURCE, CODE = "city-sampling", "统一社会信用代码"
LEVEL = pa.array(["国抽", "省抽"])
STAGE = {"production": "生产环节", "distribution": "流通环节", "catering": "餐饮环节"}


def _lots(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    who, item = batch["enterprise"], batch["item"].to_numpy()
    product = pa.array(batch["product"].to_numpy())
    category = pa.array([text or None for text in products()["category"]], pa.string())
    return {
        "抽样单编号": numbered("SC", batch["number"]),
        "被抽样单位": desk.about("name", who),
        CODE: desk.code(who),
        "单位地址": desk.about("address", who),
        "许可证编号": desk.licence(who),
        "样品名称": pa.array(list(products()["name"])).take(product),
        "食品类别": category.take(product),
        "任务级别": LEVEL.take(pa.array(batch["level"].to_numpy())),
        "抽样环节": said("stage", STAGE, batch["stage"]),
        "检验结论": pa.array(["合格", "不合格"]).take(pa.array((item >= 0).astype(np.int8))),
        "不合格项目": pa.array(items().names).take(pa.array(item, mask=item < 0)),
        "假冒": pc.if_else(batch["counterfeit"], "是", "否"),
        "抽样日期": packed(batch["occurred"]),
        "报送日期": packed(batch["known"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "lots.csv",
        "csv-gb18030",
        "lot",
        _lots,
        hides=HIDDEN["part"],
        blurred={"被抽样单位": "name", "单位地址": "address", "许可证编号": "licence"},
        code=CODE,
        day="抽样日期",
        word="抽样环节",
    ),
)
