"""Tuning: the same search ends with the same settings, however often it was killed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xinheng.training import Binned, Boosted, Boosting, Sample, Search, Tuned, blocks, tune

from .test_folds import D0
from .world import cohort_of

SETTINGS = Boosting(rounds=(5, 15, 30), linear=(0.0,), depths=(2,))
SEARCH = Search(trials=9)
# What a search cannot draw: no rate, several depths, and values beyond its bounds.
OUTSIDE = Boosting(rounds=(5, 15), linear=(0.0,), depths=(1, 2, 7), ridge=0.0, least_rows=2000)
ROWS = 800


class Killed(BaseException):
    pass


def sample(seed: int = 1) -> Sample:
    rng = np.random.default_rng(seed)
    matrix = pd.DataFrame(rng.normal(size=(ROWS, 4)), columns=list("ABCD"))
    risk = matrix["A"] + matrix["B"] * (matrix["C"] > 0)
    cohort = cohort_of(
        [D0 + n // 10 for n in range(ROWS)], (rng.random(ROWS) < expit(risk)).astype(int).tolist()
    )
    return Sample(matrix, cohort.label, np.ones(ROWS), {"A": 1}, blocks(cohort))


@pytest.fixture(scope="module")
def binned() -> Binned:
    return Binned.of(sample())


@pytest.fixture(scope="module")
def whole(binned: Binned, tmp_path_factory: pytest.TempPathFactory) -> Boosting:
    return tune(binned, SETTINGS, SEARCH, tmp_path_factory.mktemp("whole"))


def test_a_search_finds_settings_and_tells_of_every_trial(
    binned: Binned, whole: Boosting, tmp_path: Path
) -> None:
    told: list[tuple[int, int]] = []
    again = tune(binned, SETTINGS, SEARCH, tmp_path, lambda *far: told.append(far))
    assert told == [(n, 9) for n in range(1, 10)]
    assert again == whole != SETTINGS
    assert whole.rounds == SETTINGS.rounds


@pytest.mark.parametrize("kills", [(1,), (2, 3, 2), (4, 3)])
def test_a_search_that_is_killed_ends_with_the_same_settings(
    binned: Binned, whole: Boosting, tmp_path: Path, kills: tuple[int, ...],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    fit = Binned.fit
    for kill in kills:
        fits = 0

        def dies(self: Binned, *given: object, kill: int = kill) -> object:
            nonlocal fits
            fits += 1
            if fits > 3 * kill:
                raise Killed  # in the middle of a trial
            return fit(self, *given)

        monkeypatch.setattr(Binned, "fit", dies)
        with pytest.raises(Killed):
            tune(binned, SETTINGS, SEARCH, tmp_path)
    monkeypatch.setattr(Binned, "fit", fit)
    assert tune(binned, SETTINGS, SEARCH, tmp_path) == whole


def test_a_longer_search_goes_on_from_a_shorter_one(
    binned: Binned, whole: Boosting, tmp_path: Path
) -> None:
    tune(binned, SETTINGS, Search(trials=4), tmp_path)
    told: list[int] = []
    assert tune(binned, SETTINGS, SEARCH, tmp_path, lambda done, _: told.append(done)) == whole
    assert told == [5, 6, 7, 8, 9]


def test_another_sample_is_another_search(binned: Binned, tmp_path: Path) -> None:
    tune(binned, SETTINGS, Search(trials=2), tmp_path)
    told: list[int] = []
    other = Binned.of(sample(2))
    tune(other, SETTINGS, Search(trials=2), tmp_path, lambda done, _: told.append(done))
    assert told == [1, 2]


def test_a_tuned_learner_fits_by_what_was_found(whole: Boosting, tmp_path: Path) -> None:
    fitted = Tuned(SETTINGS, SEARCH, tmp_path)(sample())
    assert fitted.chosen["depth"] == whole.depths[0]
    assert fitted.blend is not None
    assert fitted.blend.booster.num_trees() == fitted.chosen["rounds"]


def test_the_first_trial_is_the_settings_as_given(tmp_path: Path) -> None:
    assert tune(Binned.of(sample()), OUTSIDE, Search(trials=1), tmp_path) is OUTSIDE
    tuned = Tuned(OUTSIDE, Search(trials=1), tmp_path)(sample())
    plain = Boosted(OUTSIDE)(sample())
    assert (tuned.chosen, tuned.over_time) == (plain.chosen, plain.over_time)
    np.testing.assert_array_equal(tuned.margin(sample().matrix), plain.margin(sample().matrix))


def test_the_sampler_learns_of_the_settings_as_given(
    binned: Binned, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import optuna

    monkeypatch.setattr("xinheng.training.learners.boosting.USUAL", ROWS / 16)
    tune(binned, OUTSIDE, Search(trials=1), tmp_path)
    storage = f"sqlite:///{tmp_path / 'tuning.db'}"
    (name,) = optuna.get_all_study_names(storage)
    (first,) = optuna.load_study(study_name=name, storage=storage).trials
    fitted = Boosted(OUTSIDE).fit(binned)
    assert first.params == {
        "depth": min(fitted.chosen["depth"], 6),
        "learning_rate": pytest.approx(0.06),
        "ridge": 1.0,
        "column_share": 0.5,
        "row_share": 0.7,
        "least_rows": 1000,
    }
    shares = [block.test.size for block in binned.sample.blocks]
    assert first.value == pytest.approx(np.average(fitted.over_time, weights=shares))


def test_a_search_ends_no_worse_than_no_search(binned: Binned, tmp_path: Path) -> None:
    good = Boosting(rounds=(100, 200, 400), depths=(2, 3, 4), ridge=1.0, linear=(0.0,))
    found = tune(binned, good, Search(trials=4), tmp_path)
    shares = [block.test.size for block in binned.sample.blocks]
    before, after = (
        np.average(Boosted(each).fit(binned).over_time, weights=shares) for each in (good, found)
    )
    assert after <= before


def test_trials_behind_the_others_are_not_carried_on(binned: Binned, tmp_path: Path) -> None:
    import optuna

    tune(binned, SETTINGS, Search(trials=16), tmp_path)
    storage = f"sqlite:///{tmp_path / 'tuning.db'}"
    (name,) = optuna.get_all_study_names(storage)
    states = [
        trial.state.name for trial in optuna.load_study(study_name=name, storage=storage).trials
    ]
    assert states.count("PRUNED") > 0
    assert states.count("COMPLETE") > 5
