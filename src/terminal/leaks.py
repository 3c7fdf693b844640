"""What a leak test found, for people."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ..training import Leaks

__all__ = ["show_leaks"]


def show_leaks(console: Console, found: "Iterable[Leaks]") -> None:
    """Show of each cut what was altered, what was compared, and every leak."""
    for leaks in found:
        _show(console, leaks)


def _show(console: Console, leaks: "Leaks") -> None:
    title = f"Records that become available from {leaks.cut} on"
    table = Table("kind", title=title)
    for name in ("records", "left out", "turned"):
        table.add_column(name, justify="right")
    for kind, altered in leaks.records.items():
        counts = (altered.later, altered.left_out, altered.turned)
        table.add_row(kind, *(f"{count:,}" for count in counts))
    console.print(table)
    console.print(
        f"compared: {leaks.cells:,} values in {leaks.rows:,} rows, and {leaks.labels:,} labels "
        f"known before {leaks.cut}; {len(leaks.moved)} values differ as of {leaks.later}"
    )
    if leaks.visits:
        console.print(f"as plans knew them: {leaks.planned:,} values of {leaks.visits:,} visits")
    if leaks.unmoved:
        console.print(f"not tested, for they do not differ then: {', '.join(leaks.unmoved)}")
    console.print(str(leaks), soft_wrap=True)
