"""What a mapping makes of a delivery, on a terminal."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

if TYPE_CHECKING:
    from ..archive.preview import Preview

__all__ = ["show_preview"]

COMMON = ("_row", "enterprise", "number", "occurred")
KEPT = (*COMMON, "linked", "faults")


def show_preview(console: Console, found: "Preview") -> None:
    """Print what would land of each kind, then the counts of rows, then every sort of fault."""
    for kind, first in found.first.items():
        table = Table("row", "enterprise", "number", "occurred", "says", title=kind, expand=True)
        for row in first.to_pylist():
            said = [f"{name}={_text(row[name])}" for name in row if name not in KEPT]
            said = [text for text in said if not text.endswith("=")]
            if row["linked"]:
                said.insert(0, f"(found by {row['linked']})")
            words = escape("  ".join(said))
            if row["faults"]:
                words += f"\n[red]{escape(row['faults'])}[/red]"
            table.add_row(*(escape(_text(row[name])) for name in COMMON), words)
        console.print(table)
        console.print(f"{found.records[kind]:,} {kind} records in all", markup=False)
    for file, counts in found.counts.items():
        shares = ", ".join(f"{count:,} {fate}" for fate, count in counts.items() if fate != "rows")
        console.print(f"{file}: {counts['rows']:,} rows = {shares}", markup=False)
    for fault, count in found.faults.items():
        console.print(f"{count:>8,} × {fault}", markup=False, soft_wrap=True)
    console.print("nothing was written; next: xinheng ingest SOURCE FOLDER")


def _text(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)
