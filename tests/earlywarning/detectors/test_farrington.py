import numpy as np
import pytest

from xinheng.core.errors import InvalidError
from xinheng.earlywarning import Counts
from xinheng.earlywarning.detectors import NONE, Farrington
from xinheng.earlywarning.detectors.quasipoisson import forecast

from ..drawn import counts

PLAIN = Farrington(periods=1, skipped=3, trend=0, reweight=np.inf, least=0)


def drawn(weeks: int = 340, series: int = 30, seed: int = 7) -> Counts:
    rng = np.random.default_rng(seed)
    season = np.exp(0.6 * np.cos(2 * np.pi * np.arange(weeks) / 52))
    cases = rng.poisson(rng.gamma(0.7, 3, series)[:, None] * season).astype(np.int32)
    return Counts(cases, np.zeros(series, np.int32), np.arange(series, dtype=np.int32))


def rare(weeks: int) -> Counts:
    """Draw series that mostly begin late, so that many have a past without a case."""
    found = drawn(weeks, series=12)
    for series, begins in enumerate(range(0, 12 * 9, 9)):
        found.cases[series, : max(weeks - begins, 0)] = 0
    found.cases[0] = drawn(weeks, series=1, seed=1).cases
    return found


def test_without_weights_and_trend_the_mean_of_the_window_is_expected():
    found = drawn(series=3)
    told = PLAIN.tell(found)
    lags = [52 * year + week for year in range(1, 6) for week in range(-3, 4)]
    past = found.cases[:, [-1 - lag for lag in lags]]
    assert told.expected[:, 0] == pytest.approx(past.mean(axis=1))
    pearson = ((past - told.expected) ** 2 / told.expected).sum(axis=1) / 34
    assert told.dispersion[:, 0] == pytest.approx(np.maximum(pearson, 1), rel=1e-4)


def test_nothing_is_told_with_less_than_a_year_of_reference():
    found = drawn(weeks=57)
    told = Farrington(least=0).tell(found, last=3)
    assert np.isnan(told.expected[:, :1]).all()
    assert (Farrington(least=0).scores(found, last=3)[:, :1] == NONE).all()
    assert np.isfinite(told.expected[found.cases[:, :2].any(axis=1), 2]).all()


@pytest.mark.parametrize(("weeks", "years"), [(56, 1), (107, 1), (108, 2), (264, 5), (400, 5)])
def test_there_are_as_many_years_as_fit(weeks, years):
    found = drawn(weeks=weeks)
    given = Farrington(years=years, least=0).scores(found)
    assert np.array_equal(Farrington(least=0).scores(found), given)
    if years > 1:
        assert not np.array_equal(Farrington(years=years - 1, least=0).scores(found), given)


@pytest.mark.parametrize("bound", ["2/3", "nbPlugin", "muan"])
def test_what_comes_later_changes_nothing(bound):
    detector, found = Farrington(bound=bound), drawn()
    together = detector.scores(found, last=60)
    for back in (0, 1, 17, 59):
        alone = detector.scores(found.until(found.weeks - back))
        assert np.array_equal(alone[:, 0], together[:, 59 - back])


@pytest.mark.parametrize("weeks", [90, 130, 340])
def test_scores_are_what_is_told_of_weeks_with_a_case_and_enough_of_late(weeks):
    found, last = rare(weeks), 45
    told = Farrington().tell(found, last)
    now = found.cases[:, -last:]
    late = sum(found.cases[:, weeks - last - back : weeks - back] for back in range(4))
    known = (now > 0) & (late >= 5) & np.isfinite(told.score)
    assert 10 < known.sum() < known.size / 2
    scores = Farrington().scores(found, last)
    assert np.array_equal(scores, np.where(known, told.score, NONE))


def test_only_weeks_that_can_have_a_score_are_fitted(monkeypatch):
    asked = []

    def fitted(_, series, *rest):
        asked.append(len(series))
        forecast(_, series, *rest)

    monkeypatch.setattr("xinheng.earlywarning.detectors.farrington.forecast", fitted)
    found = rare(340)
    scores = Farrington().scores(found, 45)
    assert asked == [(scores > NONE).sum()]
    Farrington().tell(found, 45)
    assert asked[1] == scores.size


@pytest.mark.parametrize("weeks", [90, 130, 340])
def test_of_one_series_the_same_is_told_as_of_it_among_others(weeks):
    found, last = rare(weeks), 45
    together = Farrington().tell(found, last)
    assert np.isnan(together.score).any() == (weeks - last < 55)
    for series in range(found.series):
        alone = Farrington().tell(counts(found.cases[series].tolist()), last)
        for name in ("expected", "upper", "score", "alarm", "dispersion", "trend"):
            mine, theirs = getattr(alone, name)[0], getattr(together, name)[series]
            assert np.array_equal(mine, theirs, equal_nan=True)


def test_a_permutation_of_series_permutes_scores():
    found = drawn()
    order = np.random.default_rng(1).permutation(found.series)
    other = Counts(found.cases[order], found.product[order], found.hazard[order])
    assert np.array_equal(Farrington().scores(other, 20), Farrington().scores(found, 20)[order])


def test_twice_the_cases_are_twice_what_is_expected():
    found = drawn()
    twice = Counts(found.cases * 2, found.product, found.hazard)
    expected = 2 * PLAIN.tell(found).expected
    assert PLAIN.tell(twice).expected == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_scores_rise_with_cases_of_the_week():
    found = drawn()
    more = found.cases.copy()
    more[:, -1] += 5
    other = Counts(more, found.product, found.hazard)
    assert (Farrington(least=0).scores(other) > Farrington(least=0).scores(found)).all()


def test_a_past_outbreak_hides_the_next_one_unless_it_is_weighted_down():
    row = [1, 2, 1, 3] * 85
    row[-53:-50] = [30, 40, 30]
    weighted, unweighted = (
        Farrington(reweight=each).tell(counts(row)).upper[0, 0] for each in (2.58, np.inf)
    )
    assert weighted < unweighted / 2


def test_a_trend_is_kept_from_three_years_on_and_not_beyond_what_was_counted():
    rising = (np.arange(340) // 34).tolist()
    assert not Farrington(trend=0).tell(counts(rising)).trend.any()
    falling = rising[::-1]
    assert Farrington(years=3).tell(counts(falling)).trend.all()
    assert not Farrington(years=2).tell(counts(falling)).trend.any()
    steep = np.rint(np.exp(np.arange(340) / 60)).astype(int).tolist()
    assert not Farrington().tell(counts(steep)).trend.any()


def test_few_cases_in_the_last_weeks_are_no_alarm():
    quiet, loud = [0] * 336 + [0, 0, 0, 4], [0] * 336 + [0, 0, 1, 4]
    over = [0] * 336 + [0, 1, 4, 0]
    told = Farrington().tell(counts(quiet, loud, over))
    assert told.alarm[:, 0].tolist() == [False, True, False]
    assert (Farrington().scores(counts(quiet, loud, over))[:, 0] > NONE).tolist() == [
        False, True, False,
    ]  # fmt: skip


def test_a_new_hazard_is_told_of_where_r_gives_up():
    new = counts([0] * 336 + [0, 1, 2, 5], [0] * 336 + [0, 0, 2, 9])
    assert np.isnan(Farrington(steps=25).tell(new).score).all()
    told = Farrington().tell(new)
    assert (told.expected < 1e-9).all()
    assert told.alarm.all()
    assert told.score[1] > told.score[0] > 1


@pytest.mark.parametrize(
    "wrong", [{"alpha": 0}, {"trend": 1.5}, {"within": 0}, {"years": 0}, {"bound": "1"}]
)
def test_settings_that_are_none_are_refused(wrong):
    with pytest.raises(InvalidError):
        Farrington(**wrong)
