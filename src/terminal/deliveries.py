"""Deliveries and simulated cities on a terminal."""

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

if TYPE_CHECKING:
    from ..archive import Delivery, Receipt
    from ..simulation import Simulation

__all__ = ["show_city", "show_deliveries", "show_receipt"]


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
        f"{city.bayes_auc_year:.3f}. A check would find a critical violation at "
        f"{city.if_checked:.1%}: Bayes-optimal AUC {city.bayes_auc_checked:.3f}.",
        highlight=False,
    )
    console.print(f"next, for each source: xinheng ingest SOURCE {city.folder}/deliveries/SOURCE")


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
    table = Table(box=None, pad_edge=False)
    table.add_column("delivery", overflow="fold")
    table.add_column("file", overflow="fold")
    for name in ("rows", "accepted", "dupl.", "quar.", "review", "skipped"):
        table.add_column(name, justify="right", no_wrap=True)
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
