"""Learners on made-up data: each finds what it can, none looks ahead."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit, logit

from xinheng.core.errors import NotFoundError
from xinheng.grading import reversals
from xinheng.training import (
    Boosted,
    Boosting,
    Candidate,
    Cohort,
    Constant,
    Fold,
    Learner,
    Logistic,
    PriorRate,
    Sample,
    Search,
    Staged,
    Task,
    Tuned,
    Window,
    auc,
    blocks,
    choose,
    fit_model,
    fold,
    log_loss,
    make_learners,
    with_nuisance,
)
from xinheng.training.learners.boosted import Binned
from xinheng.training.task import LEARNERS

from .test_folds import D0, at
from .world import cohort_of

RATES = ("IH_RATE_OWN", "IH_RATE_CATEGORY")


def made(rows: int = 1200, seed: int = 1) -> tuple[Cohort, pd.DataFrame]:
    """Ten rows a day; risk rises with `up`, falls with `down`, and is high where `part` is not."""
    rng = np.random.default_rng(seed)
    matrix = pd.DataFrame(
        {
            "up": rng.normal(size=rows),
            "down": rng.normal(size=rows),
            "part": np.where(rng.random(rows) < 0.3, np.nan, rng.normal(size=rows)),
            "same": np.full(rows, 4.0),
            "IH_RATE_OWN": rng.uniform(0.05, 0.5, rows),
            "IH_RATE_CATEGORY": rng.uniform(0.1, 0.3, rows),
        }
    )
    risk = matrix["up"] - matrix["down"] + 1.5 * matrix["part"].isna() - 1
    label = (rng.random(rows) < expit(risk)).astype(int)
    return cohort_of([D0 + n // 10 for n in range(rows)], label.tolist()), matrix


def split(cohort: Cohort) -> Fold:
    return fold(cohort, Window(first=at(0), last=at(89)), Window(first=at(90), last=at(119)))


def sample_of(cohort: Cohort, matrix: pd.DataFrame, rows: np.ndarray) -> Sample:
    known = cohort.take(rows)
    directions = {"up": 1, "down": -1}
    return Sample(matrix.iloc[rows], known.label, np.ones(len(known)), directions, blocks(known))


QUICK = Boosted(Boosting(rounds=(10, 30), least_rows=20))


@pytest.mark.parametrize(
    ("learner", "least"), [(Constant(), 0.5), (Logistic(), 0.75), (QUICK, 0.72)]
)
def test_learners_order_later_rows(learner: Learner, least: float) -> None:
    cohort, matrix = made()
    parts = split(cohort)
    model = fit_model(learner, cohort, matrix, parts, {"up": 1, "down": -1})
    chance = model.probability(matrix.iloc[parts.test])
    assert auc(cohort.label[parts.test], chance) >= least
    assert chance.mean() == pytest.approx(cohort.label[parts.test].mean(), abs=0.06)


def test_the_prior_rate_rule_adds_log_odds_to_the_base_rate() -> None:
    cohort, matrix = made()
    parts = split(cohort)
    fitted = PriorRate()(sample_of(cohort, matrix, parts.train))
    label = cohort.label[parts.train]
    base = logit((label.sum() + 0.5) / (label.size + 1))
    rows = pd.DataFrame({RATES[0]: [0.3, 0.3, expit(base)], RATES[1]: [0.2, np.nan, expit(base)]})
    np.testing.assert_allclose(
        fitted.margin(rows), [logit(0.3) + logit(0.2) - base, logit(0.3), base]
    )
    with pytest.raises(NotFoundError, match="did you mean 'IH_RATE_OWN'"):
        PriorRate(("IH_RATE_OWM",))(sample_of(cohort, matrix, parts.train))


def test_logistic_regression_reads_what_does_not_apply_and_drops_what_never_varies() -> None:
    cohort, matrix = made()
    fitted = Logistic()(sample_of(cohort, matrix, split(cohort).train))
    row = matrix.iloc[[0]].assign(up=0.0, down=0.0)
    margins = [
        fitted.margin(row.assign(part=part, same=same)).item()
        for part, same in ((np.nan, 4.0), (0.0, 4.0), (0.0, 99.0))
    ]
    assert margins[0] > margins[1] + 0.7
    assert margins[1] == margins[2]


def test_the_booster_is_monotone_and_ends_with_the_chosen_round() -> None:
    cohort, matrix = made()
    fitted = QUICK(sample_of(cohort, matrix, split(cohort).train))
    assert fitted.blend is not None
    assert fitted.blend.booster.num_trees() == fitted.chosen["rounds"]
    assert fitted.blend.columns == list(matrix.columns)
    grid = pd.concat([matrix.iloc[[3]]] * 50, ignore_index=True)
    for column, sign in (("up", 1), ("down", -1)):
        along = fitted.margin(grid.assign(**{column: np.linspace(-3, 3, 50)}))
        assert (sign * np.diff(along) >= 0).all()
        assert sign * (along[-1] - along[0]) > 0


@pytest.mark.parametrize("learner", [Logistic(), QUICK])
def test_nothing_but_training_rows_decides_a_model(learner: Learner) -> None:
    cohort, matrix = made()
    parts = split(cohort)
    changed = matrix.copy()
    changed.iloc[parts.test] = -5.0
    flipped = cohort.take(np.arange(len(cohort)))
    flipped.label[parts.test] = 1 - flipped.label[parts.test]
    one = fit_model(learner, cohort, matrix, parts, {})
    other = fit_model(learner, flipped, changed, parts, {})
    np.testing.assert_array_equal(
        one.probability(matrix.iloc[:50]), other.probability(matrix.iloc[:50])
    )


def test_each_block_is_predicted_by_what_was_known_before_it() -> None:
    cohort, matrix = made()
    sample = sample_of(cohort, matrix, split(cohort).train)
    seen: list[int] = []

    def fit(rows: np.ndarray, _: object) -> Staged:
        seen.append(len(rows))
        return lambda other, _: iter([np.full(len(other), logit(sample.label[rows].mean()))])

    fitted = choose(sample, fit)
    assert seen == [part.train.size for part in sample.blocks] + [len(sample.label)]
    first = sample.blocks[0]
    assert np.isnan(fitted.out_of_time[: first.test[0]]).all()
    assert not np.isnan(fitted.out_of_time[first.test[0] :]).any()
    # The base rate's margin, moved by its own change, is that of the block.
    rate = (sample.label[first.test].sum() + 0.5) / (first.test.size + 1)
    assert fitted.out_of_time[first.test[0]] == pytest.approx(logit(rate), abs=0.02)


def test_the_candidate_that_is_best_out_of_time_is_chosen() -> None:
    cohort, matrix = made()
    sample = sample_of(cohort, matrix, split(cohort).train)

    def fit(_: object, __: object) -> Staged:
        def margins(other: pd.DataFrame, candidates: Sequence[Candidate]) -> Iterator[np.ndarray]:
            for each in candidates:
                yield each["factor"] * (other["up"] - other["down"] - 0.5).to_numpy()

        return margins

    fitted = choose(sample, fit, [{"factor": factor} for factor in (-1.0, 0.0, 0.8, 9.0)])
    assert fitted.chosen == {"factor": 0.8}
    rows = sample.blocks[1].test
    chance = expit(0.8 * (sample.matrix["up"] - sample.matrix["down"] - 0.5).to_numpy()[rows])
    assert fitted.over_time[1] == pytest.approx(log_loss(sample.label[rows], chance))
    assert len(fitted.over_time) == len(sample.blocks)


@pytest.mark.parametrize(
    "learner", [Logistic(), Boosted(Boosting(rounds=(10, 30), linear=(0, 0.5)))]
)
def test_columns_that_say_nothing_change_no_model(learner: Learner) -> None:
    cohort, matrix = made()
    parts = split(cohort)
    more = matrix.copy()
    for place, name in ((0, "never"), (2, "unscored")):
        more.insert(place, name, 0.0)
    directions = {"up": 1, "down": -1, "unscored": -1}
    chances = [
        fit_model(learner, cohort, each, parts, directions).probability(each)
        for each in (matrix, more)
    ]
    np.testing.assert_allclose(*chances, rtol=1e-12)


def test_nuisance_columns_are_those_common_in_training() -> None:
    cohort, matrix = made()
    parts = split(cohort)
    names = np.array(["a"] * 600 + ["b"] * 280 + ["rare"] * 20 + ["new"] * 300, object)
    cohort.nuisance["inspector"][:] = names
    wide = with_nuisance(matrix, cohort, parts)
    assert list(wide.columns) == [*matrix.columns, "inspector_1", "inspector_2"]
    assert wide["inspector_1"].sum() == 600
    assert wide["inspector_2"].sum() == 280


def test_the_same_sample_gives_the_same_booster() -> None:
    cohort, matrix = made()
    texts = {
        str(blend.to_texts())
        for _ in range(2)
        if (blend := QUICK(sample_of(cohort, matrix, split(cohort).train)).blend)
    }
    assert len(texts) == 1


@pytest.mark.parametrize("learner", [Constant(), Logistic()])
def test_a_weight_of_two_is_the_row_twice(learner: Learner) -> None:
    cohort, matrix = made(rows=600)
    weight = 1.0 + np.arange(600) % 2
    twice = np.repeat(np.arange(600), weight.astype(int))
    one = replace(sample_of(cohort, matrix, np.arange(600)), weight=weight)
    other = sample_of(cohort, matrix, twice)
    np.testing.assert_allclose(
        learner(one).margin(matrix), learner(other).margin(matrix), atol=0.03
    )


def test_the_booster_listens_to_weights() -> None:
    cohort, matrix = made(rows=1200)
    sample = sample_of(cohort, matrix, np.arange(1200))
    weight = np.where(sample.label > 0, 0.2, 1.0)
    plain = QUICK(sample).margin(matrix).mean()
    rarer = QUICK(replace(sample, weight=weight / weight.mean())).margin(matrix).mean()
    assert rarer < plain - 0.8


def test_a_linear_part_is_taken_where_it_helps_and_not_where_it_does_not() -> None:
    cohort, matrix = made(rows=2400)
    parts = split(cohort)
    straight = QUICK(sample_of(cohort, matrix, parts.train))
    bent = matrix.assign(up=np.where(np.abs(matrix["up"]) < 0.6, 1.0, 0.0), down=0.0, part=0.0)
    rng = np.random.default_rng(3)
    inside = (bent["up"] * np.where(matrix["down"] > 0, 1, -1)).to_numpy()
    label = (rng.random(len(bent)) < expit(2 * inside)).astype(float)
    crossed = replace(cohort, label=label)
    wide = bent.assign(down=matrix["down"])
    within = QUICK(sample_of(crossed, wide, parts.train))
    assert straight.chosen["linear"] > 0
    assert within.chosen["linear"] == 0


def test_every_learner_that_a_task_may_name_is_known(tmp_path: Path) -> None:
    named = make_learners(Task(learners=LEARNERS), tmp_path)
    assert tuple(named) == LEARNERS
    searched = make_learners(Task(search=Search(trials=3)), tmp_path)
    assert searched["lightgbm"] == Tuned(Task().boosting, Search(trials=3), tmp_path)


def test_a_fit_that_goes_against_a_direction_is_made_again() -> None:
    """Where values are missing LightGBM's better method may reverse a direction; none is kept."""
    rng = np.random.default_rng(4)
    rows, columns = 1_500, [f"c{n}" for n in range(12)]
    values = rng.poisson(1.0, size=(rows, len(columns))).astype(float)
    values[rng.random(values.shape) < 0.15] = np.nan
    risk = np.nan_to_num(values) @ rng.normal(size=len(columns)) / 2 - 1
    label = (rng.random(rows) < expit(risk)).astype(int)
    cohort = cohort_of([D0 + n // 10 for n in range(rows)], label.tolist())
    directions = {name: 1 if n % 2 else -1 for n, name in enumerate(columns)}
    matrix = pd.DataFrame(values, columns=columns)
    sample = Sample(matrix, cohort.label, np.ones(rows), directions, blocks(cohort))
    settings = Boosting(depths=(5,), rounds=(150,), least_rows=20, linear=(0.0,), ridge=1.0)
    loose = Binned.of(sample).fit(settings, np.arange(rows), settings.candidates())
    assert reversals(loose.blend(settings.candidates()[0]), directions)
    kept = Boosted(settings)(sample)
    assert reversals(kept.blend, directions) == []
    basic = Boosted(settings.model_copy(update={"method": "basic"}))(sample)
    assert kept.blend.to_texts() == basic.blend.to_texts()
    assert kept.chosen == {**basic.chosen, "basic": 1.0}  # so that whoever reads the run knows
