"""The disk under an archive: what has to outlast a power cut, and what to do when it is full."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from ..core.errors import StorageError

__all__ = ["force", "make", "needing_room", "replacing"]

# Nothing left on the disk, of what one user may have, or of how large a file may be.
FULL = tuple(os.strerror(code) for code in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


@contextmanager
def needing_room(folder: Path) -> Iterator[None]:
    """Explain a full disk, whichever library met it and whatever it took it for.

    Parameters
    ----------
    folder
        Where is being written.

    Raises
    ------
    StorageError
        If there is no room.

    Examples
    --------
    >>> import tempfile
    >>> with needing_room(Path(tempfile.gettempdir())):
    ...     raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    Traceback (most recent call last):
    ...
    xinheng.core.errors.StorageError: there is no room in ...
    """
    try:
        yield
    except Exception as error:
        why = next((words for words in FULL if words in str(error)), None)
        if why is None:
            raise
        free = shutil.disk_usage(folder).free
        raise StorageError(
            f"there is no room in {folder} for what is being written ({why}; its disk has "
            f"{free / 1e6:,.1f} MB left); nothing is half there: free some space, for example by "
            "`xinheng archive vacuum --keep-days 0`, and do it again"
        ) from None


def make(folder: Path) -> None:
    """Make a folder, and those above it, so that they outlast a power cut.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     make(Path(root, "tables", "penalty"))
    ...     Path(root, "tables", "penalty").is_dir()
    True
    """
    if not folder.is_dir():
        make(folder.parent)
        folder.mkdir(exist_ok=True)
        force(folder.parent)


def force(*paths: Path) -> None:
    """Wait until files, and what folders list, are on disk and outlast a power cut."""
    for path in paths:
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Yield where to write a draft, which takes the place of a file once it is whole and on disk.

    Parameters
    ----------
    path
        The file. Its folder is made; what was there stays if anything breaks off.

    Raises
    ------
    StorageError
        If there is no room.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as root:
    ...     with replacing(Path(root, "out", "page.md")) as draft:
    ...         _ = draft.write_text("# Page")
    ...     [(each.name, each.read_text()) for each in Path(root, "out").iterdir()]
    [('page.md', '# Page')]
    """
    make(path.parent)
    draft = path.with_name(f".{path.name}.{uuid4().hex[:8]}")
    try:
        with needing_room(path.parent):
            yield draft
            force(draft)
            os.replace(draft, path)  # noqa: PTH105
            force(path.parent)
    finally:
        draft.unlink(missing_ok=True)
