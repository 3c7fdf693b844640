"""The commands on rows set aside: in quarantine, or in review."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..terminal import answer, show_held
from .options import AsJson, open_archive

if TYPE_CHECKING:
    from ..archive.held import Held, Selection

__all__ = ["quarantine_app", "review_app"]

quarantine_app = typer.Typer(
    help="Source rows in quarantine, with every fault they have.", invoke_without_command=True
)
review_app = typer.Typer(
    help="Source rows in review: they name no enterprise that is certain.",
    invoke_without_command=True,
)

Source = Annotated[str | None, typer.Option(help="Only rows of this source.")]
Number = Annotated[int | None, typer.Option(min=1, help="Only rows of this delivery.")]
File = Annotated[str | None, typer.Option(help="Only rows of this file.")]
Fault = Annotated[str | None, typer.Option(help="Only rows with a fault that holds this text.")]
Settled = Annotated[bool, typer.Option("--all", help="Also rows that a replay settled.")]
Limit = Annotated[int, typer.Option(min=1, help="How many rows to show.")]
Target = Annotated[Path, typer.Argument(help="File to write: .csv, .jsonl or .parquet.")]


@quarantine_app.callback()
def quarantine(context: typer.Context, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Source rows in quarantine, with every fault they have; without a command: list."""
    if context.invoked_subcommand is None:
        _list("quarantined", _selection(), limit, as_json)


@review_app.callback()
def review(context: typer.Context, limit: Limit = 20, as_json: AsJson = False) -> None:
    """Source rows in review, which name no enterprise that is certain; without a command: list."""
    if context.invoked_subcommand is None:
        _list("review", _selection(), limit, as_json)


@quarantine_app.command("list")
def list_quarantined(
    source: Source = None,
    delivery: Number = None,
    file: File = None,
    fault: Fault = None,
    settled: Settled = False,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show how often each fault occurs, then the latest rows with all their faults."""
    _list("quarantined", _selection(source, delivery, file, fault, settled), limit, as_json)


@review_app.command("list")
def list_review(
    source: Source = None,
    delivery: Number = None,
    file: File = None,
    settled: Settled = False,
    limit: Limit = 20,
    as_json: AsJson = False,
) -> None:
    """Show rows in review with the enterprises that come near."""
    _list("review", _selection(source, delivery, file, None, settled), limit, as_json)


@quarantine_app.command("export")
def export_quarantined(
    path: Target,
    source: Source = None,
    delivery: Number = None,
    file: File = None,
    fault: Fault = None,
    settled: Settled = False,
    as_json: AsJson = False,
) -> None:
    """Write the source rows, all their columns, with their faults, for who can mend them."""
    _export("quarantined", _selection(source, delivery, file, fault, settled), path, as_json)


@review_app.command("export")
def export_review(
    path: Target,
    source: Source = None,
    delivery: Number = None,
    file: File = None,
    settled: Settled = False,
    as_json: AsJson = False,
) -> None:
    """Write the source rows, all their columns, with the enterprises that come near."""
    _export("review", _selection(source, delivery, file, None, settled), path, as_json)


def _selection(
    source: str | None = None,
    delivery: int | None = None,
    file: str | None = None,
    fault: str | None = None,
    settled: bool = False,
) -> "Selection":
    from ..archive.held import Selection

    return Selection(source, delivery, file, fault, settled)


def _list(fate: str, wanted: "Selection", limit: int, as_json: bool) -> None:
    from ..archive.held import group

    rows: Sequence[Held] = open_archive().waiting(fate, wanted)
    groups = group(rows)
    found = {
        "total": len(rows),
        "groups": [{"fault": fault, "rows": count} for fault, count in groups],
        "rows": [asdict(row) for row in rows[-limit:]],
    }
    answer(as_json, found, lambda console: show_held(console, fate, rows, groups, limit))


def _export(fate: str, wanted: "Selection", path: Path, as_json: bool) -> None:
    from ..archive.held import export

    rows = open_archive().waiting(fate, wanted)
    export(rows, path)
    found = {"rows": len(rows), "output": str(path)}
    answer(as_json, found, lambda console: console.print(f"{len(rows):,} rows written to {path}"))
