"""The commands of scheduled jobs: what there is, what ran, what is due, and running them."""

import logging
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from ..core.errors import InvalidError, WorkerError
from ..core.time import SHANGHAI
from ..terminal import answer, prose
from .options import AsJson
from .person import person

if TYPE_CHECKING:
    from ..jobs import Timetable, Watch
    from ..ledger import JobRun

__all__ = ["PROGRAM", "jobs_app"]

PROGRAM = (sys.executable, "-m", "xinheng.cli.bound")
STYLES = {"failed": "bold red", "lost": "bold red", "late": "bold red", "running": "yellow"}
LEDGER_SECONDS = 30.0

jobs_app = typer.Typer(
    help="Scheduled jobs: what there is, what ran, and running what is due.", no_args_is_help=True
)
Name = Annotated[str, typer.Argument(help="Name of the job, as `xinheng jobs list` has it.")]


@jobs_app.command("list")
def list_jobs(as_json: AsJson = False) -> None:
    """List every job: when it runs, when next, and how it went last."""
    from ..jobs import next_slot

    now = datetime.now(UTC)
    with _opened() as (timetable, watch):
        jobs = watch.runner.ledger.jobs
        found = [
            (each, next_slot(each, now), jobs.last(each.name), jobs.last(each.name, "done"))
            for each in timetable.job
        ]
    told = [
        {
            "name": job.name, "zh": job.zh, "en": job.en, "command": list(job.command),
            "rhythm": job.rhythm, "next": upcoming.isoformat(),
            "last": None if last is None else _plain(last),
            "last_done": None if done is None or done.ended is None else done.ended.isoformat(),
        }
        for job, upcoming, last, done in found
    ]  # fmt: skip

    def show(console: Console) -> None:
        table = Table("job", prose("what"), "when", "next", "last run", "last done")
        for job, upcoming, last, done in found:
            ended = _moment(done.ended) if done else "never"
            outcome = _styled(last.outcome) if last else "never ran"
            table.add_row(
                job.name, f"{job.zh} {job.en}", job.rhythm, _moment(upcoming), outcome, ended
            )
        console.print(table)

    answer(as_json, {"jobs": told}, show)


@jobs_app.command()
def history(
    name: Annotated[str | None, typer.Argument(help="Only runs of this job.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show the runs of jobs, newest first: how they ended, what they told, and what to do."""
    from ..jobs import advice

    with _opened() as (timetable, watch):
        if name is not None:
            timetable[name]
        runs = watch.runner.ledger.jobs.runs(name, limit=limit)

    def show(console: Console) -> None:
        table = Table("run", "job", "for", "started", "took", "outcome", "counts")
        for run in runs:
            slot = _moment(run.slot) if run.slot else f"asked by {run.actor}"
            table.add_row(
                str(run.id), run.job, slot, _moment(run.started), _took(run),
                _styled(run.outcome), ", ".join(f"{k} {v:,}" for k, v in run.counts.items()),
            )  # fmt: skip
        console.print(table if runs else "no job ran yet: xinheng jobs list")
        for run in runs:
            if run.outcome in STYLES and run.excerpt:
                console.print(f"run {run.id} ({run.job}) told:")
                console.print(run.excerpt, highlight=False, markup=False, soft_wrap=True)
                console.print(advice(run), highlight=False, markup=False, soft_wrap=True)

    answer(as_json, {"runs": [_plain(each) for each in runs]}, show)


@jobs_app.command()
def run(name: Name, as_json: AsJson = False) -> None:
    """Run a job now, to its end; refused while it runs elsewhere."""
    from ..jobs import Due

    with _opened() as (timetable, watch):
        job, runner = timetable[name], watch.runner
        runner.mend([name])
        asked = runner.ledger.jobs.request(name, at=runner.clock(), actor=person())
        [request] = [each for each in runner.ledger.jobs.requests() if each.id == asked]
        done = runner.run(Due(job, None, request=request))
        last = runner.ledger.jobs.last(name)
    if done is None:
        where = f" on {last.host} since {_moment(last.started)}" if last else ""
        raise InvalidError(
            f"the job {name} runs already{where}; request {asked} stays, and is run after it by "
            "whoever watches (`xinheng jobs due`)"
        )
    answer(as_json, _plain(done), lambda console: _show(console, [done]))
    _refuse_failed([done])


@jobs_app.command("due")
def run_due(as_json: AsJson = False) -> None:
    """Run what is due, once: slots of the timetable, missed ones, tries to repeat, requests.

    For a timer of the system, such as once a minute. What another machine runs is left to it.
    """
    with _opened() as (_, watch), _stoppable(watch):
        runs = watch.once()
    answer(as_json, {"runs": [_plain(each) for each in runs]}, lambda c: _show(c, runs))
    _refuse_failed(runs)


@jobs_app.command("watch")
def watch_jobs(
    pause: Annotated[float, typer.Option(min=1, help="Seconds between two looks.")] = 20.0,
) -> None:
    """Run what is due whenever it is, until stopped; `xinheng serve --jobs` does this beside it."""
    from ..core.logs import set_up_logs
    from ..core.settings import load_settings

    set_up_logs(load_settings())
    with _opened() as (timetable, watch), _stoppable(watch):
        logging.getLogger("xinheng.jobs").info("watching %d jobs", len(timetable.job))
        watch.forever(pause)


@contextmanager
def _opened() -> "Iterator[tuple[Timetable, Watch]]":
    from ..core.settings import load_settings
    from ..jobs import Runner, Watch, read_timetable
    from ..ledger import Ledger

    settings = load_settings()
    timetable = read_timetable(settings.jobs)
    ledger = Ledger.open(settings, LEDGER_SECONDS)
    try:
        yield timetable, Watch(timetable, Runner(ledger, PROGRAM, lambda: datetime.now(UTC)))
    finally:
        ledger.close()


@contextmanager
def _stoppable(watch: "Watch") -> Iterator[None]:
    """Let SIGTERM and Ctrl-C end the job that runs, and write that down."""

    def stop(*_: object) -> None:
        watch.runner.stop.set()

    before = {each: signal.signal(each, stop) for each in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def _refuse_failed(runs: "list[JobRun]") -> None:
    from ..jobs import advice

    failed = [each for each in runs if each.outcome != "done"]
    if failed:
        told = "; ".join(f"{each.job}: {each.outcome}" for each in failed)
        raise WorkerError(f"{told}. {advice(failed[-1])}")


def _plain(run: "JobRun") -> dict[str, Any]:
    from ..jobs import advice

    moments = {
        name: None if (moment := getattr(run, name)) is None else moment.isoformat()
        for name in ("slot", "started", "ended")
    }
    return asdict(run) | moments | {"advice": advice(run)}


def _show(console: Console, runs: "list[JobRun]") -> None:
    for each in runs:
        counts = ", ".join(f"{key} {value:,}" for key, value in each.counts.items())
        console.print(f"{each.job}: {_styled(each.outcome)} in {_took(each)}  {counts}")
        if each.outcome != "done":
            console.print(each.excerpt, highlight=False, markup=False, soft_wrap=True)
    if not runs:
        console.print("nothing is due")


def _styled(outcome: str) -> str:
    style = STYLES.get(outcome, "green")
    return f"[{style}]{outcome}[/]"


def _moment(moment: datetime | None) -> str:
    return f"{moment.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""


def _took(run: "JobRun") -> str:
    if run.ended is None:
        return ""
    return f"{(run.ended - run.started).total_seconds():,.1f} s"
