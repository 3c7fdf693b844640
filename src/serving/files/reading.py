"""Reading what was uploaded: one column of identifiers, and one of days where there is one.

All is read and held against what is expected before the first grade is computed, so that a file
is answered as a whole or not at all. Only these columns are decoded.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from os import SEEK_END
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pyarrow import ipc

from ...archive.reading import Reader, read
from ...core.errors import InvalidError, XinhengError
from ..problem import FieldError, ProblemError, shown
from .formats import Format
from .uploads import Upload

__all__ = ["AS_OF", "IDENTIFIERS", "MOST_DAYS", "MOST_ROWS", "days_of", "read_question"]

IDENTIFIERS = ("enterprise", "identifier", "code", "统一社会信用代码")
AS_OF = "as_of"
MOST_ROWS, MOST_DAYS = 2_000_000, 31
MOST_DECODED, LONGEST, TOGETHER, SHOWN = 512_000_000, 100, 65_536, 20
TEXTS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_integer, pa.types.is_date32)
DAMAGED = (pa.ArrowException, OSError, ValueError, OverflowError, MemoryError)

EMPTY = pa.schema([("enterprise", pa.string()), (AS_OF, pa.string())])
END_OF_STREAM = b"\xff\xff\xff\xff\0\0\0\0"

ADVICE = {
    "declare the reader 'parquet'": "send it as application/vnd.apache.parquet",
    "declare the reader .*": "send CSV, Parquet or an Arrow stream",
    "declare that delimiter": "save it with commas",
    "declare the encoding it has": "name it in Content-Type, as charset=gb18030",
}
"""What is declared of a source's file, and what to do about one that was sent."""

Fields = tuple[str, str | None]


def read_question(upload: Upload, form: Format, encoding: str) -> pa.Table:
    """Return `enterprise` and `as_of` of each row of a file, as text; `as_of` is often missing.

    Raises
    ------
    ProblemError
        That says what is wrong with the file, and where.
    """
    try:
        parts = [EMPTY.empty_table(), *_parts(upload, form, encoding)]
        table = pa.concat_tables(parts)
        _check(table)
    except XinhengError as error:
        raise _refusal(_unplaced(str(error), upload.path)) from None
    except DAMAGED as error:
        raise _refusal(f"the file is cut short, damaged, or no {form}: {error}") from None
    return table


def _unplaced(text: str, path: Path) -> str:
    """Return what is wrong without where the file lies here, and what to do where it was sent."""
    text = text.replace(str(path), "the file")
    for words, instead in ADVICE.items():
        text = re.sub(words, instead, text)
    return text


def _parts(upload: Upload, form: Format, encoding: str) -> Iterator[pa.Table]:
    if not upload.size:
        raise InvalidError("the file is empty, it has no byte; a file without rows has its columns")
    match form:
        case Format.CSV:
            yield from _csv(upload, encoding)
        case Format.PARQUET:
            yield from _parquet(upload.path)
        case Format.ARROW:
            yield from _arrow(upload.path)


def _csv(upload: Upload, encoding: str) -> Iterator[pa.Table]:
    reading = read(upload.path, Reader("csv", encoding=encoding), upload.folder)
    if reading.faulty.num_rows:
        rows = reading.faulty.slice(0, SHOWN).to_pylist()
        errors = [
            FieldError(where=f"body.{row['_row']}", message=row["fault"], value=shown(row["text"]))
            for row in rows
        ]
        count = reading.faulty.num_rows
        lines = "1 line" if count == 1 else f"{count:,} lines"
        detail = f"{lines} of the file cannot be split into its columns: see errors."
        raise ProblemError("invalid-request", detail, errors)
    yield _selected(reading.data, _fields(reading.names))


def _parquet(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        metadata, names = file.metadata, file.schema_arrow.names
        fields = _fields(names)
        _check_count(metadata.num_rows)
        wanted = [name for name in fields if name is not None]
        places = [
            place
            for place in range(metadata.num_columns)
            if metadata.schema.column(place).path in wanted
        ]
        groups = [metadata.row_group(each) for each in range(metadata.num_row_groups)]
        size = sum(
            group.column(each).total_uncompressed_size for group in groups for each in places
        )
        if size > MOST_DECODED:
            raise InvalidError(
                f"the columns {', '.join(wanted)} unpack to {size:,} bytes, more than the "
                f"{MOST_DECODED:,} that are read; send the file in parts"
            )
        texts = [n for n in wanted if pa.types.is_string(file.schema_arrow.field(n).type)]
    with pq.ParquetFile(path, read_dictionary=texts) as file:
        for batch in file.iter_batches(TOGETHER, columns=wanted):
            yield _selected(pa.Table.from_batches([batch]), fields)


def _arrow(path: Path) -> Iterator[pa.Table]:
    with path.open("rb") as stream:
        stream.seek(-min(len(END_OF_STREAM), path.stat().st_size), SEEK_END)
        if stream.read() != END_OF_STREAM:
            raise InvalidError("the file is cut short or no arrow: it has not the end of a stream")
    with pa.memory_map(str(path)) as source:
        names = ipc.open_stream(source).schema.names
    fields = _fields(names)
    options = ipc.IpcReadOptions(included_fields=[names.index(n) for n in fields if n is not None])
    count = 0
    with pa.memory_map(str(path)) as source, ipc.open_stream(source, options=options) as stream:
        for batch in stream:
            batch.validate(full=True)
            count += batch.num_rows
            _check_count(count)
            yield _selected(pa.Table.from_batches([batch]), fields)


def _fields(names: Sequence[str]) -> Fields:
    """Return which column has identifiers, and which has days."""
    found = [name for name in IDENTIFIERS if name in names]
    if len(found) > 1:
        raise InvalidError(
            f"the columns {', '.join(found)} may all have identifiers; name but one of them so"
        )
    if found:
        return found[0], AS_OF if AS_OF in names else None
    exist = ", ".join(shown(name) for name in names[:SHOWN]) or "none"
    raise InvalidError(
        f"no column has identifiers; name it one of {', '.join(IDENTIFIERS)}, in the first line "
        f"where it is CSV. There are: {exist}"
    )


def _selected(table: pa.Table, fields: Fields) -> pa.Table:
    identifiers, days = fields
    nothing = pa.nulls(len(table), pa.string())
    columns = [_text(table, identifiers), nothing if days is None else _text(table, days)]
    return pa.table(columns, names=["enterprise", AS_OF])


def _text(table: pa.Table, name: str) -> pa.ChunkedArray:
    column = table[name]
    kind = column.type
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
        for chunk in column.chunks:
            _check_length(name, chunk.dictionary.cast(pa.string()))
    if not any(check(kind) for check in TEXTS):
        raise InvalidError(f"the column {name} holds {kind}; send its values as text")
    texts = column.cast(pa.string())
    _check_length(name, texts)
    return texts


def _check_length(name: str, texts: Any) -> None:
    longest = pc.max(pc.binary_length(texts)).as_py() or 0
    if longest > 4 * LONGEST:
        raise InvalidError(
            f"the column {name} has a value of {longest:,} bytes; an identifier has {LONGEST} "
            "characters at most"
        )


def _check(table: pa.Table) -> None:
    _check_count(len(table))
    days = pc.unique(table[AS_OF]).drop_null()
    if len(days) > MOST_DAYS:
        raise InvalidError(
            f"{len(days):,} different days stand in {AS_OF}; a file has {MOST_DAYS} at most: send "
            "one for each month or so"
        )


def _check_count(count: int) -> None:
    if count > MOST_ROWS:
        raise InvalidError(
            f"the file has {count:,} rows or more; {MOST_ROWS:,} are graded at a time: send it in "
            "parts"
        )


def _refusal(text: str) -> ProblemError:
    detail = text[0].upper() + text[1:] + ("" if text.endswith(".") else ".")
    error = FieldError(where="body", message=text, value=None)
    return ProblemError("invalid-request", detail, [error])


def days_of(table: pa.Table) -> Iterable[tuple[str | None, date | None]]:
    """Return the different days of a file, and what each of them is; None where none is named.

    Raises
    ------
    ProblemError
        If some are no calendar dates; it has each of them.
    """
    texts = pc.unique(table[AS_OF]).to_pylist()
    days = {text: None if text is None else _day(text) for text in texts}
    faulty = [text for text, day in days.items() if text is not None and day is None]
    if faulty:
        errors = [_no_day(table, text) for text in faulty]
        raise ProblemError("invalid-request", "A day cannot be used: see errors.", errors)
    return days.items()


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.isoformat() == text else None


def _no_day(table: pa.Table, text: str) -> FieldError:
    row = pc.index(table[AS_OF], text).as_py() + 1
    message = f"expected a calendar date, YYYY-MM-DD; first in row {row:,}, headers not counted"
    return FieldError(where=f"body.{AS_OF}", message=message, value=shown(text))
