"""The capacity curve against the rows taken one after the other."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xinheng.training import CAPACITIES, Scores, capacity_curve, found, gains
from xinheng.training.measuring.capacity import calendar_order

from .world import FEW, cohort_of

DAY = [10, 10, 11, 12, 13, 13, 14, 15, 16, 17]
LABEL = [0, 1, 0, 0, 0, 1, 0, 0, 1, 0]
GOOD = np.array([0.1, 0.9, 0.2, 0.3, 0.1, 0.8, 0.4, 0.2, 0.5, 0.1])
FLAT = np.full(10, 0.3)


def test_visits_are_taken_in_order_of_the_score_and_ties_in_order_of_the_calendar() -> None:
    scores = Scores(np.arange(10), {"good": GOOD, "flat": FLAT}, {})
    curve = capacity_curve(cohort_of(DAY, LABEL), scores, planning=True, draws=FEW)
    assert (curve.rows, curve.positives) == (10, 3)
    at = [curve.shares.index(share) for share in (0.1, 0.2, 0.3, 0.5, 1.0)]
    assert curve.found["good"][at] == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])
    assert curve.found["flat"][at] == pytest.approx([0, 1 / 3, 1 / 3, 1 / 3, 1])
    assert curve.usual.tolist() == curve.found["flat"].tolist()
    assert curve.best[at] == pytest.approx([1 / 3, 2 / 3, 1, 1, 1])
    for capacity in CAPACITIES:
        for model in ("good", "flat"):
            value = curve.found[model][curve.shares.index(capacity)]
            assert curve.estimate(model, capacity).value == value
    lead = curve.difference("good", "flat", 0.3)
    assert lead.value == pytest.approx(2 / 3)
    assert lead.lower <= lead.value <= lead.upper


def test_of_a_panel_ties_are_settled_by_lot() -> None:
    scores = Scores(np.arange(10), {"flat": FLAT}, {})
    curve = capacity_curve(cohort_of([10] * 10, LABEL), scores, planning=False, draws=FEW)
    places = np.floor(np.array(curve.shares) * 10 + 1e-9)
    assert curve.found["flat"] == pytest.approx(places / 10)
    assert curve.usual == pytest.approx(places / 10)


def test_where_scores_were_frozen_they_alone_put_visits_in_order() -> None:
    """The model knew of a violation on its day that no plan could have known of."""
    day_by_day, in_advance = np.array([0.1, 0.9, 0.2]), np.array([0.3, 0.1, 0.2])
    scores = Scores(
        np.arange(3), {"model": day_by_day, "reference": day_by_day}, {"model": in_advance}
    )
    curve = capacity_curve(cohort_of([10, 12, 14], [0, 1, 0]), scores, planning=True, draws=FEW)
    assert curve.frozen
    assert list(curve.found) == ["model"]
    assert curve.found["model"][curve.shares.index(0.5)] == 0
    assert curve.estimate("model", 0.5).value == 0
    bare = Scores(scores.rows, scores.probability, {})
    curve = capacity_curve(cohort_of([10, 12, 14], [0, 1, 0]), bare, planning=True, draws=FEW)
    assert not curve.frozen
    assert curve.estimate("model", 0.5).value == 1


rows = st.lists(
    st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.3, 0.5]), st.integers(0, 4)),
    min_size=3,
    max_size=25,
).filter(lambda table: any(label for label, _, _ in table))


@given(rows)
def test_no_curve_falls_or_passes_the_best(table: list[tuple[int, float, int]]) -> None:
    label, score, day = (np.array(column) for column in zip(*table, strict=True))
    shares = np.linspace(0, 1, 21)
    taken = gains(label, score, shares)
    assert (np.diff(taken) >= -1e-12).all()
    assert (taken <= gains(label, label, shares) + 1e-12).all()
    assert taken[0] == 0
    assert taken[-1] == pytest.approx(1)
    ranked = calendar_order(score, day)
    assert len(set(ranked.tolist())) == len(table)
    for share in (0.2, 0.5, 0.9):
        one = gains(label, ranked, [share])
        assert one[0] == pytest.approx(float(found(label, score, day, share=share)))
