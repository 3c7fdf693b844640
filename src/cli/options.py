"""Options that several commands share, and what they mean."""

from collections.abc import Collection
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..core import time
from ..core.errors import DeclarationError, InvalidError, NotFoundError

if TYPE_CHECKING:
    from ..archive import Archive, Source
    from ..features import Catalogue
    from ..training import Task

__all__ = [
    "AsJson",
    "AsOf",
    "Indicators",
    "Threads",
    "choose_task",
    "open_archive",
    "open_source",
    "past_day",
    "read_catalogue",
]

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object for machines.")]
AsOf = Annotated[
    str, typer.Option(help="Start of this day in Shanghai; only what was available before counts.")
]

Threads = Annotated[
    int, typer.Option(min=1, help="How many parts are read and computed at once, each in memory.")
]

Indicators = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE",
        help="Catalogue of indicators as JSON, as `Catalogue.to_json` writes it, instead of the "
        "package's own.",
    ),
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


def choose_task(path: Path | None, cohort: str, sources: Collection[str]) -> "Task":
    """Read a task file, or find the one of a cohort among those of some sources."""
    from ..core.settings import load_settings
    from ..training import find_task, read_task

    return read_task(path) if path else find_task(load_settings().sources, cohort, sources)


def read_catalogue(path: Path | None) -> "Catalogue":
    """Read a catalogue of indicators, or return the package's own; nothing of it is executed."""
    from ..features import Catalogue, standard_catalogue

    if path is None:
        return standard_catalogue()
    if not path.is_file():
        raise NotFoundError(
            f"there is no file {path}; in Python, Path({str(path)!r}).write_text(catalogue."
            "to_json()) writes one"
        )
    try:
        return Catalogue.from_json(path.read_text(encoding="utf-8"))
    except DeclarationError as error:
        raise DeclarationError(f"{path}: {error}") from error
