"""Measures against tables worked by hand, and against the rows written out."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score

from xinheng.training import (
    Draws,
    auc,
    average_precision,
    bootstrap,
    brier,
    calibration_error,
    days_earlier,
    draw_counts,
    found,
    gains,
    log_loss,
)

# Ten inspections on four days; three violations.
DAY = np.array([1, 1, 1, 2, 2, 3, 3, 3, 3, 4])
LABEL = np.array([0, 1, 0, 0, 0, 0, 1, 0, 0, 1])
SCORE = np.array([0.1, 0.2, 0.3, 0.9, 0.4, 0.5, 0.8, 0.2, 0.6, 0.7])


def test_auc_counts_the_pairs_in_right_order_and_a_tie_as_half() -> None:
    # Violations .2, .8, .7 against .1 .3 .9 .4 .5 .2 .6: 1.5 + 6 + 6 of 21 pairs.
    assert auc(LABEL, SCORE) == pytest.approx(13.5 / 21)


def test_auc_of_a_constant_is_one_half_and_of_one_outcome_undefined() -> None:
    assert auc(LABEL, np.zeros(10)) == 0.5
    assert np.isnan(auc([1, 1], [0.1, 0.2]))


def test_average_precision_is_the_mean_precision_at_each_violation() -> None:
    # Order .9 .8* .7* .6 .5 .4 .3 .2* .2 .1: of the two .2, both are taken at once.
    assert average_precision(LABEL, SCORE) == pytest.approx((1 / 2 + 2 / 3 + 3 / 9) / 3)
    assert average_precision(LABEL, np.zeros(10)) == pytest.approx(0.3)
    assert np.isnan(average_precision([0, 0], [0.1, 0.2]))


@given(
    st.lists(
        st.tuples(st.integers(0, 1), st.sampled_from([0.1, 0.2, 0.7]), st.integers(1, 3)),
        min_size=2,
        max_size=30,
    ).filter(lambda table: any(label for label, _, _ in table))
)
def test_average_precision_is_that_of_scikit_learn(table: list[tuple[int, float, int]]) -> None:
    label, score, weight = (np.array(column) for column in zip(*table, strict=True))
    drawn = average_precision(label, score, weight[None].astype(float))[0]
    expected = average_precision_score(label, score, sample_weight=weight)
    assert drawn == pytest.approx(expected)


def test_gains_take_the_rows_in_order_and_share_out_ties() -> None:
    # Order .9 .8* .7* .6 .5 .4 .3 (.2* .2) .1: after eight places, half of the tie.
    shares = [0.0, 0.1, 0.25, 0.3, 0.8, 0.9, 1.0]
    expected = np.array([0, 0, 1, 2, 2.5, 3, 3]) / 3
    assert gains(LABEL, SCORE, shares) == pytest.approx(expected)
    counts = np.array([np.ones(10), np.where(SCORE == 0.9, 0, 1), np.full(10, 2)])
    drawn = gains(LABEL, SCORE, [0.3], counts)
    assert drawn.shape == (3, 1)
    # Of nine rows without the .9, two places; of twenty, six for two copies of the first three.
    assert drawn[:, 0] == pytest.approx([2 / 3, 2 / 3, 2 / 3])


def test_days_earlier_deals_the_calendar_out_in_order_of_the_score() -> None:
    # Order .9 .8 .7 | .6 .5 | .4 .3 .2 .2 | .1 takes days 1 1 1 2 2 3 3 3 3 4. The violations go
    # from day 1, 3, 4 to day 3 (of the two .2 the earlier), 1, 1: -2, +2, +3.
    assert days_earlier(LABEL, SCORE, DAY) == pytest.approx(1.0)


def test_business_as_usual_is_no_day_earlier() -> None:
    assert days_earlier(LABEL, np.full(10, 0.3), DAY) == 0.0
    assert days_earlier(LABEL, -DAY, DAY) == 0.0


def test_found_looks_at_the_first_part_rounded_down() -> None:
    # First five: .9 .8 .7 .6 .5 hold two of three; of eleven rows the first five count too.
    assert found(LABEL, SCORE, DAY) == pytest.approx(2 / 3)
    more = [np.append(x, y) for x, y in ((LABEL, 0), (SCORE, 0.0), (DAY, 5))]
    assert found(*more) == pytest.approx(2 / 3)
    assert found(LABEL, SCORE, DAY, share=0.2) == pytest.approx(1 / 3)


def test_equal_scores_are_visited_in_order_of_the_calendar() -> None:
    assert found([1, 0, 0, 1], [0.5] * 4, [2, 1, 1, 3]) == 0.0
    assert found([1, 0, 0, 1], [0.5] * 4, [1, 2, 3, 3]) == 0.5


def test_log_loss_and_brier_by_hand() -> None:
    chance = [0.25, 0.5, 0.8]
    expected = -(np.log(0.75) + np.log(0.5) + np.log(0.8)) / 3
    assert log_loss([0, 1, 1], chance) == pytest.approx(expected)
    assert brier([0, 1, 1], chance) == pytest.approx((0.0625 + 0.25 + 0.04) / 3)
    assert np.isfinite(log_loss([1, 0], [0.0, 1.0]))


def test_calibration_error_keeps_equal_probabilities_in_one_bin() -> None:
    # .1 four times: 1 of 4 came, gap .15; .6 twice: both came, gap .4. Weighted (.6 + .8) / 6.
    chance = [0.1, 0.6, 0.1, 0.1, 0.6, 0.1]
    label = [0, 1, 1, 0, 1, 0]
    for bins in (2, 6):
        assert calibration_error(label, chance, bins=bins) == pytest.approx(1.4 / 6)
        assert calibration_error(label[::-1], chance[::-1], bins=bins) == pytest.approx(1.4 / 6)


rows = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from([0.1, 0.3, 0.5, 0.9]),
        st.integers(0, 5),
        st.integers(0, 3),
    ),
    min_size=4,
    max_size=25,
)


@given(rows)
def test_counts_mean_repeated_rows(table: list[tuple[int, float, int, int]]) -> None:
    label, score, day, times = (np.array(column) for column in zip(*table, strict=True))
    again = np.repeat(np.arange(len(label)), times)
    counts = np.stack([times, np.ones_like(times)]).astype(float)
    for measure, more in (
        (auc, ()),
        (average_precision, ()),
        (log_loss, ()),
        (brier, ()),
        (days_earlier, (day,)),
        (found, (day,)),
    ):
        drawn = measure(label, score, *more, counts)
        if again.size:
            written = [x[again] for x in more]
            expected = measure(label[again], score[again], *written)
            np.testing.assert_allclose(drawn[0], expected, atol=1e-9)
        np.testing.assert_allclose(drawn[1], measure(label, score, *more), atol=1e-9)


def test_enterprises_are_drawn_whole() -> None:
    cluster = np.array([7, 7, 3, 3, 3, 5])
    counts = np.concatenate(list(draw_counts(cluster, 500, seed=1)))
    assert counts.shape == (500, 6)
    assert (counts[:, 0] == counts[:, 1]).all()
    assert (counts[:, [0, 2, 5]].sum(axis=1) == 3).all()
    assert counts[:, 5].mean() == pytest.approx(1, abs=0.15)


def test_draws_depend_on_the_seed_and_not_on_the_block() -> None:
    cluster = np.arange(9)
    draws = [np.concatenate(list(draw_counts(cluster, 50, 3, block=b))) for b in (7, 50)]
    np.testing.assert_array_equal(*draws)
    other = np.concatenate(list(draw_counts(cluster, 50, 4)))
    assert (other != draws[0]).any()


def test_the_interval_of_a_mean_is_that_of_theory() -> None:
    rng = np.random.default_rng(0)
    label = (rng.random(400) < 0.3).astype(float)
    made = bootstrap({"m": lambda c: brier(label, np.zeros(400), c)}, np.arange(400))
    half = 1.96 * np.sqrt(label.mean() * (1 - label.mean()) / 400)
    value, lower, upper = made.estimate("m")
    assert value == pytest.approx(label.mean())
    assert upper - value == pytest.approx(half, rel=0.1)
    assert value - lower == pytest.approx(half, rel=0.1)


def test_pairs_share_their_draws() -> None:
    label = np.tile([0, 1, 0], 50)
    score = np.linspace(0, 1, 150)
    work = {"a": lambda c: auc(label, score, c), "b": lambda c: auc(label, 2 * score, c)}
    made = bootstrap(work, np.arange(150), draws=Draws(draws=200))
    assert made.difference("a", "b") == (0.0, 0.0, 0.0)
    assert made.estimate("a").lower < made.estimate("a").upper
