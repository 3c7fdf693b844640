"""Certification 认证认可: certificates as Parquet, awards as a spreadsheet."""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from ..desk import Desk, dates, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE = "city-certification"
SCHEME = {
    "haccp": "危害分析与关键控制点",
    "iso22000": "食品安全管理体系",
    "gmp": "良好生产规范",
    "fssc22000": "FSSC 22000",
}
LETTERS = {"haccp": "HACCP-", "iso22000": "FSMS-", "gmp": "GMP-", "fssc22000": "FSSC-"}
LEVEL = {"city": "市级", "province": "省级", "nation": "国家级"}


def _certificates(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    digits = numbered("", batch["number"])
    term = pc.cast(pa.array(batch["term"].to_numpy()), pa.string())
    letters = said("scheme", LETTERS, batch["scheme"])
    number = pc.binary_join_element_wise(letters, digits, "")
    return {
        "证书编号": pc.binary_join_element_wise(number, term, "-"),
        "组织代码": desk.code(batch["enterprise"]),
        "认证项目": said("scheme", SCHEME, batch["scheme"]),
        "发证日期": dates(batch["occurred"]),
        "上报日期": dates(batch["known"]),
        "有效期至": dates(batch["valid_to"]),
        "撤销日期": dates(batch["withdrawn"]),
    }


def _awards(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "表彰编号": numbered("JL", batch["number"]),
        "统一社会信用代码": desk.code(batch["enterprise"]),
        "级别": said("level", LEVEL, batch["level"]),
        "表彰日期": dates(batch["occurred"]),
        "公布日期": dates(batch["known"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "certificates.parquet",
        "parquet",
        "certificate",
        _certificates,
        later=("withdrawn",),
        code="组织代码",
        word="认证项目",
    ),
    Paper(SOURCE, "awards.xlsx", "excel", "award", _awards, code="统一社会信用代码"),
)
