"""Staff registry 从业人员信用档案中心 and exam centre 考试中心: posts, staff, exams."""

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dashed, dates, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

STAFF, EXAM, CODE = "city-staff", "city-exam", "统一社会信用代码"
POST = {
    "legal_representative": "法定代表人",
    "executive": "高级管理人员",
    "director": "董事",
    "supervisor": "监事",
    "principal": "主要负责人",
    "shareholder": "股东",
}
ROLE = {"director": "食品安全总监", "officer": "食品安全员"}


def _posts(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "任职编号": numbered("RZ", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "人员标识": numbered("RY", batch["person"]),
        "职务": said("post", POST, batch["role"]),
        **_term(batch),
    }


def _staff(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "备案编号": numbered("SA", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "人员标识": numbered("RY", batch["person"]),
        "岗位": said("staff", ROLE, batch["role"]),
        **_term(batch),
    }


def _term(batch: pa.Table) -> Mapping[str, pa.Array]:
    entered = batch["until_known"].to_numpy() >= 0
    return {
        "任职日期": dates(batch["occurred"]),
        "登记日期": dates(batch["known"]),
        "离任日期": dates(np.where(entered, batch["until"].to_numpy(), -1)),
        "离任登记日期": dates(batch["until_known"]),
    }


def _exams(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "准考证号": numbered("KH", batch["number"]),
        "单位名称": desk.about("name", batch["enterprise"]),
        "许可证编号": desk.licence(batch["enterprise"]),
        "人员标识": numbered("RY", batch["person"]),
        "岗位": said("staff", ROLE, batch["role"]),
        "成绩": batch["score"],
        "是否合格": pc.if_else(batch["passed"], "合格", "不合格"),
        "考核日期": dashed(batch["occurred"]),
        "录入日期": dashed(batch["known"]),
        "_who": desk.code(batch["enterprise"]),
    }


PAPERS = (
    Paper(
        STAFF,
        "posts.parquet",
        "parquet",
        "post",
        _posts,
        later=("until_known",),
        code=CODE,
        word="职务",
    ),
    Paper(
        STAFF,
        "staff.parquet",
        "parquet",
        "staff",
        _staff,
        later=("until_known",),
        code=CODE,
        word="岗位",
    ),
    Paper(
        EXAM,
        "exams.csv",
        "csv",
        "exam",
        _exams,
        hides=1,
        blurred={"单位名称": "name", "许可证编号": "licence"},
        code="_who",
        day="考核日期",
        word="岗位",
    ),
)
