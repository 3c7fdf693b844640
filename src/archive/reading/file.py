"""A file of a delivery as a table of text, whatever its format."""

import codecs
from pathlib import Path

from ...core.errors import InvalidError, NotFoundError
from .delimited import read_delimited
from .excel import read_excel
from .jsonlines import read_json_lines
from .parquet import read_parquet
from .reader import READERS, Reader
from .spool import Reading

__all__ = ["read"]


def read(path: Path, reader: Reader | str, workspace: Path | None = None) -> Reading:
    """Read a file as text.

    Parameters
    ----------
    path
        The file; for the reader `postgresql` the table or view, as `schema.table`.
    reader
        How to read it, or the name of one of `READERS`.
    workspace
        Folder for what is too large for memory, to be removed when the reading is no longer
        used; None keeps everything in memory.

    Raises
    ------
    NotFoundError
        If there is no such file, sheet, table or reader.
    InvalidError
        If the file is empty, is not what the reader expects, or names its columns ambiguously.
        A file with a header and no rows is read as no rows.
    """
    if isinstance(reader, str):
        if reader not in READERS:
            raise NotFoundError.among("reader", reader, READERS)
        reader = READERS[reader]
    if reader.kind == "postgresql":
        from .postgresql import read_postgresql

        return read_postgresql(path.name, reader, workspace)
    _check_format(path, reader)
    match reader.kind:
        case "csv":
            return read_delimited(path, reader, workspace)
        case "excel":
            return read_excel(path, reader, workspace)
        case "json-lines":
            return read_json_lines(path, reader, workspace)
        case "parquet":
            return read_parquet(path, workspace)


def _check_format(path: Path, reader: Reader) -> None:
    """Refuse what is no file, and a file whose first bytes belong to another format."""
    if path.is_dir():
        raise InvalidError(f"{path} is a folder; expected a {reader.kind} file, give its path")
    if not path.exists():
        names = [file.name for file in path.parent.iterdir()] if path.parent.is_dir() else []
        raise NotFoundError.among(f"file (in {path.parent})", path.name, names)
    if path.stat().st_size == 0:
        raise InvalidError(
            f"{path} is empty, it has no byte; expected a {reader.kind} file: ask for it anew"
        )
    with path.open("rb") as stream:
        looks = _looks(stream.read(4096))
    wanted = reader.kind if reader.kind in ("parquet", "excel") else "text"
    if looks != wanted:
        remedy = f"declare the reader {looks!r}" if looks in READERS else "ask for the right file"
        if looks == "text":
            remedy = "declare the reader 'csv' or 'json-lines', or ask for the right file"
        if looks == "UTF-16 text":
            remedy = "save it as UTF-8"
        raise InvalidError(f"{path} is declared as {reader.kind}, but looks like {looks}; {remedy}")


def _looks(head: bytes) -> str:
    """Say what a file is by its first bytes."""
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        return "excel"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in head:
        return "UTF-16 text" if head[:1] in b"\xff\xfe" else "binary data"
    if head.lstrip().lower().startswith((b"<html", b"<!doctype html", b"<?xml", b"<table")):
        return "a web page"
    return "text"
