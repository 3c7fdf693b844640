"""What the command line prints and writes: tables, bars, lines, files."""

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from .core.errors import InvalidError

if TYPE_CHECKING:
    import pandas as pd

    from .archive import Delivery, Receipt

__all__ = ["answer", "progress", "show_deliveries", "show_receipt", "write_table"]


@contextmanager
def progress(console: Console) -> Iterator[Callable[[str, int, int], None]]:
    """Show steps as bars on a terminal, and as plain lines elsewhere."""
    if not console.is_terminal:
        shown: list[str] = []

        def tell(step: str, _: int, __: int) -> None:
            if step not in shown:
                shown.append(step)
                console.print(step)

        yield tell
        return
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bars:
        tasks: dict[str, Any] = {}

        def draw(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield draw


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
