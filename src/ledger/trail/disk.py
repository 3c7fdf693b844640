"""Writing to disk for good: all of it, and flushed."""

import errno
import os

__all__ = ["write"]


def write(file: int, text: bytes) -> None:
    """Write all of a text; it is on disk when this returns.

    Raises
    ------
    OSError
        If the disk does not take it.
    """
    if os.write(file, text) != len(text):
        raise OSError(errno.ENOSPC, "only a part was written")
    os.fsync(file)
