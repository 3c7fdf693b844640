"""What the command line prints and writes: tables, bars, lines, files."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    SpinnerColumn,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
)
from rich.table import Table

from .core.errors import InvalidError

if TYPE_CHECKING:
    import pandas as pd

    from .archive import Delivery, Receipt
    from .simulation import Simulation

__all__ = [
    "answer",
    "progress",
    "show_city",
    "show_deliveries",
    "show_receipt",
    "write_table",
]


@contextmanager
def progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Show steps as bars on a terminal, and elsewhere as plain lines with the seconds passed.

    A step is told by its name, how far it is, and how far it goes; a new name ends the one before.
    """
    if not console.is_terminal:
        began, shown = perf_counter(), set[str]()

        def tell(step: str, _: int, __: int) -> None:
            if step not in shown:
                shown.add(step)
                console.print(f"{perf_counter() - began:6.1f} s  {step}", highlight=False)

        yield tell
        return
    columns = (
        SpinnerColumn(finished_text="✓"),
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, TaskID] = {}
        totals: dict[str, int] = {}

        def draw(step: str, done: int, total: int) -> None:
            if step not in tasks:
                end()
                tasks[step] = bars.add_task(step, total=total)
            totals[step] = total
            bars.update(tasks[step], completed=done, total=total)

        def end() -> None:
            for step, task in tasks.items():
                bars.update(task, completed=totals[step])

        yield draw
        end()


def show_city(console: Console, city: "Simulation") -> None:
    """Print what a simulated city delivers and how hard it is."""
    table = Table("source", "file", "rows", title=f"Simulated city, 2020 to {city.last}")
    for name, count in city.rows.items():
        table.add_row(*name.split("/"), f"{count:,}")
    console.print(table)
    console.print(
        f"{sum(city.rows.values()):,} rows, {city.broken:,} of them broken. "
        f"{city.routine:,} routine inspections, {city.base_rate:.1%} with a critical violation: "
        f"Bayes-optimal AUC {city.bayes_auc:.3f}. From {city.as_of} on, {city.chance:.1%} of all "
        "enterprises have a violation confirmed within a year: Bayes-optimal AUC "
        f"{city.bayes_auc_year:.3f}.",
        highlight=False,
    )
    console.print(f"next, for each source: xinheng ingest SOURCE {city.folder}/deliveries/SOURCE")


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table by the ending of its path, `.parquet` or `.csv`, whole or not at all."""
    writers: dict[str, Callable[..., Any]] = {".parquet": frame.to_parquet, ".csv": frame.to_csv}
    if path.suffix not in writers:
        raise InvalidError(f"{path} must end in .parquet or .csv")
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}")
    writers[path.suffix](draft, index=False)
    draft.rename(path)


def answer(as_json: bool, found: Mapping[str, Any], show: Callable[[Console], None]) -> None:
    """Print what a command found: as one JSON object, or as `show` lays it out."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))  # noqa: T201
    else:
        show(Console(width=None if sys.stdout.isatty() else 120))


def show_receipt(console: Console, receipt: "Receipt") -> None:
    """Show what became of a delivery."""
    delivery = receipt.delivery
    if not receipt.landed:
        console.print(f"the same delivery landed before, as number {delivery.sequence}")
    show_deliveries(console, [delivery])
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in delivery.records.items())
    console.print(f"records: {kinds or 'none new'}", soft_wrap=True)
    for fault, count in delivery.faults.items():
        console.print(f"{count:>8,} × {fault}", markup=False, soft_wrap=True)


def show_deliveries(console: Console, deliveries: "list[Delivery]") -> None:
    """Show deliveries, file by file, with the fates of their rows."""
    table = Table(
        "delivery", "file", "rows", "accepted", "duplicate", "quarantined", "in review", "skipped"
    )
    for delivery in deliveries:
        for file in delivery.files:
            fates = (file.rows, file.accepted, file.duplicate, file.quarantined, file.review)
            skipped = sum(file.skipped.values())
            table.add_row(
                f"{delivery.sequence} {delivery.source}",
                file.path,
                *(f"{count:,}" for count in (*fates, skipped)),
            )
    console.print(table)
