"""The commands of `xinheng`, and those of other modules gathered."""

import sys
from dataclasses import asdict
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from ..core.errors import InvalidError, NotFoundError, XinhengError
from ..terminal import answer, progress, show_city, show_receipt
from .accounts import accounts_app
from .backup import backup_app
from .beside import beside
from .bundle import bundle_app
from .collect import collect
from .explain import explain
from .grades import grade, grades_app
from .indicators import indicators_app
from .inspections import inspections
from .jobs import jobs_app
from .keys import keys_app
from .leaks import leaks
from .ledger import ledger_app
from .levels import levels_app
from .monitor import alerts, monitor
from .options import AsJson, open_archive, open_source
from .plan import plan
from .promotion import champions, promote, rollback
from .purge import purge
from .reviews import reviews_app
from .rulebook import rulebook_app
from .settings import settings_app
from .training import forecast, recalibrate, train
from .upkeep import archive_app
from .warnings import warnings_app
from .watch import watch_app

__all__ = ["app", "main"]

app = typer.Typer(
    name="xinheng",
    help="Credit-risk grading for food supervision: records in, explained grades out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(accounts_app, name="accounts")
app.add_typer(archive_app, name="archive")
app.add_typer(backup_app, name="backup")
app.add_typer(bundle_app, name="bundle")
app.add_typer(indicators_app, name="indicators")
app.add_typer(grades_app, name="grades")
app.add_typer(jobs_app, name="jobs")
app.add_typer(keys_app, name="keys")
app.add_typer(ledger_app, name="ledger")
app.add_typer(levels_app, name="levels")
app.add_typer(reviews_app, name="reviews")
app.add_typer(rulebook_app, name="rulebook")
app.add_typer(settings_app, name="settings")
app.add_typer(warnings_app, name="warnings")
app.add_typer(watch_app, name="watch")


def main() -> None:
    """Run the command line; an error foreseen, or of the disk, is one message and status 1."""
    try:
        app()
    except (XinhengError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(1)
    except RuntimeError as error:
        if str(error) != "Query interrupted":  # what Ctrl-C is called inside DuckDB
            raise
        print("interrupted; nothing half-written was kept", file=sys.stderr)  # noqa: T201
        sys.exit(130)


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option(help="Folder for everything; what an earlier demo wrote is removed.")
    ] = Path("out/demo"),
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same grades.")] = 1,
    enterprises: Annotated[int, typer.Option(min=100, help="How many market entities.")] = 20_000,
    producers: Annotated[
        int, typer.Option(min=0, help="How many of them make food: more than their share.")
    ] = 300,
    as_json: AsJson = False,
) -> None:
    """Run the whole road on a made-up city: records, indicators, model, grades, report."""
    with progress() as tell:
        tell("Starting", 0, 1)
        from ..demo import demo as run
        from ..demo import show_demo

        found = run(
            output,
            at=datetime.now(UTC),
            seed=seed,
            enterprises=enterprises,
            producers=producers,
            progress=tell,
        )
    answer(as_json, asdict(found), lambda console: show_demo(console, found))


@app.command()
def simulate(
    folder: Annotated[Path, typer.Argument(help="New folder for the city.")],
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    enterprises: Annotated[int, typer.Option(min=100, help="How many market entities.")] = 20_000,
    producers: Annotated[
        int | None, typer.Option(min=0, help="How many make food; 0.02 % if not given.")
    ] = None,
    years: Annotated[int, typer.Option(min=2, help="How many years, from 2020 on.")] = 6,
    laws: Annotated[str, typer.Option(help="Laws of behaviour: standard or contrary.")] = (
        "standard"
    ),
    as_json: AsJson = False,
) -> None:
    """Make up a city and write what its departments deliver, and the hidden truth apart."""
    from ..simulation import simulate as run

    with progress() as tell:
        city = run(
            folder,
            seed,
            enterprises=enterprises,
            producers=producers,
            years=years,
            laws=laws,
            progress=tell,
        )
    answer(as_json, asdict(city), lambda console: show_city(console, city))


@app.command()
def ingest(
    source: Annotated[str, typer.Argument(help="Name of a source, or path of its folder.")],
    folder: Annotated[Path, typer.Argument(help="Folder with the files of one delivery.")],
    as_json: AsJson = False,
) -> None:
    """Take a department's delivery into the archive: all of it or nothing."""
    receipt = open_archive().ingest(open_source(source), folder, datetime.now(UTC))
    answer(
        as_json,
        {"landed": receipt.landed} | receipt.delivery.model_dump(mode="json"),
        lambda console: show_receipt(console, receipt),
    )
    if not receipt.useful:
        held = any(file.quarantined for file in receipt.delivery.files)
        why = "`xinheng archive quarantine` shows why" if held else "the mapping skips them all"
        raise InvalidError(f"no row of the delivery could be used; {why}")


@app.command()
def serve(
    host: Annotated[
        str | None,
        typer.Option(help="Address to listen on; without it, XINHENG_ADDRESS, 127.0.0.1."),
    ] = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port to listen on.")] = 8000,
    jobs: Annotated[
        bool, typer.Option("--jobs", help="Run the scheduled jobs too, in a process beside it.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=64, help="Processes that answer; by default XINHENG_WORKERS."),
    ] = None,
) -> None:
    """Answer grades and explanations over HTTP to those who have a key.

    With several workers, one that dies is replaced, and SIGHUP replaces them one by one.
    """
    from ..core.settings import load_settings

    with beside(jobs=jobs):
        try:
            from ..serving import serve as run
        except ModuleNotFoundError as error:
            message = f"the service needs {error.name}: pip install 'xinheng[serving]'"
            raise NotFoundError(message) from None
        announce = partial(Console(stderr=True).print, soft_wrap=True, highlight=False)
        run(load_settings(), host, port, workers=workers, announce=announce)


trained = (train, recalibrate, forecast, promote, rollback, champions)
for command in (
    collect,
    grade,
    explain,
    *trained,
    plan,
    inspections,
    leaks,
    monitor,
    alerts,
    purge,
):
    app.command()(command)
