"""Plans: scores frozen on the first day of a window, judged by the visits of that window."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.core.time import day, show
from xinheng.training import SAME_INSPECTOR, Plan, auc_among, compare_plans, plan_starts

from .world import FEW, cohort_of

# Two windows, each of four visits; violations are the last visit of each.
DAYS = [10, 11, 12, 16, 110, 111, 112, 118]
LABEL = [0, 0, 0, 1, 1, 0, 0, 1]


def plans(*scores: list[float]) -> list[Plan]:
    rows = np.split(np.arange(len(DAYS)), [4])
    return [Plan(part, {"m": np.array(score)}) for part, score in zip(rows, scores, strict=True)]


def judged(*scores: list[float], inspector: str = "") -> dict[str, float]:
    cohort = cohort_of(DAYS, LABEL)
    cohort.nuisance["inspector"][:] = list(inspector) if inspector else ""
    found = compare_plans(cohort, plans(*scores), capacity=0.5, draws=FEW)
    return {
        name: found.estimate("m", name).value
        for name in ("auc", SAME_INSPECTOR, "days_earlier", "found")
        if found.measured("m", name)
    }


def test_visits_change_places_within_their_window_only() -> None:
    # First window: day 16 comes on day 10. Second: 118 on 110, and 110 on 111.
    found = judged([0.1, 0.2, 0.3, 0.4], [0.8, 0.1, 0.2, 0.9])
    assert found["days_earlier"] == pytest.approx((6 + 8 - 1) / 3)
    assert found["found"] == 1
    assert found["auc"] == 1


def test_a_window_with_more_violations_weighs_more() -> None:
    # First window: the one violation stays last. Second: as above.
    found = judged([0.4, 0.3, 0.2, 0.1], [0.8, 0.1, 0.2, 0.9])
    assert found["days_earlier"] == pytest.approx((0 + 8 - 1) / 3)
    assert found["found"] == pytest.approx((0 + 2) / 3)


def test_pairs_are_those_of_one_window() -> None:
    # Three pairs of the first window, all wrong; four of the second, all right. Across windows
    # the second always scores higher, which no pair tells of.
    assert judged([0.4, 0.3, 0.2, 0.1], [0.8, 0.5, 0.6, 0.9])["auc"] == pytest.approx(4 / 7)


def test_pairs_within_an_inspector_leave_out_what_tells_inspectors_apart() -> None:
    # x has 0 and 3, which are in order, and 5 and 7, which are not; of y there is one pair with a
    # violation, 4 and 6, which is not.
    scores = [0.1, 0.9, 0.9, 0.2], [0.6, 0.3, 0.7, 0.2]
    assert judged(*scores, inspector="xyyxyxyx")[SAME_INSPECTOR] == pytest.approx(1 / 3)
    assert SAME_INSPECTOR not in judged(*scores)


def test_the_calendar_as_it_was_is_no_day_earlier() -> None:
    found = judged([0.5] * 4, [0.5] * 4)
    assert found["days_earlier"] == 0
    assert found["auc"] == 0.5


def test_pairs_of_a_group_are_counted_as_often_as_rows_are_drawn() -> None:
    label, score, group = [0, 1, 0, 1], [0.1, 0.2, 0.7, 0.6], ["a", "a", "b", "b"]
    assert auc_among(label, score, group) == 0.5
    counts = np.array([[2.0, 1, 1, 1], [1, 0, 1, 1], [0, 1, 1, 0]])
    found = auc_among(label, score, group, counts)
    assert found[:2].tolist() == pytest.approx([2 / 3, 0.0])
    assert np.isnan(found[2])  # no pair was drawn


ROW = st.tuples(st.integers(0, 1), st.integers(0, 3), st.integers(0, 2), st.integers(0, 2))


@given(st.lists(ROW, min_size=1, max_size=12))
def test_pairs_of_groups_are_those_of_each_group_put_together(
    rows: list[tuple[int, int, int, int]],
) -> None:
    right = pairs = 0.0
    for one, other in itertools.product(rows, rows):
        if one[0] == 1 and other[0] == 0 and one[2] == other[2]:
            pairs += one[3] * other[3]
            right += one[3] * other[3] * ((one[1] > other[1]) + (one[1] == other[1]) / 2)
    label, score, group, drawn = (list(column) for column in zip(*rows, strict=True))
    found = auc_among(label, score, group, np.array([drawn], float))[0]
    np.testing.assert_allclose(found, right / pairs if pairs else np.nan)


def test_draws_without_a_violation_leave_the_others_their_interval() -> None:
    cohort = cohort_of(DAYS, [0, 0, 0, 1, 0, 0, 0, 0])  # one in three draws has none
    found = compare_plans(cohort, plans([0.1, 0.2, 0.3, 0.4], [0.1] * 4), capacity=0.5, draws=FEW)
    assert found.estimate("m", "days_earlier").value == 6
    assert found.estimate("m", "days_earlier").upper >= 6
    assert 10 < np.isnan(found.results.draws["m/days_earlier"]).sum() < 60


@pytest.mark.parametrize(
    ("months", "begun"),
    [(1, "2026-05-01"), (2, "2026-05-01"), (3, "2026-04-01"), (6, "2026-01-01")],
)
def test_a_plan_begins_with_its_months(months: int, begun: str) -> None:
    days = np.array([day("2026-05-01"), day("2026-05-31")], np.int32)
    assert [show(each) for each in plan_starts(days, months).tolist()] == [begun, begun]
