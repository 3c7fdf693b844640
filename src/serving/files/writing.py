"""Writing the answer as a stream of bytes, in any of the formats."""

from collections.abc import Iterable, Iterator, Sequence
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
SENT = "enterprise"
"""The column that has what was sent."""
GROUP = 100_000


def written(
    blocks: Iterable[pa.RecordBatch], form: Format, columns: Sequence[str]
) -> Iterator[bytes]:
    """Yield the bytes of a file with some columns, as blocks come."""
    schema = pa.schema([COLUMNS.field(name) for name in columns])
    chosen = (block.select(list(columns)) for block in blocks)
    match form:
        case Format.CSV:
            yield from _csv(chosen, columns)
        case Format.PARQUET:
            yield from _written(_groups(chosen), lambda sink: pq.ParquetWriter(sink, schema))
        case Format.ARROW:
            yield from _written(chosen, lambda sink: ipc.new_stream(sink, schema))


def _csv(blocks: Iterable[pa.RecordBatch], columns: Sequence[str]) -> Iterator[bytes]:
    """Yield CSV with a header; what a spreadsheet would compute is led by an apostrophe."""
    yield (",".join(columns) + "\n").encode()
    plain = pacsv.WriteOptions(include_header=False, quoting_style="needed")
    for block in blocks:
        sink = pa.BufferOutputStream()
        pacsv.write_csv(_plain(block), sink, plain)
        yield sink.getvalue().to_pybytes()


def _plain(block: pa.RecordBatch) -> pa.RecordBatch:
    place = block.schema.get_field_index(SENT)
    if place < 0:
        return block
    safe = pc.replace_substring_regex(block[SENT], FORMULA, r"'\1")
    return block.set_column(place, SENT, safe)


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
