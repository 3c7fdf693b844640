"""Typed values as text, without loss: what a mapping sees of a Parquet, Excel or JSON value."""

import datetime as dt
import decimal
import json
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

__all__ = ["render_column", "render_value"]

EXACT = 2**53


def render_column(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    """Return a column as text; null stays null.

    Dates are ISO, timestamps ISO to the microsecond (finer where the value is) with `Z` where
    they have a zone, floats as short as reads back the same, booleans `true` and `false`, bytes
    text if they are UTF-8 and else hexadecimal, nested values JSON.

    Examples
    --------
    >>> render_column(pa.chunked_array([[1.0, None, 0.1]])).to_pylist()
    ['1.0', None, '0.1']
    """
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    if kinds.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    kind = column.type
    if kinds.is_timestamp(kind):
        return _timestamps(column)
    if kinds.is_floating(kind):
        return _floats(column)
    if kinds.is_binary(kind) or kinds.is_large_binary(kind) or kinds.is_fixed_size_binary(kind):
        return _bytes(column)
    if kinds.is_nested(kind) or kinds.is_duration(kind) or kinds.is_interval(kind):
        texts = [None if value is None else render_value(value) for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return column.cast(pa.string())


def render_value(value: Any) -> str:  # noqa: PLR0911 (one for each kind of value)
    """Return one Python value as text; a float without fraction has no `.0`.

    Examples
    --------
    >>> [render_value(v) for v in (3.0, 0.1, True, dt.date(2026, 3, 1), {"a": [1, "二"]})]
    ['3', '0.1', 'true', '2026-03-01', '{"a": [1, "二"]}']
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case float():
            whole = value.is_integer() and abs(value) < EXACT
            return str(int(value)) if whole else repr(value)
        case dt.datetime():
            return value.isoformat(timespec="microseconds")
        case dt.date() | dt.time():
            return value.isoformat()
        case dict() | list() | tuple():
            return json.dumps(value, ensure_ascii=False, default=_in_json)
        case _:
            return str(value)


def _in_json(value: object) -> object:
    return float(value) if isinstance(value, decimal.Decimal) else render_value(value)


def _timestamps(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    zone = column.type.tz
    try:
        column = column.cast(pa.timestamp("us", zone))
    except pa.ArrowInvalid:
        column = column.cast(pa.timestamp("ns", zone))
    text = column.cast(pa.timestamp(column.type.unit)).cast(pa.string())
    text = pc.replace_substring(text, pattern=" ", replacement="T", max_replacements=1)
    return pc.replace_substring_regex(text, pattern="$", replacement="Z") if zone else text


def _floats(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    bits = column.combine_chunks().view(f"int{column.type.bit_width}").dictionary_encode()
    values = bits.dictionary.view(column.type).to_numpy()
    if kinds.is_float64(column.type):
        values = values.tolist()  # Python writes as few digits as read back the same
    texts = pa.array([str(value) for value in values], pa.string())
    return pa.chunked_array([texts.take(bits.indices)])


def _bytes(column: "pa.ChunkedArray[Any]") -> "pa.ChunkedArray[Any]":
    column = column.cast(pa.large_binary())
    try:
        return column.cast(pa.large_string()).cast(pa.string())
    except pa.ArrowInvalid:
        texts = [None if value is None else value.hex() for value in column.to_pylist()]
        return pa.chunked_array([pa.array(texts, pa.string())])
