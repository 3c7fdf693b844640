"""Second certification body 南方食品认证中心: certificates of management systems."""

from collections.abc import Mapping

import pyarrow as pa

from ..desk import Desk, dashed, numbered, said
from ..paper import Paper

__all__ = ["PAPERS"]

SOURCE, CODE = "city-certification-south", "组织代码"
SCHEME = {"haccp": "HACCP体系", "iso22000": "ISO 22000", "gmp": "GMP", "fssc22000": "FSSC 22000"}


def _certificates(desk: Desk, batch: pa.Table) -> Mapping[str, pa.Array]:
    return {
        "证书号": numbered("NF", batch["number"]),
        CODE: desk.code(batch["enterprise"]),
        "认证标准": said("scheme", SCHEME, batch["scheme"]),
        "颁证日期": dashed(batch["occurred"]),
        "上报日期": dashed(batch["known"]),
        "到期日期": dashed(batch["valid_to"]),
        "撤销日期": dashed(batch["withdrawn"]),
    }


PAPERS = (
    Paper(
        SOURCE,
        "certificates.csv",
        "csv",
        "system",
        _certificates,
        later=("withdrawn",),
        code=CODE,
        word="认证标准",
        delimiter="|",
    ),
)
