"""What moved the indicators: put back column by column, and true."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xinheng.features import AS_OF, Catalogue, count, standard_catalogue
from xinheng.grading.dynamic import MOVERS, Moved
from xinheng.grading.dynamic.edges import Edges, edges_of
from xinheng.grading.dynamic.moved import movers_of

from ..world import CATALOGUE, city, city_rows, indicator, parts

ANY = Edges((np.empty(0),) * 3, np.ones(3, bool))  # a line on each: every step counts
MOVER = np.array([MOVERS.index(name) for name in ("windows", "time", "others")], np.int8)
NUMBER = st.one_of(st.just(np.nan), st.integers(0, 3).map(float))
MATRIX = st.lists(st.lists(NUMBER, min_size=3, max_size=3), min_size=2, max_size=2)
NAN = np.nan


def moved(before: list, unheard: list, now: list) -> Moved:
    return Moved(MOVER, ANY, *(np.array(each, float) for each in (before, unheard, now)))


def same(one: np.ndarray, other: np.ndarray) -> bool:
    return bool(((one == other) | (np.isnan(one) & np.isnan(other))).all())


@given(MATRIX, MATRIX, MATRIX, st.lists(st.booleans(), min_size=4, max_size=4))
def test_all_put_back_is_what_was_and_nothing_is_what_is(
    before: list, unheard: list, now: list, some: list[bool]
) -> None:
    found = moved(before, unheard, now)
    rows = np.arange(2)
    assert same(found.put_back(rows, np.ones((2, 4), bool)), found.before)
    assert same(found.put_back(rows, np.zeros((2, 4), bool)), found.now)
    told = np.array([[True, False, False, False]] * 2)
    assert same(found.put_back(rows, told), found.unheard)
    # What did not differ may be put back or not: it is all the same.
    back = np.array([some] * 2)
    differs = found.differs()
    assert same(found.put_back(rows, back), found.put_back(rows, back & differs))
    assert same(found.put_back(rows, back | ~differs), found.put_back(rows, back))


def test_what_records_added_is_carried_where_only_the_day_is_put_back() -> None:
    found = moved([[5, 1, 0]], [[3, 1, 0]], [[4, 1, 0]])  # two left the window, one record came
    windows = np.array([[False, True, False, False]])
    assert found.put_back(np.array([0]), windows).tolist() == [[6, 1, 0]]
    assert found.differs().tolist() == [[True, True, False, False]]
    absent = moved([[NAN, 1, 0]], [[NAN, 1, 0]], [[4, 1, 0]])
    assert absent.put_back(np.array([0]), windows).tolist() == [[4, 1, 0]]


def test_an_indicator_moves_by_what_it_is_made_of() -> None:
    some = Catalogue((
        indicator("IH91", "一", "One", expression=count("complaint", window=365)),
        indicator("IH92", "二", "Two", expression=count("complaint")),
        indicator("IH93", "三", "Three", expression=AS_OF - count("complaint")),
    ))  # fmt: skip
    assert [MOVERS[place] for place in movers_of(some)] == ["windows", "time", "time"]
    whole = standard_catalogue()
    by_id = dict(zip(whole.ids, (MOVERS[place] for place in movers_of(whole)), strict=True))
    assert by_id["PN14"] == "others"


def test_values_between_the_same_edges_have_the_same_margin() -> None:
    blend, rng = parts().blend, np.random.default_rng(3)
    edges = edges_of(blend)
    from xinheng.features import compute

    values = compute(CATALOGUE, city(), city_rows()).to_numpy()
    other = values + rng.normal(0, 0.4, values.shape) * (rng.random(values.shape) < 0.5)
    differs = edges.differs(values, other)
    assert differs.any()
    assert (~differs & (values != other) & ~np.isnan(values)).any()
    still = np.where(differs, values, other)
    np.testing.assert_array_equal(blend.margins(still), blend.margins(values))
