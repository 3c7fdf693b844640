"""The commands of training: a model for grades, a forecast for visits, and keeping one true."""

import shlex
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypedDict

import typer
from rich.console import Console
from rich.markdown import Markdown

from ..core.errors import InvalidError, PromotionError
from ..terminal import answer, progress, show_warnings
from .measured import own_unmatched
from .options import AsJson, Indicators, choose_task, open_archive, read_catalogue
from .person import person

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    from ..archive import Archive
    from ..core.settings import Settings
    from ..features import Catalogue, Events
    from ..grading import Bundle
    from ..training import Result, Task

__all__ = ["forecast", "recalibrate", "train"]

COMPARED = ("auc", "log_loss")

Cohort = Annotated[str, typer.Option(help="Cohort of a delivered source's task.")]
TaskFile = Annotated[
    Path | None, typer.Option(help="Task file, if not the delivered sources' own.")
]
Report = Annotated[
    Path | None, typer.Option(help="Page that gets the comparison, between its marks.")
]


class _Asked(TypedDict):
    """What every training takes."""

    archive: "Archive"
    task: "Task"
    settings: "Settings"
    key: "Ed25519PrivateKey"
    at: datetime
    clock: Callable[[], datetime]
    actor: str
    threads: int


def train(
    cohort: Cohort = "inspections",
    task: TaskFile = None,
    delivery: Annotated[
        Path | None, typer.Option(help="Folder with the task's reference scores, to compare with.")
    ] = None,
    rival: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=DIGEST",
            help="Earlier bundle to compare on the same test rows, by the first digits of its "
            "digest; may be repeated.",
        ),
    ] = None,
    report: Report = None,
    trials: Annotated[
        int | None, typer.Option(min=1, help="Search LightGBM's settings by so many trials.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option(dir_okay=False, help="File for the report on the model, for people."),
    ] = None,
    indicators: Indicators = None,
    as_json: AsJson = False,
) -> None:
    """Train all learners, compare them out of time, and sign a challenger.

    The first model of all is champion at once; a later one has to pass `xinheng promote`.
    """
    from ..archive.disk import replacing
    from ..training import CHAMPION, render_assessment
    from ..training import train as run

    _check_marks("train", report)
    asked, catalogue = _asked(cohort, task), read_catalogue(indicators)
    rivals = _rivals(asked["settings"], rival or ())
    if trials is not None:
        asked["task"] = _searching(asked["task"], trials)
    with progress() as tell:
        result = run(**asked, delivery=delivery, catalogue=catalogue, rivals=rivals, progress=tell)
    if html is not None:
        with replacing(html) as draft:
            draft.write_text(render_assessment(result.assessment), "utf-8")
    test = result.experiment.test
    found = {
        "rivals": {
            name: {"bundle": bundle.digest}
            | {measure: test.difference(CHAMPION, name, measure) for measure in COMPARED}
            for name, bundle in rivals.items()
        }
    }
    warnings = _unmatched(asked["archive"], catalogue, result.inputs.events)
    _report("train", report, result)
    following = "grade --as-of DATE, xinheng explain ID --as-of DATE"
    _answer(as_json, result, found, warnings, following, _named(cohort, task))


def forecast(
    cohort: Cohort = "inspections",
    task: TaskFile = None,
    report: Report = None,
    indicators: Indicators = None,
    as_json: AsJson = False,
) -> None:
    """Train the forecast for planning visits; it knows surroundings and never decides a grade.

    The first one is in force at once; a later one has to pass `xinheng promote`.
    """
    from ..training import train_forecast

    _check_marks("forecast", report)
    asked, catalogue = _asked(cohort, task), read_catalogue(indicators)
    with progress() as tell:
        result = train_forecast(**asked, catalogue=catalogue, progress=tell)
    warnings = _unmatched(asked["archive"], catalogue, result.visits.events)
    _report("forecast", report, result)
    _answer(as_json, result, {}, warnings, "plan --as-of DATE", _named(cohort, task))


def recalibrate(
    cohort: Cohort = "inspections", task: TaskFile = None, as_json: AsJson = False
) -> None:
    """Let the champion's calibration follow the outcomes known since its training, once a month."""
    from ..training import recalibrate as run

    result = run(**_asked(cohort, task))

    def show(console: Console) -> None:
        console.print(
            f"{result.rows:,} outcomes since the training, {result.violations:,} of them "
            f"violations: log-odds moved by {result.moved:+.3f}"
        )
        for gate in result.gates:
            console.print(f"{gate.name}: {gate.status}; {gate.says}")
        standing = "champion for grade" if result.promoted else "challenger"
        console.print(f"{standing}: bundle {result.digest[:16]} in {result.bundle}")

    told = {"bundle": str(result.bundle), "gates": [gate.to_dict() for gate in result.gates]}
    answer(as_json, {**asdict(result), **told}, show)
    if not result.promoted:
        raise PromotionError(
            f"the recalibrated {result.digest[:12]} is a challenger: a leap of the level may be a "
            "fault of the data. Look at what came in; if it is real, a second person signs for it: "
            f"xinheng promote {result.digest[:12]} --reason WHY --sign-off NAME --despite GATE"
        )


def _asked(cohort: str, task: Path | None) -> _Asked:
    from ..core.settings import load_settings
    from ..training import open_key

    archive, settings = open_archive(), load_settings()
    return {
        "archive": archive,
        "task": choose_task(task, cohort, {each.source for each in archive.deliveries()}),
        "settings": settings,
        "key": open_key(settings.keys),
        "at": datetime.now(UTC),
        "clock": partial(datetime.now, UTC),
        "actor": person(),
        "threads": 2,
    }


def _searching(task: "Task", trials: int) -> "Task":
    """Return a task that searches by so many trials, and otherwise as it says itself."""
    from ..training import Search

    search = task.search or Search()
    return task.model_copy(update={"search": search.model_copy(update={"trials": trials})})


def _rivals(settings: "Settings", given: Sequence[str]) -> "dict[str, Bundle]":
    """Read the bundles that `--rival` names."""
    from ..grading import find_bundle

    found: dict[str, Bundle] = {}
    for text in given:
        name, _, digest = text.partition("=")
        if not name or not digest:
            raise InvalidError(
                f"--rival {text} names no bundle; write NAME=DIGEST, such as in_force=1f3a9c, with "
                f"the first digits of a bundle in {settings.bundles}"
            )
        if name in found:
            raise InvalidError(f"two rivals are called {name!r}; give each a name of its own")
        found[name] = find_bundle(settings, digest)
    return found


def _unmatched(archive: "Archive", catalogue: "Catalogue", events: "Events") -> list[str]:
    return own_unmatched(catalogue, [*events.vocabulary, *archive.bans().vocabulary])


def _check_marks(command: str, page: Path | None) -> None:
    from ..training import check_marks

    if page is not None:
        check_marks(page, by=command)


def _report(command: str, page: Path | None, result: "Result") -> None:
    from ..training import write_report

    if page is not None:
        write_report(page, result.report, shlex.join(["xinheng", *sys.argv[1:]]), by=command)


def _named(cohort: str, task: Path | None) -> str:
    """Return the options by which another command finds the same task."""
    return f"--task {task}" if task else f"--cohort {cohort}"


def _answer(
    as_json: bool,
    result: "Result",
    more: Mapping[str, object],
    warnings: list[str],
    following: str,
    task: str,
) -> None:
    purpose = result.card.purpose
    found = {
        "bundle": result.digest,
        "path": str(result.bundle),
        "purpose": str(purpose),
        "promoted": result.promoted,
        "measures": result.card.measures,
        "notes": result.card.notes,
        "unmatched": warnings,
    }

    def show(console: Console) -> None:
        console.print(Markdown(result.report))
        show_warnings(console, warnings)
        standing = f"champion for {purpose}" if result.promoted else f"challenger for {purpose}"
        console.print(f"{standing}: bundle {result.digest[:16]} in {result.bundle}")
        promoting = f"promote {result.digest[:12]} {task} --reason WHY"
        console.print(f"next: xinheng {following if result.promoted else promoting}")

    answer(as_json, {**found, **more}, show)
