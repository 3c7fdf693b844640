"""Folds: the span of a label never reaches into the test."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from xinheng.core.errors import IntegrityError, InvalidError
from xinheng.core.time import NEVER, day
from xinheng.training import Fold, Window, blocks, check, fold, latest, rolling

from .world import cohort_of

D0 = day("2020-01-01")


def at(offset: int) -> date:
    return date(2020, 1, 1) + timedelta(days=offset)


def window(first: int, last: int) -> Window:
    return Window(first=at(first), last=at(last))


def test_a_label_that_was_not_known_in_time_does_not_train() -> None:
    # Rows on days 0..5; test from day 10. Row 1 became available on day 10, row 2 is settled on
    # day 12 (a horizon), row 3 was withdrawn on day 8, row 4 only on day 15.
    cohort = cohort_of(
        [D0, D0 + 1, D0 + 2, D0 + 3, D0 + 4, D0 + 5, D0 + 10, D0 + 11],
        [0, 1, 1, 1, 1, 0, 1, 0],
        available=[D0, D0 + 10, D0 + 2, D0 + 3, D0 + 4, D0 + 9, D0 + 10, D0 + 11],
        settled=[D0, D0 + 1, D0 + 12, D0 + 3, D0 + 4, D0 + 5, D0 + 10, D0 + 11],
        withdrawn=[NEVER, NEVER, NEVER, D0 + 8, D0 + 15, NEVER, NEVER, NEVER],
    )
    made = fold(cohort, window(0, 5), window(10, 20))
    assert made.train.tolist() == [0, 4, 5]
    assert made.test.tolist() == [6, 7]


def test_an_outcome_that_was_withdrawn_since_is_no_test_row() -> None:
    days = [D0, D0 + 1, D0 + 10, D0 + 11, D0 + 12]
    never = [NEVER] * 4
    cohort = cohort_of(days, [0, 1, 1, 0, 1], withdrawn=[*never, D0 + 40])
    assert fold(cohort, window(0, 5), window(10, 20)).test.tolist() == [2, 3]


def test_windows_that_overlap_are_refused() -> None:
    with pytest.raises(InvalidError, match="training must end before"):
        fold(cohort_of([D0, D0 + 1], [0, 1]), window(0, 5), window(5, 9))


def test_the_check_raises_on_a_fold_that_was_built_wrongly() -> None:
    cohort = cohort_of([D0, D0 + 1, D0 + 5, D0 + 6], [0, 1, 0, 1], available=[D0, D0 + 7, D0, D0])
    rows = np.array
    with pytest.raises(IntegrityError, match="both sides"):
        check(cohort, Fold("x", D0 + 5, rows([0, 1]), rows([1, 2])))
    with pytest.raises(IntegrityError, match="not known"):
        check(cohort, Fold("x", D0 + 5, rows([0, 1]), rows([2, 3])))
    with pytest.raises(IntegrityError, match="test row lies before 2020-01-06"):
        check(cohort, Fold("x", D0 + 5, rows([0]), rows([1, 3])))
    late = cohort_of([D0, D0 + 1, D0 + 5, D0 + 6], [0, 1, 0, 1], settled=[D0 + 9] * 4)
    with pytest.raises(IntegrityError, match="not settled"):
        check(late, Fold("x", D0 + 5, rows([0, 1]), rows([2, 3])))
    gone = cohort_of([D0, D0 + 1, D0 + 5, D0 + 6], [0, 1, 0, 1], withdrawn=[D0 + 2] * 4)
    with pytest.raises(IntegrityError, match="withdrawn"):
        check(gone, Fold("x", D0 + 5, rows([0, 1]), rows([2, 3])))


def test_a_window_of_one_outcome_says_so() -> None:
    with pytest.raises(InvalidError, match="not of both outcomes"):
        fold(cohort_of([D0, D0 + 1, D0 + 6], [0, 0, 1]), window(0, 5), window(6, 9))


def test_rolling_windows_reach_to_the_day_before_the_next() -> None:
    days = [D0 + n for n in range(12)]
    folds = rolling(cohort_of(days, [0, 1] * 6), [at(4), at(8)], at(10))
    assert [made.test.tolist() for made in folds] == [[4, 5, 6, 7], [8, 9, 10]]
    assert [made.train.tolist() for made in folds] == [[*range(4)], [*range(8)]]
    with pytest.raises(InvalidError, match="must rise"):
        rolling(cohort_of(days, [0, 1] * 6), [at(8), at(4)], at(10))


def test_blocks_split_no_day_and_cover_the_later_part() -> None:
    days = [D0 + n // 4 for n in range(40)]
    cohort = cohort_of(days, [0, 1] * 20)
    made = blocks(cohort, count=3)
    assert [part.test.size for part in made] == [8, 8, 8]
    assert np.concatenate([part.test for part in made]).tolist() == list(range(16, 40))
    with pytest.raises(InvalidError, match="cannot be cut into 3 blocks"):
        blocks(cohort_of([D0, D0, D0 + 1, D0 + 1], [0, 1, 0, 1]), count=3)


def test_without_windows_the_latest_fifth_is_the_test() -> None:
    train, test = latest(cohort_of([D0 + n for n in range(10)], [0, 1] * 5))
    assert (train, test) == (window(0, 7), window(8, 9))


@given(st.integers(0, 2**32 - 1), st.integers(30, 50))
def test_no_training_label_reaches_into_the_test(seed: int, cut: int) -> None:
    rng = np.random.default_rng(seed)
    day0 = np.sort(rng.integers(0, 61, 300))
    settled = D0 + day0 + rng.integers(0, 9, 300)
    available = settled + rng.integers(0, 9, 300)
    withdrawn = available + rng.integers(1, 90, 300)
    cohort = cohort_of(
        (D0 + day0).tolist(),
        rng.integers(0, 2, 300).tolist(),
        settled=settled.tolist(),
        available=available.tolist(),
        withdrawn=np.where(rng.random(300) < 0.5, withdrawn, NEVER).tolist(),
    )
    try:
        folds = [fold(cohort, window(0, cut - 1), window(cut, 60))]
        folds += rolling(cohort, [at(cut), at(cut + 5)], at(60))
        folds += blocks(cohort.take(folds[0].train), count=2)
    except InvalidError:
        assume(condition=False)
    for number, made in enumerate(folds):
        rows = cohort if number < 3 else cohort.take(folds[0].train)
        assert not set(made.train) & set(made.test)
        assert (rows.settled[made.train] < made.cut).all()
        assert (rows.available[made.train] < made.cut).all()
        assert (rows.withdrawn[made.train] >= made.cut).all()
        assert (rows.as_of[made.test] >= made.cut).all()
        assert rows.as_of[made.train].max() < rows.as_of[made.test].min()


def test_blocks_wait_until_enough_labels_are_settled() -> None:
    # Ten rows on each of eight dates, 10 days apart; a label takes 24 days to settle.
    days = [D0 + 10 * (n // 10) for n in range(80)]
    cohort = cohort_of(days, [0, 1] * 40, settled=[day + 24 for day in days])
    made = blocks(cohort, count=2)
    # 40 % of the rows lie before day 30, of which the first date is settled by then.
    assert [part.cut - D0 for part in made] == [30, 50]
    assert [sorted({days[n] - D0 for n in part.train}) for part in made] == [[0], [0, 10, 20]]
    slow = cohort_of(days, [0, 1] * 40, settled=[day + 44 for day in days])
    assert [part.cut - D0 for part in blocks(slow, count=2)] == [50, 60]
    never = cohort_of(days, [0, 1] * 40, settled=[day + 84 for day in days])
    with pytest.raises(InvalidError, match="set fewer blocks"):
        blocks(never, count=1)


def test_few_dates_of_unlike_size_still_make_blocks() -> None:
    days = [D0 + n for n, size in enumerate([10, 10, 10, 3, 40]) for _ in range(size)]
    cohort = cohort_of(days, [0, 1] * (len(days) // 2) + [1] * (len(days) % 2))
    made = blocks(cohort, count=2, first=0.3)
    assert [part.cut - D0 for part in made] == [2, 4]
