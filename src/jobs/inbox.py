"""The inbox: deliveries that departments lay down, taken into the archive and put aside."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from ..archive import Archive, read_source
from ..core.errors import NotFoundError, XinhengError

__all__ = ["ASIDE", "QUIET", "Taken", "collect"]

ASIDE = ".taken"
QUIET = timedelta(minutes=5)
UNFINISHED = (".part", ".tmp", ".filepart", ".crdownload")


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one delivery in the inbox.

    Attributes
    ----------
    source, delivery
        Names of its two folders.
    state
        `landed`, `known` (the same files had landed before), `waiting` (still being written) or
        `refused`.
    rows
        Rows that were read.
    why
        Why it was refused or waits.
    """

    source: str
    delivery: str
    state: str
    rows: int = 0
    why: str = ""


def collect(
    archive: Archive,
    inbox: Path,
    sources: Path,
    now: datetime,
    *,
    quiet: timedelta = QUIET,
    progress: Callable[[str], object] = lambda _: None,
) -> list[Taken]:
    """Take in every delivery that lies in `inbox/SOURCE/DELIVERY/`, by the order of their names.

    One that landed is moved to `inbox/.taken/`, where the files stay as they came. One that is
    refused stays where it is, and so do the later ones of its source, which may build on it; other
    sources go on. One whose files changed within `quiet` is still being written, and waits.

    Parameters
    ----------
    archive
        Takes them in.
    inbox
        Folder with a folder for each source.
    sources
        Folder of the mappings, named as the folders of the inbox.
    now
        The moment of delivery.

    Raises
    ------
    NotFoundError
        If there is no inbox.
    """
    if not inbox.is_dir():
        raise NotFoundError(
            f"there is no inbox {inbox}; make the folder, with a folder for each source in it, or "
            "name another by XINHENG_INBOX"
        )
    found: list[Taken] = []
    for folder in _folders(inbox):
        for delivery in _folders(folder):
            progress(f"{folder.name}/{delivery.name}")
            taken = _take(archive, delivery, sources / folder.name, now, quiet)
            found.append(taken)
            if taken.state in {"refused", "waiting"}:
                break
            _put_aside(delivery, inbox / ASIDE / folder.name)
    return found


def _take(archive: Archive, delivery: Path, source: Path, now: datetime, quiet: timedelta) -> Taken:
    names = (delivery.parent.name, delivery.name)
    why = _unfinished(delivery, now - quiet)
    if why:
        return Taken(*names, "waiting", why=why)
    try:
        receipt = archive.ingest(read_source(source), delivery, now)
    except XinhengError as error:
        return Taken(*names, "refused", why=str(error))
    rows = sum(each.rows for each in receipt.delivery.files)
    return Taken(*names, "landed" if receipt.landed else "known", rows)


def _folders(folder: Path) -> Iterator[Path]:
    for each in sorted(folder.iterdir()):
        if each.is_dir() and not each.name.startswith("."):
            yield each


def _unfinished(delivery: Path, before: datetime) -> str:
    """Say why a delivery is not complete yet; empty if it is."""
    if delivery.suffix in UNFINISHED:
        return f"its folder ends in {delivery.suffix}"
    files = [each for each in delivery.rglob("*") if each.is_file()]
    for each in files:
        if each.suffix in UNFINISHED:
            return f"{each.name} is still being sent"
    if any(each.stat().st_mtime > before.timestamp() for each in files):
        return "its files changed a moment ago"
    return "" if files else "it holds no files yet"


def _put_aside(delivery: Path, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    target, number = folder / delivery.name, 1
    while target.exists():
        number += 1
        target = folder / f"{delivery.name}.{number}"
    delivery.rename(target)
