"""Ties, persons and medians: any city against a slow reading, evidence, parts and updates."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import DeclarationError, InvalidError, NotFoundError
from xinheng.features import (
    Catalogue,
    Events,
    Median,
    Persons,
    References,
    Tied,
    count,
    evidence,
    latest,
    recompute,
)
from xinheng.features.codec import decode, encode
from xinheng.features.dated import Dated
from xinheng.features.intervals import intervals
from xinheng.features.shares import counting

from . import others
from .histories import DAYS, Record, aggregates, build, histories
from .leaves import values_of
from .others import CASES, NONE, WORLDS, medians, person_leaves, split, tied_leaves
from .reference import rows_of
from .test_indicator import declare

LEAVES: st.SearchStrategy[Any] = st.one_of(tied_leaves(), person_leaves(), medians())
EVERYONE = np.arange(5, dtype=np.int32)


def references(leaf: Dated, events: Events, bans: Events = NONE, parts: int = 1) -> References:
    bounds = np.linspace(0, len(EVERYONE), parts + 1).astype(int)
    blocks = [
        events.take(slice(*np.searchsorted(events.enterprise, bounds[i : i + 2]).tolist()))
        for i in range(parts)
    ]
    return References.build([leaf], reversed(blocks), cases=CASES, bans=bans)


def values(leaf: Dated, events: Events, found: References, as_of: int) -> list[float]:
    days = np.full(len(EVERYONE), as_of, np.int32)
    return values_of(leaf, events, EVERYONE, days, found)


@settings(deadline=None)
@given(histories(), aggregates(), DAYS)
def test_the_days_on_which_an_event_counts_are_a_stretch(
    records: list[Record], part: Any, as_of: int
) -> None:
    counted = count(
        *part.streams,
        window=part.window,
        lag=part.lag,
        state=part.state,
        repaired=part.repaired,
        above=part.above,
    )
    events = build(records)
    rows, start, stop = intervals(counted, events)
    found = rows[(start < as_of) & (as_of <= stop)]
    assert found.tolist() == counting(counted, events, as_of).tolist()


def check_that_a_leaf_agrees(world: Any, parts: int) -> None:
    """Hold a leaf against the slow reading, day after day."""
    city, _, leaf = world
    events, bans = split(city)
    rows = [*rows_of(events), *rows_of(bans)]
    found = references(leaf, events, bans, parts)
    for as_of in range(-3, 75, 11):
        expected = [others.value(leaf, rows, e, as_of) for e in range(4)]
        np.testing.assert_array_equal(values(leaf, events, found, as_of)[:4], expected)


@settings(max_examples=60, deadline=None)
@given(WORLDS, st.integers(1, 4))
def test_a_leaf_agrees_with_a_slow_reading_on_every_day(world: Any, parts: int) -> None:
    check_that_a_leaf_agrees(world, parts)


@pytest.mark.slow
@settings(max_examples=600, deadline=None)
@given(WORLDS, st.integers(1, 4))
def test_a_leaf_agrees_with_a_slow_reading_on_every_day_often(world: Any, parts: int) -> None:
    check_that_a_leaf_agrees(world, parts)


@settings(max_examples=80, deadline=None)
@given(WORLDS, DAYS)
def test_a_value_is_recomputed_from_its_evidence(world: Any, as_of: int) -> None:
    city, _, leaf = world
    events, bans = split(city)
    found = references(leaf, events, bans)
    catalogue = Catalogue((declare(expression=leaf, missing=-7, use="scheduling"),))
    for enterprise, value in enumerate(values(leaf, events, found, as_of)):
        result = evidence(
            catalogue, "XX01", events.of(enterprise), enterprise, as_of, references=found
        )
        assert result.value == recompute(result) == (-7 if np.isnan(value) else value)
        assert len(result.events) == 0 or result.shares.sum() == pytest.approx(1)
        for each in (*result.neighbours, *result.holders):
            people = each.others if isinstance(each.leaf, Tied) else each.persons  # type: ignore[union-attr]
            total = sum(one.share for one in people)
            assert total == pytest.approx(1 if value else 0)


def same(one: References, other: References) -> None:
    """Hold what two references are built from to be equal to the last bit."""
    assert one._leaves == other._leaves
    mine, theirs = one.kept.spans, other.kept.spans
    assert list(mine) == list(theirs)
    for source, spans in mine.items():
        for name in spans.__slots__:
            left, right = getattr(spans, name), getattr(theirs[source], name)
            assert left.tobytes() == right.tobytes(), name


@settings(max_examples=60, deadline=None)
@given(WORLDS, st.sets(st.integers(-1, 3)))
def test_replaced_references_are_those_built_anew(world: Any, named: set[int]) -> None:
    before, after, leaf = world
    banned, changed = -1 in named, named - {-1}
    now = [r for r in before if r.enterprise not in named]
    now += [r for r in after if r.enterprise in named]
    (old, old_bans), (new, bans) = split(before), split(now)
    # Numbers of records are those of the whole city, so that both ways have the same.
    parts = [new.of(e) for e in sorted(changed, reverse=True)]
    kept = new.take(np.flatnonzero(~np.isin(new.enterprise, list(changed))))
    first = np.concatenate([old.of(e).record for e in range(4) if e not in changed] or [[]])
    assert len(first) == len(kept)
    whole = references(leaf, new, bans)
    base = References.build(
        [leaf],
        [kept, *(old.of(e) for e in changed)],
        cases=CASES,
        bans=old_bans if banned else bans,
    )
    found = base.replaced(
        np.array(sorted(changed), np.int32),
        [References.read([leaf], part) for part in parts],
        bans=bans if banned else None,
    )
    same(found, whole)


@settings(deadline=None)
@given(LEAVES)
def test_a_declaration_goes_through_json(leaf: Any) -> None:
    assert decode(encode(leaf)) == leaf


@pytest.mark.parametrize(
    ("make", "parts", "message"),
    [
        (Tied, {"streams": ("penalty",)}, "no kind of record 'penalty'.*There are: relation"),
        (Tied, {"streams": ("*",)}, "must be 'relation' or 'relation:code'"),
        (Tied, {"streams": ("relation",), "having": count("penalty")}, "a tuple of counts"),
        (Tied, {"streams": ("relation",), "having": (latest("penalty"),)}, r"from count\("),
        (Persons, {"posts": ("staff",)}, "There are: post"),
        (Persons, {"having": (count("penalty"),)}, "There are: ban"),
        (Persons, {"elsewhere": (count("penalty", cycle=(7, 1)),)}, "neither a cycle"),
        (Persons, {"within": -1}, "within -1 must be a whole number"),
        (Median, {"group": "street", "streams": ("licence_review",)}, "no group 'street'"),
        (Median, {"group": "city", "streams": ("reviews",)}, "no kind of record 'reviews'"),
        (Median, {"group": "city", "streams": ("*",), "field": "ended"}, "There are: severity"),
        (Median, {"group": "city", "streams": ("*",), "least": 2}, "needs 1 outcome, not 2"),
        (Median, {"group": "site", "streams": ("*",), "least": 0}, "from 1 on"),
    ],
)
def test_a_wrong_declaration_is_refused(make: Any, parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        make(**parts)


def test_neither_place_nor_district_enters_a_grade_through_others() -> None:
    place = (count("enterprise.district"),)
    for leaf in (
        Tied(streams=("relation",), having=place),
        Persons(elsewhere=place),
        Median(group="district", streams=("licence_review",)),
    ):
        with pytest.raises(DeclarationError, match="may enter a grade"):
            declare(expression=leaf)
    with pytest.raises(DeclarationError, match="nothing in it is about the enterprise"):
        declare(expression=Median(group="city", streams=("licence_review",)))


def test_what_the_tables_need_is_asked_for() -> None:
    with pytest.raises(InvalidError, match=r"cases=Cases\.from_table\(Archive.cases"):
        References.build([Tied(streams=("relation",))], [NONE])
    with pytest.raises(InvalidError, match=r"bans=Events\.from_view"):
        References.build([Persons()], [NONE])
    found = References.build([Persons()], [NONE], bans=NONE)
    with pytest.raises(NotFoundError, match="no tied in these references"):
        found.values(Tied(streams=("relation",)), None)  # type: ignore[arg-type]
