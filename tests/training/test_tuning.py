"""Tuning: the same search ends with the same settings, however often it was killed."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import expit

from xinheng.training import Binned, Boosting, Sample, Search, Tuned, blocks, tune

from .test_folds import D0
from .world import cohort_of

SETTINGS = Boosting(rounds=(5, 15, 30), linear=(0.0,), depths=(2,))
SEARCH = Search(trials=9)
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
