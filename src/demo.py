"""The demo: a made-up city from its first record to graded enterprises and a report.

Everything lies in one folder that the demo may clear, and in one process: simulation, intake,
indicators, training and calibration, grades, one explanation, the page. The hidden truth of the
city is read by the page alone.
"""

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from .core import time
from .core.errors import InvalidError
from .core.settings import Settings, load_settings
from .terminal import write_table

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pandas as pd

    from .archive import Archive
    from .grading import Scorer
    from .simulation import Simulation
    from .training import Census, Example, Registration, TrainingResult

__all__ = ["Demo", "demo", "settings_of", "show_demo"]

MARKER = "demo.json"
CITY, ARCHIVE, BUNDLES, KEYS, LEDGER = "city", "archive", "bundles", "keys", "ledger.db"
PARQUET, CSV, PAGE, EXPLANATION = "grades.parquet", "grades.csv", "report.html", "explanation.txt"
WRITTEN = (CITY, ARCHIVE, BUNDLES, KEYS, LEDGER, PARQUET, CSV, PAGE, EXPLANATION)
BESIDE_LEDGER = ("-wal", "-shm")
COHORT = "panel"
THREADS = 2
STRONGEST = 15

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """What a demo left behind.

    Attributes
    ----------
    output
        Its folder: `grades.parquet`, `grades.csv`, `report.html`, `explanation.txt`, the bundle
        in `bundles`, and what serves them.
    as_of
        Day of the grades, as YYYY-MM-DD.
    records, graded
        Events in the archive, and enterprises graded.
    levels
        Enterprises in business by level.
    digest
        Of the champion's bundle.
    explained
        Identifier of the enterprise explained; empty if none is in business.
    seconds
        How long each step took.
    """

    output: Path
    as_of: str
    records: int
    graded: int
    levels: Mapping[str, int]
    digest: str
    explained: str
    seconds: Mapping[str, float]


def settings_of(output: Path, sources: Path | None = None) -> Settings:
    """Return the settings under which everything lies in the demo's folder.

    Examples
    --------
    >>> settings_of(Path("out/demo")).archive.as_posix()
    'out/demo/archive'
    """
    given: dict[str, object] = {} if sources is None else {"sources": sources}
    return load_settings(
        archive=output / ARCHIVE,
        bundles=output / BUNDLES,
        keys=output / KEYS,
        ledger=f"sqlite:///{output / LEDGER}",
        mlruns=output / "mlruns",
        trusted_keys=(),
        **given,
    )


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
    from .archive import Archive, read_source
    from .simulation import simulate
    from .training import find_task, open_key, train

    settings, clock = settings_of(output, sources), _Clock(progress)
    _clear(output)
    _mark(output, {"seed": seed, "enterprises": enterprises, "producers": producers})
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
    for done, name in enumerate(city.sources):
        clock.tell("Taking in deliveries", done, len(city.sources))
        source = read_source(settings.sources / name)
        archive.ingest(source, city.folder / "deliveries" / name, at)
    clock.step("train")
    trained = train(
        archive,
        find_task(settings.sources, COHORT, set(city.sources)),
        settings,
        key=open_key(settings.keys),
        at=at,
        actor="xinheng demo",
        tracking=False,
        threads=THREADS,
        progress=clock.tell,
    )
    return _graded(output, settings, archive, trained, city, clock)


def show_demo(console: Console, found: Demo) -> None:
    """Say what a demo left behind, where to look, and how to serve it."""
    table = Table("level", "enterprises", "share", title=f"In business as of {found.as_of}")
    total = sum(found.levels.values())
    for level, count in found.levels.items():
        table.add_row(level, f"{count:,}", f"{count / total:.1%}" if total else "")
    console.print(table)
    took = sum(found.seconds.values())
    at = found.output
    variables = {"ARCHIVE": "archive", "BUNDLES": "bundles", "KEYS": "keys"}
    places = " ".join(f"XINHENG_{name}={at}/{folder}" for name, folder in variables.items())
    serve = f"{places} XINHENG_LEDGER=sqlite:///{at}/ledger.db xinheng serve"
    if at == Path("out/demo"):
        serve = "make serve"
    explained = f" of {found.explained}" if found.explained else ": nobody is in business"
    lines = (
        f"{found.records:,} events, {found.graded:,} enterprises graded, in {took:.0f} s",
        f"grades       {at}/grades.parquet and grades.csv",
        f"report       {at}/report.html",
        f"explanation  {at}/explanation.txt{explained}",
        f"bundle       {at}/bundles/{found.digest}",
        f"next: {serve}",
        "      answers for these grades at http://127.0.0.1:8000/docs",
        "Training was not recorded in MLflow, which takes some 15 s more; xinheng train does it.",
    )
    for line in lines:
        console.print(line, highlight=False, soft_wrap=True)


def _clear(output: Path) -> None:
    """Remove what an earlier demo wrote, and refuse a folder that is not a demo's own."""
    if output.exists() and not output.is_dir():
        raise InvalidError(f"{output} is a file; name a new folder with --output")
    if output.exists() and any(output.iterdir()) and not (output / MARKER).is_file():
        raise InvalidError(
            f"{output} is not empty and was not made by a demo (it has no {MARKER}); nothing in it "
            "was touched: name a new folder with --output, or empty this one yourself"
        )
    for name in (*WRITTEN, *(LEDGER + end for end in BESIDE_LEDGER)):
        path = output / name
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


def _mark(output: Path, given: Mapping[str, object]) -> None:
    output.mkdir(parents=True, exist_ok=True)
    text = json.dumps({"made by": "xinheng demo", **given}, indent=1)
    (output / MARKER).write_text(text + "\n", "utf-8")


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

    from .explaining import to_text
    from .features import compute
    from .grading import Level, Scorer, read_champion
    from .ledger import Ledger
    from .training import census, choose_example, registration

    clock.step("grade", "Grading every enterprise")
    inputs, as_of = trained.inputs, time.day(city.last) + 1
    ledger = Ledger(settings.ledger)
    bundle = read_champion(settings, ledger)
    ledger.close()
    scorer, events = Scorer(bundle, threads=THREADS), inputs.events
    known = np.unique(events.enterprise[time.is_known(events.available, as_of)])
    rows = pd.DataFrame({"enterprise": known, "as_of": np.full(len(known), as_of, np.int32)})
    matrix = compute(bundle.catalogue, events, rows, references=inputs.references, threads=THREADS)
    grades = scorer.grades(matrix, bundle.rules.conditions(events, rows))
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
    page = _page(trained, archive, city, scorer, counted, in_business, example)
    (output / PAGE).write_text(page, "utf-8")
    clock.step("")
    return Demo(
        output=output,
        as_of=time.show(as_of),
        records=len(events),
        graded=len(table),
        levels={str(level): counted.final[level] for level in Level},
        digest=trained.digest,
        explained=example.identifier if example else "",
        seconds=clock.seconds,
    )


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


def _page(
    trained: "TrainingResult",
    archive: "Archive",
    city: "Simulation",
    scorer: "Scorer",
    counted: "Census",
    matrix: "pd.DataFrame",
    example: "Example | None",
) -> str:
    """Hold the model against what came after and against the truth, and write it all down."""
    import numpy as np

    from .simulation import expected_auc
    from .training import (
        OutcomeRule,
        Page,
        audit,
        compare_with_truth,
        render_page,
        strengths,
    )

    inputs, task, experiment = trained.inputs, trained.task, trained.experiment
    tested = inputs.test.test
    cohort, population = inputs.cohort.take(tested), inputs.population[tested]
    conditions = scorer.bundle.rules.conditions(inputs.events, cohort.rows())
    grades = scorer.grades(inputs.matrix.iloc[tested], conditions)
    chances = _chances(city, archive, cohort.rows())
    truth = None
    if chances.size and not np.isnan(chances).all():
        scores = experiment.scores.probability
        truth = compare_with_truth(scores, grades, population, chances, expected_auc)
    strong, sampled = strengths(scorer, matrix)
    if not isinstance(task.label, OutcomeRule):
        raise InvalidError(f"the demo's cohort {COHORT!r} is no panel; its page needs one")
    return render_page(
        Page(
            simulated=True,
            last=time.day(city.last),
            census=counted,
            edition=scorer.bundle.policy.on(counted.as_of),
            label=task.label,
            card=trained.card,
            digest=trained.digest,
            thinned=inputs.thinned,
            per_date=task.thinning.rows_per_date if task.thinning else 0,
            audit=audit(grades, cohort.label, cohort.enterprise, population),
            test=experiment.test,
            populations=experiment.populations,
            truth=truth,
            strengths=strong[:STRONGEST],
            sampled=sampled,
            example=example,
        )
    )


def _chances(
    city: "Simulation", archive: "Archive", rows: "pd.DataFrame"
) -> "npt.NDArray[np.float64]":
    """Return the true chance of each row (enterprise, as_of), NaN where none was worked out."""
    import pandas as pd

    truth = pd.read_parquet(city.folder / "truth" / "chances.parquet")
    names = archive.enterprises()
    numbers = dict(zip(names["id"].to_pylist(), names["enterprise"].to_pylist(), strict=True))
    told = pd.DataFrame(
        {
            "enterprise": truth["enterprise"].map(numbers),
            "as_of": [time.day(each) for each in truth["as_of"]],
            "probability": truth["probability"],
        }
    ).dropna()
    found = rows.merge(told, on=["enterprise", "as_of"], how="left")
    return found["probability"].to_numpy()
