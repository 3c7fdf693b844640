"""Scheduling: from an archive and a task to a signed forecast for planning visits."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..archive import Archive
from ..core import time
from ..core.settings import Settings
from ..features import Catalogue, standard_catalogue
from ..grading import ModelCard, Purpose
from .experiment import Progress, quiet
from .forecast import FORECAST, UNCORRECTED, Forecast, run_forecast
from .handover import Handover, Result
from .measuring import SAME_INSPECTOR, Comparison
from .pages import render_forecast
from .parts import card_of, gather_parts, read_policy
from .task import Task
from .tracking import Run
from .visits import Visits, read_visits

__all__ = ["SchedulingResult", "train_forecast"]

CAUTION = "it puts visits in order from what is known when a plan begins, and never decides a grade"
ON_CARD = ("auc", SAME_INSPECTOR, "days_earlier", "found", "log_loss", "calibration_error")


@dataclass(frozen=True, slots=True, eq=False)
class SchedulingResult(Result):
    """What the training of a forecast leaves behind.

    Attributes
    ----------
    visits, forecast
        What was read and found.
    """

    visits: Visits
    forecast: Forecast


def train_forecast(
    archive: Archive,
    task: Task,
    settings: Settings,
    *,
    key: Ed25519PrivateKey,
    at: datetime,
    actor: str,
    catalogue: Catalogue | None = None,
    tracking: bool = True,
    promotion: bool = True,
    clock: Callable[[], datetime] | None = None,
    threads: int = 1,
    progress: Progress = quiet,
) -> SchedulingResult:
    """Train the forecast for planning visits, compare it, and sign it.

    It is champion for scheduling if there is none yet, and a challenger otherwise. It never
    touches the champion for grades.

    Parameters
    ----------
    archive
        Where the records are.
    task
        What to learn and how to judge it; its cohort is one of inspections.
    settings
        Where bundles, the MLflow folder and the ledger are.
    key
        Signs the bundle (`open_key`).
    at, actor
        When and by whom, for the ledger and MLflow.
    catalogue
        Indicators of both uses; those of the package if not given.
    tracking, promotion
        Whether to record it in MLflow, and whether to make it champion for scheduling if there is
        none yet.
    clock
        Tells the moment from which it is champion; `at` where none is given.
    threads
        How many threads compute indicators; results do not depend on them.
    progress
        Told what is being done.

    Raises
    ------
    InvalidError, NotFoundError, PolicyError
        If cohort, windows, catalogue or policy cannot be used.
    """
    time.check_zone(at)
    read_policy(task)
    progress("Reading visits", 0, 1)
    indicators = catalogue or standard_catalogue()
    visits = read_visits(archive, task, indicators, threads=threads)
    forecast = run_forecast(visits, task, settings.mlruns, threads=threads, progress=progress)
    card = _card(visits, task, forecast)
    parts = gather_parts(indicators, forecast.matrix, task, forecast.model, card)
    handover = Handover.store(parts, key, settings, at=at, actor=actor, clock=clock)
    report = render_forecast(visits, task, forecast)
    tracked = None
    if tracking:
        progress("Recording in MLflow", 0, 1)
        tracked = handover.track([_run(visits, task, forecast, card, report)])
    promoted = promotion and handover.introduce(
        f"trained on {task.cohort.name}, deliveries up to {visits.sequence}"
    )
    return SchedulingResult(
        visits=visits,
        forecast=forecast,
        card=card,
        bundle=handover.path,
        digest=handover.digest,
        tracked=tracked,
        promoted=promoted,
        report=report,
    )


def _card(visits: Visits, task: Task, forecast: Forecast) -> ModelCard:
    measures: dict[str, tuple[float, float, float]] = {
        prefix + name: compared.estimate(FORECAST, name)
        for prefix, compared in _compared(forecast).items()
        for name in ON_CARD
        if compared.measured(FORECAST, name)
    }
    return card_of(
        task,
        visits.cohort,
        visits.test,
        visits.sequence,
        measures,
        purpose=Purpose.SCHEDULING,
        caution="; ".join([CAUTION, *([UNCORRECTED] if task.correction else [])]),
    )


def _compared(forecast: Forecast) -> Mapping[str, Comparison]:
    """Return the comparisons by the prefix of their measures."""
    rolling = {} if forecast.rolling is None else {"rolling_": forecast.rolling}
    return {"": forecast.test, **rolling}


def _run(visits: Visits, task: Task, forecast: Forecast, card: ModelCard, report: str) -> Run:
    metrics = {
        f"{prefix or 'test_'}{model}/{name}".replace(",", "").replace(" ", "_"): value
        for prefix, compared in _compared(forecast).items()
        for each, value in compared.results.values.items()
        for model, name in [each.split("/")]
        if not np.isnan(value)
    }
    return Run(
        f"{task.cohort.name}, for planning visits",
        parameters={
            "cohort": task.cohort.name,
            "label": str(task.label),
            "plan_months": task.plan_months,
            "sequence": visits.sequence,
            "catalogue": visits.catalogue.fingerprint,
        },
        metrics=metrics,
        tags={"gradable": "false", "purpose": str(card.purpose)},
        texts={"card.json": card.to_json(), "forecast.md": report},
    )
