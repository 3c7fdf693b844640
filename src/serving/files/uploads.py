"""Uploads: files on disk while a request takes, under a quota, and gone whatever happens."""

import hashlib
import os
import shutil
import tempfile
from collections.abc import AsyncIterable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Self

from fastapi.concurrency import run_in_threadpool

from ..problem import ProblemError

__all__ = ["MOST_BYTES", "Upload", "Uploads"]

MOST_BYTES = 256_000_000
"""Bytes of one file."""
ROOM_BYTES, MOST_FILES, MOST_OWN = 1_000_000_000, 4, 2
PREFIX = "xinheng-upload-"


class Upload:
    """A file that was sent; leaving it as a context removes it.

    Attributes
    ----------
    folder
        Of its own, for whatever is made of it.
    path
        The file.
    size, sha256
        How many bytes it has, and their digest.
    """

    def __init__(self, uploads: "Uploads", folder: Path) -> None:
        self._uploads = uploads
        self.folder, self.path = folder, folder / "file"
        self.size = 0
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def sha256(self) -> str:
        """The digest of what came so far."""
        return self._digest.hexdigest()

    async def take(self, stream: AsyncIterable[bytes]) -> None:
        """Write what comes to disk.

        Raises
        ------
        ProblemError
            If there is no room for it.
        """
        with self.path.open("wb") as file:
            async for piece in stream:
                self._uploads.reserve(len(piece))
                self.size += len(piece)
                self._digest.update(piece)
                try:
                    await run_in_threadpool(file.write, piece)
                except OSError:
                    raise _busy() from None

    def close(self) -> None:
        """Remove the file."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self._uploads.release(self)


class Uploads:
    """All that is uploaded to this process at the moment.

    Parameters
    ----------
    root
        Where files lie meanwhile; the system's folder for temporary files if None. What a process
        left there that was killed is removed.
    room, files
        How many bytes, and how many files, there may be at a time.
    """

    def __init__(
        self, root: Path | None = None, room: int = ROOM_BYTES, files: int = MOST_FILES
    ) -> None:
        self._root = Path(tempfile.gettempdir()) if root is None else root
        self._room, self._files = room, files
        self._used = 0
        self._open: dict[Upload, str] = {}
        self._lock = Lock()
        _sweep(self._root)

    def begin(self, who: str) -> Upload:
        """Begin an upload of somebody.

        Raises
        ------
        ProblemError
            If as many as there may be are under way, of all or of them, or nothing can be written.
        """
        with self._lock:
            if len(self._open) >= self._files:
                raise _busy()
            if sum(each == who for each in self._open.values()) >= MOST_OWN:
                raise _busy(f"{MOST_OWN} files of yours are being graded")
            try:
                folder = tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=self._root)
            except OSError:
                raise _busy() from None
            upload = Upload(self, Path(folder))
            self._open[upload] = who
        return upload

    def reserve(self, size: int) -> None:
        """Take room for some bytes.

        Raises
        ------
        ProblemError
            If there is none left.
        """
        with self._lock:
            if self._used + size > self._room:
                raise _busy()
            self._used += size

    def release(self, upload: Upload) -> None:
        """Give the room of an upload back, once."""
        with self._lock:
            if upload in self._open:
                del self._open[upload]
                self._used -= upload.size


def _busy(why: str = "As many files as there is room for are being graded") -> ProblemError:
    return ProblemError(
        "busy",
        f"{why}; send this one again in a minute.",
        headers={"Retry-After": "60"},
    )


def _sweep(root: Path) -> None:
    """Remove what processes that are no more have left."""
    for path in root.glob(f"{PREFIX}*"):
        process = path.name.removeprefix(PREFIX).partition("-")[0]
        with suppress(OSError, ValueError):
            if not Path(f"/proc/{int(process)}").exists():
                shutil.rmtree(path, ignore_errors=True)
