"""Arrow files mapped into memory: what was read of them can be given back at once."""

import mmap
from pathlib import Path

import pyarrow as pa
from pyarrow import ipc

__all__ = ["Mapped"]


class Mapped:
    """The record batches of an Arrow file, which lie in the file and take no memory of their own.

    Pages that were read stay with the process until the system wants them back, so that a file
    of gigabytes would seem to fill the memory; `release` gives them back, and what is read again
    comes from the file.

    Parameters
    ----------
    path
        An Arrow file, which may be removed while it is mapped.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder) / "some.arrow"
    ...     batch = pa.record_batch({"n": [1, 2]})
    ...     with ipc.new_file(str(path), batch.schema) as writer:
    ...         writer.write_batch(batch)
    ...     mapped = Mapped(path)
    >>> mapped.release()
    >>> mapped.batches[0]["n"].to_pylist()
    [1, 2]
    """

    __slots__ = ("_pages", "batches")

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            self._pages = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        found = ipc.open_file(pa.py_buffer(self._pages))
        self.batches = [found.get_batch(place) for place in range(found.num_record_batches)]

    def release(self) -> None:
        """Give back the memory of what was read so far; nobody who reads it now is disturbed."""
        self._pages.madvise(mmap.MADV_DONTNEED)
