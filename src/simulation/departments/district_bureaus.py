"""District market bureaus 区市场监督管理局: random checks, catering grades, obstruction."""

from collections.abc import Mapping
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from ..areas import AREAS
from ..desk import Desk, dashed, numbered, said
from ..paper import Paper
from .formats import equal, sharing

__all__ = ["PAPERS"]

CODE = "统一社会信用代码"
SELECTION = {"random_general": "一般抽查", "random_key": "重点抽查"}
RESULT = {
    "pass": "未发现问题",
    "none": "未发现开展本次抽查涉及的经营活动",
    "corrected": "发现问题已责令改正",
    "pending": "发现问题待后续处理",
    "undisclosed": "未按规定公示应当公示的信息",
    "dishonest": "公示信息隐瞒真实情况、弄虚作假",
    "uncontactable": "通过登记的住所(经营场所)无法联系",
    "refused": "不配合检查情节严重",
}
FOLLOW_UP = {
    "none": "无需后续处置",
    "stopped": "停止检查并反馈日常监管",
    "ordered": "责令改正",
    "case": "移送办案机构",
    "notified": "抄告相关部门",
    "other": "其他",
}
GRADE = {letter: f"{letter}级" for letter in "ABC"}
FORM = {
    "entry": "拒绝进入现场",
    "evidence": "拒绝取证",
    "records": "不提供材料",
    "evasion": "逃避检查",
    "violence": "暴力威胁",
    "seized_goods": "转移查封财物",
    "false_evidence": "伪造证据",
    "other": "其他妨碍行为",
}


def _checks(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    plan = batch["plan"].to_numpy()
    quarters = pa.array([f"{2000 + n // 4}年第{n % 4 + 1}季度" for n in range(400)])
    return {
        "抽查编号": numbered("SJ", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "企业名称": desk.about("name", batch["enterprise"]),
        "抽查计划": pc.binary_join_element_wise(quarters.take(pa.array(plan)), "双随机抽查", ""),
        "抽查类型": said("selection", SELECTION, batch["selection"]),
        "抽查日期": dashed(batch["occurred"]),
        "公示日期": dashed(batch["known"]),
        "抽查结果": said("check_result", RESULT, batch["result"]),
        "后续处置": said("follow_up", FOLLOW_UP, batch["follow_up"]),
        "撤销日期": dashed(batch["withdrawn"]),
    }


def _grades(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "评定编号": numbered("LH", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "单位名称": desk.about("name", batch["enterprise"]),
        "量化等级": said("catering_grade", GRADE, batch["grade"]),
        "得分": batch["score"],
        "评定日期": dashed(batch["occurred"]),
        "录入日期": dashed(batch["known"]),
        "有效期至": dashed(batch["valid_to"]),
    }


def _obstructions(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "记录编号": numbered("ZN", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "情形": said("obstruction_form", FORM, batch["form"]),
        "发生日期": dashed(batch["occurred"]),
        "录入日期": dashed(batch["known"]),
    }


def _papers() -> tuple[Paper, ...]:
    papers = []
    for department, form, suffix in sharing("exchange-district"):
        where = partial(equal, "area", AREAS.index(department.source.removeprefix("city-market-")))
        papers += [
            Paper(
                department.source,
                f"random_checks.{suffix}",
                form,
                "random_check",
                _checks,
                where=where,
                later=("withdrawn",),
                code=CODE,
                day="抽查日期",
                word="抽查结果",
            ),
            Paper(
                department.source,
                f"catering_grades.{suffix}",
                form,
                "catering_grade",
                _grades,
                where=where,
                corrected=("score", 0.9),
                code=CODE,
                word="量化等级",
            ),
            Paper(
                department.source,
                f"obstructions.{suffix}",
                form,
                "obstruction",
                _obstructions,
                where=where,
                code=CODE,
            ),
        ]
    return tuple(papers)


PAPERS = _papers()
