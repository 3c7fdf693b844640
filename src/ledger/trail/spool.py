"""Spools: where entries wait on disk while the database is locked or gone.

Each chain has one from its first entry on, and holds a lock on it as long as its process lives. A
spool that nobody holds is that of a process that was killed.
"""

import fcntl
import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from .disk import write
from .entry import Entry

__all__ = ["Spool", "left_behind", "spooled"]

FOLDER, END = "spool", ".jsonl"


class Spool:
    """The spool of one chain.

    Parameters
    ----------
    folder
        Of the audit trail.
    chain
        The chain's name.
    create
        Whether it is a new chain's.

    Attributes
    ----------
    waiting
        The entries that are not in the database yet.

    Raises
    ------
    OSError
        If the disk does not take the file.
    BlockingIOError
        If the chain's process lives.
    """

    def __init__(self, folder: Path, chain: str, *, create: bool = True) -> None:
        self.path = folder / FOLDER / (chain + END)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | (os.O_CREAT | os.O_EXCL if create else 0)
        self._file = os.open(self.path, flags, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(self._file)
            raise
        self.waiting: list[Entry] = []
        self._size = 0
        if not create:
            self.waiting = _entries(self.path)
            self._size = os.fstat(self._file).st_size

    def write(self, entries: Sequence[Entry]) -> None:
        """Add entries; they are on disk when this returns, and none is if it raises."""
        text = "".join(f"{entry.line()}\n" for entry in entries).encode()
        try:
            os.ftruncate(self._file, self._size)
            write(self._file, text)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(text)
        self.waiting.extend(entries)

    def clear(self) -> None:
        """Forget the entries: the database has them."""
        self.waiting = []
        os.ftruncate(self._file, 0)
        os.fsync(self._file)
        self._size = 0

    def remove(self) -> None:
        """Take the file away, and let go of it."""
        self.path.unlink(missing_ok=True)
        self.release()

    def release(self) -> None:
        """Let go of the file and leave it, for whoever opens the trail next."""
        os.close(self._file)


def left_behind(folder: Path) -> Iterator[tuple[str, Spool]]:
    """Yield chain and spool of every process that was killed."""
    for path in sorted((folder / FOLDER).glob(f"*{END}")):
        try:
            yield path.stem, Spool(folder, path.stem, create=False)
        except (BlockingIOError, FileNotFoundError):
            continue


def spooled(folder: Path) -> dict[str, list[Entry]]:
    """Return the entries that wait on disk, of living processes as well, by chain."""
    found = {}
    for path in sorted((folder / FOLDER).glob(f"*{END}")):
        try:
            found[path.stem] = _entries(path)
        except FileNotFoundError:
            continue
    return found


def _entries(path: Path) -> list[Entry]:
    """Read a spool up to its last whole line: what comes after was never acknowledged."""
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    entries = []
    for line in whole.splitlines():
        try:
            entries.append(Entry.read(line))
        except ValueError:
            break
    return entries
