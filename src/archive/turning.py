"""Around the SQL of a mapping: what it yields of a day or later is turned, or left out.

Half of those records are left out, by whose they are and their numbers. In all others, what is
true becomes false, none becomes some and some none, a code becomes the next one of its table, a
day that may be missing comes or goes, and one that may not becomes the day it happened. Texts,
enterprises, persons and clocks stay.
"""

from collections.abc import Collection

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..core import time
from ..core.codes import CodeTable
from .check import OFFSET
from .contract import HINTS, Field
from .kinds import KINDS
from .source import Clocks, Records

__all__ = ["later", "turning"]

CLOCKS = ("occurred", "known")


def turning(
    records: Records,
    inner: str,
    columns: Collection[str],
    condition: str,
    kept: npt.NDArray[np.int64],
    seed: int,
) -> str:
    """Return a SELECT that turns or leaves out what another yields.

    Parameters
    ----------
    records, inner, columns
        Which kind of record is yielded, by which SELECT, in which columns.
    condition
        SQL that tells which records, as `later` returns it.
    kept
        Rows whose records stay as they are.
    seed
        By which half of them is left out.
    """
    contract = KINDS[records.kind]
    fields = [field for field in contract.columns if field.name in columns]
    texts = ", ".join(f'CAST("{each.name}" AS VARCHAR) AS "{each.name}"' for each in fields)
    stay = ", ".join(map(str, kept.tolist())) or "-1"
    turned = [
        f'CASE WHEN turning THEN {_turned(each)} ELSE "{each.name}" END AS "{each.name}"'
        for each in fields
        if _can_turn(each) and each.name not in (*contract.key, *records.codes)
    ]
    whose = ", ".join(f'"{name}"' for name in ("enterprise", *HINTS, "number") if name in columns)
    replaced = f"REPLACE ({', '.join(turned)})" if turned else ""
    return f"""
        WITH mapped AS (
            {inner}
        ),
        told AS (
            SELECT * REPLACE ({texts}),
                coalesce({condition} AND _row NOT IN ({stay}), false) AS turning
            FROM mapped
        )
        SELECT * EXCLUDE (turning) {replaced} FROM told
        WHERE NOT turning OR hash(concat_ws(' ', {whose}, {seed})) % 2 = 0"""


def later(clocks: Clocks, received: int, day: int) -> str:
    """Return SQL for whether a record is available on a day or later, as `time.available` says.

    Parameters
    ----------
    clocks
        How far the source's clocks are believed.
    received, day
        Day numbers.
    """
    if clocks.backfill != "trusted" and received >= day:
        return "true"
    since = f"DATE '{time.show(day - clocks.delay_days)}'"
    text = "trim(CAST(known AS VARCHAR))"
    local = f"timezone('{clocks.zone}', TRY_CAST({text} AS TIMESTAMP))"
    absolute = f"TRY_CAST({text} AS TIMESTAMPTZ)"
    moment = f"CASE WHEN regexp_matches({text}, '{OFFSET}') THEN {absolute} ELSE {local} END"
    return f"""CASE WHEN length({text}) <= 10 THEN TRY_CAST({text} AS DATE)
        ELSE CAST(timezone('{time.SHANGHAI.key}', {moment}) AS DATE) END >= {since}"""


def _can_turn(field: Field) -> bool:
    match field.type:
        case "boolean" | "integer" | "number":
            return True
        case "date":
            return field.name not in CLOCKS
        case _:
            return field.codes is not None


def _turned(field: Field) -> str:
    """Return SQL for what a field holds instead; what cannot be read stays as it is."""
    name = f'"{field.name}"'
    match field.type:
        case "boolean":
            turned = f"CAST(NOT TRY_CAST({name} AS BOOLEAN) AS VARCHAR)"
        case "integer" | "number":
            low = field.low or 0
            number = f"TRY_CAST({name} AS DOUBLE)"
            turned = f"CASE WHEN {number} > {low} THEN '{low}' WHEN {number} <= {low} "
            turned += f"THEN '{low + 1}' END"
        case "date":
            turned = f"CASE WHEN {name} IS NULL THEN occurred END"
            return f"coalesce(occurred, {name})" if field.required else turned
        case _:
            turned = f"CASE {name} {_next_codes(CodeTable.load(str(field.codes)))} END"
    return f"coalesce({turned}, {name})"


def _next_codes(table: CodeTable) -> str:
    """Return the branches from each code that always holds to the next of them."""
    always = (table.since == table.since.min()) & (table.until == time.NEVER)
    codes = table.table["code"].filter(pa.array(always)).to_pylist()
    pairs = zip(codes, [*codes[1:], *codes[:1]], strict=True)
    return " ".join(f"WHEN '{code}' THEN '{following}'" for code, following in pairs)
