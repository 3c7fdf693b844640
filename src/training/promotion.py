"""From a champion to a bundle that is signed, registered and named in the ledger."""

import tempfile
from datetime import datetime
from pathlib import Path

import pandas as pd
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..core.errors import NotFoundError, NotGradableError, PolicyError
from ..features import Catalogue
from ..grading import (
    STATUTES,
    ModelCard,
    Parts,
    Policy,
    Purpose,
    Reference,
    create_key,
    load_key,
    publish_key,
    write_bundle,
)
from ..ledger import Ledger
from .cohorts import OutcomeRule
from .experiment import CHAMPION, Experiment
from .inputs import Inputs
from .learners import Model
from .task import Task

__all__ = ["gather_parts", "make_card", "make_parts", "open_key", "promote", "store_bundle"]

KEY = "signing.pem"
ON_CARD = ("auc", "log_loss", "brier", "calibration_error")


def open_key(folder: Path) -> Ed25519PrivateKey:
    """Return the signing key of a folder; the first time it is made, its public half beside it."""
    path = folder / KEY
    if path.exists():
        return load_key(path)
    key = create_key(path)
    publish_key(key.public_key(), folder)
    return key


def make_card(inputs: Inputs, task: Task, experiment: Experiment) -> ModelCard:
    """Return the model card of the champion."""
    planning = ("days_earlier", "found") if task.planning else ()
    measures: dict[str, tuple[float, float, float]] = {
        name: experiment.test.estimate(CHAMPION, name) for name in (*ON_CARD, *planning)
    }
    for population, compared in experiment.populations.items():
        if compared.telling:
            measures[f"auc_{population}"] = compared.estimate(CHAMPION, "auc")
    if experiment.rolling is not None:
        for name in ON_CARD:
            measures[f"rolling_{name}"] = experiment.rolling.estimate(CHAMPION, name)
    fold = inputs.test
    return ModelCard(
        purpose=Purpose.GRADE,
        cohort=task.cohort.name,
        label=str(task.label),
        windows={
            "train": inputs.cohort.window(fold.train),
            "test": inputs.cohort.window(fold.test),
        },
        rows={"train": fold.train.size, "test": fold.test.size},
        measures=measures,
        seed=task.seed,
        notes=f"{task.title}; trained on deliveries up to {inputs.sequence}",
    )


def make_parts(inputs: Inputs, task: Task, model: Model, card: ModelCard) -> Parts:
    """Gather what a bundle of a model is made of.

    Raises
    ------
    NotGradableError
        If the model is no booster: a bundle holds nothing else.
    PolicyError
        If policy speaks of another horizon than the label of a panel.
    """
    _check_horizon(_policy(task), inputs, task)
    matrix = inputs.matrix.iloc[inputs.test.train]
    return gather_parts(inputs.catalogue, matrix, task, model, card)


def gather_parts(
    catalogue: Catalogue, matrix: pd.DataFrame, task: Task, model: Model, card: ModelCard
) -> Parts:
    """Gather what a bundle is made of, for either purpose.

    Parameters
    ----------
    catalogue, matrix
        The indicators, and their values on the rows that the model was trained on.
    task, model, card
        What was asked, and what came out.

    Raises
    ------
    NotGradableError
        If the model is no booster.
    """
    if model.fitted.blend is None:
        raise NotGradableError(f"a bundle is made of {CHAMPION}; this model has no booster")
    return Parts(
        blend=model.fitted.blend,
        calibrator=model.calibrator,
        policy=_policy(task),
        catalogue=catalogue,
        rules=STATUTES,
        reference=Reference.of(matrix[list(catalogue.ids)], model.fitted.margin(matrix)),
        card=card,
    )


def store_bundle(folder: Path, parts: Parts, key: Ed25519PrivateKey) -> tuple[Path, str]:
    """Write a bundle into a folder under its digest, and return where and which.

    The same parts signed with the same key are the same bundle, and are not written twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".training", dir=folder) as made:
        digest = write_bundle(Path(made) / "bundle", parts, key)
        path = folder / digest
        if not path.exists():
            (Path(made) / "bundle").rename(path)
    return path, digest


def promote(
    ledger: str,
    digest: str,
    *,
    actor: str,
    reason: str,
    at: datetime,
    purpose: Purpose = Purpose.GRADE,
) -> None:
    """Make a bundle the champion for its purpose in the ledger."""
    book = Ledger(ledger)
    try:
        book.promote(digest, purpose=purpose, actor=actor, reason=reason, at=at)
    finally:
        book.close()


def _policy(task: Task) -> Policy:
    if task.policy is None:
        return Policy.default()
    if task.folder is None:
        raise NotFoundError(f"the task names the policy {task.policy!r} but lies in no folder")
    return Policy.load(task.folder / task.policy)


def _check_horizon(policy: Policy, inputs: Inputs, task: Task) -> None:
    if not isinstance(task.label, OutcomeRule):
        return
    edition, days = policy.on(inputs.test.cut), task.label.horizon_days
    if edition.horizon_days != days:
        raise PolicyError(
            f"policy {policy.name!r}, edition {edition.version!r}, has cut points for a chance "
            f"within {edition.horizon_days} days, but the label looks {days} days ahead; set "
            "horizon_days of both to the same"
        )
