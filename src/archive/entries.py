"""Entries of the manifest: what is said of each delivery, and of upkeep after it."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from ..core.errors import IntegrityError
from .fates import FATES

__all__ = ["FATE_LETTERS", "Delivery", "FileCount", "Journaled", "Upkeep", "Within"]
__all__ += ["read_entry", "sealed"]

Entry = TypeVar("Entry", "Delivery", "Upkeep")

FATE_LETTERS = {fate[0]: fate for fate in FATES}


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class FileCount(_Frozen):
    """What became of the rows of one file: each row is counted exactly once."""

    file: str
    path: str
    sha256: str
    rows: int
    accepted: int = 0
    duplicate: int = 0
    quarantined: int = 0
    review: int = 0
    skipped: dict[str, int] = {}

    @property
    def settled(self) -> int:
        """Rows with a known fate; equal to `rows`, always."""
        fates = self.accepted + self.duplicate + self.quarantined + self.review
        return fates + sum(self.skipped.values())


class Journaled(_Frozen):
    """The journal of a small delivery: digest of its bytes, and its rows by table."""

    sha256: str
    rows: dict[str, int]

    @property
    def count(self) -> int:
        """How many rows it has."""
        return sum(self.rows.values())


class Within(_Frozen):
    """The rows by table of a delivery that landed together with others.

    Attributes
    ----------
    last
        Number of the last of them, which has the journal of all.
    """

    last: int
    rows: dict[str, int]


class Delivery(_Frozen):
    """One published delivery: who, what, when, and the table versions that hold it.

    Attributes
    ----------
    folded
        Last delivery whose journal is in the tables.
    journal
        The journal that holds it, where the tables do not.
    lateness
        Records that landed, by how many days after they happened they were known: at most 7, 30,
        90, 365 and more.
    newest
        Day number of the newest record that landed; None where none did.
    settled
        Of a small delivery, the fate of each row in order, as its first letter, by file.
    replays, revokes
        Number of the delivery whose rows were tried again, or wait again because a decision on
        them was taken back.
    within
        Its share of a journal that several deliveries have together.
    """

    sequence: int
    source: str
    department: str
    digest: str
    received: datetime
    files: tuple[FileCount, ...]
    records: dict[str, int]
    witnesses: dict[str, int] = {}
    lateness: dict[str, tuple[int, ...]] = {}
    newest: dict[str, int] = {}
    faults: dict[str, int]
    settled: dict[str, str] = {}
    replays: int | None = None
    revokes: int | None = None
    folded: int = 0
    journal: Journaled | None = None
    within: Within | None = None
    tables: dict[str, int]


class Upkeep(_Frozen):
    """Maintenance after a delivery: what was done, and the table versions that came of it."""

    sequence: int
    edition: int
    done: str
    at: datetime
    folded: int = 0
    tables: dict[str, int]


def sealed(entry: Delivery | Upkeep) -> str:
    """Return an entry as it stands in its file: JSON, and the digest of it on a last line."""
    text = entry.model_dump_json(indent=1)
    return f'{text}\n"{hashlib.sha256(text.encode()).hexdigest()}"\n'


def read_entry(path: Path, kind: type[Entry]) -> Entry:
    """Read an entry, which never changes once written.

    Raises
    ------
    IntegrityError
        If its file is missing, or not as it was written.
    """
    try:
        text, _, seal = path.read_bytes().rstrip(b"\n").rpartition(b"\n")
    except FileNotFoundError:
        raise IntegrityError(f"{path} is missing; restore it from a backup") from None
    if seal.decode(errors="replace") != f'"{hashlib.sha256(text).hexdigest()}"':
        raise IntegrityError(
            f"{path} is damaged: its digest is not the one on its last line; restore it from a "
            "backup"
        )
    return kind.model_validate_json(text)
