"""What parts contribute, summed up as they come, answers as if it had been kept."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import InvalidError
from xinheng.features import Events, Median, Persons, Rate, References, Tied, count
from xinheng.features.dated import Dated
from xinheng.features.tally import TOGETHER, Tally

from .leaves import values_of
from .others import CASES, VOCABULARY, Record, build, cities, split

EVERYONE = np.arange(5, dtype=np.int32)
LEAVES: tuple[Dated, ...] = (
    Rate(group="city", streams=("penalty", "ban"), positive=("ban",)),
    Rate(group="city", streams=("penalty", "list_entry"), unit="case", window=20),
    Rate(group="category", streams=("licence_review",), measure="mean", strength=2),
    Rate(group="category", streams=("licence_review",), above=("value", 0.2), strength=3),
    Median(group="category", streams=("licence_review",), least=2),
    Tied(streams=("relation",), having=(count("list_entry"),)),
    Persons(having=(count("ban"),), elsewhere=(count("penalty"),), within=9),
)
KINDS = tuple(dict.fromkeys(kind for kind, _ in VOCABULARY))


def values(found: References, events: Events) -> list[list[float]]:
    days = np.arange(-3, 66, 4, dtype=np.int32)
    who, when = np.repeat(EVERYONE, len(days)), np.tile(days, len(EVERYONE))
    return [values_of(leaf, events, who, when, found) for leaf in LEAVES]


@settings(max_examples=15, deadline=None)
@given(cities(KINDS), st.sampled_from([4, TOGETHER, 2 * TOGETHER + 3]), st.data())
def test_parts_in_any_number_answer_as_if_they_were_kept(
    city: list[Record], parts: int, data: Any
) -> None:
    events, bans = split(city)
    blocks = [build([], VOCABULARY)] * parts
    places = data.draw(st.lists(st.integers(0, parts - 1), min_size=4, max_size=4, unique=True))
    for enterprise, place in enumerate(places):
        blocks[place] = events.of(enterprise)
    tally = Tally(LEAVES)
    for block in blocks:
        tally.add(References.read(LEAVES, block))
    found = tally.references(CASES, bans)
    kept = References.build(LEAVES, [events], cases=CASES, bans=bans)
    np.testing.assert_array_equal(values(found, events), values(kept, events))


def test_what_was_added_is_forgotten_when_the_tables_are_made() -> None:
    events, bans = split(
        [
            Record("penalty", 3, code="market.food.label"),
            Record("ban", 3, code="lifetime", enterprise=-1, case=1),
        ]
    )
    tally = Tally(LEAVES[:1])
    tally.add(References.read(LEAVES[:1], events))
    asked = LEAVES[0], events, EVERYONE[:1], np.array([5], np.int32)
    assert values_of(*asked, tally.references(CASES, bans)) == [1 / 2]
    assert values_of(*asked, tally.references(CASES, bans)) == [1]


@pytest.mark.parametrize(
    "ask",
    [
        lambda found: found.neighbours(LEAVES[5], 0, 5),
        lambda found: found.holders(LEAVES[6], 0, 5),
        lambda found: found.replaced(EVERYONE[:1], []),
    ],
)
def test_what_was_forgotten_is_not_asked_for(ask: Any) -> None:
    found = Tally(LEAVES).references(CASES, build([], VOCABULARY))
    with pytest.raises(InvalidError, match=r"only the tables are left.* build_references\("):
        ask(found)
