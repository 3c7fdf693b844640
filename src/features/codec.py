"""Declarations as JSON and back, exactly: a catalogue travels with a model and is rebuilt."""

import json
from dataclasses import MISSING, fields
from typing import Any

from ..core.errors import DeclarationError, unknown
from .aggregate import Aggregate
from .expression import AsOf, Binary, Constant, Expression, IfMissing, Missing, Unary, Where
from .indicator import Indicator
from .medians import Median
from .missed import Missed
from .persons import Persons
from .places import Nearby
from .rates import Rate
from .ties import Tied

__all__ = ["canonical", "decode", "encode"]

NODES: dict[str, type[Any]] = {
    node.__name__: node
    for node in (
        Aggregate,
        AsOf,
        Binary,
        Constant,
        IfMissing,
        Indicator,
        Median,
        Missed,
        Missing,
        Nearby,
        Persons,
        Rate,
        Tied,
        Unary,
        Where,
    )
}


def encode(node: Expression | Indicator) -> dict[str, Any]:
    """Return a declaration as JSON values; what is at its default is left out.

    Examples
    --------
    >>> from xinheng.features import count
    >>> encode(count("penalty", window=365) / 2)["left"]
    {'node': 'Aggregate', 'operator': 'count', 'streams': ['penalty'], 'window': 365}
    """
    data: dict[str, Any] = {"node": type(node).__name__}
    for field in fields(node):  # type: ignore[arg-type]
        value = getattr(node, field.name)
        if field.default is MISSING or value != field.default:
            data[field.name] = _plain(value)
    return data


def decode(data: object) -> Any:
    """Rebuild a declaration; every value is checked as if it were declared anew.

    Raises
    ------
    DeclarationError
        If a node or a part is unknown, a part is absent, or a value is refused.

    Examples
    --------
    >>> decode({"node": "Constant", "number": 2.0})
    Constant(number=2.0)
    >>> decode({"node": "Mode"})  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    DeclarationError: there is no node 'Mode'. There are: Aggregate, AsOf, Binary, ...
    """
    if not isinstance(data, dict) or not isinstance(data.get("node"), str):
        raise DeclarationError(f"{data!r} is no node: an object with its name under 'node'")
    name = data["node"]
    if name not in NODES:
        raise DeclarationError(unknown("node", name, NODES))
    known = {field.name: field for field in fields(NODES[name])}
    for part in data.keys() - known.keys() - {"node"}:
        raise DeclarationError(unknown(f"part of {name}", part, known))
    for part, field in known.items():
        if part not in data and field.default is MISSING:
            raise DeclarationError(f"{name} lacks {part!r}; given are: {', '.join(sorted(data))}")
    parts = {part: _value(value) for part, value in data.items() if part != "node"}
    for part, value in parts.items():
        expected = known[part].type
        if isinstance(expected, type) and expected in (str, bool) and type(value) is not expected:
            raise DeclarationError(f"{part} of {name} is {value!r}, not {expected.__name__}")
    try:
        return NODES[name](**parts)
    except DeclarationError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise DeclarationError(f"{name} cannot be built from {data!r}: {error}") from error


def canonical(data: object) -> str:
    """Return JSON values as the one text that stands for them."""
    return json.dumps(
        data, ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")
    )


def _plain(value: object) -> object:
    if isinstance(value, Expression):
        return encode(value)
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _value(value: object) -> object:
    if isinstance(value, dict):
        return decode(value)
    if isinstance(value, list):
        return tuple(_value(item) for item in value)
    return value
