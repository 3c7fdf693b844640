"""Districts and categories of enterprises as of a day, as a table worked by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.time import day
from xinheng.features import Events
from xinheng.features.overlaid import Overlaid
from xinheng.serving.access import Scope
from xinheng.serving.answers import category_values
from xinheng.serving.live.profiles import Profiles

from ..grading.world import events_of, record

DISTRICTS = pa.table(
    {"case": pa.array([7, 8, 9], pa.int64()), "text": ["福田区", "440305", "Loop"]}
)
BUSINESSES = pa.table({"case": pa.array([3, 4], pa.int64()), "text": ["restaurant", "小型餐馆"]})
WITHDRAWN, EXPIRED = day("2026-02-01"), day("2026-03-01")
EVENTS = events_of(
    record(1, "enterprise.district:", "2020-01-01", case=7),
    record(1, "enterprise.district:", "2026-01-10", case=8, withdrawn=WITHDRAWN),
    record(1, "enterprise.category:", "2020-01-01", case=3),
    record(
        1, "licence.category:0101", "2024-03-01", ended=EXPIRED, ended_available=day("2024-03-01")
    ),
    record(1, "licence.category:2101", "2025-01-01", available=day("2025-06-01")),
    record(1, "licence:produce.0401", "2024-03-01"),
    record(2, "enterprise.district:", "2020-01-01", case=9),
    record(3, "award:city", "2020-01-01"),
    record(4, "enterprise.category:", "2020-01-01", case=4),
)


@pytest.fixture
def profiles():
    return Profiles(EVENTS, DISTRICTS, BUSINESSES)


@pytest.mark.parametrize(
    ("number", "as_of", "district"),
    [
        (1, "2020-01-01", None),
        (1, "2020-01-02", "440304"),
        (1, "2026-01-10", "440304"),
        (1, "2026-01-11", "440305"),
        (1, "2026-02-02", "440304"),
        (2, "2026-02-02", "Loop"),
        (3, "2026-02-02", None),
        (99, "2026-02-02", None),
    ],
)
def test_the_district_is_the_last_one_that_counts(profiles, number, as_of, district):
    assert profiles.district(number, day(as_of)) == district


@pytest.mark.parametrize(
    ("number", "as_of", "categories"),
    [
        (1, "2019-01-01", set()),
        (1, "2024-03-01", {"restaurant"}),
        (1, "2024-03-02", {"restaurant", "0101"}),
        (1, "2025-06-01", {"restaurant", "0101"}),
        (1, "2025-06-02", {"restaurant", "0101", "2101"}),
        (1, "2026-03-01", {"restaurant", "0101", "2101"}),
        (1, "2026-03-02", {"restaurant", "2101"}),
        (3, "2026-03-02", set()),
        (4, "2026-03-02", {"restaurant_small"}),
    ],
)
def test_categories_are_the_line_of_business_and_the_licences_that_hold(
    profiles, number, as_of, categories
):
    assert profiles.categories(number, day(as_of)) == categories


def test_without_events_nothing_is_known():
    profiles = Profiles(Events.none(), DISTRICTS, BUSINESSES)
    assert (profiles.district(1, 1), profiles.categories(1, 1)) == (None, frozenset())


SOME = st.none() | st.sets(st.sampled_from(["440304", "440305", "Loop", "restaurant", "0101"]))
ONE = EVENTS.of(1)
NEWER = {2: replace(ONE, enterprise=np.full_like(ONE.enterprise, 2)), 1: ONE.take(slice(0, 2))}


@pytest.mark.parametrize("events", [EVENTS, Overlaid(EVENTS, NEWER)], ids=["read", "newer"])
@given(
    numbers=st.lists(st.integers(-1, 5)),
    as_of=st.dates(date(2019, 1, 1), date(2026, 6, 1)),
    districts=SOME,
    categories=SOME,
)
def test_many_are_told_as_one_is(events, numbers, as_of, districts, categories):
    profiles = Profiles(events, DISTRICTS, BUSINESSES)
    scope, at = Scope(districts=districts, categories=categories), day(as_of)
    asked = np.array(numbers, np.int64)
    assert profiles.among(asked, at, districts, categories).tolist() == [
        scope.reaches(profiles.district(each, at), profiles.categories(each, at))
        for each in numbers
    ]


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("小型餐馆", {"code": "restaurant_small", "zh": "小型餐馆", "en": "Small restaurant"}),
        ("2401", {"code": "2401", "zh": "热加工糕点", "en": "Baked and cooked pastries"}),
        ("茶楼", {"code": "茶楼", "zh": "茶楼", "en": None}),
    ],
)
def test_a_category_has_a_code_and_names_where_a_table_has_it(text, term):
    assert category_values(text) == term
