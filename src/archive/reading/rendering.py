"""Typed values as text, without loss: what a mapping sees of a Parquet, Excel or JSON value."""

import datetime as dt
import decimal
import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as kinds

from ...core.errors import InvalidError

__all__ = ["is_doubtful", "is_plain", "render_column", "render_value"]

EXACT = 2**53
SMALL, LARGE = 1e-4, 1e10  # between them, Arrow writes no exponent
LARGEST = 1e16  # from here on, Python writes one


def render_column(column: Any, *, exact: bool | None = None) -> Any:
    """Return an array or a chunked array as text; null stays null.

    Dates are ISO, timestamps ISO to the microsecond (finer where the value is) with `Z` where
    they have a zone, floats as short as reads back the same, booleans `true` and `false`, bytes
    text if they are UTF-8 and else hexadecimal, nested values JSON.

    Parameters
    ----------
    column
        The values.
    exact
        Whether timestamps are to be nanoseconds and bytes hexadecimal; None if the values
        themselves decide.

    Raises
    ------
    InvalidError
        If text is not UTF-8.

    Examples
    --------
    >>> render_column(pa.array([1.0, None, 0.1])).to_pylist()
    ['1.0', None, '0.1']
    """
    column = _stored(column)
    kind = column.type
    if exact is None:
        exact = is_doubtful(kind) and not is_plain(column)
    if kinds.is_timestamp(kind):
        return _timestamps(column, "ns" if exact else "us")
    if kinds.is_floating(kind):
        return _floats(column)
    if _is_bytes(kind):
        return _in_python(column, bytes.hex) if exact else _text(column.cast(pa.large_binary()))
    if kinds.is_nested(kind) or kinds.is_duration(kind) or kinds.is_interval(kind):
        return _in_python(column, render_value)
    return _text(column) if _is_text(kind) else column.cast(pa.string())


def is_doubtful(kind: Any) -> bool:
    """Tell whether it depends on all values of a column how each of them is rendered.

    Examples
    --------
    >>> is_doubtful(pa.binary()), is_doubtful(pa.timestamp("ns")), is_doubtful(pa.string())
    (True, True, False)
    """
    if isinstance(kind, pa.BaseExtensionType):
        kind = kind.storage_type
    if kinds.is_dictionary(kind):
        kind = kind.value_type
    return _is_bytes(kind) or (kinds.is_timestamp(kind) and kind.unit == "ns")


def is_plain(column: Any) -> bool:
    r"""Tell whether bytes are all UTF-8, and timestamps in nanoseconds all whole microseconds.

    Examples
    --------
    >>> is_plain(pa.array([b"text"])), is_plain(pa.array([b"text", b"\xff"]))
    (True, False)
    """
    column = _stored(column)
    try:
        if kinds.is_timestamp(column.type):
            column.cast(pa.timestamp("us", column.type.tz))
        else:
            column.cast(pa.large_binary()).cast(pa.large_string())
    except pa.ArrowInvalid:
        return False
    return True


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


def _stored(column: Any) -> Any:
    if isinstance(column.type, pa.BaseExtensionType):
        column = column.cast(column.type.storage_type)
    if kinds.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    return column


def _is_bytes(kind: Any) -> bool:
    return any(
        test(kind)
        for test in (
            kinds.is_binary,
            kinds.is_large_binary,
            kinds.is_fixed_size_binary,
            kinds.is_binary_view,
        )
    )


def _is_text(kind: Any) -> bool:
    return any(
        test(kind) for test in (kinds.is_string, kinds.is_large_string, kinds.is_string_view)
    )


def _text(column: Any) -> Any:
    try:
        if not kinds.is_string(column.type):
            column = column.cast(pa.large_string()).cast(pa.string())
        column.validate(full=True)
    except pa.ArrowInvalid:
        raise InvalidError("text that is not UTF-8") from None
    return column


def _timestamps(column: Any, unit: str) -> Any:
    zone = column.type.tz
    column = column.cast(pa.timestamp(unit, zone))
    text = column.cast(pa.timestamp(unit)).cast(pa.string())
    text = pc.replace_substring(text, pattern=" ", replacement="T", max_replacements=1)
    return pc.replace_substring_regex(text, pattern="$", replacement="Z") if zone else text


def _floats(column: Any) -> Any:
    """Write floats as Python does; where Arrow writes the same digits, it does so faster."""
    if kinds.is_float16(column.type):
        return _in_python(column, lambda value: str(np.float16(value)))
    column = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    values = column.to_numpy(zero_copy_only=False)
    size = np.abs(values)
    rare = ~((size >= SMALL) & (size < LARGE) | (size == 0))
    whole = ~rare & (values == np.trunc(values))
    text = column.cast(pa.string())
    if whole.any():
        ended = pc.binary_join_element_wise(text.filter(whole), ".0", "")
        text = pc.replace_with_mask(text, whole, ended)
    if rare.any():
        write = repr if kinds.is_float64(column.type) else _short
        text = pc.replace_with_mask(text, rare, _in_python(column.filter(rare), write))
    return text


def _short(value: float) -> str:
    if value and SMALL <= abs(value) < LARGEST:
        return np.format_float_positional(np.float32(value), trim="0")
    return str(np.float32(value))


def _in_python(column: Any, write: Callable[[Any], str]) -> Any:
    texts = [None if value is None else write(value) for value in column.to_pylist()]
    return pa.array(texts, pa.string())
