"""Tuning: settings of LightGBM by Optuna, out of time, the same however often it was interrupted.

Each trial is drawn by a sampler seeded with how many trials have ended before it, and nothing
stops by the clock. What a trial is depends on those before it alone, so a search that was killed
goes on where it stopped and ends where it would have ended.

The settings as given compete as they are, all their candidates among them, so out of time a search
ends no worse than it began. The sampler learns of them by the nearest point that it could draw.
"""

import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from ..cohorts import Array
from ..measuring import losses
from .boosted import Binned, Boosted
from .boosting import Boosting
from .learner import Fitted, Sample

if TYPE_CHECKING:
    from optuna import Study, Trial
    from optuna.distributions import FloatDistribution, IntDistribution
    from optuna.trial import FrozenTrial

__all__ = ["Search", "Tuned", "tune"]

FILE = "tuning.db"
STARTUP = 10
AS_GIVEN = "as given"
Ended = Callable[[int, int], None]
"""Told how many trials have ended, and of how many."""


class Search(BaseModel):
    """How settings are searched.

    Parameters
    ----------
    trials
        How many combinations are tried, the settings as given among them; one that is behind the
        median after the first block is not carried on.
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
        The first trial, as they are; rounds and weights of the linear part are chosen within each
        trial.
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
    if not any(AS_GIVEN in trial.user_attrs for trial in _ended(study)):
        study.add_trial(_given(binned, settings))
        ended(1, search.trials)
    while (done := len(_ended(study))) < search.trials:
        study.sampler = optuna.samplers.TPESampler(
            seed=search.seed + done, n_startup_trials=STARTUP
        )
        _run(study, study.ask(dict(_space())), binned, settings)
        ended(done + 1, search.trials)
    best = min(
        (trial for trial in _ended(study) if trial.state.name == "COMPLETE"),
        key=lambda trial: (trial.value, trial.number),
    )
    return settings if AS_GIVEN in best.user_attrs else _drawn(settings, best.params)


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


def _space() -> "Mapping[str, FloatDistribution | IntDistribution]":
    """Return what a trial draws: from near-additive and strongly held to deep and free."""
    from optuna.distributions import FloatDistribution, IntDistribution

    return {
        "depth": IntDistribution(1, 6),
        "learning_rate": FloatDistribution(0.01, 0.2, log=True),
        "ridge": FloatDistribution(1.0, 300.0, log=True),
        "column_share": FloatDistribution(0.2, 1.0),
        "row_share": FloatDistribution(0.4, 1.0),
        "least_rows": IntDistribution(10, 1000, log=True),
    }


def _drawn(settings: Boosting, drawn: Mapping[str, float]) -> Boosting:
    """Return settings with what a trial drew in place of their own."""
    others = {name: value for name, value in drawn.items() if name != "depth"}
    return settings.model_copy(update={**others, "depths": (int(drawn["depth"]),)})


def _given(binned: Binned, settings: Boosting) -> "FrozenTrial":
    """Run the settings as given, and return them as the trial nearest to them."""
    from optuna.trial import create_trial

    steps = list(_losses(binned, settings))
    best = settings.candidates()[int(np.argmin(steps[-1]))]
    given = settings.model_dump() | {
        "depth": int(best["depth"]),
        "learning_rate": settings.rate(len(binned.values)),
    }
    space = _space()
    return create_trial(
        params={name: min(max(given[name], each.low), each.high) for name, each in space.items()},
        distributions=dict(space),
        value=float(steps[-1].min()),
        intermediate_values={step: float(found.min()) for step, found in enumerate(steps)},
        user_attrs={AS_GIVEN: True},
    )


def _run(study: "Study", trial: "Trial", binned: Binned, settings: Boosting) -> None:
    """Run a trial block after block, and stop it where the others were better."""
    from optuna.trial import TrialState

    tried = _drawn(settings, trial.params)
    blocks, loss = len(binned.sample.blocks), np.inf
    for step, found in enumerate(_losses(binned, tried), 1):
        loss = float(found.min())
        trial.report(loss, step - 1)
        if step < blocks and trial.should_prune():
            study.tell(trial, state=TrialState.PRUNED)
            return
    study.tell(trial, loss)


def _losses(binned: Binned, settings: Boosting) -> Iterator[Array]:
    """Yield after each block the mean log loss of each candidate so far."""
    sample, candidates = binned.sample, settings.candidates()
    total, weight = np.zeros(len(candidates)), 0.0
    for block in sample.blocks:
        stages = binned.fit(settings, block.train, candidates)
        counted = sample.weight[block.test]
        tested = sample.matrix.iloc[block.test]
        total += [
            counted @ losses(sample.label[block.test], expit(margin))
            for margin in stages.margins(tested, candidates)
        ]
        weight += counted.sum()
        yield total / weight
