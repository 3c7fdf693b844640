"""Writing the answer as a stream of bytes, in any of the formats."""

from collections.abc import Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from pyarrow import ipc

from .formats import Format
from .grading import COLUMNS

__all__ = ["written"]

FORMULA = r"^([=+\-@\t\r])"
"""How a cell begins that a spreadsheet would take for a formula."""
GROUP = 100_000


def written(blocks: Iterable[pa.RecordBatch], form: Format) -> Iterator[bytes]:
    """Yield the bytes of a file, as blocks come."""
    match form:
        case Format.CSV:
            yield from _csv(blocks)
        case Format.PARQUET:
            yield from _written(_groups(blocks), lambda sink: pq.ParquetWriter(sink, COLUMNS))
        case Format.ARROW:
            yield from _written(blocks, lambda sink: ipc.new_stream(sink, COLUMNS))


def _csv(blocks: Iterable[pa.RecordBatch]) -> Iterator[bytes]:
    """Yield CSV with a header; what a spreadsheet would compute is led by an apostrophe."""
    yield (",".join(COLUMNS.names) + "\n").encode()
    plain = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    for block in blocks:
        sink = pa.BufferOutputStream()
        safe = pc.replace_substring_regex(block["enterprise"], FORMULA, r"'\1")
        pacsv.write_csv(block.set_column(0, "enterprise", safe), sink, plain)
        yield sink.getvalue().to_pybytes()


def _groups(blocks: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Put blocks together to row groups."""
    waiting: list[pa.RecordBatch] = []
    for block in blocks:
        waiting.append(block)
        if sum(map(len, waiting)) >= GROUP:
            yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()
            waiting = []
    if waiting:
        yield from pa.Table.from_batches(waiting).combine_chunks().to_batches()


def _written(blocks: Iterable[pa.RecordBatch], opened: Any) -> Iterator[bytes]:
    sink = _Sink()
    with opened(pa.PythonFile(sink, "w")) as writer:
        for block in blocks:
            writer.write_batch(block)
            yield sink.taken()
    yield sink.taken()


class _Sink:
    """Keeps what is written until it is taken."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: Any) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Do nothing: all is kept."""

    def taken(self) -> bytes:
        """Return what was written since it was asked last."""
        parts, self._parts = self._parts, []
        return b"".join(parts)
