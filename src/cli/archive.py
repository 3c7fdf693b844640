"""The commands that read the archive."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from ..core import time
from ..terminal import (
    answer,
    show_awaiting,
    show_credit_file,
    show_deliveries,
    show_overview,
    show_trace,
    write_page,
)
from .held import quarantine_app
from .options import AsJson, open_archive, past_day
from .review import review_app

__all__ = ["archive_app"]

archive_app = typer.Typer(help="Look into the credit archive.", no_args_is_help=True)
archive_app.add_typer(quarantine_app, name="quarantine")
archive_app.add_typer(review_app, name="review")

Kind = Annotated[str | None, typer.Option(help="Only records of this kind.")]


@archive_app.command()
def status(
    department: Annotated[
        str | None,
        typer.Option(help="Only sources whose name, or whose department's, holds this text."),
    ] = None,
    kind: Kind = None,
    deliveries: Annotated[
        bool, typer.Option("--deliveries", help="List deliveries, file by file.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Show what every source delivered, what became of it, and how late and fresh it is."""
    archive = open_archive()
    sources = archive.overview(department, kind)
    found: dict[str, Any] = {"sources": [each.to_dict() for each in sources]}
    found["unfolded"] = archive.unfolded
    chosen = {each.source for each in sources}
    listed = [each for each in archive.deliveries() if each.source in chosen]
    if deliveries:
        found["deliveries"] = [each.model_dump(mode="json") for each in listed]

    def show(console: Console) -> None:
        if deliveries:
            show_deliveries(console, listed)
        elif sources:
            show_overview(console, sources, kind)
            if archive.unfolded:
                console.print(f"{archive.unfolded:,} deliveries lie in the journal, and count")
        elif kind is not None:
            console.print(f"no source has told of {kind} records")
        else:
            console.print("the archive is empty; next: xinheng ingest SOURCE FOLDER")

    answer(as_json, found, show)


@archive_app.command()
def awaiting(
    limit: Annotated[int, typer.Option(min=1, help="How many to show.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Show what happened to records that the archive does not have, or not yet."""
    archive = open_archive()
    rows = archive.awaiting().to_pylist()
    sources = {each.sequence: each.source for each in archive.deliveries()}
    told = [row | {"source": sources[row["sequence"]]} for row in rows]
    found = {"total": len(rows), "happenings": told[-limit:]}
    answer(as_json, found, lambda console: show_awaiting(console, told, limit))


@archive_app.command()
def show(
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Enterprise, as delivered.")],
    as_of: Annotated[
        str | None,
        typer.Option(help="As known at the start of this day in Shanghai; today if not given."),
    ] = None,
    kind: Kind = None,
    as_json: AsJson = False,
) -> None:
    """Show the credit file 信用档案 of an enterprise: every record, as known on a day."""
    day = past_day(as_of) if as_of else time.day_of(datetime.now(UTC))
    archive = open_archive()
    kinds = {} if kind is None else {"kinds": [kind]}
    entries = archive.credit_file(identifier, day, **kinds)
    title = f"信用档案 {identifier}"
    answer(
        as_json,
        {
            "enterprise": identifier,
            "as_of": time.show(day),
            "records": [asdict(entry) for entry in entries],
        },
        lambda console: show_credit_file(console, title, time.show(day), entries),
    )


@archive_app.command()
def lineage(
    record: Annotated[
        str, typer.Argument(help="Number that the department gives it, or the archive's own.")
    ],
    enterprise: Annotated[
        str | None, typer.Option(help="Whose record it is, which finds it sooner.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show every time a record was told of: department, delivery, file, row, what became of it."""
    traces = open_archive().trace(record, enterprise)
    answer(
        as_json,
        {"records": [asdict(trace) for trace in traces]},
        lambda console: show_trace(console, traces),
    )


@archive_app.command()
def catalogue(
    output: Annotated[
        Path | None, typer.Option(help="Markdown file to write; printed if not given.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the data catalogue 数据目录: every kind of record, field and code."""
    from ..archive.catalogue import render_catalogue

    write_page(render_catalogue(), output, as_json)
