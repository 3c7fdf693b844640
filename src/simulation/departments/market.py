"""Market regulator 市场监督管理局: visits, orders, penalties, recalls; 2024/3/5, money in yuan."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Mask, Who
from ..cases import PAYABLE, payable
from ..catalogue import products
from ..desk import Desk, dates, numbered, said, slashed
from ..paper import Paper
from ..visits import CHECKLIST
from ..vocabulary import WORDS, place

__all__ = ["KIND", "PAPERS", "VIOLATION", "due"]

SOURCE, CODE = "city-market", "统一社会信用代码"
PURPOSE = {
    "routine": "日常检查",
    "random_key": "双随机重点",
    "random_general": "双随机一般",
    "reinspection": "复查",
    "complaint": "投诉举报核查",
}
RESULT = {
    "pass": "符合",
    "corrected": "责令改正",
    "pending": "待后续处理",
    "fail": "不符合",
    "uncontactable": "查无下落",
    "none": "未开展经营",
    "refused": "拒绝检查",
}
KIND = {
    "warning": "警告",
    "fine": "罚款",
    "confiscation": "没收违法所得",
    "suspension": "暂扣许可证",
    "stoppage": "责令停产停业",
    "revocation": "吊销许可证",
}
VIOLATION = {
    "hygiene": "经营场所不符合卫生要求",
    "storage": "未按要求贮存食品",
    "records": "未履行进货查验义务",
    "expired": "经营超过保质期的食品",
    "staff": "从业人员无有效健康证明",
    "scope": "超出许可范围经营",
    "additive": "超范围超限量使用添加剂",
    "contaminated": "污染物或致病菌超标",
    "substandard": "质量指标不符合标准",
    "label": "标签不符合规定",
    "foreign_matter": "混有异物",
    "misleading": "虚假宣传",
    "advertising": "发布违法广告",
    "unlicensed": "未经许可从事经营",
    "price": "未明码标价",
    "product_quality": "产品质量不合格",
    "tax_filing": "未按期申报",
    "invoice": "违反发票管理规定",
    "fire_exit": "堵塞消防通道",
    "waste": "违规处置垃圾污水",
    "obstruction": "占道经营",
}
REASON = {
    "banned_material": "使用禁止的原料",
    "excess_substance": "致病菌或残留超标",
    "other_harm": "其他严重危害",
}
DRAFTS = 127
LEVEL = pa.array(["", "一级召回", "二级召回", "三级召回"])


def _inspections(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    """Write visits, and behind them the drafts of some that were not handed in."""
    kept = batch["number"].to_numpy() * 7919 % DRAFTS == 0
    draft = pa.array(np.repeat([False, True], [batch.num_rows, kept.sum()]))
    batch = pa.concat_tables([batch, batch.filter(pa.array(kept))])
    number = numbered("JC", batch["number"])
    return {
        "检查编号": pc.if_else(draft, pc.binary_join_element_wise(number, "草稿", "-"), number),
        CODE: desk.code(batch["enterprise"]),
        "检查日期": slashed(batch["occurred"]),
        "录入日期": slashed(batch["known"]),
        "检查类型": said("purpose", PURPOSE, batch["purpose"]),
        "检查人员": pc.binary_join_element_wise(
            "执法员", pc.cast(batch["inspector"], pa.string()), ""
        ),
        "检查结论": pc.if_else(draft, None, said("result", RESULT, batch["result"])),
        "得分": _score(batch["score"]),
        "关键项不符合数": _count(batch["critical"]),
        "重点项不符合数": _count(batch["serious"]),
        "一般项不符合数": _count(batch["minor"]),
        "状态": pc.if_else(draft, "草稿", "已提交"),
    }


def _items(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "检查编号": numbered("JC", batch["inspection"]),
        CODE: desk.code(batch["enterprise"]),
        "检查日期": slashed(batch["occurred"]),
        "录入日期": slashed(batch["known"]),
        "项目编码": _item(batch),
        "次数": batch["count"],
    }


def _rectifications(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    come = batch["closed_known"].to_numpy() >= 0
    return {
        "文书号": numbered("信市监责改", batch["number"], batch["occurred"]),
        CODE: desk.code(batch["enterprise"]),
        "责令日期": slashed(batch["occurred"]),
        "录入日期": slashed(batch["known"]),
        "整改期限": slashed(batch["due"]),
        "复核通过日期": slashed(np.where(come, batch["closed"].to_numpy(), -1)),
        "复核录入日期": slashed(batch["closed_known"]),
    }


def due(batch: pa.Table) -> Who:
    """Return the last days to pay penalties, -1 where there is nothing to pay."""
    days = batch["occurred"].to_numpy() + PAYABLE
    return np.where(payable(batch["penalty"].to_numpy()), days, -1)


def _penalties(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "决定书文号": numbered("信市监罚", batch["number"], batch["occurred"]),
        "案号": numbered("LA", batch["case"]),
        CODE: desk.code(batch["enterprise"]),
        "违法行为类型": said("violation", VIOLATION, batch["violation"]),
        "食品安全案件": pc.if_else(batch["food"], "是", "否"),
        "处罚种类": said("penalty", KIND, batch["penalty"]),
        "罚款金额(元)": batch["fine"],
        "没收金额(元)": batch["confiscated"],
        "决定日期": slashed(batch["occurred"]),
        "公示日期": slashed(batch["known"]),
        "履行期限": slashed(due(batch)),
        "履行日期": slashed(batch["performed"]),
        "撤销日期": slashed(batch["withdrawn"]),
        "恢复日期": slashed(batch["reinstated"]),
        "修复日期": slashed(batch["repaired"]),
    }


def _serious(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "列入决定书文号": numbered("信市监严", batch["number"], batch["occurred"]),
        CODE: desk.code(batch["enterprise"]),
        "列入事由": said("reason", REASON, batch["reason"]),
        "列入日期": slashed(batch["occurred"]),
        "公示日期": slashed(batch["known"]),
        "移出日期": slashed(batch["removed"]),
    }


def _recalls(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    product = pa.array(batch["product"].to_numpy())
    return {
        "召回编号": numbered("ZH", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "产品名称": pa.array(list(products()["name"])).take(product),
        "召回级别": LEVEL.take(pa.array(batch["level"].to_numpy())),
        "召回方式": pc.if_else(batch["ordered"], "责令召回", "主动召回"),
        "是否逾期启动": pc.if_else(batch["late"], "是", "否"),
        "启动日期": dates(batch["occurred"]),
        "报告日期": dates(batch["known"]),
        "完成日期": dates(batch["finished"]),
    }


def _score(score: pa.ChunkedArray) -> pa.Array:
    numbers = score.to_numpy()
    return pa.array(np.nan_to_num(numbers).astype(np.int16), mask=np.isnan(numbers))


def _count(count: pa.ChunkedArray) -> pa.Array:
    numbers = count.to_numpy()
    return pa.array(numbers, mask=numbers < 0)


def _item(batch: pa.Table) -> pa.Array:
    """Return the codes of check-list items, such as K03."""
    words = [
        f"{CHECKLIST[severity][0]}{item + 1:02d}"
        for severity in WORDS["severity"]
        for item in range(20)
    ]
    place_of = batch["severity"].to_numpy().astype(np.int64) * 20 + batch["item"].to_numpy()
    return pa.array(words).take(pa.array(place_of))


def _by_market(batch: pa.Table) -> Mask:
    return np.asarray(batch["organ"].to_numpy() == place("organ", "market"))


def _is_serious(batch: pa.Table) -> Mask:
    return np.asarray(batch["list"].to_numpy() == place("list", "serious_dishonesty"))


PAPERS = (
    Paper(
        SOURCE,
        "inspections.csv",
        "csv",
        "inspection",
        _inspections,
        corrected=("minor", 2),
        code=CODE,
        day="检查日期",
        word="检查结论",
    ),
    Paper(
        SOURCE, "items.csv", "csv-gb18030", "inspection_item", _items, code=CODE, word="项目编码"
    ),
    Paper(
        SOURCE,
        "rectifications.csv",
        "csv",
        "rectification",
        _rectifications,
        later=("closed_known",),
        code=CODE,
        day="整改期限",
    ),
    Paper(
        SOURCE,
        "penalties.csv",
        "csv",
        "penalty",
        _penalties,
        where=_by_market,
        later=("performed", "withdrawn", "reinstated", "repaired"),
        corrected=("fine", 0.5),
        code=CODE,
        day="决定日期",
        word="处罚种类",
    ),
    Paper(
        SOURCE,
        "serious.csv",
        "csv",
        "list_entry",
        _serious,
        where=_is_serious,
        later=("removed",),
        code=CODE,
    ),
    Paper(
        SOURCE,
        "recalls.xlsx",
        "excel",
        "recall",
        _recalls,
        later=("finished",),
        code=CODE,
        word="召回级别",
    ),
)
