"""Consumers' hotline 12315 消费者投诉举报平台: its own calls and those handed on by 12345."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..catalogue import products
from ..desk import Desk, dashed, numbered, said
from ..paper import Paper
from .complaints import TOPIC

__all__ = ["PAPERS"]

SOURCE, CODE, ISSUER = "city-12315", "统一社会信用代码", "city-complaints"
CHANNEL = {"app": "手机应用", "telephone": "电话", "web": "网站", "letter": "来信来访"}


def _calls(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    closed = pa.array(batch["closed"].to_numpy() >= 0)
    product, hotline = batch["product"].to_numpy(), batch["hotline"].to_numpy()
    handed = pa.array(hotline >= 0)
    ticket = pc.if_else(handed, numbered("TS", np.maximum(hotline, 0)), None)
    return {
        "编号": numbered("XF", batch["number"]),
        "转办工单号": ticket,
        "被诉企业": desk.about("name", batch["enterprise"]),
        CODE: desk.code(batch["enterprise"]),
        "企业地址": desk.about("address", batch["enterprise"]),
        "类别": pc.if_else(batch["report"], "举报", "投诉"),
        "问题": said("topic", TOPIC, batch["topic"]),
        "涉及食品安全": pc.if_else(batch["food"], "是", "否"),
        "涉及商品": pa.array(list(products()["name"])).take(pa.array(product, mask=product < 0)),
        "渠道": said("channel", CHANNEL, batch["channel"]),
        "接收日期": dashed(batch["occurred"]),
        "登记日期": dashed(batch["known"]),
        "受理日期": dashed(batch["accepted"]),
        "办结日期": dashed(batch["closed"]),
        "是否属实": pc.if_else(closed, pc.if_else(batch["verified"], "属实", "不属实"), None),
        "_issuer": pc.if_else(handed, ISSUER, None),
    }


PAPERS = (
    Paper(
        SOURCE,
        "calls.csv",
        "csv-gb18030",
        "call",
        _calls,
        later=("accepted", "closed"),
        hides=0.4,
        blurred={"被诉企业": "trade name", "企业地址": "address"},
        record=("complaint", "转办工单号"),
        code=CODE,
        day="接收日期",
        word="类别",
    ),
)
