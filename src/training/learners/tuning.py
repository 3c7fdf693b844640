"""Tuning: settings of LightGBM by Optuna, out of time, the same however often it was interrupted.

Each trial is drawn by a sampler seeded with how many trials have ended before it, and nothing
stops by the clock. What a trial is depends on those before it alone, so a search that was killed
goes on where it stopped and ends where it would have ended.
"""

import hashlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from ..measuring import losses
from .boosted import Binned, Boosted
from .boosting import Boosting
from .learner import Fitted, Sample

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.trial import FrozenTrial

__all__ = ["Search", "Tuned", "tune"]

FILE = "tuning.db"
STARTUP = 10
Ended = Callable[[int, int], None]
"""Told how many trials have ended, and of how many."""


class Search(BaseModel):
    """How settings are searched.

    Parameters
    ----------
    trials
        How many combinations are tried; one that is behind the median after the first block is
        not carried on.
    seed
        Of the draws.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    trials: int = Field(default=40, ge=1)
    seed: int = Field(default=0, ge=0)


@dataclass(frozen=True, slots=True)
class Tuned:
    """LightGBM by the settings that were best out of time on the sample itself.

    Attributes
    ----------
    settings
        Where the search begins; what it does not vary stays.
    search
        How long it goes on.
    folder
        Holds the trials, so that a search can be carried on.
    """

    settings: Boosting
    search: Search
    folder: Path

    def __call__(self, sample: Sample) -> Fitted:
        """Search, then fit by what was found."""
        binned = Binned.of(sample)
        return Boosted(tune(binned, self.settings, self.search, self.folder)).fit(binned)


def tune(
    binned: Binned,
    settings: Boosting,
    search: Search,
    folder: Path,
    ended: Ended = lambda _, __: None,
) -> Boosting:
    """Return the settings of the smallest log loss over all temporal blocks.

    Parameters
    ----------
    binned
        The sample, binned once for all trials.
    settings
        The first trial; rounds and weights of the linear part are chosen within each trial.
    search
        How many trials.
    folder
        Where the trials are kept, in `tuning.db`, under a name made of sample, settings and seed.
    ended
        Told after each trial.
    """
    import optuna

    optuna.logging.set_verbosity(optuna.logging.WARNING)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    folder.mkdir(parents=True, exist_ok=True)
    study = optuna.create_study(
        storage=f"sqlite:///{(folder / FILE).resolve()}",
        study_name=_name(binned.sample, settings, search),
        pruner=optuna.pruners.MedianPruner(n_startup_trials=5, n_warmup_steps=0),
        load_if_exists=True,
    )
    _abandon(study)
    while (done := len(_ended(study))) < search.trials:
        study.sampler = optuna.samplers.TPESampler(
            seed=search.seed + done, n_startup_trials=STARTUP
        )
        if done == 0 and not _waiting(study):
            study.enqueue_trial(_first(settings))
        _run(study, study.ask(), binned, settings)
        ended(done + 1, search.trials)
    best = min(
        (trial for trial in _ended(study) if trial.state.name == "COMPLETE"),
        key=lambda trial: (trial.value, trial.number),
    )
    return settings.model_copy(update=_settings(best.params))


def _name(sample: Sample, settings: Boosting, search: Search) -> str:
    """Name a search by all that decides what it finds, but for how long it goes on."""
    told = hashlib.sha256(f"{settings.model_dump_json()} {search.seed}".encode())
    told.update(" ".join(sample.columns).encode())
    told.update(repr(sorted(sample.directions.items())).encode())
    blocks = [part for block in sample.blocks for part in (block.train, block.test)]
    for values in (sample.array, sample.label, sample.weight, *blocks):
        told.update(np.ascontiguousarray(values).tobytes())
    return told.hexdigest()


def _abandon(study: "Study") -> None:
    """Give up trials of a process that died; they count as never begun."""
    from optuna.trial import TrialState

    for trial in study.get_trials(deepcopy=False, states=(TrialState.RUNNING,)):
        study.tell(trial.number, state=TrialState.FAIL)


def _ended(study: "Study") -> list["FrozenTrial"]:
    from optuna.trial import TrialState

    states = (TrialState.COMPLETE, TrialState.PRUNED)
    return study.get_trials(deepcopy=False, states=states)


def _waiting(study: "Study") -> bool:
    """Tell whether the first trial was written down already, by a process that died."""
    from optuna.trial import TrialState

    return bool(study.get_trials(deepcopy=False, states=(TrialState.WAITING,)))


def _first(settings: Boosting) -> dict[str, float]:
    """Return the trial that stands for the settings as given."""
    return {
        "depth": max(settings.depths),
        "learning_rate": settings.learning_rate or 0.03,
        "ridge": max(settings.ridge, 1.0),
        "column_share": settings.column_share,
        "row_share": settings.row_share,
        "least_rows": settings.least_rows,
    }


def _drawn(trial: "Trial") -> dict[str, float]:
    """Draw a trial's settings, from near-additive and strongly held to deep and free."""
    return {
        "depth": trial.suggest_int("depth", 1, 6),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.2, log=True),
        "ridge": trial.suggest_float("ridge", 1.0, 300.0, log=True),
        "column_share": trial.suggest_float("column_share", 0.2, 1.0),
        "row_share": trial.suggest_float("row_share", 0.4, 1.0),
        "least_rows": trial.suggest_int("least_rows", 10, 1000, log=True),
    }


def _settings(drawn: dict[str, float]) -> dict[str, object]:
    return {**{k: v for k, v in drawn.items() if k != "depth"}, "depths": (int(drawn["depth"]),)}


def _run(study: "Study", trial: "Trial", binned: Binned, settings: Boosting) -> None:
    """Run a trial block after block, and stop it where the others were better."""
    from optuna.trial import TrialState

    tried = settings.model_copy(update=_settings(_drawn(trial)))
    candidates, sample = tried.candidates(), binned.sample
    total, weight = np.zeros(len(candidates)), 0.0
    for step, block in enumerate(sample.blocks):
        stages = binned.fit(tried, block.train, candidates)
        counted = sample.weight[block.test]
        tested = sample.matrix.iloc[block.test]
        total += [
            counted @ losses(sample.label[block.test], expit(margin))
            for margin in stages.margins(tested, candidates)
        ]
        weight += counted.sum()
        trial.report(float(total.min() / weight), step)
        if step + 1 < len(sample.blocks) and trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return
    study.tell(trial, float(total.min() / weight))
