"""The demo's run: simulation, intake, training, the runs of a month, an explanation and the page.

Everything lies in one folder that the demo may clear, and in one process.
"""

from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from ..core import time
from ..core.settings import Settings
from ..terminal import write_table
from .delivering import Progress, deliver
from .evidence import areas_of, page_of
from .folder import CITY, CSV, EXPLANATION, MODEL_PAGE, PAGE, PARQUET, clear, mark, settings_of
from .result import Demo

if TYPE_CHECKING:
    import pandas as pd

    from ..archive import Archive
    from ..simulation import Simulation
    from ..training import Registration, TrainingResult

__all__ = ["demo"]

COHORT, ACTOR = "panel", "xinheng demo"
THREADS = 2


def demo(
    output: Path,
    *,
    at: datetime,
    sources: Path | None = None,
    seed: int = 1,
    enterprises: int = 20_000,
    producers: int | None = None,
    progress: Progress = lambda _, __, ___: None,
) -> Demo:
    """Run the whole road on a made-up city; the same arguments give the same grades.

    Parameters
    ----------
    output
        Where everything goes. What an earlier demo wrote there is removed first.
    at
        The present moment: when deliveries are received and the model is promoted.
    sources
        Folder of the source mappings, if not that of the settings.
    seed, enterprises, producers
        Of the city, see `simulation.simulate`.
    progress
        Told what is being done.

    Raises
    ------
    InvalidError
        If the folder holds something else than a demo.
    """
    from ..archive import Archive
    from ..simulation import simulate
    from ..training import find_task, open_key, train

    settings, clock = settings_of(output, sources), _Clock(progress)
    clear(output)
    mark(output, {"seed": seed, "enterprises": enterprises, "producers": producers})
    clock.step("simulate")
    city = simulate(
        output / CITY,
        seed,
        enterprises=enterprises,
        producers=producers,
        progress=lambda step, *far: progress(f"Simulating a city: {step.lower()}", *far),
    )
    clock.step("ingest")
    archive = Archive(settings.archive)
    deliver(city, archive, settings.sources, at, clock.tell)
    clock.step("train")
    trained = train(
        archive,
        find_task(settings.sources, COHORT, set(city.sources)),
        settings,
        key=open_key(settings.keys),
        at=at,
        actor=ACTOR,
        tracking=False,
        threads=THREADS,
        progress=clock.tell,
    )
    clock.step("run")
    _run_months(settings, time.day(city.last) + 1, at, clock.tell)
    clock.step("warn", "Looking for what spreads, and warning")
    alarms, drafts = _warn(settings, time.day(city.last), at)
    found = _graded(output, settings, archive, trained, city, clock)
    return replace(found, alarms=alarms, drafts=drafts)


class _Clock:
    """Tells of steps, and keeps how long each took."""

    def __init__(self, tell: Progress) -> None:
        self.tell = tell
        self.seconds: dict[str, float] = {}
        self._name, self._since = "", perf_counter()

    def step(self, name: str, text: str = "") -> None:
        now = perf_counter()
        if self._name:
            self.seconds[self._name] = round(now - self._since, 2)
        self._name, self._since = name, now
        if text:
            self.tell(text, 0, 1)


def _graded(
    output: Path,
    settings: Settings,
    archive: "Archive",
    trained: "TrainingResult",
    city: "Simulation",
    clock: _Clock,
) -> Demo:
    """Grade everybody as of the day after the last record, explain one, write the page."""
    import numpy as np
    import pandas as pd

    from ..explaining import to_text
    from ..features import compute
    from ..grading import Level, Scorer, read_champion
    from ..ledger import Ledger
    from ..training import (
        census,
        choose_example,
        registration,
        render_assessment,
        render_page,
    )

    clock.step("grade", "Grading every enterprise")
    inputs, as_of = trained.inputs, time.day(city.last) + 1
    ledger = Ledger.open(settings)
    bundle = read_champion(settings, ledger)
    ledger.close()
    scorer, events = Scorer(bundle, threads=THREADS), inputs.events
    known = np.unique(events.enterprise[time.is_known(events.available, as_of)])
    rows = pd.DataFrame({"enterprise": known, "as_of": np.full(len(known), as_of, np.int32)})
    matrix = compute(bundle.catalogue, events, rows, references=inputs.references, threads=THREADS)
    conditions = bundle.rules.conditions(events, rows)
    grades = scorer.grades(matrix, conditions, cards=scorer.cards(events, rows))
    registered = registration(bundle.catalogue, events, known, rows["as_of"].to_numpy())
    counted = census(grades, registered.population, registered.active, as_of)
    names = archive.enterprises()["id"].to_pylist()
    table = _table(grades, [names[number] for number in known], registered, as_of)
    for name in (PARQUET, CSV):
        write_table(table, output / name)
    clock.step("explain", "Explaining one grade")
    example = choose_example(
        scorer, events, inputs.references, grades, registered.active, names, archive.lineage
    )
    if example is not None:
        text = to_text(example.explanation, example.identifier)
        (output / EXPLANATION).write_text(text, "utf-8")
    clock.step("report", "Writing the report")
    in_business = matrix[registered.active]
    page = page_of(trained, archive, city, scorer, counted, in_business, example)
    (output / PAGE).write_text(render_page(page), "utf-8")
    assessment = replace(trained.assessment, truth=page.truth, simulated=True)
    (output / MODEL_PAGE).write_text(render_assessment(assessment), "utf-8")
    clock.step("")
    return Demo(
        output=output,
        as_of=time.show(as_of),
        records=len(events),
        graded=len(table),
        levels={str(level): counted.final[level] for level in Level},
        digest=trained.digest,
        explained=example.identifier if example else "",
        auc=areas_of(page),
        seconds=clock.seconds,
    )


def _run_months(settings: Settings, as_of: int, at: datetime, tell: Progress) -> None:
    """Make the runs of a month, so that levels are in force, some have moved, and are reviewed."""
    from functools import partial

    from ..archive import Archive
    from ..grading import read_champion
    from ..grading.dynamic import advance, open_gradings
    from ..grading.reviewing import ReviewPolicy, districts_of, scan
    from ..ledger import Ledger

    with closing(Ledger.open(settings)) as ledger:
        gradings = open_gradings(settings, ledger, threads=THREADS)
        bundle, start = read_champion(settings, ledger), time.months_after(as_of, -1)
        advance(gradings, bundle, as_of, at=at, actor=ACTOR, start=start, progress=tell)
        where = partial(districts_of, Archive(settings.archive))
        policy = ReviewPolicy.default()
        scan(ledger.history, ledger.reviews, policy, at=at, actor=ACTOR, districts=where)


def _warn(settings: Settings, day: int, at: datetime) -> tuple[int, int]:
    """Look at the end of a day, warn everybody by rule, and draft what follows; count both."""
    from ..archive import Archive
    from ..earlywarning.downgrading import draft_city
    from ..earlywarning.enterprises.warningpolicy import WarningPolicy
    from ..earlywarning.watch import look_and_keep
    from ..grading.dynamic import open_gradings
    from ..ledger import Ledger

    with closing(Ledger.open(settings)) as ledger:
        looked = look_and_keep(Archive(settings.archive), ledger.watch, day, at=at, actor=ACTOR)
        gradings, policy = open_gradings(settings, ledger), WarningPolicy.default()
        drafts = draft_city(
            gradings, ledger.downgrades, policy, day + 1, at=at, actor=ACTOR, threads=THREADS
        )
    return looked.run.alarms, len(drafts.new)


def _table(
    grades: "pd.DataFrame", identifiers: list[str], registered: "Registration", as_of: int
) -> "pd.DataFrame":
    """Return the grades as they are handed out."""
    import pandas as pd

    return pd.DataFrame(
        {
            "enterprise": identifiers,
            "as_of": date.fromisoformat(time.show(as_of)),
            "level": grades["level"].astype(str).to_numpy(),
            "probability": grades["probability"].to_numpy(),
            "low": grades["lower"].to_numpy(),
            "high": grades["upper"].to_numpy(),
            "population": registered.population,
            "in_business": registered.active,
            "model_level": grades["model_level"].astype(str).to_numpy(),
            "rules": grades["rules"].astype(str).to_numpy(),
        }
    )
