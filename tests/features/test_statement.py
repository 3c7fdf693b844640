"""The statement: patterns, expressions and values that rest on others, each said in SQL."""

from fnmatch import fnmatchcase
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import DeclarationError
from xinheng.features import (
    AS_OF,
    Catalogue,
    Expression,
    count,
    if_missing,
    latest,
    ln,
    log2p1,
    log10,
    log10p1,
    maximum,
    minimum,
    month,
    standard_catalogue,
    statement,
    where,
    year,
)
from xinheng.features.dialect import like, quoted
from xinheng.features.expression import MISSING, Binary, expression

from . import others
from .histories import Record
from .others import CASES, WORLDS, split
from .test_indicator import declare
from .test_roads import Warehouse, World, agree, asked, kernel, world

TEXTS = st.text("ab.*?[]!-^\\'中", max_size=6)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=20, max_size=40))
def test_patterns_match_in_sql_what_they_match_here(pairs: list[tuple[str, str]]) -> None:
    pairs = [(text, pattern) for text, pattern in pairs if not _has_range(pattern)]
    tests = ", ".join(like(quoted(text), pattern) for text, pattern in pairs)
    expected = tuple(fnmatchcase(text, pattern) for text, pattern in pairs)
    found = duckdb.execute(f"SELECT {tests}").fetchone() if pairs else ()
    assert found == expected


def _has_range(pattern: str) -> bool:
    return "-" in pattern.partition("[")[2]  # of two ends that may be in the wrong order


def test_ranges_match_as_they_do_here() -> None:
    pattern, texts = "*.[0-3][!a-c]?", ("x.3d1", "x.4d1", "x.3b1", "x.0中文", "3d1")
    tests = ", ".join(like(quoted(text), pattern) for text in texts)
    expected = tuple(fnmatchcase(text, pattern) for text in texts)
    assert (
        duckdb.execute(f"SELECT {tests}").fetchone()
        == expected
        == (True, False, False, True, False)
    )


PARTS = (count("penalty"), latest("sampling"), latest("penalty", field="severity"), AS_OF)
NODES = st.one_of(
    st.sampled_from(PARTS),
    st.sampled_from([-3.0, -0.25, 0.0, 0.5, 1.0, 2.0]).map(expression),
    st.just(MISSING),
)


def grown(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    signs = st.sampled_from(["add", "subtract", "multiply", "divide", "greater"])
    return st.one_of(
        st.builds(Binary, signs, inner, inner),
        st.builds(minimum, inner, inner),
        st.builds(maximum, inner, inner),
        st.builds(if_missing, inner, inner),
        st.builds(where, inner, inner, inner),
    )


# What is rounded stands at the root, so that no road amplifies the last bit of another.
INNER = st.recursive(NODES, grown, max_leaves=5)
ROOTS = st.sampled_from([ln, log10, log10p1, log2p1, lambda node: node])
TREES = st.one_of(
    st.builds(lambda root, node: root(node), ROOTS, INNER),
    st.sampled_from([month(AS_OF), year(AS_OF), month(latest("sampling")), year(AS_OF - 400)]),
)
SOME = [
    Record("penalty", 10, enterprise=1, severity=2.0),
    Record("penalty", 20, enterprise=1),
    Record("sampling", 30, enterprise=1, value=0.25),
    Record("sampling", 31, enterprise=2, value=-7.0),
    Record("penalty", 12, enterprise=3, severity=0.0),
]


@settings(max_examples=25, deadline=None)
@given(st.lists(TREES, min_size=5, max_size=15))
def test_any_expression_has_the_same_value_in_sql(trees: list[Expression]) -> None:
    anchored = [tree + 0 * count("penalty") for tree in trees]
    catalogue = Catalogue(
        tuple(
            declare(id=f"X{n}", expression=tree, missing=-99, use="scheduling")
            for n, tree in enumerate(anchored)
        )
    )
    names = tuple(dict.fromkeys((record.kind, record.code) for record in SOME))
    start, rows = world(SOME, names), asked(range(4), (15, 500))
    found = Warehouse(catalogue, names).run(start, rows)
    agree(kernel(catalogue, start, rows), found, catalogue)


@settings(max_examples=25, deadline=None)
@given(WORLDS, st.lists(st.integers(0, 70), min_size=1, max_size=3, unique=True))
def test_what_rests_on_others_has_the_same_value_in_sql(one: Any, dates: list[int]) -> None:
    city, _, leaf = one
    events, bans = split(city)
    catalogue = Catalogue((declare(expression=leaf, missing=-99, use="scheduling"),))
    start, rows = World(events, bans, CASES), asked(range(4), dates)
    expected = kernel(catalogue, start, rows)
    base = Warehouse(catalogue, others.VOCABULARY)
    agree(expected, base.run(start, rows), catalogue)
    known = asked(np.unique(events.enterprise).tolist(), dates[:1])
    found = base.run(start, known, vocabulary=others.VOCABULARY, as_of=dates[0])
    agree(expected.loc[pd.MultiIndex.from_frame(known)], found, catalogue)


def test_what_has_no_sql_is_refused_with_a_way_out() -> None:
    with pytest.raises(DeclarationError, match=r"Nearby has no SQL, which CX_COMPLAINTS_NEAR"):
        statement(standard_catalogue())
    assert statement(standard_catalogue().select(use="grade"), as_of=1).startswith("WITH asked")
    where_it_is = declare(expression=count("penalty", above=("position", 1)), use="scheduling")
    with pytest.raises(DeclarationError, match="the position of an event"):
        statement(Catalogue((where_it_is,)))


def test_one_indicator_reads_its_own_streams_only() -> None:
    said = statement(standard_catalogue().select(ids=["PN07"]), as_of=20454)
    assert "kind = 'penalty' AND code GLOB 'market.*' AS reads_1" in said
    assert "reads_2" not in said
    assert "JOIN asked" not in said


def test_a_column_is_headed_by_its_definitions_the_chinese_one_first() -> None:
    one, both = declare(id="A"), declare(id="B", formula_zh="行政处罚\n次数")
    lines = [line.strip() for line in statement(Catalogue((one, both))).splitlines()]
    heads = [line for line in lines if line.endswith(("count(penalties)", "行政处罚 次数"))]
    assert heads == [
        "-- Penalties: count(penalties)",
        "-- 处罚次数：行政处罚 次数",
        "-- Penalties: count(penalties)",
    ]
