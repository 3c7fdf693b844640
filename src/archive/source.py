"""A department's deliveries, described by a folder: `source.toml` and SQL beside it.

::

    data/sources/NAME/
        source.toml     who delivers, which files, which clocks, which record kinds
        KIND.sql        one SELECT that yields the columns of a record kind and `_row`
        TABLE.csv       code tables of the source's own, if it has any

A source may be `like` another folder and say only what differs (see `layout`).

See `docs/bring-your-own-data.md` for a worked example.
"""

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ..core.errors import MappingError, NotFoundError, XinhengError
from ..core.identifiers import check_scheme
from .kinds import contract_of
from .layout import is_layout, overlaid, read_toml
from .reading import Reader

__all__ = ["Source", "find_sources", "read_source"]


Name = Annotated[str, Field(pattern="^[a-z][a-z0-9_]*$")]
PART = r'("([^"]|"")+"|[^".\s]+)'


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Clocks(_Strict):
    """How far a source's own clocks are believed."""

    backfill: Literal["trusted", "untrusted"] = "untrusted"
    delay_days: int = Field(default=0, ge=0, le=36_525)
    zone: str = "Asia/Shanghai"


class File(_Strict):
    """One file of a delivery: its name (a pattern may be used) and how it is read.

    A table of a PostgreSQL server stands for a file: `path` is `schema.table`, `order` names the
    columns that give its rows a fixed order, and `connection` the environment variable that says
    where the server is.
    """

    path: str
    reader: Literal["csv", "excel", "json-lines", "parquet", "postgresql"]
    encoding: str = "utf-8"
    delimiter: str = ","
    sheet: str = ""
    header: int = 0
    lookup: bool = False
    order: list[str] = []
    connection: str = ""
    timeout: int = 3600

    def as_reader(self) -> Reader:
        """Return how the file is read."""
        return Reader(
            self.reader,
            self.encoding,
            self.delimiter,
            self.sheet,
            self.header,
            tuple(self.order),
            self.connection,
            self.timeout,
        )


class Skip(_Strict):
    """Rows of a file that are left out on purpose."""

    file: str
    where: str
    reason: str


class Records(_Strict):
    """A record kind that the rows of one file yield by a SELECT.

    A `relay` passes on what another department issued: it confirms records and never corrects
    them.
    """

    kind: str
    rows: str
    sql: str
    codes: dict[str, str] = {}
    relay: bool = False


class Declaration(_Strict):
    """The content of `source.toml`."""

    title: str
    department: str
    scheme: str
    clocks: Clocks = Clocks()
    files: dict[Name, File]
    tables: dict[Name, str] = {}
    records: list[Records]
    skip: list[Skip] = []


@dataclass(frozen=True, slots=True)
class Source:
    """A source as read from its folder.

    Attributes
    ----------
    name
        Name of the folder.
    declaration
        Content of `source.toml`.
    statements
        SQL text by file name.
    digest
        SHA-256 over everything that shapes records, in the folder and in the one it is like.
    """

    name: str
    folder: Path
    declaration: Declaration
    statements: Mapping[str, str]
    digest: str

    @property
    def zone(self) -> ZoneInfo:
        """The zone in which the source writes moments without one."""
        return ZoneInfo(self.declaration.clocks.zone)


def find_sources(folder: Path) -> dict[str, Path]:
    """Return the source folders under `folder` by name, without layouts."""
    folders = (path.parent for path in sorted(folder.glob("*/source.toml")))
    return {each.name: each for each in folders if not is_layout(each)}


def read_source(folder: Path) -> Source:
    """Read and check a source folder.

    Raises
    ------
    NotFoundError
        If there is no such folder, or a file that it names is missing.
    MappingError
        If `source.toml` is malformed, names a record kind, file or zone that is unknown, or is
        no department's.
    """
    path = folder / "source.toml"
    if not path.is_file():
        known = find_sources(folder.parent) if folder.parent.is_dir() else {}
        raise NotFoundError.among(f"source (in {folder.parent})", folder.name, known)
    declared, taken = overlaid(folder, read_toml(path))
    try:
        declaration = Declaration.model_validate(declared)
    except ValidationError as error:
        raise MappingError(f"{path}: {_faults(error)}") from None
    _check(declaration, path)
    statements = {r.sql: _text(folder / r.sql) for r in declaration.records}
    parts = [path, *taken, *(folder / name for name in sorted(statements))]
    parts += [folder / table for _, table in sorted(declaration.tables.items())]
    content = b"\0".join(part.name.encode() + b"\0" + _bytes(part) for part in parts)
    digest = hashlib.sha256(content).hexdigest()
    return Source(folder.name, folder, declaration, statements, digest)


def _check(declaration: Declaration, path: Path) -> None:
    try:
        for records in declaration.records:
            _check_records(declaration, records)
        for skip in declaration.skip:
            _known("file", skip.file, declaration.files)
        for name, file in declaration.files.items():
            _check_file(declaration, name, file)
        for name in declaration.tables.keys() & declaration.files.keys():
            raise MappingError(f"{name!r} names a file and a table; SQL needs two names")
        _known("time zone", declaration.clocks.zone, _zones())
        check_scheme(declaration.scheme)
    except XinhengError as error:
        raise MappingError(f"{path}: {error}") from None


@cache
def _zones() -> frozenset[str]:
    """Return the time zones of this machine; to find them, hundreds of files are opened."""
    return frozenset(available_timezones())


def _check_records(declaration: Declaration, records: Records) -> None:
    fields = {field.name for field in contract_of(records.kind).columns}
    _known("file", records.rows, declaration.files)
    for field, table in records.codes.items():
        _known(f"field of {records.kind}", field, fields)
        _known("code table", table, declaration.tables)


def _check_file(declaration: Declaration, name: str, file: File) -> None:
    file.as_reader()
    if file.reader == "postgresql":
        _check_table(name, file)
    else:
        _check_path(name, file)
    if not file.lookup and name not in {records.rows for records in declaration.records}:
        raise MappingError(
            f"file {name!r} yields no records; name it in [[records]] as `rows`, "
            "or set `lookup = true` if it is only joined to others"
        )


def _check_table(name: str, file: File) -> None:
    if not re.fullmatch(f"{PART}[.]{PART}", file.path):
        raise MappingError(
            f"file {name!r}: {file.path!r} is no table of a server; write path as schema.table, "
            "such as public.judgments"
        )


def _check_path(name: str, file: File) -> None:
    if file.order or file.connection:
        raise MappingError(
            f"file {name!r}: order and connection are for tables of a server; drop them, or "
            'write reader = "postgresql"'
        )
    try:
        next(Path().glob(file.path), None)
        inside = ".." not in Path(file.path).parts
    except (ValueError, NotImplementedError):
        inside = False
    if not inside:
        raise MappingError(
            f"file {name!r}: {file.path!r} is no path or pattern inside a delivery's folder; "
            "write a name such as inspections.csv or inspections_*.csv"
        )


def _known(what: str, which: str, exists: Collection[str]) -> None:
    if which not in exists:
        raise NotFoundError.among(what, which, exists)


def _faults(error: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, fault['loc']))}: {fault['msg']} (found {fault['input']!r:.60})"
        for fault in error.errors()
    )


def _text(path: Path) -> str:
    try:
        return _bytes(path).decode("utf-8")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise MappingError(f"{path}, line {line}, is not UTF-8; save it as UTF-8") from None


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise NotFoundError(
            f"{path} does not exist, but source.toml beside it names it; write it or drop the name"
        ) from None
