"""Peers: the rates of groups as queries over the events of all enterprises."""

from collections.abc import Iterable, Sequence

from .blocks import PLACE, Block
from .clauses import Scene, grouped, remark
from .dialect import number, selected
from .expression import Leaf
from .rates import MILLIONTHS, Rate

__all__ = ["patterns_of", "rated"]


def patterns_of(rate: Rate) -> list[tuple[str, ...]]:
    """Return the sets of patterns that a rate reads."""
    found = [rate.streams, rate.positive or rate.streams]
    return found if rate.group == "city" else [*found, (f"enterprise.{rate.group}",)]


def rated(wanted: Sequence[Rate], scene: Scene) -> Block:
    """Return the block of rates: outcomes, who belongs to which group, and the sums by group."""
    if not wanted:
        return Block({}, (), {})
    needed = dict.fromkeys([*(rate.city for rate in wanted), *wanted])
    groups = [group for group in dict.fromkeys(rate.group for rate in needed) if group != "city"]
    queries = {"outcomes": _outcomes(needed, scene)}
    if groups:
        queries["members"] = _members(groups, scene)
    for group in ("city", *groups):
        rates = [rate for rate in needed if rate.group == group]
        queries[f"of_{group}"] = _sums(group, rates, scene)
    days = _days(scene)
    joins = [f"LEFT JOIN of_city{f' USING ({days})' if days else ' ON true'}"]
    if groups:
        joins.append(f"LEFT JOIN members USING ({scene.clock.keys})")
    joins += [f"LEFT JOIN of_{group} USING ({_listed(days, group)})" for group in groups]
    columns: dict[Leaf, str] = {rate: _value(rate, scene) for rate in wanted}
    return Block(queries, tuple(joins), columns)


def _value(rate: Rate, scene: Scene) -> str:
    city = f"{_sum(rate.city, scene)} / nullif({_n(rate.city, scene)}, 0)"
    if rate.group == "city":
        return city
    strength = number(rate.strength)
    n, total = (f"coalesce({said(rate, scene)}, 0)" for said in (_n, _sum))
    return f"({total} + {strength} * {city}) / ({n} + {strength})"


def _n(rate: Rate, scene: Scene) -> str:
    return f"{scene.names[rate]}_n"


def _sum(rate: Rate, scene: Scene) -> str:
    return f"{scene.names[rate]}_sum"


def _days(scene: Scene) -> str:
    return "as_of" if scene.clock.day is None else ""


def _listed(*columns: str) -> str:
    return ", ".join(column for column in columns if column)


def _known(
    scene: Scene, columns: list[str], patterns: Sequence[tuple[str, ...]], by: str = ""
) -> str:
    """Return the query of the events of all enterprises that are seen as of each day."""
    as_of = scene.clock.as_of
    # A comma binds less than JOIN: the streams are joined to the events first.
    days = ", (SELECT DISTINCT as_of FROM rows) AS days" if scene.clock.day is None else ""
    where = [
        grouped(scene.reads.test(*patterns)),
        f"available < {as_of} AND withdrawn >= {as_of} AND occurred < {as_of}",
    ]
    return selected(columns, f"events{scene.reads.join}{days}", where=where, by=by)


def _outcomes(rates: Iterable[Rate], scene: Scene) -> str:
    columns = [
        scene.clock.keys,
        "stream",
        *(["streams.* EXCLUDE (stream)"] if scene.reads.join else []),
        "occurred",
        "nullif(severity, 'NaN'::DOUBLE) AS severity",
        "nullif(value, 'NaN'::DOUBLE) AS value",
    ]
    return _known(scene, columns, [rate.streams for rate in rates])


def _members(groups: Sequence[str], scene: Scene) -> str:
    patterns = [(f"enterprise.{group}",) for group in groups]
    columns = [
        f'arg_max("case", {PLACE}) FILTER ({scene.reads.test(pattern)}) AS {group}'
        for group, pattern in zip(groups, patterns, strict=True)
    ]
    return _known(scene, [scene.clock.keys, *columns], patterns, scene.clock.keys)


def _sums(group: str, rates: Sequence[Rate], scene: Scene) -> str:
    keys = _listed(_days(scene), "" if group == "city" else group)
    columns = [keys] if keys else []
    for rate in rates:
        n, total = _tests(rate, scene)
        columns.append(
            f"{remark(rate.streams)}\ncount(CASE WHEN {n} THEN 1 END) AS {_n(rate, scene)}"
        )
        columns.append(f"{_added(rate, total)} AS {_sum(rate, scene)}")
    if group == "city":
        return selected(columns, "outcomes", by=keys)
    source = f"outcomes\nJOIN members USING ({scene.clock.keys})"
    return selected(columns, source, where=[f"{group} IS NOT NULL"], by=keys)


def _tests(rate: Rate, scene: Scene) -> tuple[str, str]:
    """Say which events are outcomes, and which of these add to the sum."""
    n = [grouped(scene.reads.test(rate.streams))]
    if rate.window is not None:
        n.append(f"occurred >= {scene.clock.before(rate.window)}")
    if rate.above is not None:
        n.append(f"{rate.above[0]} IS NOT NULL")
    if rate.measure == "mean":
        n.append("value IS NOT NULL")
    total = list(n)
    if rate.positive:
        total.append(grouped(scene.reads.test(rate.positive)))
    if rate.above is not None:
        total.append(f"{rate.above[0]} > {number(rate.above[1])}")
    return " AND ".join(n), " AND ".join(total)


def _added(rate: Rate, test: str) -> str:
    if rate.measure == "share":
        return f"count(CASE WHEN {test} THEN 1 END)"
    held = f"round_even(value * {MILLIONTHS}, 0)"
    return f"coalesce(sum(CASE WHEN {test} THEN {held} END), 0) / {MILLIONTHS}"
