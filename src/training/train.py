"""Training: from an archive and a task to a signed bundle, a comparison and a champion."""

import platform
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..archive import Archive
from ..core import time
from ..core.settings import Settings
from ..features import Catalogue, standard_catalogue
from ..grading import Bundle, key_id, read_bundle
from .assessment import Assessment, assess
from .experiment import (
    CHAMPION,
    NO_REFERENCE,
    WITH_INSPECTOR,
    Experiment,
    Progress,
    quiet,
    run_experiment,
)
from .handover import Handover, Result
from .inputs import Inputs, read_inputs, read_reference
from .pages import render, render_assessment
from .parts import LIBRARIES, card_groups, make_card, make_parts, read_policy
from .rescoring import check_rivals, rescore
from .task import Task
from .tracking import Run

__all__ = ["TrainingResult", "train"]


@dataclass(frozen=True, slots=True, eq=False)
class TrainingResult(Result):
    """What a training for grades leaves behind.

    Attributes
    ----------
    task, inputs, experiment
        What was asked, read and found.
    assessment
        All that the champion's page for people says, as `render_assessment` writes it.
    """

    task: Task
    inputs: Inputs
    experiment: Experiment
    assessment: Assessment


def train(
    archive: Archive,
    task: Task,
    settings: Settings,
    *,
    key: Ed25519PrivateKey,
    at: datetime,
    actor: str,
    delivery: Path | None = None,
    catalogue: Catalogue | None = None,
    rivals: Mapping[str, Bundle] | None = None,
    tracking: bool = True,
    promotion: bool = True,
    clock: Callable[[], datetime] | None = None,
    threads: int = 1,
    progress: Progress = quiet,
) -> TrainingResult:
    """Train the learners of a task, compare them, and sign the LightGBM model.

    It is champion if there is none yet, and a challenger otherwise (`promote`).

    The bundle depends on deliveries, task, catalogue and key alone: the same ones give the same
    digest.

    Parameters
    ----------
    archive
        Where the records are.
    task
        What to learn and how to judge it.
    settings
        Where bundles, the MLflow folder and the ledger are.
    key
        Signs the bundle (`open_key`).
    at, actor
        When and by whom, for the ledger and MLflow.
    delivery
        Folder with the task's reference file; without it, other models are not compared.
    catalogue
        Indicators; those of the package if not given. Only those for grades are used.
    rivals
        Bundles of earlier trainings by name, compared on the same test rows (`rescore`).
    tracking, promotion
        Whether to record it in MLflow, and whether to make it champion if there is none yet.
    clock
        Tells the moment from which it is champion; `at` where none is given.
    threads
        How many threads compute indicators; results do not depend on them.
    progress
        Told what is being done.

    Raises
    ------
    InvalidError, NotFoundError, PolicyError
        If cohort, windows, policy, reference file or the name of a rival cannot be used.
    """
    time.check_zone(at)
    check_rivals(rivals or (), task)
    read_policy(task)
    progress("Computing the matrix", 0, 1)
    indicators = (catalogue or standard_catalogue()).select(use="grade")
    inputs = read_inputs(archive, task, indicators, threads=threads)
    read_policy(task, inputs.test.cut)
    references = NO_REFERENCE
    if task.reference is not None and delivery is not None:
        references = read_reference(task.reference, delivery, inputs)
    if rivals:
        rescored = rescore(archive, inputs, rivals, threads=threads)
        references = {**references[0], **rescored}, references[1]
    experiment = run_experiment(inputs, task, settings.mlruns, references, progress=progress)
    groups = card_groups(archive, task, inputs, experiment, threads=threads)
    card = make_card(inputs, task, experiment, groups)
    parts = make_parts(inputs, task, experiment.champion, card)
    handover = Handover.store(parts, key, settings, at=at, actor=actor, clock=clock)
    report = render(inputs, task, experiment)
    progress("Assessing the champion", 0, 1)
    public = key.public_key()
    stored = read_bundle(handover.path, {key_id(public): public})
    assessment = assess(archive, task, inputs, experiment, stored, threads=threads)
    tracked = None
    if tracking:
        progress("Recording in MLflow", 0, 1)
        page = render_assessment(assessment)
        texts = {"card.json": card.to_json(), "report.md": report, "report.html": page}
        tracked = handover.track(_runs(inputs, task, experiment, texts))
    promoted = promotion and handover.introduce(
        f"trained on {task.cohort.name}, deliveries up to {inputs.sequence}"
    )
    return TrainingResult(
        task=task,
        inputs=inputs,
        experiment=experiment,
        card=card,
        bundle=handover.path,
        digest=handover.digest,
        tracked=tracked,
        promoted=promoted,
        report=report,
        assessment=assessment,
    )


def _runs(
    inputs: Inputs, task: Task, experiment: Experiment, texts: Mapping[str, str]
) -> Iterator[Run]:
    """Yield one run of the models with who inspected, if there are any, and one of the gradable."""
    parameters = {
        "cohort": task.cohort.name,
        "label": str(task.label),
        "sequence": inputs.sequence,
        "rows.train": inputs.test.train.size,
        "rows.test": inputs.test.test.size,
        "catalogue": inputs.catalogue.fingerprint,
        **{f"{CHAMPION}.{k}": v for k, v in task.boosting.model_dump().items()},
        **{f"version.{name}": version(name) for name in LIBRARIES},
        "version.python": platform.python_version(),
    }
    metrics = _metrics(experiment)
    marked = {k: v for k, v in metrics.items() if WITH_INSPECTOR in k}
    if marked:
        yield Run(
            f"{task.cohort.name}, with who inspected",
            parameters=parameters,
            metrics={k.replace(WITH_INSPECTOR, ""): v for k, v in marked.items()},
            tags={"gradable": "false"},
        )
    yield Run(
        task.cohort.name,
        parameters=parameters,
        metrics={k: v for k, v in metrics.items() if k not in marked},
        tags={"gradable": "true", "champion": CHAMPION},
        texts=texts,
    )


def _metrics(experiment: Experiment) -> Mapping[str, float]:
    found = {}
    for window, comparison in (("test", experiment.test), ("rolling", experiment.rolling)):
        for name, value in comparison.results.values.items() if comparison else ():
            if not np.isnan(value):
                found[f"{window}/{name}"] = value
    for model, chosen in experiment.chosen.items():
        found |= {f"chosen/{model}/{name}": value for name, value in chosen.items()}
    return found
