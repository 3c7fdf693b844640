"""Blocks: aggregates as queries over the events seen, one query for all of the same grouping."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from ..core.errors import DeclarationError
from .aggregate import Aggregate
from .clauses import Scene, condition, remark
from .dialect import date_of, indented, selected
from .expression import Leaf
from .missed import Missed

__all__ = ["Block", "aggregated", "missed"]

KEYS = {"case": '"case"', "code": "stream", "day": "occurred"}
EXTREMES = {"total": "sum", "smallest": "min", "largest": "max"}
SIMPLE = ("count", "latest", *EXTREMES)


@dataclass(frozen=True, slots=True)
class Block:
    """What some leaves add to a statement.

    `queries` are named subqueries in order, `joins` what joins them to the rows, `columns` the
    SQL of each leaf over what is joined.
    """

    queries: Mapping[str, str]
    joins: tuple[str, ...]
    columns: Mapping[Leaf, str]

    @classmethod
    def of(cls, blocks: "Iterable[Block]") -> "Block":
        """Return all that several blocks add."""
        every = tuple(blocks)
        return cls(
            {name: query for block in every for name, query in block.queries.items()},
            tuple(join for block in every for join in block.joins),
            {leaf: column for block in every for leaf, column in block.columns.items()},
        )


def aggregated(wanted: Sequence[Aggregate], scene: Scene) -> Block:
    """Return the block of aggregates: one pass for the plain ones, one for each kind of key."""
    for part in wanted:
        if part.field == "position" or (part.above and part.above[0] == "position"):
            raise DeclarationError(
                "the position of an event is a row of one table and has no SQL; "
                "read its value, severity or a clock"
            )
    blocks = [_plain([part for part in wanted if part.operator in SIMPLE], scene)]
    blocks += [_keyed(key, [part for part in wanted if _key(part) == key], scene) for key in KEYS]
    blocks += [_repeats(part, scene) for part in wanted if part.operator == "repeat"]
    return Block.of(blocks)


def missed(wanted: Sequence[Missed], scene: Scene) -> Block:
    """Return the block of deadlines missed, over the columns of their parts."""
    return Block({}, (), {leaf: _missed(leaf, scene) for leaf in wanted})


def _missed(leaf: Missed, scene: Scene) -> str:
    start, *met = (scene.names[part] for part in leaf.parts)
    last = scene.clock.last_year(leaf.turn)
    tests = []
    for back, name in enumerate(met):
        year = f"{last} - {back}" if back else last
        bound = [f"{year} > year({date_of(start)})", f"coalesce({name}, 0) = 0"]
        bound += [f"{year} >= {leaf.since}"] if leaf.since else []
        tests.append(f"CASE WHEN {' AND '.join(bound)} THEN 1 ELSE 0 END")
    passed = indented("\n+ ".join(tests))
    return f"CASE WHEN {start} IS NOT NULL THEN (\n{passed}\n)::DOUBLE END"


def _key(part: Aggregate) -> str | None:
    return {"recurrent": "code", "previous": "case"}.get(part.operator, part.by)


def _plain(wanted: Sequence[Aggregate], scene: Scene) -> Block:
    columns = [_column(part, _simple(part, scene), scene) for part in wanted]
    return _joined("by_enterprise", "seen", columns, wanted, scene)


def _simple(part: Aggregate, scene: Scene) -> str:
    test = condition(part, scene)
    if part.operator == "count":
        return f"count(CASE WHEN {test} THEN 1 END)"
    if part.operator == "latest":
        return _last(part, test)
    return f"{EXTREMES[part.operator]}(CASE WHEN {test} THEN {part.field} END)"


def _keyed(key: str, wanted: Sequence[Aggregate], scene: Scene) -> Block:
    """Return the block of what is first read by key and then summed up by enterprise."""
    if not wanted:
        return Block({}, (), {})
    column = KEYS[key]
    inner = [each for part in wanted for each in _of_key(part, scene)]
    tests = scene.reads.test(*(part.streams for part in wanted))
    name, keys = f"each_{key}", f"{scene.clock.keys}, {column}"
    query = selected([keys, *inner], "seen", where=[tests], by=keys)
    outer = [_column(part, _over_keys(part, scene.names[part]), scene) for part in wanted]
    rest = _joined(f"by_{key}", name, outer, wanted, scene)
    return Block({name: query, **rest.queries}, rest.joins, rest.columns)


def _of_key(part: Aggregate, scene: Scene) -> list[str]:
    name, test = scene.names[part], condition(part, scene)
    match part.operator:
        case "distinct":
            return [f"max(CASE WHEN {test} THEN 1 END) AS {name}"]
        case "recurrent":
            case = f'CASE WHEN {test} THEN "case" END'
            return [f"CASE WHEN min({case}) < max({case}) THEN 1 END AS {name}"]
        case "peaks":
            return [f"max(CASE WHEN {test} THEN {part.field} END) AS {name}"]
    held = f"{test} AND {part.field} IS NOT NULL"
    return [f"{_last(part, test)} AS {name}", f"max(place) FILTER ({held}) AS {name}_place"]


def _over_keys(part: Aggregate, name: str) -> str:
    match part.operator:
        case "peaks":
            return f"sum({name})"
        case "previous":
            return f"arg_max({name}, {name}_place, 2)[2]"
    return f"count({name})"


def _repeats(part: Aggregate, scene: Scene) -> Block:
    """Return the block of one repeat: each event beside the last earlier day of its stream."""
    keys, name = scene.clock.keys, scene.names[part]
    earlier = (
        f"max(occurred) OVER (\n    PARTITION BY {keys}, stream ORDER BY occurred\n"
        "    RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING\n) AS earlier"
    )
    each = selected(
        [keys, "occurred", *_cycle_columns(part, scene), earlier],
        "seen",
        where=[condition(part, scene, started=False)],
    )
    test = f"occurred - earlier <= {part.gap}"
    if part.window is not None:
        test += f" AND occurred >= {scene.clock.before(part.lag + part.window, part.cycle)}"
    column = _column(part, f"count(CASE WHEN {test} THEN 1 END)", scene)
    rest = _joined(f"by_{name}", f"each_{name}", [column], [part], scene)
    return Block({f"each_{name}": each, **rest.queries}, rest.joins, rest.columns)


def _cycle_columns(part: Aggregate, scene: Scene) -> list[str]:
    if part.cycle is None or scene.clock.day is not None:
        return []
    return [scene.clock.before(0, part.cycle)]


def _last(part: Aggregate, test: str) -> str:
    return f"arg_max({part.field}, place) FILTER ({test})"


def _column(part: Aggregate, said: str, scene: Scene) -> str:
    return f"{remark(part.streams)}\n{said} AS {scene.names[part]}"


def _joined(
    name: str, source: str, columns: list[str], wanted: Sequence[Aggregate], scene: Scene
) -> Block:
    if not wanted:
        return Block({}, (), {})
    keys = scene.clock.keys
    query = selected([keys, *columns], source, by=keys)
    join = f"LEFT JOIN {name} USING ({keys})"
    return Block({name: query}, (join,), {part: _finished(part, scene) for part in wanted})


def _finished(part: Aggregate, scene: Scene) -> str:
    name = scene.names[part]
    missing = part.operator in ("smallest", "largest", "latest", "previous")
    return f"{name}::DOUBLE" if missing else f"coalesce({name}, 0)::DOUBLE"
