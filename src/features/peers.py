"""Peers: the rates and medians of groups as queries over the events of all enterprises."""

from collections.abc import Iterable, Sequence

from .blocks import Block
from .clauses import Scene, grouped, remark
from .dialect import number, selected
from .expression import Leaf
from .groups import CITY
from .medians import Median
from .rates import MILLIONTHS, Rate

__all__ = ["patterns_of_peers", "peers"]

Peer = Rate | Median


def patterns_of_peers(leaf: Peer) -> list[tuple[str, ...]]:
    """Return the sets of patterns that a rate or a median reads."""
    found = [leaf.streams]
    found += [leaf.positive] if isinstance(leaf, Rate) and leaf.positive else []
    return found if leaf.group == CITY else [*found, _membership(leaf.group)]


def peers(wanted: Sequence[Peer], scene: Scene) -> Block:
    """Return the block of rates and medians: who belongs to which group, and what they have."""
    if not wanted:
        return Block({}, (), {})
    needed = dict.fromkeys([*(leaf.city for leaf in wanted), *wanted])
    groups = [group for group in dict.fromkeys(leaf.group for leaf in needed) if group != CITY]
    queries = {"members": _members(groups, scene)} if groups else {}
    for group in (CITY, *groups):
        leaves = [leaf for leaf in needed if leaf.group == group]
        queries[f"of_{group}"] = _of_group(group, leaves, scene)
    joins = [f"LEFT JOIN of_city {f'USING ({scene.days})' if scene.days else 'ON true'}"]
    if groups:
        joins.append(f"LEFT JOIN members USING ({scene.clock.keys})")
    joins += [f"LEFT JOIN of_{group} USING ({_listed(scene.days, group)})" for group in groups]
    columns: dict[Leaf, str] = {leaf: _value(leaf, scene) for leaf in wanted}
    return Block(queries, tuple(joins), columns)


def _members(groups: Sequence[str], scene: Scene) -> str:
    tests = [(group, scene.reads.test(_membership(group))) for group in groups]
    columns = [f'arg_max("case", place) FILTER ({test}) AS {group}' for group, test in tests]
    keys = scene.clock.keys
    anyone = scene.reads.test(*map(_membership, groups))
    return selected([keys, *columns], scene.everyone, where=[anyone], by=keys)


def _of_group(group: str, leaves: Iterable[Peer], scene: Scene) -> str:
    keys = _listed(scene.days, "" if group == CITY else group)
    columns = [keys] if keys else []
    for leaf in leaves:
        n, found = _found(leaf, scene)
        columns.append(f"{remark(leaf.streams)}\n{n} AS {_n(leaf, scene)}")
        columns.append(f"{found} AS {scene.names[leaf]}")
    where = [scene.reads.test(*(leaf.streams for leaf in leaves))]
    if group == CITY:
        return selected(columns, scene.everyone, where=where, by=keys)
    source = f"{scene.everyone}\nJOIN members USING ({scene.clock.keys})"
    where = [grouped(where[0]), f"{group} IS NOT NULL"]
    return selected(columns, source, where=where, by=keys)


def _found(leaf: Peer, scene: Scene) -> tuple[str, str]:
    """Say how many outcomes a group has, and their sum or median."""
    tests = [grouped(scene.reads.test(leaf.streams))]
    if leaf.window is not None:
        tests.append(f"occurred >= {scene.clock.before(leaf.window)}")
    if isinstance(leaf, Median):
        test = " AND ".join(tests)
        number_of = f"CASE WHEN {test} THEN {leaf.field} END"
        return f"count({number_of})", f"median({number_of})"
    if leaf.above is not None:
        tests.append(f"{leaf.above[0]} IS NOT NULL")
    if leaf.measure == "mean":
        tests.append("value IS NOT NULL")
    n = _times(leaf, tests)
    if leaf.positive:
        tests.append(grouped(scene.reads.test(leaf.positive)))
    if leaf.above is not None:
        tests.append(f"{leaf.above[0]} > {number(leaf.above[1])}")
    if leaf.measure == "share":
        return n, _times(leaf, tests)
    held = f"CASE WHEN {' AND '.join(tests)} THEN round_even(value * {MILLIONTHS}, 0) END"
    return n, f"coalesce(sum({held}), 0) / {MILLIONTHS}"


def _value(leaf: Peer, scene: Scene) -> str:
    """Say the value of a row over what its group and the city have."""
    n, found = _n(leaf, scene), scene.names[leaf]
    if isinstance(leaf, Median):
        if leaf.group == CITY:
            return found
        return f"CASE WHEN {n} >= {leaf.least} THEN {found} ELSE {scene.names[leaf.city]} END"
    city = f"{scene.names[leaf.city]} / nullif({_n(leaf.city, scene)}, 0)"
    if leaf.group == CITY:
        return city
    own, strength = f"coalesce({found}, 0)", number(leaf.strength)
    return f"({own} + {strength} * {city}) / (coalesce({n}, 0) + {strength})"


def _times(leaf: Rate, tests: Sequence[str]) -> str:
    test = " AND ".join(tests)
    if leaf.unit == "case":
        return f'count(DISTINCT CASE WHEN {test} THEN (enterprise, "case") END)'
    return f"count(CASE WHEN {test} THEN 1 END)"


def _n(leaf: Peer, scene: Scene) -> str:
    return f"{scene.names[leaf]}_n"


def _membership(group: str) -> tuple[str, ...]:
    return (f"enterprise.{group}",)


def _listed(*columns: str) -> str:
    return ", ".join(column for column in columns if column)
