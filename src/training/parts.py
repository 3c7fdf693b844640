"""The parts of a bundle: what was learned, how good it is, and under which policy it grades."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from importlib.metadata import version

import numpy as np
import pandas as pd

from ..archive import Archive
from ..core import time
from ..core.errors import InvalidError, NotGradableError, PolicyError
from ..features import Catalogue
from ..grading import (
    STATUTES,
    Blend,
    Bundle,
    CardGroup,
    Checks,
    ModelCard,
    Parts,
    Policy,
    Purpose,
    Reference,
    check_card_levels,
    check_columns,
)
from ..grading.monitoring import first_days, sampled_matrix
from .cohorts import Cohort, CohortRule, Fold, LabelRule, OutcomeRule, traits
from .experiment import CHAMPION, Experiment
from .inputs import Inputs
from .learners import Model
from .measuring import PLANNED, observe, reliability
from .task import Task
from .taskfiles import load_policy, load_score_card

__all__ = [
    "LIBRARIES",
    "card_groups",
    "card_of",
    "check_task",
    "gather_parts",
    "make_card",
    "make_parts",
    "read_policy",
]

LIBRARIES = ("lightgbm", "numpy", "scikit-learn", "xinheng")
MONTHS = 36
ON_CARD = ("auc", "log_loss", "brier", "calibration_error")


def make_card(
    inputs: Inputs, task: Task, experiment: Experiment, groups: Iterable[CardGroup] = ()
) -> ModelCard:
    """Return the model card of the model that was trained."""
    planned = PLANNED if task.planning else ()
    measures: dict[str, tuple[float, float, float]] = {
        name: experiment.test.estimate(CHAMPION, name) for name in (*ON_CARD, *planned)
    }
    for population, compared in experiment.populations.items():
        if compared.telling:
            measures[f"auc_{population}"] = compared.estimate(CHAMPION, "auc")
    if experiment.rolling is not None:
        for name in ON_CARD:
            measures[f"rolling_{name}"] = experiment.rolling.estimate(CHAMPION, name)
    card = card_of(task, inputs.cohort, inputs.test, inputs.sequence, measures)
    level_of = time.show(experiment.champion.calibrator.since)
    return replace(card, groups=tuple(groups), level_of=level_of)


def card_groups(
    archive: Archive, task: Task, inputs: Inputs, experiment: Experiment, *, threads: int = 1
) -> Iterator[CardGroup]:
    """Yield what was promised to each group of the test rows, and what came.

    The first groups are of like probability, the lowest first.

    Parameters
    ----------
    archive
        Names districts and categories.
    task, inputs, experiment
        What was asked, read and found.
    threads
        How many threads share the rows.
    """
    rows, chance = experiment.scores.rows, experiment.scores.probability[CHAMPION]
    tested = inputs.cohort.take(rows)
    for each in reliability(tested.label, chance, tested.enterprise):
        yield each.on_card("probability")
    who = tested.enterprise, tested.as_of
    named = {
        "population": inputs.population[rows],
        **traits(archive, inputs.events, *who, task.sizes, threads=threads),
    }
    for by, group in named.items():
        for name in sorted(set(group.tolist())):
            own = group == name
            seen = observe(name, tested.label[own], chance[own], tested.enterprise[own])
            yield seen.on_card(by)


def card_of(
    task: Task,
    cohort: Cohort,
    fold: Fold,
    sequence: int,
    measures: Mapping[str, tuple[float, float, float]],
    *,
    purpose: Purpose = Purpose.GRADE,
    caution: str = "",
) -> ModelCard:
    """Return the model card of a task.

    Parameters
    ----------
    task, cohort, fold
        What was asked, and on which rows the model was trained and tested.
    sequence
        The delivery up to which the archive was read.
    measures
        How good the model is.
    purpose
        What it may be used for.
    caution
        What its reader has to know besides.
    """
    notes = (task.title, f"trained on deliveries up to {sequence}", caution)
    return ModelCard(
        purpose=purpose,
        cohort=task.cohort.name,
        label=str(task.label),
        windows={"train": cohort.window(fold.train), "test": cohort.window(fold.test)},
        rows={"train": fold.train.size, "test": fold.test.size},
        measures=measures,
        seed=task.seed,
        cut=time.show(fold.cut),
        notes="; ".join(filter(None, notes)),
        versions={name: version(name) for name in LIBRARIES},
    )


def check_task(task: Task, bundle: Bundle) -> None:
    """Refuse a task that is not the one that a bundle was trained on.

    Raises
    ------
    InvalidError
        If its cohort or its label is another.
    """
    card = bundle.card
    if (task.cohort.name, str(task.label)) != (card.cohort, card.label):
        raise InvalidError(
            f"the bundle {bundle.digest[:12]} predicts {card.label!r} of the cohort "
            f"{card.cohort!r}, the task {str(task.label)!r} of {task.cohort.name!r}; give the task "
            "that it was trained on"
        )


def read_policy(task: Task, cut: int | None = None) -> Policy:
    """Read the grading policy of a task, and hold it to the label of a panel.

    Parameters
    ----------
    task
        Names the policy's file; without it, the policy is the one that ships with the package.
    cut
        First day of the test window. Without it, that of the window which the task names; where
        it names none, horizons are not compared.

    Raises
    ------
    NotFoundError
        If the file is not there, or the task lies in no folder that it could be in.
    PolicyError
        If the file is no policy, enables a rule that nobody declared, or speaks of another
        horizon on that day than the label.

    Examples
    --------
    >>> read_policy(Task()) == Policy.default()
    True
    """
    policy = load_policy(task)
    policy.check_rules(STATUTES.ids)
    check_card_levels(load_score_card(task), policy)
    if cut is None and task.windows is not None:
        cut = time.day(task.windows.test.first)
    if cut is not None and isinstance(task.label, OutcomeRule):
        _check_horizon(policy, cut, task.label.horizon_days)
    return policy


def make_parts(inputs: Inputs, task: Task, model: Model, card: ModelCard) -> Parts:
    """Gather what a bundle of a model is made of.

    The reference is no training row: it is a sample of all who would have been graded on the first
    days of the `MONTHS` months up to the test window, so that monitoring knows how far figures
    move when nothing is wrong.

    Raises
    ------
    NotGradableError
        If the model is no booster: a bundle holds nothing else; or knows what may decide no grade.
    PolicyError
        If policy speaks of another horizon than the label of a panel.
    """
    policy = read_policy(task, inputs.test.cut)
    blend = _blend(model)
    check_columns(blend, inputs.catalogue, card)
    matrix, population = sampled_matrix(
        inputs.catalogue,
        inputs.events,
        inputs.references,
        first_days(inputs.test.cut, MONTHS),
    )
    margins = blend.margins(matrix.to_numpy(np.float64))
    levels = policy.on(inputs.test.cut).scale.place(margins, model.calibrator).codes
    reference = Reference.of(
        matrix, margins, levels=levels, population=population, checks=_checks(task)
    )
    return Parts(
        blend=blend,
        calibrator=model.calibrator,
        policy=policy,
        score_card=load_score_card(task),
        catalogue=inputs.catalogue,
        rules=STATUTES,
        reference=reference,
        card=card,
    )


def gather_parts(
    catalogue: Catalogue, matrix: pd.DataFrame, task: Task, model: Model, card: ModelCard
) -> Parts:
    """Gather what a bundle for planning visits is made of.

    Parameters
    ----------
    catalogue, matrix
        The indicators, and their values on the rows that the model was trained on.
    task
        Names policy and score card, which travel with it.
    model, card
        What came out.

    Raises
    ------
    NotGradableError
        If the model is no booster.
    """
    reference = Reference.of(matrix[list(catalogue.ids)], model.fitted.margin(matrix))
    return Parts(
        blend=_blend(model),
        calibrator=model.calibrator,
        policy=load_policy(task),
        score_card=load_score_card(task),
        catalogue=catalogue,
        rules=STATUTES,
        reference=reference,
        card=card,
    )


def _blend(model: Model) -> Blend:
    if model.fitted.blend is None:
        raise NotGradableError(f"a bundle is made of {CHAMPION}; this model has no booster")
    return model.fitted.blend


def _checks(task: Task) -> Checks | None:
    """Return what tells of the outcomes that a task predicts, where checks do."""
    match task.cohort, task.label:
        case CohortRule() as cohort, LabelRule() as label:
            streams = tuple(f"inspection.{label.severity}:{each}" for each in cohort.purposes)
            return Checks(streams, ((streams, float(label.above)),))
        case _, OutcomeRule(checks=streams, outcomes=outcomes) if streams:
            return Checks(streams, tuple((each.streams, each.above) for each in outcomes))
    return None


def _check_horizon(policy: Policy, cut: int, days: int) -> None:
    edition = policy.on(cut)
    if edition.horizon_days != days:
        raise PolicyError(
            f"policy {policy.name!r}, edition {edition.version!r}, has cut points for a chance "
            f"within {edition.horizon_days} days, but the label looks {days} days ahead; set "
            "horizon_days of both to the same"
        )
