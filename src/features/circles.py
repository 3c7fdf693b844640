"""Circles: ties and persons as queries over the events of all enterprises.

They read further tables: `cases` (enterprise, scheme, case) tells which enterprise a case means,
`bans` holds the bans that name no enterprise, with their kind and code.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from .aggregate import Aggregate
from .blocks import Block
from .clauses import Names, Scene, condition, grouped, remark
from .dialect import selected
from .expression import Leaf
from .persons import Persons
from .ties import Tied
from .views import seen_of_nobody

__all__ = ["patterns_of_circles", "persons", "ties"]

OUTSIDE = "outside"


def patterns_of_circles(leaf: Tied | Persons) -> list[tuple[str, ...]]:
    """Return the sets of patterns that a number of ties or persons reads."""
    having = [part.streams for part in leaf.having]
    if isinstance(leaf, Tied):
        return [leaf.streams, *having]
    return [leaf.posts, *having, *(part.streams for part in leaf.elsewhere)]


def ties(wanted: Sequence[Tied], scene: Scene) -> Block:
    """Return the block of numbers of ties, those of the same ties over the same queries."""
    ties = {leaf.streams: leaf.ties.part for leaf in wanted}
    related = {streams: f"related_{n}" for n, streams in enumerate(ties, 1)}
    queries: dict[str, str] = {}
    for streams, name in related.items():
        queries[f"told_{name}"] = _told(ties[streams], scene)
        queries[name] = _both_ways(f"told_{name}", scene)
    blocks = [_tied(leaf, related[leaf.streams], scene) for leaf in wanted]
    return Block.of([Block(queries, (), {}), *blocks])


def persons(wanted: Sequence[Persons], scene: Scene) -> Block:
    """Return the block of numbers of persons, those of the same posts over the same query."""
    posts = {leaf.posts: leaf.current.part for leaf in wanted}
    holders = {patterns: f"holders_{n}" for n, patterns in enumerate(posts, 1)}
    person = [scene.clock.keys, '"case" AS person']
    queries = {
        holders[patterns]: _distinct(person, scene.everyone, [condition(part, scene)])
        for patterns, part in posts.items()
    }
    bans = [part.streams for leaf in wanted for part in leaf.having]
    if bans:
        queries[OUTSIDE] = seen_of_nobody(bans, _by_name(scene))
    blocks = [_persons(leaf, holders[leaf.posts], scene) for leaf in wanted]
    return Block.of([Block(queries, (), {}), *blocks])


def _told(ties: Aggregate, scene: Scene) -> str:
    """Return the query of the ties that count, and of which enterprise each means."""
    day = ["ties.as_of"] if scene.days else []
    return selected(
        [
            "ties.enterprise",
            *day,
            "meant.enterprise AS other",
            'CASE WHEN meant.enterprise IS NULL THEN ties."case" END AS nobody',
        ],
        f"{scene.everyone} AS ties\n"
        "LEFT JOIN cases AS own ON own.enterprise = ties.enterprise\n"
        'LEFT JOIN cases AS meant ON meant.scheme = own.scheme AND meant."case" = ties."case"',
        where=[condition(ties, scene)],
    )


def _tied(leaf: Tied, related: str, scene: Scene) -> Block:
    name, keys = scene.names[leaf], scene.clock.keys
    queries, source = {}, f"{related} AS related"
    if leaf.having:
        queries[f"having_{name}"] = _flagged(leaf.having, scene)
        source += f"\nSEMI JOIN having_{name} AS had ON had.enterprise = related.other"
        source += _same_day("had", "related", scene)
    counted = f"{remark(leaf.streams)}\ncount(*) AS {name}"
    queries[f"of_{name}"] = selected([keys, counted], source, by=keys)
    return _counted(leaf, queries, scene)


def _both_ways(told: str, scene: Scene) -> str:
    """Return the query of whom each is tied to, whoever said so, each other one once."""
    days = [scene.days] if scene.days else []
    there = selected(
        ["enterprise", *days, "other", "nobody"],
        told,
        where=["other IS DISTINCT FROM enterprise"],
    )
    back = selected(
        ["other AS enterprise", *days, "enterprise AS other", "NULL AS nobody"],
        told,
        where=["other <> enterprise"],
    )
    return f"{there}\nUNION\n{back}"


def _persons(leaf: Persons, holders: str, scene: Scene) -> Block:
    name, keys = scene.names[leaf], scene.clock.keys
    queries: dict[str, str] = {}
    day = [scene.days] if scene.days else []
    tests = []
    if leaf.having:
        banned = [*day, '"case" AS person']
        own = selected(banned, scene.everyone, where=[_any(leaf.having, scene)])
        others = selected(banned, OUTSIDE, where=[_any(leaf.having, _by_name(scene))])
        queries[f"bans_{name}"] = f"{own}\nUNION\n{others}"
        tests.append(_exists(f"bans_{name}", "found.person = holders.person", scene))
    if leaf.elsewhere:
        queries[f"had_{name}"] = _flagged(leaf.elsewhere, scene)
        queries[f"former_{name}"] = _distinct(
            [keys, '"case" AS person'],
            f"{scene.everyone}\nJOIN had_{name} USING ({keys})",
            [
                grouped(scene.reads.test(leaf.posts)),
                f"(is_open OR ended >= {scene.clock.before(leaf.within)})",
            ],
        )
        match = "found.person = holders.person AND found.enterprise <> holders.enterprise"
        tests.append(_exists(f"former_{name}", match, scene))
    where = ["\n    OR ".join(tests)] if tests else []
    counted = f"{remark(leaf.posts)}\ncount(*) AS {name}"
    source = f"{holders} AS holders"
    queries[f"of_{name}"] = selected([keys, counted], source, where=where, by=keys)
    return _counted(leaf, queries, scene)


def _by_name(scene: Scene) -> Scene:
    return replace(scene, reads=Names())


def _exists(name: str, match: str, scene: Scene) -> str:
    day = _same_day("found", "holders", scene)
    return f"EXISTS (SELECT 1 FROM {name} AS found WHERE {match}{day})"  # noqa: S608


def _flagged(having: Iterable[Aggregate], scene: Scene) -> str:
    """Return the query of the enterprises of which any of some aggregates counts an event."""
    return _distinct([scene.clock.keys], scene.everyone, [_any(having, scene)])


def _any(having: Iterable[Aggregate], scene: Scene) -> str:
    return " OR ".join(f"({condition(part, scene)})" for part in having)


def _distinct(columns: list[str], source: str, where: list[str]) -> str:
    return selected(columns, source, where=where).replace("SELECT", "SELECT DISTINCT", 1)


def _same_day(one: str, other: str, scene: Scene) -> str:
    return f" AND {one}.as_of = {other}.as_of" if scene.days else ""


def _counted(leaf: Leaf, queries: dict[str, str], scene: Scene) -> Block:
    name = scene.names[leaf]
    join = f"LEFT JOIN of_{name} USING ({scene.clock.keys})"
    return Block(queries, (join,), {leaf: f"coalesce({name}, 0)::DOUBLE"})
