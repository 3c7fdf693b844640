"""Records against their contract: every fault of every row, and the typed rest."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .contract import ARROW_TYPES, SQL_TYPES, Contract, Field
from .database import workbench
from .enterprises import read_identifiers

__all__ = ["FAULTS", "check"]

FAULTS = pa.schema(
    [
        ("row", pa.int64()),
        ("kind", pa.string()),
        ("field", pa.string()),
        ("value", pa.string()),
        ("fault", pa.string()),
    ]
)

EXPECTED = {
    "text": "text",
    "integer": "a whole number",
    "number": "a finite number",
    "date": "a date YYYY-MM-DD between 1900 and 2200",
    "instant": "a date YYYY-MM-DD, or a moment YYYY-MM-DD HH:MM:SS",
    "boolean": "true or false",
}
OFFSET = r"\d:\d.*(Z|[+-]\d{2}(:?\d{2})?)$"


def check(
    contract: Contract,
    table: pa.Table,
    *,
    scheme: str,
    zone: ZoneInfo,
    received: int,
    codes: Mapping[str, CodeTable],
) -> tuple[pa.Table, pa.Table]:
    """Type the rows of a mapped table and collect every fault they have.

    Parameters
    ----------
    contract
        What the rows must look like.
    table
        What the mapping's SELECT yielded: `_row` and the contract's columns, of any type.
    scheme, zone, received
        Identifier scheme and time zone of the source, and the day of delivery.
    codes
        Code table by field name, for fields that have one.

    Returns
    -------
    records : pyarrow.Table
        `_row`, the contract's columns in their types, and `known_day`; one row for each input
        row, in the order of `_row` whatever order a join left them in, with null where a value
        could not be read.
    faults : pyarrow.Table
        Columns of `FAULTS`; `row` is `_row` of the source row.
    """
    order = "" if np.all(np.diff(table["_row"].to_numpy()) > 0) else "ORDER BY ALL"
    with workbench(mapped=table) as connection:
        raw = connection.sql(
            f"SELECT CAST(_row AS BIGINT) AS _row, {_raw(contract)} FROM mapped {order}"
        ).to_arrow_table()
        connection.register("raw", raw)
        typed = connection.sql(f"SELECT _row, {_typed(contract)} FROM raw").to_arrow_table()
        known, known_day = _moments(connection, raw["known"], zone)
    codes_of, wrong = read_identifiers(scheme, raw["enterprise"])
    for name, column in (("known", known), ("enterprise", codes_of)):
        typed = typed.set_column(typed.column_names.index(name), name, column)
    typed = typed.append_column("known_day", known_day)
    faults = [FAULTS.empty_table()]
    for field in contract.columns:
        faults += _cast_faults(contract, field, raw, typed)
    for field in contract.fields:
        if field.name in codes:
            faults += _code_faults(contract, field, codes[field.name], typed)
    faults += _faults(contract, "enterprise", typed, pc.is_valid(wrong), codes_of, wrong)
    faults += _clock_faults(contract, typed, received)
    return typed, pa.concat_tables(faults)


def _raw(contract: Contract) -> str:
    return ", ".join(
        f'nullif(trim(CAST("{field.name}" AS VARCHAR)), \'\') AS "{field.name}"'
        for field in contract.columns
    )


def _typed(contract: Contract) -> str:
    return ", ".join(f'{_cast(field)} AS "{field.name}"' for field in contract.columns)


def _cast(field: Field) -> str:
    name = f'"{field.name}"'
    cast = f"TRY_CAST({name} AS {SQL_TYPES[field.type]})"
    match field.type:
        case "integer":
            return f"CASE WHEN regexp_full_match({name}, '[+-]?[0-9]+(\\.0+)?') THEN {cast} END"
        case "number":
            return f"CASE WHEN isfinite({cast}) THEN {cast} END"
        case "date":
            numeric = f"{name} >= '0' AND {name} < ':'"  # begins with a digit: not 'epoch'
            return f"CASE WHEN {numeric} AND year({cast}) BETWEEN 1900 AND 2200 THEN {cast} END"
        case _:
            return cast


def _moments(
    connection: duckdb.DuckDBPyConnection, known: pa.ChunkedArray, zone: ZoneInfo
) -> tuple[pa.Array, pa.Array]:
    """Return the instant at which each record was known, and its Shanghai day."""
    texts = known.dictionary_encode().combine_chunks()
    connection.register("texts", pa.table({"known": texts.dictionary}))
    moments = connection.sql(
        f"""SELECT length(known) <= 10 AS bare,
        epoch_us(TRY_CAST(nullif(known, 'epoch') AS TIMESTAMPTZ)) AS moment,
        regexp_matches(known, '{OFFSET}') AS absolute FROM texts"""
    ).df()
    instants, days = _known(moments, zone)
    return instants.take(texts.indices), days.take(texts.indices)


def _known(moments: pd.DataFrame, zone: ZoneInfo) -> tuple[pa.Array, pa.Array]:
    naive = pd.to_datetime(moments["moment"], unit="us")
    bare, absolute = moments["bare"], moments["absolute"]
    local = naive.dt.tz_localize(zone, ambiguous=True, nonexistent="shift_forward")
    end = (naive + pd.Timedelta(days=1)).dt.tz_localize(time.SHANGHAI, ambiguous=True)
    utc = naive.dt.tz_localize("UTC").where(absolute, local.dt.tz_convert("UTC"))
    utc = utc.where(~bare, end.dt.tz_convert("UTC") - pd.Timedelta(microseconds=1))
    instants = pa.array(utc.dt.tz_localize(None), pa.timestamp("us"), from_pandas=True)
    days = pa.array(time.days_of(utc), pa.int32(), mask=utc.isna().to_numpy())
    return instants.cast(ARROW_TYPES["instant"]), days


def _faults(
    contract: Contract,
    field: str,
    typed: pa.Table,
    where: pa.Array,
    value: pa.Array,
    fault: str | pa.Array,
) -> list[pa.Table]:
    """Return the faults of the rows marked by `where`, as a table if there are any."""
    if not pc.any(where).as_py():
        return []
    rows = typed["_row"].filter(where)
    columns = {
        "row": rows,
        "kind": pa.repeat(contract.kind, len(rows)),
        "field": pa.repeat(field, len(rows)),
        "value": value.filter(where).cast(pa.string()),
        "fault": pa.repeat(fault, len(rows)) if isinstance(fault, str) else fault.filter(where),
    }
    return [pa.table(columns, schema=FAULTS)]


def _cast_faults(
    contract: Contract, field: Field, raw: pa.Table, typed: pa.Table
) -> list[pa.Table]:
    text, value = raw[field.name], typed[field.name]
    found = []
    if value.null_count > text.null_count:
        unread = pc.and_(pc.is_valid(text), pc.is_null(value))
        expected = f"expected {EXPECTED[field.type]}"
        found += _faults(contract, field.name, typed, unread, text, expected)
    if field.required and text.null_count:
        empty = "required but empty"
        found += _faults(contract, field.name, typed, pc.is_null(text), text, empty)
    for bound, outside, words in (
        (field.low, pc.less, "must be at least"),
        (field.high, pc.greater, "must be at most"),
    ):
        if bound is not None:
            beyond = pc.fill_null(outside(value, bound), fill_value=False)
            found += _faults(contract, field.name, typed, beyond, text, f"{words} {bound:g}")
    return found


def _code_faults(
    contract: Contract, field: Field, table: CodeTable, typed: pa.Table
) -> list[pa.Table]:
    values = typed[field.name].combine_chunks()
    days = pc.fill_null(typed["occurred"].cast(pa.int32()), 0).to_numpy()
    wrong = _invalid(values, days, table)
    found = list(zip(values.filter(wrong).to_pylist(), days[wrong].tolist(), strict=True))
    fault = {(code, day): table.fault(code, day) for code, day in set(found)}
    words = np.full(len(values), None, dtype=object)
    words[wrong] = [fault[pair] for pair in found]
    where, faults = pa.array(wrong), pa.array(words, pa.string())
    return _faults(contract, field.name, typed, where, values, faults)


def _invalid(
    values: pa.Array, days: npt.NDArray[np.int32], table: CodeTable
) -> npt.NDArray[np.bool_]:
    """Tell which codes do not hold on their day.

    A row of the code table that holds on the first and on the last of all days holds on every
    day between, so that only codes without such a row are looked up one by one.
    """
    wrong = np.zeros(len(values), dtype=bool)
    if values.null_count == len(values):
        return wrong
    codes = values.dictionary_encode()
    distinct = codes.dictionary.to_numpy(zero_copy_only=False)
    first, last = (table.rows(distinct, day) for day in (days.min(), days.max()))
    doubtful = pa.array((first < 0) | (first != last)).take(codes.indices)
    rows = np.flatnonzero(pc.fill_null(doubtful, fill_value=False))
    wrong[rows] = ~table.check(
        values.take(pa.array(rows)).to_numpy(zero_copy_only=False), days[rows]
    )
    return wrong


def _clock_faults(contract: Contract, typed: pa.Table, received: int) -> list[pa.Table]:
    occurred, known = typed["occurred"].cast(pa.int32()), typed["known"]
    early = pc.fill_null(pc.less(typed["known_day"], occurred), fill_value=False)
    future = pc.fill_null(pc.greater(typed["known_day"], received), fill_value=False)
    return [
        *_faults(contract, "known", typed, early, known, "known before it happened"),
        *_faults(contract, "known", typed, future, known, "known only after it was delivered"),
    ]
