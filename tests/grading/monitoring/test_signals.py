"""Signals: every series is held against its own past, and none makes the others deaf."""

import numpy as np
import pytest

from xinheng.grading.monitoring import Aspect, Bank, Key
from xinheng.grading.monitoring.signals import bars_of, read_signals, unheard
from xinheng.grading.monitoring.watched import Group, Judged, judge

MONTHS = 72
STEADY = Key(Aspect.COUNT, "steady", "penalty")


def steady(series: int = 40) -> np.ndarray:
    return np.random.default_rng(2).poisson(60, (series, MONTHS)).astype(float)


def judged(counts: np.ndarray) -> list[Judged]:
    keys = [STEADY, *(Key(Aspect.COUNT, f"{n}", "penalty") for n in range(1, len(counts)))]
    return judge([Bank(keys, counts)])


def test_what_was_as_loud_before_is_not_heard_again() -> None:
    chances = np.ones((2, 1, 60))
    chances[1, 0, [20, 40, 59]] = 1e-3, 1e-4, 5e-4
    heard = unheard(chances)[0]
    assert heard[[20, 40, 59]].tolist() == [1e-3, 1e-4, 1.0]
    chances[0, 0, 59] = 1e-4
    assert unheard(chances)[0, 59] == 1e-4


@pytest.mark.parametrize(("month", "heard"), [(58, 1e-3), (57, 1e-3), (56, 1.0), (30, 1e-3)])
def test_the_latest_months_and_those_of_three_years_ago_are_no_past(
    month: int, heard: float
) -> None:
    chances = np.ones((1, 1, 60))
    chances[0, 0, [month, 59]] = 1e-4, 1e-3
    assert unheard(chances)[0, 59] == heard


def test_a_past_that_was_all_alarms_makes_nobody_blind() -> None:
    chances = np.full((1, 1, 60), 1e-30)
    chances[0, 0, -1] = 1e-6
    assert unheard(chances)[0, -1] == 1e-6


def test_years_in_which_no_season_can_be_known_set_no_bar() -> None:
    """Five departments that began with leaps; another that halves is told all the same."""
    counts = steady()
    counts[1:6, [38, 41, 44]] = 900
    counts[0, -1] = 18
    found = judged(counts)
    bars = bars_of(found, 0.75)
    assert bars[Group.DELIVERIES] > 1e-2
    assert [signal.key for signal in read_signals(found, bars)] == [STEADY]


def test_departments_that_leap_lift_the_bar_for_all_only_beyond_the_budget() -> None:
    calm, wild = steady(), steady()
    wild[1:9, 60] = 900
    bars = [bars_of(judged(each), 0.75)[Group.DELIVERIES] for each in (calm, wild)]
    assert bars[1] < 1e-3 < bars[0]


def test_a_few_records_where_none_came_are_not_worth_a_question() -> None:
    counts = steady()
    counts[0] = 0
    counts[0, -1] = 7
    assert read_signals(judged(counts), dict.fromkeys(Group, 0.5)) == []
    counts[0, -1] = 12
    assert [s.key for s in read_signals(judged(counts), dict.fromkeys(Group, 0.5))] == [STEADY]


def test_all_that_a_department_delivers_costs_fewer_chances_than_a_code() -> None:
    counts = steady(2)
    counts[0, -1] = 25
    keys = [STEADY, Key(Aspect.COUNT, "other", "penalty")]
    whole, parts = Bank(keys, counts, weight=4.0), Bank(keys, counts)
    first, second = judge([whole, parts])
    assert second.q[0, 0, -1] == pytest.approx(4 * first.q[0, 0, -1])
    assert first.q[0, 0, -1] == pytest.approx(first.surprise.p[0, 0, -1] * first.asked * 5 / 4)
