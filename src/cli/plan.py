"""The plan: the order in which visits should find the most."""

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..terminal import answer, write_table
from .options import AsJson, AsOf, open_archive, past_day

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["plan"]

SHOWN = 10


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
    ledger = Ledger.open(settings)
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
