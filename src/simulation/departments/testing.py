"""Food testing institute 食品检验检测院: sampled lots, and the products it watches; Parquet."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa

from ..catalogue import ALTERNATIVES, items, products
from ..desk import Desk, dates, numbered
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-testing", "统一社会信用代码"
TAG = {
    "": None,
    "new_format": "新业态",
    "new_technology": "新技术",
    "new_ingredient": "新原料",
    "new_variety": "新品种",
    "local": "地方特色",
}


def _sampling(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    product, item = batch["product"].to_numpy(), batch["item"].to_numpy()
    failed = pa.array(item, mask=item < 0)
    return {
        "抽样编号": numbered("CJ", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "食品名称": _column("name").take(pa.array(product)),
        "食品类别": _column("category").take(pa.array(product)),
        "抽样日期": dates(batch["occurred"]),
        "结论日期": dates(batch["known"]),
        "结论": pa.array(["合格", "不合格"]).take(pa.array((item >= 0).astype(np.int8))),
        "不合格项目": pa.array(items().names).take(failed),
    }


def _products(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    product = batch["product"].to_numpy()
    table = products()
    names = [
        [name, *also.split(ALTERNATIVES)]
        for name, also in zip(table["name"], table["also"], strict=True)
    ]
    told = zip(product.tolist(), batch["name"].to_pylist(), strict=True)
    return {
        "申报编号": numbered("CP", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "产品名称": pa.array([names[one][number] for one, number in told], pa.string()),
        "食品类别": _column("category").take(pa.array(product)),
        "四新一特": pa.array([TAG[tag] for tag in table["tag"]]).take(pa.array(product)),
        "申报日期": dates(batch["occurred"]),
        "入库日期": dates(batch["known"]),
        "停产日期": dates(batch["ended"]),
    }


def _column(name: str) -> pa.Array:
    return pa.array([text or None for text in products()[name]], pa.string())


PAPERS = (
    Paper(SOURCE, "sampling.parquet", "parquet", "sampling", _sampling, code=CODE, word="食品类别"),
    Paper(
        SOURCE,
        "products.parquet",
        "parquet",
        "product",
        _products,
        later=("ended",),
        code=CODE,
        word="四新一特",
    ),
)
