"""Options that several commands share, and what they mean."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..core import time
from ..core.errors import InvalidError

if TYPE_CHECKING:
    from ..archive import Archive, Source

__all__ = ["AsJson", "AsOf", "open_archive", "open_source", "past_day"]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
AsOf = Annotated[
    str, typer.Option(help="Start of this day in Shanghai; only what was available before counts.")
]


def past_day(as_of: str) -> int:
    """Return the day number of `--as-of`, which must not lie ahead: records may still come."""
    number, today = time.day(as_of), time.day_of(datetime.now(UTC))
    if number > today:
        raise InvalidError(f"{as_of} lies ahead; the latest day to ask for is {time.show(today)}")
    return number


def open_archive() -> "Archive":
    """Open the archive that the settings name."""
    from ..archive import Archive
    from ..core.settings import load_settings

    return Archive(load_settings().archive)


def open_source(source: str) -> "Source":
    """Read a source by its name, or by the path of its folder."""
    from ..archive import read_source
    from ..core.settings import load_settings

    path = Path(source) if Path(source).is_dir() else load_settings().sources / source
    return read_source(path)
