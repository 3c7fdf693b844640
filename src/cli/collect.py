"""The command that takes in the deliveries of the inbox."""

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..core.errors import InvalidError
from ..terminal import answer, progress
from .options import AsJson, open_archive

__all__ = ["collect"]


def collect(
    inbox: Annotated[
        Path | None, typer.Option(help="Folder of the inbox; that of XINHENG_INBOX if not given.")
    ] = None,
    quiet: Annotated[
        float, typer.Option(min=0, help="Minutes without a change until a delivery is complete.")
    ] = 5,
    as_json: AsJson = False,
) -> None:
    """Take in every delivery that lies in the inbox, as SOURCE/DELIVERY/; then put it aside."""
    from ..core.settings import load_settings
    from ..jobs import collect as run

    settings = load_settings()
    with progress() as tell:
        found = run(
            open_archive(), inbox or settings.inbox, settings.sources, datetime.now(UTC),
            quiet=timedelta(minutes=quiet), progress=lambda name: tell(name, 0, 1),
        )  # fmt: skip
    refused = [each for each in found if each.state == "refused"]
    counts = {
        state: sum(each.state == state for each in found)
        for state in ("landed", "known", "waiting", "refused")
    }

    def show(console: Console) -> None:
        table = Table("source", "delivery", "what became of it", "rows", "why")
        for each in found:
            table.add_row(each.source, each.delivery, each.state, f"{each.rows:,}", each.why)
        console.print(table if found else "the inbox is empty")

    answer(
        as_json,
        {**counts, "rows": sum(each.rows for each in found), "deliveries": [*map(asdict, found)]},
        show,
    )
    if refused:
        first = refused[0]
        raise InvalidError(
            f"{len(refused)} deliveries were refused and stay in the inbox; the first is "
            f"{first.source}/{first.delivery}: {first.why}. `xinheng archive check-mapping "
            f"{first.source} FOLDER` shows more"
        )
