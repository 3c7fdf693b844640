"""Outlooks and rises: the road from a book to who will fall, and whose risk a level hides."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.special import logit

from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.earlywarning.enterprises import (
    WarningPolicy,
    fit_forecast,
    look_back,
    look_out,
    risen,
    sampled,
    tell_rises,
)
from xinheng.explaining import contributions
from xinheng.grading import Calibrator, GradeBook, Level
from xinheng.grading.calibrator import integral

from ...grading.dynamic.world import Town, inspections
from ...grading.world import parts
from .drawn import FIRST, look_of

LAST = day("2025-09-01")
DAYS = [LAST - 30 * back for back in range(19, -1, -1)]


@pytest.fixture(scope="module")
def book(tmp_path_factory):
    town = Town(tmp_path_factory.mktemp("town"))
    town.deliver(inspections())
    return GradeBook(town.archive, town.sign(parts()))


@pytest.fixture(scope="module")
def looks(book):
    return list(look_back(book, DAYS))


@pytest.fixture(scope="module")
def forecast(book, looks):
    rows, outcomes = sampled(looks)
    return fit_forecast(book.bundle.digest, rows, outcomes, DAYS[9])


def test_everybody_who_can_fall_has_an_outlook(book, forecast, looks):
    steps = []
    found = look_out(book, forecast, LAST, progress=lambda *each: steps.append(each))
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert [each.as_of for each in found.looks] == DAYS[-4:]
    kept = looks[-1].level < Level.E
    assert found.rows.enterprise.tolist() == looks[-1].enterprise[kept].tolist()
    month, quarter = (found.by_days[days] for days in (30, 90))
    assert month.probability.mean() < quarter.probability.mean()
    most = list(found.most(30, 5))
    assert len(most) == 5
    assert [p for _, p, _, _ in most] == sorted(month.probability.tolist(), reverse=True)[:5]
    assert all(low <= p <= high for _, p, low, high in most)
    some = look_out(book, forecast, LAST, some=[3, 4])
    assert set(some.rows.enterprise.tolist()) <= {3, 4}


def test_it_is_of_one_model_and_of_whom_something_was_known(book, forecast):
    with pytest.raises(InvalidError, match="fit it anew"):
        look_out(book, replace(forecast, bundle="c" * 64), LAST)
    with pytest.raises(InvalidError, match="ask for a later day"):
        look_out(book, forecast, day("2021-01-01"))


FLAT = Calibrator(
    np.array([-4.0, 4.0]), np.ones(2), -4.0, np.array([[0.8, 0.8], [1.2, 1.2]]), np.zeros(2)
)
"""The margin is the log-odds; its slope is unsure by a fifth."""


@pytest.mark.parametrize(
    ("before", "after", "odds", "told"),
    [
        (-0.9, -0.2, 1.5, True),  # e^0.7 = 2.01, at the low end about e^0.56 = 1.76
        (-0.9, -0.2, 1.8, False),  # the low end is below
        (-0.9, -0.6, 1.5, False),
        (-0.2, -0.9, 1.5, False),
        (-0.9, 0.2, 1.5, False),  # the level tells it
    ],
)
def test_a_rise_is_told_where_its_low_end_is_high_and_the_level_stays(before, after, odds, told):
    looks = look_of(FIRST, [before]), look_of(FIRST + 90, [after])
    who, ratios = risen(FLAT, *looks, odds)
    assert (who.tolist() == [0]) == told
    if told:
        low, middle, high = ratios[0]
        assert middle == pytest.approx(np.exp(after - before))
        spread = (after - before) * np.array([0.81, 1.19])  # quantiles of two replicates
        assert (low, high) == pytest.approx(tuple(np.exp(spread)))


def test_the_largest_rise_is_first_and_who_was_unknown_has_none():
    before = look_of(FIRST, [-0.9, -1.9, -0.9], [1, 2, 3])
    after = look_of(FIRST + 90, [-0.3, -1.1, -0.2, -0.1], [1, 2, 3, 9])
    assert risen(FLAT, before, after, 1.2)[0].tolist() == [2, 3, 1]


def test_a_rise_is_explained_by_what_moved_and_parts_sum_to_it(book, looks):
    edition = WarningPolicy.default().on(LAST)
    found = [
        each
        for before, after in zip(looks, looks[3:], strict=False)
        for each in tell_rises(book, before, after, edition)
    ]
    assert found
    for one in found:
        assert one.odds[0] >= edition.rise_odds
        assert one.after > one.before
        told = sum(each.log_odds for each in one.movers)
        assert told == pytest.approx(one.margin, abs=1e-6)  # four indicators, all named
        strength = [abs(each.log_odds) for each in one.movers]
        assert strength == sorted(strength, reverse=True)
        curve = book.bundle.calibrator
        ends = [float(curve.margin(p)) for p in (one.before, one.after)]
        assert ends[1] - ends[0] == pytest.approx(one.margin)
        heights = [integral(curve.knots, curve.slopes, 0.0, end) for end in ends]
        assert np.log(one.odds[1]) == pytest.approx(float(heights[1] - heights[0]))
    one = found[0]
    first = one.movers[0]
    values = book.matrix([one.number], one.as_of)
    assert first.after == values[first.indicator].iloc[0]
    parts_now = contributions(book.bundle.blend, values.to_numpy())[0][0]
    parts_then = contributions(book.bundle.blend, book.matrix([one.number], one.since).to_numpy())[
        0
    ][0]
    place = list(values.columns).index(first.indicator)
    assert first.log_odds == pytest.approx(parts_now[place] - parts_then[place])
    assert f"等级仍为 {one.level}" in one.sentence["zh"]
    assert first.zh in one.sentence["zh"]
    assert f"from {one.before:.1%}" in one.sentence["en"]
    assert one.to_dict()["movers"][0]["indicator"] == first.indicator


def test_of_nobody_no_rise_is_told(book, looks):
    edition = WarningPolicy.default().on(LAST)
    assert list(tell_rises(book, looks[-1], looks[-1], edition)) == []
    assert logit(looks[-1].probability).shape == looks[-1].margin.shape
