"""The statement: a catalogue as one query of DuckDB, for an analyst to run and to check ours by.

It is written from the same declarations as the kernel's plan and shares nothing else with it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

from ..core.errors import DeclarationError
from .aggregate import Aggregate
from .blocks import Block, aggregated, missed
from .catalogue import Catalogue
from .circles import patterns_of_circles, persons, ties
from .clauses import Clock, Reads, Scene
from .dialect import indented, number, selected, spelled
from .expression import Constant, Leaf, leaves_of
from .indicator import Indicator
from .medians import Median
from .missed import Missed
from .peers import patterns_of_peers, peers
from .persons import Persons
from .rates import Rate
from .ties import Tied
from .views import seen, seen_of_all

__all__ = ["statement"]

KINDS: dict[type[Leaf], Callable[..., Block]] = {
    Aggregate: aggregated,
    Missed: missed,
    Rate: peers,
    Median: peers,
    Tied: ties,
    Persons: persons,
}


def statement(
    catalogue: Catalogue,
    *,
    vocabulary: Sequence[tuple[str, str]] | None = None,
    as_of: int | None = None,
) -> str:
    """Return SQL that yields the indicators of a catalogue, one column each, as `compute` does.

    It reads a table `events` with the columns of `features.events.COLUMNS`, NULL or NaN where a
    record has no number, and of all enterprises where values rest on others. Ties need a table
    `cases` (enterprise, scheme, case) as of `Archive.cases`; persons need a table `bans`, as of
    `Archive.bans`, with the columns of `events` and `kind` and `code`, for its streams have
    numbers of their own.

    Parameters
    ----------
    catalogue
        The columns.
    vocabulary
        (kind, code) by stream number. Where it is not given, the statement reads it from a
        table `vocabulary` (stream, kind, code).
    as_of
        One day number for all enterprises of `events`, which is the fastest. Where it is not
        given, the statement reads a table `rows` (enterprise, as_of) and yields one row for each
        different row of it.

    Returns
    -------
    SQL. Columns `enterprise`, `as_of` and the ids; NULL means: does not apply to this enterprise.

    Raises
    ------
    DeclarationError
        If a part of the catalogue has no SQL, such as what is counted near a place.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> query = statement(standard_catalogue().select(ids=["PN09"]), as_of=20454)
    >>> print(query[query.index("by_enterprise") : query.index("leaves")])
    by_enterprise AS (
        SELECT
            enterprise,
            -- penalty:*.food.*
            count(CASE WHEN reads_1 AND occurred >= 20089 AND NOT is_repaired THEN 1 END) AS count_1
        FROM seen
        GROUP BY enterprise
    ),
    <BLANKLINE>
    """
    leaves = _leaves_of(catalogue)
    reads = Reads([*_own_patterns(leaves), *_patterns_of_others(leaves)], vocabulary)
    scene = Scene(Clock(as_of), reads, _names(leaves))
    block = Block.of(write(list(found), scene) for write, found in _by_kind(leaves))
    streams = reads.table()
    queries = {
        "asked": _asked(leaves, scene),
        **({"streams": streams} if streams else {}),
        **_seen(leaves, scene),
        **block.queries,
        "leaves": _leaves(block, scene),
        "expressions": _expressions(catalogue, scene),
    }
    return f"WITH {_named(queries)}\n{_finished(catalogue, scene)}\n"


def _leaves_of(catalogue: Catalogue) -> list[Leaf]:
    """Return the leaves of the indicators and of the populations that they apply to, each once."""
    trees = [catalogue.populations[name] for name in _memberships(catalogue)]
    trees += [each.expression for each in catalogue]
    leaves = list(dict.fromkeys(leaf for tree in trees for leaf in leaves_of(tree)))
    for leaf in leaves:
        if type(leaf) not in KINDS:
            raise DeclarationError(_unsaid(catalogue, leaf))
    parts = [part for leaf in leaves if isinstance(leaf, Missed) for part in leaf.parts]
    return list(dict.fromkeys([*leaves, *parts]))


def _by_kind(leaves: Sequence[Leaf]) -> Iterator[tuple[Callable[..., Block], list[Leaf]]]:
    for write in dict.fromkeys(KINDS.values()):
        yield write, [leaf for leaf in leaves if KINDS[type(leaf)] is write]


def _names(leaves: Sequence[Leaf]) -> dict[Leaf, str]:
    cities = [leaf.city for leaf in leaves if isinstance(leaf, Rate | Median)]
    named = dict.fromkeys([*leaves, *cities])
    return {leaf: f"{_noun(leaf)}_{n}" for n, leaf in enumerate(named, 1)}


def _own_patterns(leaves: Sequence[Leaf]) -> list[tuple[str, ...]]:
    return [leaf.streams for leaf in leaves if isinstance(leaf, Aggregate)]


def _patterns_of_others(leaves: Sequence[Leaf]) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []
    for leaf in leaves:
        match leaf:
            case Rate() | Median():
                found += patterns_of_peers(leaf)
            case Tied() | Persons():
                found += patterns_of_circles(leaf)
    return found


def _noun(leaf: Leaf) -> str:
    match leaf:
        case Aggregate(operator=operator):
            return operator
        case Rate(group=group) | Median(group=group):
            return f"{type(leaf).__name__.lower()}_{group}"
    return type(leaf).__name__.lower()


def _unsaid(catalogue: Catalogue, leaf: Leaf) -> str:
    held = [each.id for each in catalogue if leaf in each.leaves]
    return (
        f"{type(leaf).__name__} has no SQL, which {', '.join(held)} would need; leave it out, as "
        "by catalogue.select(ids=...) or catalogue.select(use='grade')"
    )


def _asked(leaves: Sequence[Leaf], scene: Scene) -> str:
    if scene.clock.day is not None:
        return "SELECT DISTINCT enterprise FROM events"
    cycles = [leaf.cycle for leaf in leaves if isinstance(leaf, Aggregate) and leaf.cycle]
    columns = ["enterprise", "as_of", *scene.clock.turns(dict.fromkeys(cycles))]
    return selected(columns, "rows").replace("SELECT", "SELECT DISTINCT", 1)


def _seen(leaves: Sequence[Leaf], scene: Scene) -> dict[str, str]:
    """Return the queries of the events that a row sees, and that all enterprises have."""
    own, others = _own_patterns(leaves), _patterns_of_others(leaves)
    if scene.everyone == "seen":
        return {"seen": seen([*own, *others], scene)} if own or others else {}
    queries = {"seen": seen(own, scene)} if own else {}
    return {**queries, "everyone": seen_of_all(others, scene)} if others else queries


def _leaves(block: Block, scene: Scene) -> str:
    columns = [scene.clock.keys]
    columns += [f"{said} AS {scene.names[leaf]}" for leaf, said in block.columns.items()]
    joins = "".join(f"\n{join}" for join in block.joins)
    return selected(columns, f"asked{joins}")


def _expressions(catalogue: Catalogue, scene: Scene) -> str:
    as_of, columns = scene.clock.as_of, [scene.clock.keys]
    for name in _memberships(catalogue):
        said = spelled(catalogue.populations[name], scene.names, as_of)
        columns.append(f"coalesce({said} > 0, false) AS is_{name}")
    columns += [
        f"{spelled(each.expression, scene.names, as_of)} AS {_id(each)}" for each in catalogue
    ]
    return selected(columns, "leaves")


def _finished(catalogue: Catalogue, scene: Scene) -> str:
    day = "as_of" if scene.clock.day is None else f"{scene.clock.day} AS as_of"
    columns = ["enterprise", day, *(_column(each, catalogue) for each in catalogue)]
    return selected(columns, "expressions")


def _column(each: Indicator, catalogue: Catalogue) -> str:
    value, missing = _cut(each), number(each.missing)
    said = f"coalesce({value}, {missing})"
    if value != _id(each):
        said = f"CASE WHEN {_id(each)} IS NULL THEN {missing} ELSE {value} END"
    tests = [_member(name, catalogue) for name in each.populations]
    if "true" not in tests:
        said = f"CASE WHEN {' OR '.join(tests)} THEN {said} END"
    return "\n".join([*_comments(each), f"CAST({said} AS DOUBLE) AS {_id(each)}"])


def _comments(each: Indicator) -> Iterator[str]:
    if each.formula_zh:
        yield f"-- {_line(each.zh)}：{_line(each.formula_zh)}"
    yield f"-- {_line(each.en)}: {_line(each.formula)}"


def _cut(each: Indicator) -> str:
    low, high = each.bounds
    value = _id(each) if low is None else f"greatest({_id(each)}, {number(low)})"
    return value if high is None else f"least({value}, {number(high)})"


def _memberships(catalogue: Catalogue) -> list[str]:
    """Return the populations that are asked for and are not everyone."""
    asked = dict.fromkeys(name for each in catalogue for name in each.populations)
    return [name for name in asked if _member(name, catalogue) != "true"]


def _member(name: str, catalogue: Catalogue) -> str:
    match catalogue.populations[name]:
        case Constant(value) if value > 0:
            return "true"
    return f"is_{name}"


def _id(each: Indicator) -> str:
    return '"' + each.id.replace('"', '""') + '"'


def _line(text: str) -> str:
    return " ".join(text.split())


def _named(queries: Mapping[str, str]) -> str:
    return ",\n".join(f"{name} AS (\n{indented(query)}\n)" for name, query in queries.items())
