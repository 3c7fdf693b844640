"""Records against their contract: every fault of every row, and the typed rest."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from ..core.identifiers import check_identifiers, normal_identifiers
from .contract import ARROW_TYPES, SQL_TYPES, Contract, Field

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
        row, with null where a value could not be read.
    faults : pyarrow.Table
        Columns of `FAULTS`; `row` is `_row` of the source row.
    """
    with duckdb.connect(":memory:") as connection:
        connection.execute("SET TimeZone = 'UTC'")  # else naive moments are the machine's
        connection.register("mapped", table)
        connection.execute(f"CREATE TABLE raw AS SELECT _row, {_raw(contract)} FROM mapped")
        typed = connection.sql(f"SELECT _row, {_typed(contract)} FROM raw").to_arrow_table()
        moments = connection.sql(
            f"""SELECT known, coalesce(length(known) <= 10, true) AS bare,
            epoch_us(TRY_CAST(nullif(known, 'epoch') AS TIMESTAMPTZ)) AS moment,
            coalesce(regexp_matches(known, '{OFFSET}'), false) AS absolute FROM raw"""
        ).df()
        known, known_day = _known(moments, zone)
        typed = typed.set_column(typed.column_names.index("known"), "known", known)
        names = normal_identifiers(scheme, typed["enterprise"].to_numpy())
        place = typed.column_names.index("enterprise")
        typed = typed.set_column(place, "enterprise", pa.array(names, pa.string()))
        typed = typed.append_column("known_day", known_day)
        raw = connection.sql("FROM raw").to_arrow_table()
    faults = [_cast_faults(contract, field, raw, typed) for field in contract.columns]
    faults += [
        _code_faults(contract, field, codes[field.name], typed)
        for field in contract.fields
        if field.name in codes
    ]
    faults += [
        _identifier_faults(contract, scheme, typed),
        *_clock_faults(contract, typed, received),
    ]
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
            numeric = f"regexp_matches({name}, '^[0-9]')"  # and not 'epoch'
            return f"CASE WHEN {numeric} AND year({cast}) BETWEEN 1900 AND 2200 THEN {cast} END"
        case _:
            return cast


def _known(moments: pd.DataFrame, zone: ZoneInfo) -> tuple[pa.Array, pa.Array]:
    """Return the instant at which each record was known, and its Shanghai day."""
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
    contract: Contract, field: str, typed: pa.Table, where: pa.Array, value: pa.Array, fault: str
) -> pa.Table:
    rows = typed["_row"].filter(where)
    return pa.table(
        {
            "row": rows,
            "kind": pa.repeat(contract.kind, len(rows)),
            "field": pa.repeat(field, len(rows)),
            "value": value.filter(where).cast(pa.string()),
            "fault": pa.repeat(fault, len(rows)),
        },
        schema=FAULTS,
    )


def _cast_faults(contract: Contract, field: Field, raw: pa.Table, typed: pa.Table) -> pa.Table:
    text, value = raw[field.name], typed[field.name]
    unread = pc.and_(pc.is_valid(text), pc.is_null(value))
    found = [_faults(contract, field.name, typed, unread, text, f"expected {EXPECTED[field.type]}")]
    if field.required:
        found.append(
            _faults(contract, field.name, typed, pc.is_null(text), text, "required but empty")
        )
    for bound, outside, words in (
        (field.low, pc.less, "must be at least"),
        (field.high, pc.greater, "must be at most"),
    ):
        if bound is not None:
            beyond = pc.fill_null(outside(value, bound), fill_value=False)
            found.append(_faults(contract, field.name, typed, beyond, text, f"{words} {bound:g}"))
    return pa.concat_tables(found)


def _code_faults(contract: Contract, field: Field, table: CodeTable, typed: pa.Table) -> pa.Table:
    values, days = typed[field.name], typed["occurred"]
    given = pc.is_valid(values)
    ok = np.ones(typed.num_rows, dtype=bool)
    chosen = given.to_numpy()
    ok[chosen] = table.check(
        values.filter(given).to_numpy(),
        pc.fill_null(days.filter(given).cast(pa.int32()), 0).to_numpy(),
    )
    wrong = pa.array(~ok)
    found = _faults(contract, field.name, typed, wrong, values, "")
    on = pc.fill_null(days.cast(pa.int32()), 0).filter(wrong).to_pylist()
    words = [
        table.fault(code, day) for code, day in zip(found["value"].to_pylist(), on, strict=True)
    ]
    return found.set_column(4, FAULTS.field("fault"), pa.chunked_array([words], pa.string()))


def _identifier_faults(contract: Contract, scheme: str, typed: pa.Table) -> pa.Table:
    values = typed["enterprise"]
    reasons = pa.array(check_identifiers(scheme, values.to_numpy()), pa.string())
    wrong = pc.is_valid(reasons)
    found = _faults(contract, "enterprise", typed, wrong, values, "")
    words = pa.chunked_array([reasons.filter(wrong)])
    return found.set_column(4, FAULTS.field("fault"), words)


def _clock_faults(contract: Contract, typed: pa.Table, received: int) -> list[pa.Table]:
    occurred = typed["occurred"].cast(pa.int32())
    early = pc.fill_null(pc.less(typed["known_day"], occurred), fill_value=False)
    future = pc.fill_null(pc.greater(typed["known_day"], received), fill_value=False)
    shown = typed["known"].cast(pa.string())
    return [
        _faults(contract, "known", typed, early, shown, "known before it happened"),
        _faults(contract, "known", typed, future, shown, "known only after it was delivered"),
    ]
