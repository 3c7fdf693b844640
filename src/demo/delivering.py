"""Delivering: the files of a made-up city, taken in department by department."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..archive import Archive
    from ..simulation import Simulation

__all__ = ["Progress", "deliver"]

Progress = Callable[[str, int, int], None]


def deliver(
    city: "Simulation", archive: "Archive", sources: Path, at: datetime, tell: Progress
) -> None:
    """Take in what every department of a city delivers.

    Parameters
    ----------
    city
        The city.
    archive
        Where it goes.
    sources
        Folder of the source mappings.
    at
        When it is received.
    tell
        Told of every department.
    """
    from ..archive import read_source

    for done, name in enumerate(city.delivering):
        tell("Taking in deliveries", done, len(city.delivering))
        archive.ingest(read_source(sources / name), city.folder / "deliveries" / name, at)
