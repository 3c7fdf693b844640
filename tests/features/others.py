"""Cities of a few enterprises with ties and persons, and a slow reading of what they amount to.

It goes day by day and record by record, and takes nothing from the code it checks but the words
of the declarations.
"""

from collections.abc import Sequence
from math import nan
from statistics import median
from typing import Any

import pyarrow as pa
from hypothesis import strategies as st

from xinheng.core.time import NEVER
from xinheng.features import Aggregate, Cases, Events, Median, Persons, Tied, count

from .histories import NAN, Record, build, happenings
from .reference import Row, counts, group_of

CODES = {0: 100, 1: 101, 2: 102, 3: 100}
SCHEMES = {0: 0, 1: 0, 2: 0, 3: 1}
"""Enterprise 3 is of another scheme, in which its code is that of enterprise 0."""
NOBODYS = 109
CASES_TABLE = pa.table(
    {
        "enterprise": list(CODES),
        "scheme": [SCHEMES[e] for e in CODES],
        "case": list(CODES.values()),
    }
)
CASES = Cases.from_table(CASES_TABLE)
VOCABULARY = (
    ("relation", "investment"),
    ("relation", "commission"),
    ("post", "director"),
    ("post", "principal"),
    ("ban", "lifetime"),
    ("ban", "judgment_defaulter"),
    ("penalty", "market.food.label"),
    ("list_entry", "abnormal.other"),
    ("licence_review", ""),
    ("enterprise.category", ""),
)
NONE = build([], VOCABULARY)


TIES = ("relation", "penalty", "list_entry")
PEOPLE = ("post", "ban", "penalty", "list_entry")
NUMBERS = ("licence_review", "enterprise.category")


@st.composite
def records(draw: st.DrawFn, kinds: tuple[str, ...]) -> Record:
    kind, code = draw(st.sampled_from([name for name in VOCABULARY if name[0] in kinds]))
    nobody = kind == "ban" and draw(st.booleans())
    enterprise = -1 if nobody else draw(st.sampled_from([0, 0, 1, 1, 2, 3]))
    case = draw(st.integers(1, 2))
    if kind == "relation":
        case = draw(st.sampled_from([*CODES.values(), NOBODYS]))
    occurred = draw(st.integers(0, 40))
    return Record(
        kind=kind,
        code=code,
        enterprise=enterprise,
        case=case,
        occurred=occurred,
        available=occurred + draw(st.integers(-2, 12)),
        severity=draw(st.sampled_from([NAN, 1.0, 2.0])),
        value=draw(st.sampled_from([NAN, -0.0, 0.0, 0.125, 0.25, 7.0])),
        ended=draw(st.one_of(st.just(NEVER), st.just(NEVER), st.integers(0, 60))),
        happened=draw(st.one_of(st.just(()), st.just(()), happenings())),
    )


def cities(kinds: tuple[str, ...], most: int = 20) -> st.SearchStrategy[list[Record]]:
    few, many = (
        st.lists(records(kinds), max_size=4),
        st.lists(records(kinds), min_size=8, max_size=most),
    )
    return st.one_of(few, many, many)


def split(city: Sequence[Record]) -> tuple[Events, Events]:
    """Return the events of the enterprises, and of bans that name none."""
    parts: tuple[list[Record], list[Record]] = ([], [])
    for record in city:
        parts[record.enterprise < 0].append(record)
    return build(parts[0], VOCABULARY), build(parts[1], VOCABULARY)


FLAG = st.one_of(
    st.sampled_from([count("penalty"), count("list_entry", state="open")]),
    st.builds(
        count,
        st.sampled_from(["penalty", "list_entry:abnormal.*", "licence_review"]),
        window=st.one_of(st.none(), st.integers(1, 25)),
        lag=st.sampled_from([0, 0, 4]),
        state=st.sampled_from(["any", "open", "closed", "overdue"]),
        repaired=st.sampled_from(["stays", "leaves", "only"]),
        above=st.sampled_from([None, ("value", 0.2), ("severity", 1), ("ended", 20)]),
    ),
)
FLAGS = st.lists(FLAG, max_size=2).map(tuple)
BANS = st.lists(
    st.builds(
        count,
        st.sampled_from(["ban", "ban:lifetime"]),
        state=st.sampled_from(["any", "open"]),
        window=st.one_of(st.none(), st.integers(1, 25)),
    ),
    max_size=2,
).map(tuple)


def tied_leaves() -> st.SearchStrategy[Tied]:
    streams = st.sampled_from([("relation",), ("relation:investment",)])
    return st.builds(Tied, streams=streams, having=FLAGS)


def person_leaves() -> st.SearchStrategy[Persons]:
    posts = st.sampled_from([("post",), ("post:director",)])
    within = st.integers(0, 20)
    return st.one_of(
        st.builds(Persons, posts=posts, having=BANS, elsewhere=FLAGS, within=within),
        st.builds(Persons, posts=posts, elsewhere=st.tuples(FLAG), within=within),
    )


def medians() -> st.SearchStrategy[Median]:
    group = st.builds(
        Median,
        group=st.just("category"),
        streams=st.just(("licence_review",)),
        field=st.sampled_from(["value", "severity"]),
        least=st.integers(1, 3),
        window=st.one_of(st.none(), st.integers(1, 25)),
    )
    return st.one_of(group, group.map(lambda leaf: leaf.city))


def worlds(*leaves: tuple[tuple[str, ...], st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Return cities, before and after a change, and a leaf that is about what is in them."""
    return st.one_of(*(st.tuples(cities(kinds), cities(kinds), leaf) for kinds, leaf in leaves))


OTHERS = ((TIES, tied_leaves()), (PEOPLE, person_leaves()))
WORLDS = worlds(*OTHERS, (NUMBERS, medians()))


def value(leaf: Tied | Persons | Median, rows: list[Row], enterprise: int, as_of: int) -> float:
    match leaf:
        case Tied():
            return float(len(related(leaf, rows, enterprise, as_of)))
        case Persons():
            return float(len(persons(leaf, rows, enterprise, as_of)))
    return middle(leaf, rows, enterprise, as_of)


def related(leaf: Tied, rows: list[Row], enterprise: int, as_of: int) -> set[Any]:
    ties = count(*leaf.streams, state="open")
    found: set[Any] = set()
    for row in rows:
        if not counts(row, ties, as_of):
            continue
        named = [e for e in CODES if (SCHEMES[e], CODES[e]) == _named(row)]
        if row["enterprise"] == enterprise:
            found |= set(named) or {("nobody", row["case"])}
        elif enterprise in named:
            found.add(row["enterprise"])
    found.discard(enterprise)
    if not leaf.having:
        return found
    return {other for other in found if _has(leaf.having, rows, other, as_of)}


def persons(leaf: Persons, rows: list[Row], enterprise: int, as_of: int) -> set[int]:
    posts = count(*leaf.posts, state="open")
    mine = {r["case"] for r in rows if r["enterprise"] == enterprise and counts(r, posts, as_of)}
    if not leaf.having and not leaf.elsewhere:
        return mine
    return {
        person
        for person in mine
        if any(r["case"] == person and _any(leaf.having, r, as_of) for r in rows)
        or any(
            r["case"] == person
            and r["enterprise"] != enterprise
            and _held(leaf, r, as_of)
            and _has(leaf.elsewhere, rows, r["enterprise"], as_of)
            for r in rows
        )
    }


def middle(leaf: Median, rows: list[Row], enterprise: int, as_of: int) -> float:
    part = count(*leaf.streams, window=leaf.window)
    live = [r for r in rows if _inside(part, r, as_of) and r[leaf.field] == r[leaf.field]]
    city = median([r[leaf.field] for r in live]) if live else nan
    mine = None if leaf.group == "city" else group_of(rows, leaf.group, enterprise, as_of)
    if mine is None:
        return city
    same = [r for r in live if group_of(rows, leaf.group, r["enterprise"], as_of) == mine]
    return median([r[leaf.field] for r in same]) if len(same) >= leaf.least else city


def _named(row: Row) -> tuple[int, int]:
    return SCHEMES[row["enterprise"]], row["case"]


def _has(parts: tuple[Aggregate, ...], rows: list[Row], enterprise: object, as_of: int) -> bool:
    return any(r["enterprise"] == enterprise and _any(parts, r, as_of) for r in rows)


def _any(parts: tuple[Aggregate, ...], row: Row, as_of: int) -> bool:
    return any(_inside(part, row, as_of) for part in parts)


def _inside(part: Aggregate, row: Row, as_of: int) -> bool:
    start = -NEVER if part.window is None else as_of - part.lag - part.window
    return counts(row, part, as_of) and row["occurred"] >= start


def _held(leaf: Persons, row: Row, as_of: int) -> bool:
    if not counts(row, count(*leaf.posts), as_of):
        return False
    is_open = counts(row, count(*leaf.posts, state="open"), as_of)
    return is_open or bool(row["ended"] >= as_of - leaf.within)
