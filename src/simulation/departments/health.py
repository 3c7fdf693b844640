"""Health commission 卫生健康委: confirmed food-borne illness; GB18030, one word for one grade."""

from collections.abc import Mapping

import pyarrow as pa

from ..catalogue import products
from ..desk import Desk, dashed, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-health", "责任单位代码"
GRADE = {"outbreak": "暴发", "mass": "三十人以上", "death": "致人死亡"}


def _incidents(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "事故编号": numbered("SG", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "发生日期": dashed(batch["occurred"]),
        "确认日期": dashed(batch["known"]),
        "等级": said("grade", GRADE, batch["grade"]),
        "发病人数": batch["ill"],
        "死亡人数": batch["deaths"],
        "可疑食品": pa.array(list(products()["name"])).take(pa.array(batch["product"].to_numpy())),
    }


PAPERS = (Paper(SOURCE, "incidents.csv", "csv-gb18030", "incident", _incidents, code=CODE),)
