"""The commands that show rows set aside, in quarantine or in review, and write them as a sheet."""

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

Source = Annotated[str | None, typer.Option(help="Only rows of this source.")]
Number = Annotated[int | None, typer.Option(min=1, help="Only rows of this delivery.")]
File = Annotated[str | None, typer.Option(help="Only rows of this file.")]
Fault = Annotated[str | None, typer.Option(help="Only rows with a fault that holds this text.")]
Settled = Annotated[
    bool, typer.Option("--all", help="Also rows that a replay or a decision settled.")
]
Limit = Annotated[int, typer.Option(min=1, help="How many rows to show.")]
Target = Annotated[Path, typer.Argument(help="File to write: .csv, .jsonl or .parquet.")]

QUARANTINE = "Source rows in quarantine, with every fault they have"
REVIEW = "Source rows in review, which name no enterprise that is certain"
FOR_DEPARTMENTS = "Write the source rows, all their columns, with their faults, for who mends them."
FOR_CLERKS = (
    "Write the source rows with the enterprises that come near, and columns in which to decide "
    "(see `import`)."
)


def _app(fate: str, help_: str, export_help: str) -> typer.Typer:
    """Return the commands on the rows of one fate: `list`, which is the default, and `export`."""
    app = typer.Typer(help=f"{help_}.", invoke_without_command=True)

    @app.callback(help=f"{help_}; without a command: list.")
    def default(context: typer.Context, limit: Limit = 20, as_json: AsJson = False) -> None:
        if context.invoked_subcommand is None:
            _list(fate, _selection(), limit, as_json)

    @app.command("list", help="Show what the rows have or wait for, by rows, then the latest.")
    def list_rows(
        source: Source = None,
        delivery: Number = None,
        file: File = None,
        fault: Fault = None,
        settled: Settled = False,
        limit: Limit = 20,
        as_json: AsJson = False,
    ) -> None:
        _list(fate, _selection(source, delivery, file, fault, settled), limit, as_json)

    @app.command("export", help=export_help)
    def export_rows(
        path: Target,
        source: Source = None,
        delivery: Number = None,
        file: File = None,
        fault: Fault = None,
        settled: Settled = False,
        as_json: AsJson = False,
    ) -> None:
        _export(fate, _selection(source, delivery, file, fault, settled), path, as_json)

    return app


quarantine_app = _app("quarantined", QUARANTINE, FOR_DEPARTMENTS)
review_app = _app("review", REVIEW, FOR_CLERKS)


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
    from ..archive.sheet import export, export_questions

    rows = open_archive().waiting(fate, wanted)
    write = export_questions if fate == "review" else export
    write(rows, path)
    found = {"rows": len(rows), "output": str(path)}
    answer(as_json, found, lambda console: console.print(f"{len(rows):,} rows written to {path}"))
