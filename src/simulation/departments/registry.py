"""Registration office 登记注册局: GB18030, packed dates, money in 万元."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..arrays import Mask
from ..desk import Desk, figures, numbered, packed, said
from ..paper import Paper
from ..vocabulary import place

__all__ = ["PAPERS"]

SOURCE, CODE = "city-registry", "统一社会信用代码"
POPULATION = {"entity": "一般市场主体", "operator": "食品经营者", "producer": "食品生产者"}
STATUS = {"active": "存续", "paused": "歇业", "stopped": "停业"}
ITEM = {
    "legal_representative": "法定代表人",
    "name": "名称",
    "address": "住所",
    "production_address": "生产地址",
    "scope": "经营范围",
    "capital": "注册资本",
    "shareholder": "股东",
}
REASON = {
    "report_missing": "未按规定期限公示年度报告",
    "disclosure_missing": "未按期公示即时信息",
    "unreachable": "通过登记的住所无法联系",
}
FORM = {"individual": "个体工商户", "limited": "有限责任公司", "branch": "分公司"}
ROLE = {
    "investment": "投资",
    "branch": "分支机构",
    "same_person": "同一负责人",
    "supply": "供货",
    "commission": "委托生产",
}


def _register(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    who = batch["enterprise"]
    words = pa.array([POPULATION[name] for name in ("entity", "operator", "producer")])
    kinds = pa.array(["entity", "operator", "producer"])
    established = desk.about("established", who).to_numpy(zero_copy_only=False)
    return {
        CODE: desk.code(who),
        "名称": desk.about("name", who),
        "监管类别": words.take(pc.index_in(desk.about("population", who), kinds)),
        "业态": desk.about("trade", who),
        "静态风险等级": desk.about("tier", who),
        "字号": desk.about("brand", who),
        "场所编号": desk.about("site", who),
        "所属区": desk.about("district", who),
        "经度": desk.about("longitude", who),
        "纬度": desk.about("latitude", who),
        "成立日期": packed(established),
        "注册资本(万元)": figures(batch["capital"]),
        "登记状态": said("status", STATUS, batch["status"]),
        "变动日期": packed(batch["occurred"]),
        "登记日期": packed(batch["known"]),
    }


def _changes(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "变更编号": numbered("BG", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "变更事项": said("change", ITEM, batch["item"]),
        "变更前(万元)": figures(batch["before"]),
        "变更后(万元)": figures(batch["after"]),
        "核准日期": packed(batch["occurred"]),
        "录入日期": packed(batch["known"]),
    }


def _abnormal(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "列入决定书文号": numbered("信市监异", batch["number"], batch["occurred"]),
        CODE: desk.code(batch["enterprise"]),
        "列入原因": said("reason", REASON, batch["reason"]),
        "列入日期": packed(batch["occurred"]),
        "公示日期": packed(batch["known"]),
        "移出日期": packed(batch["removed"]),
    }


def _reports(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        CODE: desk.code(batch["enterprise"]),
        "报告年度": batch["year"],
        "应报日期": packed(batch["due"]),
        "报送日期": packed(batch["occurred"]),
        "入库日期": packed(batch["known"]),
        "从业人数": batch["employees"],
        "营业总收入(万元)": figures(batch["revenue"]),
        "资产总额(万元)": figures(batch["assets"]),
        "负债总额(万元)": figures(batch["liabilities"]),
        "实缴出资(万元)": figures(batch["paid_in"]),
    }


def _relations(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "关系编号": numbered("GX", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "关联方代码": desk.code(batch["other"]),
        "关系": said("role", ROLE, batch["role"]),
        "持股比例": figures(batch["share"]),
        "起始日期": packed(batch["occurred"]),
        "登记日期": packed(batch["known"]),
        "终止日期": packed(batch["ended"]),
    }


def _premises(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    who = batch["enterprise"]
    forms = pa.array(list(FORM.values()))
    return {
        CODE: desk.code(who),
        "主体类型": forms.take(pc.index_in(desk.about("type", who), pa.array(list(FORM)))),
        "行业代码": desk.about("industry", who),
        "街道": desk.about("street", who),
        "住所": desk.about("address", who),
    }


def _figures(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        CODE: desk.code(batch["enterprise"]),
        "报告年度": batch["year"],
        "利润总额(万元)": batch["profit"],
        "纳税总额(万元)": batch["tax"],
    }


def _is_abnormal(batch: pa.Table) -> Mask:
    return np.asarray(batch["list"].to_numpy() == place("list", "abnormal"))


PAPERS = (
    Paper(
        SOURCE,
        "register.csv",
        "csv-gb18030",
        "register",
        _register,
        code=CODE,
        day="变动日期",
        word="登记状态",
    ),
    Paper(SOURCE, "changes.csv", "csv-gb18030", "change", _changes, code=CODE, word="变更事项"),
    Paper(
        SOURCE,
        "abnormal.csv",
        "csv-gb18030",
        "list_entry",
        _abnormal,
        where=_is_abnormal,
        later=("removed",),
        code=CODE,
    ),
    Paper(
        SOURCE,
        "annual_reports.csv",
        "csv-gb18030",
        "annual_report",
        _reports,
        code=CODE,
        day="应报日期",
    ),
    Paper(
        SOURCE,
        "relations.csv",
        "csv-gb18030",
        "relation",
        _relations,
        later=("ended",),
        code=CODE,
        word="关系",
    ),
    Paper(SOURCE, "addresses.csv", "csv-gb18030", "premises", _premises),
    Paper(SOURCE, "report_figures.csv", "csv-gb18030", "figures", _figures),
)
