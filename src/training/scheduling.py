"""Scheduling: from an archive and a task to a signed forecast for planning visits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ..archive import Archive
from ..core.errors import InvalidError
from ..core.settings import Settings
from ..features import Catalogue, standard_catalogue
from ..grading import ModelCard, Purpose
from .experiment import Progress
from .forecast import FORECAST, UNCORRECTED, Forecast, run_forecast
from .measuring import SAME_INSPECTOR, Comparison
from .pages import render_forecast
from .promotion import gather_parts, promote, store_bundle
from .task import Task
from .tracking import Tracked, Tracker
from .train import quiet
from .visits import Visits, read_visits

__all__ = ["PLANNER", "SchedulingResult", "train_forecast"]

PLANNER = "xinheng-schedule"
ON_CARD = ("auc", SAME_INSPECTOR, "days_earlier", "found", "log_loss", "calibration_error")


@dataclass(frozen=True, slots=True, eq=False)
class SchedulingResult:
    """What the training of a forecast left behind.

    Attributes
    ----------
    visits, forecast
        What was read and found.
    card
        The forecast's model card, of purpose `scheduling`.
    bundle, digest
        Folder and digest of its bundle.
    tracked
        Its MLflow run and registered version; None if nothing was tracked.
    promoted
        Whether it was made the champion for scheduling.
    report
        The comparison as Markdown, as `write_report` puts it into a page.
    """

    visits: Visits
    forecast: Forecast
    card: ModelCard
    bundle: Path
    digest: str
    tracked: Tracked | None
    promoted: bool
    report: str


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
    threads: int = 1,
    progress: Progress = quiet,
) -> SchedulingResult:
    """Train the forecast for planning visits, compare it, and make it champion for scheduling.

    It never touches the champion for grades.

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
        Whether to record it in MLflow, and whether to make it champion for scheduling.
    threads
        How many threads compute indicators; results do not depend on them.
    progress
        Told what is being done.

    Raises
    ------
    InvalidError, NotFoundError
        If cohort, windows, catalogue or policy cannot be used.
    """
    if at.tzinfo is None:
        raise InvalidError(f"the moment {at.isoformat()} has no time zone; give it one")
    progress("Reading visits", 0, 1)
    indicators = catalogue or standard_catalogue()
    visits = read_visits(archive, task, indicators, threads=threads)
    forecast = run_forecast(visits, task, settings.mlruns, threads=threads, progress=progress)
    card = _card(visits, task, forecast)
    parts = gather_parts(indicators, forecast.matrix, task, forecast.model, card)
    bundle, digest = store_bundle(settings.bundles, parts, key)
    report = render_forecast(visits, task, forecast)
    tracked = None
    if tracking:
        progress("Recording in MLflow", 0, 1)
        tracker = Tracker(settings.mlruns)
        tracked = _track(tracker, visits, task, forecast, card, report, at=at)
        columns = indicators.ids
        tracked = tracker.register(tracked, PLANNER, bundle, digest=digest, columns=columns, at=at)
        if promotion:
            tracker.promote(PLANNER, tracked)
    if promotion:
        reason = f"trained on {task.cohort.name}, deliveries up to {visits.sequence}"
        promote(settings.ledger, digest, actor=actor, reason=reason, at=at, purpose=card.purpose)
    return SchedulingResult(visits, forecast, card, bundle, digest, tracked, promotion, report)


def _card(visits: Visits, task: Task, forecast: Forecast) -> ModelCard:
    measures: dict[str, tuple[float, float, float]] = {
        prefix + name: compared.estimate(FORECAST, name)
        for prefix, compared in _compared(forecast).items()
        for name in ON_CARD
        if compared.measured(FORECAST, name)
    }
    fold, cohort = visits.test, visits.cohort
    notes = [
        task.title,
        f"trained on deliveries up to {visits.sequence}",
        "it puts visits in order from what is known when a plan begins, and never decides a grade",
        *([UNCORRECTED] if task.correction else []),
    ]
    return ModelCard(
        purpose=Purpose.SCHEDULING,
        cohort=task.cohort.name,
        label=str(task.label),
        windows={"train": cohort.window(fold.train), "test": cohort.window(fold.test)},
        rows={"train": fold.train.size, "test": fold.test.size},
        measures=measures,
        seed=task.seed,
        notes="; ".join(notes),
    )


def _compared(forecast: Forecast) -> Mapping[str, Comparison]:
    """Return the comparisons by the prefix of their measures."""
    rolling = {} if forecast.rolling is None else {"rolling_": forecast.rolling}
    return {"": forecast.test, **rolling}


def _track(
    tracker: Tracker,
    visits: Visits,
    task: Task,
    forecast: Forecast,
    card: ModelCard,
    report: str,
    *,
    at: datetime,
) -> Tracked:
    metrics = {
        f"{prefix or 'test_'}{model}/{name}".replace(",", "").replace(" ", "_"): value
        for prefix, compared in _compared(forecast).items()
        for each, value in compared.results.values.items()
        for model, name in [each.split("/")]
        if not np.isnan(value)
    }
    return tracker.record(
        f"{task.cohort.name}, for planning visits",
        at=at,
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
