"""The joint detector: tests, complaints and kin together, each by its Bayes factor."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import gamma, poisson

from xinheng.earlywarning import Counts, Joint, Reports
from xinheng.earlywarning.detectors import NONE
from xinheng.earlywarning.detectors.factors import Window, factor

from .drawing import counts as drawn
from .drawing import of

ALONE = Joint(windows=(4,), past=8, breaks=1e-12, general=0.5, kin=0.01, alone=0.01)
"""Neither rivals nor kin count."""


def calls(*rows: list[int], about: list[int]) -> Reports:
    return Reports("complaint", np.array(rows), np.array(about))


def scored(counts: Counts, detector: Joint = ALONE) -> list[float]:
    return detector.scores(counts)[:, 0].tolist()


@pytest.mark.parametrize(("before", "tested", "now", "lots"), [(0, 80, 1, 40), (5, 90, 3, 9)])
def test_a_factor_is_that_of_two_predictions_by_integration(before, tested, now, lots):
    mean, shape, times = 0.02, 1.5, 4.0
    rate = gamma(shape + before, scale=1 / (shape / mean + tested))

    def predicted(often: float) -> float:
        def together(x: float) -> float:
            return rate.pdf(x) * poisson.pmf(now, often * x * lots)

        return quad(together, 0, 5, limit=400, epsabs=0, epsrel=1e-9, points=[0.01, 0.05])[0]

    seen = Window(*(np.array([[float(each)]]) for each in (now, before, lots, tested)))
    found = factor(seen, mean, shape, times)[0, 0]
    assert found == pytest.approx(np.log(predicted(times) / predicted(1)), abs=1e-6)


def test_where_nothing_spreads_the_mean_of_factors_of_complaints_is_one():
    """Counts are drawn from the model: a weekly rate is known as well as from one report."""
    draw = np.random.default_rng(5)
    rows, steady = 400_000, 1.0
    known = 1 / (1 / (steady * 4) + 1 / 81)
    told = np.zeros((rows, 12), np.int32)
    told[:, :8] = 10
    told[:, -1] = draw.poisson(draw.gamma(known, 40 / known, rows))
    detector = replace(ALONE, steady=steady, told=1.5, shows=0.99)
    found = detector.reported([Reports("complaint", told, np.arange(rows))])
    assert np.exp(found).mean() == pytest.approx(1, abs=0.02)


def test_complaints_of_a_product_count_for_the_hazard_whose_tests_fail():
    quiet = of([0] * 12, [0] * 10 + [1, 1], tested=[[9] * 12] * 2)
    loud = replace(quiet, reports=(calls([4] * 8 + [12] * 4, [4] * 12, about=[0, 0]),))
    detector = replace(ALONE, breaks=0.02, least=0)
    without, told = scored(quiet, detector), scored(loud, detector)
    assert told[1] > without[1] + 1
    assert told[1] - told[0] == pytest.approx(without[1] - without[0])
    many = replace(loud, reports=(calls([4] * 8 + [400] * 4, [4] * 12, about=[0, 0]),))
    rivals = np.array(scored(many, detector))
    assert np.exp(rivals).mean() == pytest.approx(1 / 0.02, rel=1e-3)  # one of the two, surely


def test_what_is_told_of_no_series_changes_none():
    quiet = of([0] * 11 + [2], tested=[[9] * 12])
    told = replace(quiet, reports=(calls([1] * 8 + [90] * 4, about=[-1]),))
    assert scored(told) == scored(quiet)


def test_more_complaints_everywhere_tell_nothing_of_one_product():
    cases, one = [0] * 11 + [2], [6] * 8
    quiet = of(cases, tested=[[9] * 12])
    alone = replace(quiet, reports=(calls(one + [24] * 4, one + [6] * 4, about=[0]),))
    all_of = replace(quiet, reports=(calls(one + [24] * 4, one + [24] * 4, about=[0]),))
    assert scored(alone)[0] > scored(quiet)[0] + 1
    assert scored(all_of)[0] < scored(quiet)[0]


def test_a_hazard_that_spreads_elsewhere_raises_the_odds_and_no_other_hazard():
    tested = np.full((3, 12), 20)
    cases = np.zeros((3, 12), np.int32)
    cases[1:, -1] = 1
    product, hazard = np.array([0, 1, 1]), np.array([0, 0, 1])
    detector = replace(ALONE, general=0.02, kin=0.5, alone=0.005, least=0)
    calm = scored(Counts(cases, product, hazard, tested), detector)
    cases[0, -4:] = 5
    loud = scored(Counts(cases, product, hazard, tested), detector)
    assert loud[1] > calm[1] + 2
    assert loud[2] == pytest.approx(calm[2])


def test_numbers_tested_count_and_an_empty_series_is_none():
    few = scored(of([0] * 11 + [1], tested=[[9] * 12]))
    many = scored(of([0] * 11 + [1], tested=[[9] * 11 + [300]]))
    assert few[0] > many[0]
    assert scored(of([0] * 12, tested=[[9] * 12])) == [NONE]


@given(drawn(60), st.integers(1, 5), st.data())
def test_later_weeks_change_nothing_and_order_does_not_matter(counts, last, data):
    last = min(last, counts.weeks)
    told = np.random.default_rng(counts.weeks).poisson(3, (5, counts.weeks))
    reports = Reports("complaint", told, counts.product % 5)
    counts = replace(counts, reports=(reports,))
    whole = Joint().scores(counts, last)
    assert not np.isnan(whole).any()
    early = Joint().scores(counts.until(counts.weeks - last + 1))
    assert np.allclose(whole[:, :1], early, equal_nan=True)
    order = np.array(data.draw(st.permutations(range(counts.series))))
    turned = Counts(
        counts.cases[order],
        counts.product[order],
        counts.hazard[order],
        None if counts.tested is None else counts.tested[order],
        (replace(reports, of=reports.of[order]),),
    )
    assert np.allclose(Joint().scores(turned, last), whole[order])
