"""Records against their contract: every fault of every row, and the typed rest.

A mapping's rows are typed by DuckDB as they stream out of it, then checked a piece at a time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from ..core import time
from ..core.codes import CodeTable
from .contract import ARROW_TYPES, HINTS, SQL_TYPES, Contract, Field
from .database import workbench
from .enterprises import read_identifiers

__all__ = ["FAULTS", "Checked", "Rules", "check", "typed"]

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
    "integer": "a whole number",
    "number": "a finite number",
    "date": "a date YYYY-MM-DD between 1900 and 2200",
    "instant": "a date YYYY-MM-DD, or a moment YYYY-MM-DD HH:MM:SS",
    "boolean": "true or false",
}
TEXTS = ("text", "person", "instant", "enterprise")
COUNTED = ("integer", "number")
OFFSET = r"\d:\d.*(Z|[+-]\d{2}(:?\d{2})?)$"


@dataclass(frozen=True, slots=True)
class Rules:
    """What the rows of one mapping are held against.

    Attributes
    ----------
    contract
        What records must look like.
    scheme, zone, received
        Identifier scheme and time zone of the source, and the day of delivery.
    codes
        Code table by field name, for fields that have one.
    """

    contract: Contract
    scheme: str
    zone: ZoneInfo
    received: int
    codes: Mapping[str, CodeTable]


@dataclass(frozen=True, slots=True)
class Checked:
    """Typed records of one piece of a delivery, and every fault they have.

    Attributes
    ----------
    records
        `_row`, the contract's columns in their types (a person still as text), the hints by
        which to link, and `known_day`; one row for each row of the piece, with null where a value
        could not be read.
    faults
        Columns of `FAULTS`; `row` is `_row` of the source row.
    """

    records: pa.Table
    faults: pa.Table


def typed(contract: Contract, columns: Collection[str], relation: str) -> str:
    """Return the SELECT that types the rows of a mapping as they stream out of it.

    Parameters
    ----------
    contract
        What the records must look like.
    columns
        What the mapping selects; fields of the contract that it lacks are null.
    relation
        Name of the mapping's SELECT, such as that of a view.

    Returns
    -------
    str
        A SELECT of `_row`, each field and hint, trimmed and in its type, and the text of what
        could not be read as `FIELD?`.
    """
    fields = {field.name: field for field in contract.columns}
    names = (*fields, *HINTS)
    trimmed = ", ".join(f"{_trimmed(name)} AS {_quoted(name)}" for name in names if name in columns)
    parts = []
    for name in names:
        field = fields.get(name)
        if name not in columns:
            kind = SQL_TYPES[field.type] if field else "VARCHAR"
            parts.append(f"CAST(NULL AS {kind}) AS {_quoted(name)}")
        elif field is None or field.type in TEXTS:
            parts.append(_quoted(name))
        else:
            cast = _cast(field)
            parts.append(f"{cast} AS {_quoted(name)}")
            unread = f"CASE WHEN {cast} IS NULL THEN {_quoted(name)} END"
            parts.append(f'{unread} AS "{name}?"')
    return f"""
        SELECT _row, {", ".join(parts)}
        FROM (SELECT CAST(_row AS BIGINT) AS _row, {trimmed} FROM {relation})"""


def _quoted(name: str) -> str:
    return f'"{name}"'


def _trimmed(name: str) -> str:
    text = f"CAST({_quoted(name)} AS VARCHAR)"
    edged = f"prefix({text}, ' ') OR suffix({text}, ' ')"
    return f"nullif(CASE WHEN {edged} THEN trim({text}) ELSE {text} END, '')"


def _cast(field: Field) -> str:
    name = _quoted(field.name)
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


def check(rules: Rules, piece: pa.Table) -> Checked:
    """Check one piece of what the SELECT of `typed` yields, and collect every fault.

    Parameters
    ----------
    rules
        What the rows are held against.
    piece
        Some rows, in any order.
    """
    contract = rules.contract
    known, known_day = _moments(piece["known"], rules.zone)
    names = [name for name in piece.column_names if not name.endswith("?")]
    records = piece.select(names).set_column(names.index("known"), "known", known)
    records = records.append_column("known_day", known_day)
    found = _Faults(contract.kind, records["_row"])
    for field in contract.columns:
        if field.type == "enterprise":
            codes, wrong = read_identifiers(rules.scheme, piece[field.name].combine_chunks())
            records = records.set_column(names.index(field.name), field.name, codes)
            found.add(field.name, pc.is_valid(wrong), codes, wrong)
    for field in contract.columns:
        _find_unread(found, field, piece, records)
        _find_bounds(found, field, records)
    for field in contract.fields:
        if field.name in rules.codes:
            _find_codes(found, field, rules.codes[field.name], records)
    _find_clocks(found, contract, records, rules.received)
    return Checked(records, found.table())


def _moments(known: pa.ChunkedArray, zone: ZoneInfo) -> tuple[pa.Array, pa.Array]:
    """Return the instant at which each record was known, and its Shanghai day."""
    texts = known.dictionary_encode().combine_chunks()
    with workbench(texts=pa.table({"known": texts.dictionary})) as connection:
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


class _Faults:
    """Faults of one piece, as they are found."""

    def __init__(self, kind: str, rows: pa.ChunkedArray) -> None:
        self._kind, self._rows = kind, rows
        self._found = [FAULTS.empty_table()]

    def add(self, field: str, where: pa.Array, value: pa.Array, fault: str | pa.Array) -> None:
        """Note a fault of the rows marked by `where`."""
        if not pc.any(where).as_py():
            return
        rows = self._rows.filter(where)
        columns = {
            "row": rows,
            "kind": pa.repeat(self._kind, len(rows)),
            "field": pa.repeat(field, len(rows)),
            "value": value.filter(where).cast(pa.string()),
            "fault": pa.repeat(fault, len(rows)) if isinstance(fault, str) else fault.filter(where),
        }
        self._found.append(pa.table(columns, schema=FAULTS))

    def table(self) -> pa.Table:
        """Return all that were found."""
        return pa.concat_tables(self._found)


def _find_unread(found: _Faults, field: Field, piece: pa.Table, records: pa.Table) -> None:
    value, text = records[field.name], None
    if f"{field.name}?" in piece.column_names:
        text = piece[f"{field.name}?"]
    elif field.type == "instant":
        text = pc.if_else(pc.is_null(value), piece[field.name], None)
    if text is not None and text.null_count < len(text):
        wanted = f"expected {EXPECTED[field.type]}"
        if field.type in COUNTED:
            wanted = f"{wanted}: {field.doc}"
        found.add(field.name, pc.is_valid(text), text, wanted)
    if field.required and value.null_count:
        missing = pc.is_null(value)
        if text is not None:
            missing = pc.and_(missing, pc.is_null(text))
        found.add(field.name, missing, value, "required but empty")


def _find_bounds(found: _Faults, field: Field, records: pa.Table) -> None:
    value = records[field.name]
    for bound, outside, words in (
        (field.low, pc.less, "must be at least"),
        (field.high, pc.greater, "must be at most"),
    ):
        if bound is not None:
            beyond = pc.fill_null(outside(value, bound), fill_value=False)
            found.add(field.name, beyond, value, f"{words} {bound:g}")


def _find_codes(found: _Faults, field: Field, table: CodeTable, records: pa.Table) -> None:
    values = records[field.name].combine_chunks()
    days = pc.fill_null(records["occurred"].cast(pa.int32()), 0).to_numpy()
    wrong = _invalid(values, days, table)
    if not wrong.any():
        return
    pairs = list(zip(values.filter(wrong).to_pylist(), days[wrong].tolist(), strict=True))
    fault = {(code, day): table.fault(code, day) for code, day in set(pairs)}
    words = np.full(len(values), None, dtype=object)
    words[wrong] = [fault[pair] for pair in pairs]
    found.add(field.name, pa.array(wrong), values, pa.array(words, pa.string()))


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


def _find_clocks(found: _Faults, contract: Contract, records: pa.Table, received: int) -> None:
    known, known_day = records["known"], records["known_day"]

    def after(one: pa.ChunkedArray, other: "pa.ChunkedArray | int") -> pa.Array:
        return pc.fill_null(pc.greater(one, other), fill_value=False)

    occurred = records["occurred"].cast(pa.int32())
    found.add("known", after(occurred, known_day), known, "known before it happened")
    found.add("known", after(known_day, received), known, "known only after it was delivered")
    for field in contract.fields:
        if field.past:
            day = records[field.name].cast(pa.int32())
            found.add(
                field.name, after(day, known_day), records[field.name], "later than it was known"
            )
