"""The streams that real records feed: each contract's own SQL over values of its code tables."""

import random
from datetime import date
from functools import cache
from typing import Any

import duckdb
import pyarrow as pa

from xinheng.archive.contract import ARROW_TYPES, Contract, Field
from xinheng.archive.kinds import KINDS
from xinheng.core.codes import CodeTable

ROWS = 300
DATES = [date(2025, 3, 1), date(2025, 7, 15), None]


@cache
def vocabulary() -> tuple[tuple[str, str], ...]:
    """Return (kind, code) of every stream, sorted."""
    kinds = KINDS.values()
    return tuple(sorted({pair for kind in kinds for pair in fed(kind, records_of(kind))}))


@cache
def records_of(contract: Contract) -> pa.Table:
    """Return records of any values, the same every time."""
    draw = random.Random(contract.kind)  # noqa: S311  the same streams every time
    return pa.table(
        {
            field.name: pa.array(draw.choices(_values(field), k=ROWS), ARROW_TYPES[field.type])
            for field in contract.columns
            if field.type not in ("instant", "person")
        }
    )


def fed(contract: Contract, records: pa.Table) -> list[tuple[str, str]]:
    """Return (kind, code) of the streams that some records of a kind feed, sorted."""
    pairs = set()
    with duckdb.connect() as connection:
        connection.register("records", records)
        for stream in contract.streams:
            select = f"SELECT DISTINCT {stream.code} FROM records WHERE {stream.where}"  # noqa: S608
            pairs |= {(stream.kind, code) for (code,) in connection.sql(select).fetchall()}
    return sorted(pairs)


def _values(field: Field) -> list[Any]:
    if field.codes:
        return [*CodeTable.load(field.codes).codes, *([] if field.required else [None])]
    match field.type:
        case "boolean":
            return [True, False]
        case "date":
            return list(DATES)
        case "integer" | "number":
            return [1, 2]
    return ["one", "two", "other:three"]
