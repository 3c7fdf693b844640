"""What any command prints and writes: an answer for people or machines, a table as a file."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Column

from ..core.errors import InvalidError

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = [
    "answer",
    "check_table",
    "prose",
    "write_page",
    "write_parts",
    "write_table",
    "write_tables",
]


def prose(header: str = "") -> Column:
    """Return a column of texts that may be partly Chinese, of which nothing is left out.

    Rich takes a line of wide characters for longer than its column where a blank follows, and puts
    an ellipsis in the place of its end; folded, the blank is dropped.

    Examples
    --------
    >>> from rich.table import Table
    >>> table = Table(prose("what"), box=None)
    >>> table.add_row("归集 the inbox of it")
    >>> Console(width=14).print(table)
    what
    归集 the inbox
    of it
    """
    return Column(header, overflow="fold")


def write_table(frame: "pd.DataFrame", path: Path) -> None:
    """Write a table by the ending of its path, `.parquet` or `.csv`, whole or not at all."""
    write_tables([frame], path)


def check_table(path: Path) -> None:
    """Refuse a path to which no table can be written."""
    if path.suffix not in (".parquet", ".csv"):
        raise InvalidError(f"{path} must end in .parquet or .csv")


def write_tables(frames: "Iterable[pd.DataFrame]", path: Path) -> None:
    """Write the parts of a table one after the other, whole or not at all; see `write_table`."""
    from ..archive.disk import replacing

    writers = {".parquet": _write_parquet, ".csv": _write_csv}
    check_table(path)
    with replacing(path) as draft:
        writers[path.suffix](frames, draft)


def write_parts(tables: "Iterable[pa.Table]", path: Path) -> int:
    """Write parts of an Arrow table with one schema, and return how many rows; see `write_table`.

    No more than a part is held, and columns keep their types, whatever is missing in them.
    """
    from ..archive.disk import replacing

    writers = {".parquet": _parts_to_parquet, ".csv": _parts_to_csv}
    check_table(path)
    with replacing(path) as draft:
        return writers[path.suffix](tables, draft)


def _parts_to_parquet(tables: "Iterable[pa.Table]", path: Path) -> int:
    import pyarrow.parquet as pq

    rows = 0
    with ExitStack() as stack:
        writer = None
        for table in tables:
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(path, table.schema))
            writer.write_table(table)
            rows += table.num_rows
    return rows


def _parts_to_csv(tables: "Iterable[pa.Table]", path: Path) -> int:
    import pandas as pd

    rows = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, table in enumerate(tables):
            frame = table.to_pandas(types_mapper=pd.ArrowDtype)
            frame.to_csv(file, index=False, header=number == 0)
            rows += table.num_rows
    return rows


def _write_parquet(frames: "Iterable[pd.DataFrame]", path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    with ExitStack() as stack:
        writer = None
        for frame in _filled(frames):
            table = pa.Table.from_pandas(frame, preserve_index=False)
            if writer is None:
                writer = stack.enter_context(pq.ParquetWriter(path, table.schema))
            writer.write_table(table.cast(writer.schema))


def _write_csv(frames: "Iterable[pd.DataFrame]", path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        for number, frame in enumerate(_filled(frames)):
            frame.to_csv(file, index=False, header=number == 0)


def _filled(frames: "Iterable[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
    """Yield the frames that have rows; the last one where none has."""
    some, empty = False, None
    for frame in frames:
        if len(frame):
            some = True
            yield frame
        else:
            empty = frame
    if not some and empty is not None:
        yield empty


def write_page(page: str, output: Path | None, as_json: bool) -> None:
    """Write a page of Markdown, or print it if there is no file to write it to."""
    from ..archive.disk import replacing

    if output is None:
        answer(as_json, {"page": page}, lambda console: console.out(page, end="", highlight=False))
        return
    if output.suffix != ".md":
        raise InvalidError(f"{output} must end in .md: the page is Markdown")
    with replacing(output) as draft:
        draft.write_text(page, encoding="utf-8")
    found = {"output": str(output), "lines": page.count("\n")}
    answer(as_json, found, lambda console: console.print(f"written to {output}", soft_wrap=True))


def answer(as_json: bool, found: Mapping[str, Any], show: Callable[[Console], None]) -> None:
    """Print what a command found: as one JSON object, or as `show` lays it out."""
    if as_json:
        print(json.dumps(found, ensure_ascii=False, default=str))  # noqa: T201
    else:
        show(Console(width=None if sys.stdout.isatty() else 120))
