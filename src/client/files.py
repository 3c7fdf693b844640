"""Files of enterprises and of their grades, on their way to the service and back.

All goes through files on disk, so that a call can be sent again and memory is bounded.
"""

import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

from ..core.errors import InvalidError, NotFoundError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "ARROW",
    "asked_of_frame",
    "asked_of_table",
    "check_places",
    "media_type",
    "read_batches",
    "read_table",
    "replaced",
    "spooled",
    "write_batches",
    "write_table",
]

ARROW = "application/vnd.apache.arrow.stream"
MEDIA = {
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".arrow": ARROW,
    ".arrows": ARROW,
}
IDENTIFIERS = ("enterprise", "identifier", "code", "统一社会信用代码")
DAY = "as_of"


def media_type(path: Path, encoding: str | None = None) -> str:
    """Return the media type of a file by the ending of its name, with its encoding if it is CSV.

    Raises
    ------
    InvalidError
        If files that end so are not sent.

    Examples
    --------
    >>> media_type(Path("list.csv"), "gb18030")
    'text/csv; charset=gb18030'
    """
    found = MEDIA.get(path.suffix.lower())
    if found is None:
        raise InvalidError(
            f"{path.name!r} does not end as a file that the service grades; name it one of "
            f"{', '.join(MEDIA)} (Arrow files are streams)"
        )
    return f"{found}; charset={encoding}" if encoding and found == MEDIA[".csv"] else found


def check_places(file: Path, into: Path) -> None:
    """Refuse a file that is not there, or a place that has no folder, before anything is asked.

    Raises
    ------
    NotFoundError
        That names it.
    """
    if not file.is_file():
        raise NotFoundError(f"there is no file {str(file)!r} to grade")
    if not into.parent.is_dir():
        raise NotFoundError(f"there is no folder {str(into.parent)!r} to write {into.name!r} to")


@contextmanager
def replaced(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file that takes the place of another once it is whole, and is gone else.

    Only who asked can read it, as it holds grades.
    """
    handle, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def spooled() -> Iterator[tuple[Path, Path]]:
    """Yield where to put what is asked and what is answered; both are gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="xinheng-scores-") as name:
        yield Path(name) / "asked.arrow", Path(name) / "answered.arrow"


def write_batches(path: Path, batches: "Iterable[pa.RecordBatch]") -> None:
    """Write batches of rows as an Arrow stream, one after the other.

    Raises
    ------
    InvalidError
        If there are none: of no batch nobody knows the columns.
    """
    import pyarrow as pa

    each = iter(batches)
    first = next(each, None)
    if first is None:
        raise InvalidError(
            "there are no batches; a question without rows has one, with its columns"
        )
    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, first.schema) as writer:
        writer.write_batch(first)
        for batch in each:
            writer.write_batch(batch)


def write_table(path: Path, table: "pa.Table") -> None:
    """Write a table as an Arrow stream."""
    import pyarrow as pa

    with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)


def read_batches(path: Path) -> "Iterator[pa.RecordBatch]":
    """Yield the batches of an Arrow stream, one after the other."""
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as stream:
        yield from stream


def read_table(path: Path) -> "pa.Table":
    """Return an Arrow stream as a table."""
    import pyarrow as pa

    with pa.OSFile(str(path), "rb") as source, pa.ipc.open_stream(source) as stream:
        return stream.read_all()


def asked_of_table(table: "pa.Table") -> "pa.Table":
    """Return the columns that the service reads; midnights are days.

    Raises
    ------
    InvalidError
        If none of them has identifiers.
    """
    import pyarrow as pa

    found = table.select(_read(table.column_names))
    if DAY not in found.column_names:
        return found
    days, kind = found[DAY], found[DAY].type
    if pa.types.is_timestamp(kind) and kind.tz is None:
        whole = days.cast(pa.date32(), safe=False)
        if whole.cast(kind).equals(days):
            found = found.set_column(found.column_names.index(DAY), DAY, whole)
    return found


def asked_of_frame(frame: "pd.DataFrame") -> "pa.Table":
    """Return the columns of a frame that the service reads.

    Raises
    ------
    InvalidError
        If none of them has identifiers.
    """
    import pyarrow as pa

    columns = frame[_read([*frame.columns])]
    return asked_of_table(pa.Table.from_pandas(columns, preserve_index=False))


def _read(names: Sequence[str]) -> list[str]:
    """Return the names of the columns that the service reads."""
    if not any(name in IDENTIFIERS for name in names):
        exist = ", ".join(map(str, names)) or "none"
        raise InvalidError(
            f"no column has identifiers; name it one of {', '.join(IDENTIFIERS)}. There are: "
            f"{exist}"
        )
    return [name for name in names if name in {*IDENTIFIERS, DAY}]
