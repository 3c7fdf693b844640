"""A slow reading of the definitions in plain Python, one event at a time, to hold the fast one to.

It takes nothing from the code it checks but the words of the declarations.
"""

from datetime import date, timedelta
from fnmatch import fnmatchcase
from functools import cache
from math import isnan, nan
from typing import Any

from xinheng.core.time import NEVER
from xinheng.features import Aggregate, Events, Rate

Row = dict[str, Any]
EPOCH = date(1970, 1, 1)


def rows_of(events: Events) -> list[Row]:
    names = [name for name in events.__slots__ if name != "vocabulary"]
    columns = {name: getattr(events, name).tolist() for name in names}
    rows = [
        dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True)
    ]
    for row in rows:
        row["kind"], row["code"] = events.vocabulary[row["stream"]]
    return rows


def read(row: Row, field: str, as_of: int) -> float:
    if field == "ended":
        known = row["ended"] != NEVER and row["ended_available"] < as_of
        return float(row["ended"]) if known else nan
    return float(row[field])


def matches(row: Row, patterns: tuple[str, ...]) -> bool:
    return named(row["kind"], row["code"], patterns)


@cache
def named(kind_of_row: str, code_of_row: str, patterns: tuple[str, ...]) -> bool:
    for pattern in patterns:
        kind, *code = pattern.split(":", 1)
        if fnmatchcase(kind_of_row, kind) and (not code or fnmatchcase(code_of_row, code[0])):
            return True
    return False


def counts(row: Row, part: Aggregate, as_of: int) -> bool:  # noqa: PLR0911
    """Tell whether an event counts, the start of the window aside."""
    if not matches(row, part.streams):
        return False
    if not row["available"] < as_of <= row["withdrawn"]:
        return False
    if not row["occurred"] < ending(part, as_of):
        return False
    repaired = row["repaired"] < as_of
    if (part.repaired == "leaves" and repaired) or (part.repaired == "only" and not repaired):
        return False
    is_open = not (row["ended"] < as_of and row["ended_available"] < as_of)
    if part.state != "any" and is_open != (part.state != "closed"):
        return False
    if part.state == "overdue" and not row["occurred"] + row["value"] < as_of:
        return False
    return part.above is None or read(row, part.above[0], as_of) > part.above[1]


def value(  # noqa: PLR0911
    part: Aggregate, rows: list[Row], enterprise: int, as_of: int
) -> float:
    mine = [r for r in rows if r["enterprise"] == enterprise and counts(r, part, as_of)]
    mine.sort(key=lambda r: (r["occurred"], r["available"], r["record"]))
    start = -NEVER if part.window is None else ending(part, as_of) - part.window
    inside = [r for r in mine if r["occurred"] >= start]
    if part.operator == "count":
        return float(len(inside))
    if part.operator == "distinct":
        name = {"case": "case", "code": "stream", "day": "occurred"}[part.by or ""]
        return float(len({r[name] for r in inside}))
    if part.operator == "recurrent":
        cases: dict[int, set[int]] = {}
        for r in inside:
            cases.setdefault(r["stream"], set()).add(r["case"])
        return float(sum(len(different) > 1 for different in cases.values()))
    if part.operator == "repeat":
        return float(sum(any(_repeats(r, earlier, part) for earlier in mine) for r in inside))
    numbers = [x for r in inside if not isnan(x := read(r, part.field or "", as_of))]
    if part.operator == "total":
        return float(sum(numbers))
    if part.operator in ("previous", "peaks"):
        held = [r for r in inside if not isnan(read(r, part.field or "", as_of))]
        return {"previous": previous, "peaks": peaks}[part.operator](held, part, as_of)
    if not numbers:
        return nan
    return {"smallest": min(numbers), "largest": max(numbers), "latest": numbers[-1]}[part.operator]


def ending(part: Aggregate, as_of: int) -> int:
    """Return the day before which an event of the window occurred."""
    if part.cycle is None:
        return as_of - part.lag
    today = EPOCH + timedelta(days=as_of)
    turn = today.replace(month=part.cycle[0], day=part.cycle[1])
    if turn > today:
        turn = turn.replace(year=today.year - 1)
    return (turn - EPOCH).days - part.lag


def previous(held: list[Row], part: Aggregate, as_of: int) -> float:
    other = [r for r in held if r["case"] != held[-1]["case"]]
    return read(other[-1], part.field or "", as_of) if other else nan


def peaks(held: list[Row], part: Aggregate, as_of: int) -> float:
    name = {"case": "case", "code": "stream", "day": "occurred"}[part.by or ""]
    largest: dict[int, float] = {}
    for r in held:
        x = read(r, part.field or "", as_of)
        largest[r[name]] = max(x, largest.get(r[name], x))
    return float(sum(largest.values()))


def _repeats(row: Row, earlier: Row, part: Aggregate) -> bool:
    days = row["occurred"] - earlier["occurred"]
    return row["stream"] == earlier["stream"] and 0 < days <= (part.gap or 0)


def group_of(rows: list[Row], group: str, enterprise: int, as_of: int) -> int | None:
    part = Aggregate(operator="count", streams=(f"enterprise.{group}",))
    mine = [r for r in rows if r["enterprise"] == enterprise and counts(r, part, as_of)]
    if not mine:
        return None
    return int(max(mine, key=lambda r: (r["occurred"], r["available"], r["record"]))["case"])


def rate(node: Rate, rows: list[Row], enterprise: int, as_of: int) -> float:
    groups = {} if node.group == "city" else groups_of(rows, node.group, as_of)
    return rate_among(node, outcomes_of(node, rows, as_of), groups, enterprise)


def groups_of(rows: list[Row], group: str, as_of: int) -> dict[int, int | None]:
    enterprises: dict[int, list[Row]] = {}
    for r in rows:
        enterprises.setdefault(r["enterprise"], []).append(r)
    return {each: group_of(mine, group, each, as_of) for each, mine in enterprises.items()}


def outcomes_of(node: Rate, rows: list[Row], as_of: int) -> list[Row]:
    part = Aggregate(operator="count", streams=node.streams, window=node.window)
    start = -NEVER if node.window is None else as_of - node.window
    return [r for r in rows if counts(r, part, as_of) and r["occurred"] >= start]


def rate_among(
    node: Rate, outcomes: list[Row], groups: dict[int, int | None], enterprise: int
) -> float:
    city_n, city_sum = _sum(node, outcomes)
    city = city_sum / city_n if city_n else nan
    mine = groups.get(enterprise)
    if node.group == "city" or mine is None:
        return city
    n, total = _sum(node, [r for r in outcomes if groups.get(r["enterprise"]) == mine])
    return (total + node.strength * city) / (n + node.strength)


def _sum(node: Rate, outcomes: list[Row]) -> tuple[int, float]:
    n, total = 0, 0.0
    seen: set[tuple[int, int]] = set()
    positive: set[tuple[int, int]] = set()
    for r in outcomes:
        x = r[node.above[0]] if node.above else 0.0
        adds = matches(r, node.positive or node.streams)
        if isnan(x) or (node.measure == "mean" and isnan(r["value"])):
            continue
        n += 1
        seen.add((r["enterprise"], r["case"]))
        if adds and (node.above is None or x > node.above[1]):
            total += r["value"] if node.measure == "mean" else 1
            positive.add((r["enterprise"], r["case"]))
    return (len(seen), float(len(positive))) if node.unit == "case" else (n, total)
