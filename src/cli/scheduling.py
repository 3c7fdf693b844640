"""The commands for planning visits: the forecast, and the order that it puts visits in."""

import getpass
import shlex
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markdown import Markdown
from rich.table import Table

from ..terminal import answer, progress, show_warnings, write_table
from .measured import own_unmatched
from .options import AsJson, AsOf, Indicators, open_archive, past_day, read_catalogue

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["forecast", "plan"]

SHOWN = 10


def forecast(
    cohort: Annotated[
        str, typer.Option(help="Cohort of inspections of a delivered source's task.")
    ] = "inspections",
    task: Annotated[
        Path | None, typer.Option(help="Task file, if not the delivered sources' own.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option(help="Page that gets the comparison, between its marks.")
    ] = None,
    indicators: Indicators = None,
    as_json: AsJson = False,
) -> None:
    """Train the forecast for planning visits; it knows surroundings and never decides a grade."""
    from ..archive import Archive
    from ..core.settings import load_settings
    from ..training import find_task, open_key, read_task, train_forecast, write_report

    settings = load_settings()
    archive = Archive(settings.archive)
    delivered = {delivery.source for delivery in archive.deliveries()}
    chosen = read_task(task) if task else find_task(settings.sources, cohort, delivered)
    catalogue = read_catalogue(indicators)
    with progress(Console(stderr=True)) as tell:
        result = train_forecast(
            archive,
            chosen,
            settings,
            key=open_key(settings.keys),
            at=datetime.now(UTC),
            actor=getpass.getuser(),
            catalogue=catalogue,
            threads=2,
            progress=tell,
        )
    if report is not None:
        command = shlex.join(["xinheng", *sys.argv[1:]])
        write_report(report, result.report, command, by="forecast")
    came = [*result.visits.events.vocabulary, *archive.bans().vocabulary]
    warnings = own_unmatched(catalogue, came)
    found = {
        "bundle": result.digest,
        "path": str(result.bundle),
        "purpose": str(result.card.purpose),
        "promoted": result.promoted,
        "measures": result.card.measures,
        "notes": result.card.notes,
        "unmatched": warnings,
    }

    def show(console: Console) -> None:
        console.print(Markdown(result.report))
        show_warnings(console, warnings)
        console.print(f"for scheduling: bundle {result.digest[:16]} in {result.bundle}")
        console.print("next: xinheng plan --as-of DATE")

    answer(as_json, found, show)


def plan(
    as_of: AsOf,
    output: Annotated[Path, typer.Option(help="Folder for plan.parquet and plan.csv.")] = Path(
        "out/plan"
    ),
    as_json: AsJson = False,
) -> None:
    """List enterprises in the order in which visits should find the most, by the forecast."""
    from ..core.settings import load_settings
    from ..grading import Purpose, order_visits, read_champion
    from ..ledger import Ledger

    settings, day = load_settings(), past_day(as_of)
    ledger = Ledger(settings.ledger)
    try:
        bundle = read_champion(settings, ledger, Purpose.SCHEDULING)
    finally:
        ledger.close()
    archive = open_archive()
    order = _named(
        archive.enterprises()["id"].to_pandas(), order_visits(archive, bundle, day, threads=2)
    )
    order["as_of"], order["bundle"] = date.fromisoformat(as_of), bundle.digest
    write_table(order, output / "plan.parquet")
    write_table(order, output / "plan.csv")
    first = order.head(SHOWN)
    found = {
        "as_of": as_of,
        "enterprises": len(order),
        "bundle": bundle.digest,
        "output": str(output),
        "first": first[["enterprise", "probability"]].to_dict("records"),
    }

    def show(console: Console) -> None:
        table = Table("enterprise", "probability", title=f"First to visit as of {as_of}")
        for row in first.itertuples():
            table.add_row(str(row.enterprise), f"{row.probability:.1%}")
        console.print(table)
        console.print(f"all {len(order):,} written to {output}/plan.parquet and plan.csv")

    answer(as_json, found, show)


def _named(codes: "pd.Series[str]", order: "pd.DataFrame") -> "pd.DataFrame":
    """Return the order with the enterprises' own codes, and the place of each."""
    found = order.reset_index()
    found["enterprise"] = codes.take(found["enterprise"].to_numpy()).to_numpy()
    found.insert(0, "place", range(1, len(found) + 1))
    return found
