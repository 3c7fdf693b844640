"""Declarations that are wrong in one part, by a mistake that is soon made."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from xinheng.features import Indicator
from xinheng.features.codec import decode, encode

NUMBERS = ("window", "lag", "gap", "years", "since", "strength")
STATES = {"open": "any", "closed": "any", "overdue": "open"}
PLAIN: dict[str, list[Any]] = {"repaired": ["stays"], "above": [None]}


def misread(indicator: Indicator) -> Iterator[tuple[str, Indicator]]:
    """Yield an indicator with one part of its expression wrong wherever it stands, and which."""
    data = encode(indicator.expression)
    parts = {json.dumps(each): each for each in _parts(data)}
    for part, value in parts.values():
        for other in _others(part, value):
            wrong = decode(_changed(data, part, value, other))
            yield f"{part} {value} as {other}", replace(indicator, expression=wrong)


def _parts(data: Any) -> Iterator[tuple[str, Any]]:
    for item in data if isinstance(data, list) else ():
        yield from _parts(item)
    for name, value in data.items() if isinstance(data, dict) else ():
        yield name, value
        yield from _parts(value)


def _others(part: str, value: Any) -> list[Any]:
    if part == "group":
        return [] if value == "city" else ["site" if value == "brand" else "brand"]
    if part in NUMBERS and value:
        return [value + 1, *([value - 1] if value > 1 else [])]
    if part == "streams" and len(value) > 1:
        return [value[:n] + value[n + 1 :] for n in range(len(value))]
    if part == "state":
        return [STATES[value]]
    return [[value[0], value[1] + 1]] if part == "turn" else PLAIN.get(part, [])


def _changed(data: Any, part: str, old: Any, new: Any) -> Any:
    if isinstance(data, list):
        return [_changed(item, part, old, new) for item in data]
    if not isinstance(data, dict):
        return data
    return {
        name: new if (name, value) == (part, old) else _changed(value, part, old, new)
        for name, value in data.items()
    }
