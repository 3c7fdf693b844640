"""Backups of a ledger on SQLite, taken and put back while others use it."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from ..core.errors import IntegrityError, InvalidError, NotFoundError
from .engine import connected, file_of, reserve, shown
from .revision import standing
from .trail import Proof
from .trail.anchors import RESTORED, Anchor, stamp

__all__ = ["backup", "restore"]


def backup(url: str, target: Path) -> int:
    """Copy a ledger to a new file, as it is at one moment.

    Parameters
    ----------
    url
        Of the ledger.
    target
        The file; it appears whole or not at all.

    Returns
    -------
    int
        Its size in bytes.

    Raises
    ------
    InvalidError
        If the ledger is not on SQLite, or the file exists.
    NotFoundError
        If there is no ledger.
    """
    source = _file(url, "pg_dump --format=custom")
    if not source.is_file():
        raise NotFoundError(f"there is no ledger {source}")
    if target.exists():
        raise InvalidError(f"{target} exists, and a backup never replaces another; name a new file")
    target.parent.mkdir(parents=True, exist_ok=True)
    draft = target.with_name(f".{target.name}.draft")
    draft.unlink(missing_ok=True)
    try:
        _copy(source, draft)
        _check(draft)
        draft.rename(target)
    finally:
        draft.unlink(missing_ok=True)
    return target.stat().st_size


def restore(url: str, source: Path, proof: Proof, *, actor: str, at: datetime) -> Path | None:
    """Put a backup in the place of a ledger, and say so among the anchors.

    What the ledger held is kept beside it. Entries of the audit trail that the backup lacks stay
    missing, and `verify` tells of them and of this.

    Parameters
    ----------
    url
        Of the ledger.
    source
        The backup.
    proof
        Where the audit trail is anchored.
    actor, at
        By whom, and when.

    Returns
    -------
    Path or None
        Where the ledger that was there is kept; None if there was none.

    Raises
    ------
    InvalidError
        If the ledger is not on SQLite, or the backup is of a newer program or no ledger.
    NotFoundError
        If there is no such backup.
    IntegrityError
        If the backup is damaged.
    """
    target = _file(url, "pg_restore")
    if not source.is_file():
        raise NotFoundError(f"there is no backup {source}")
    _check(source)
    with connected(f"sqlite:///{source}") as engine:
        found = standing(engine)
    if found.state in {"empty", "newer"}:
        why = "holds no ledger" if found.state == "empty" else f"is of revision {found.revision}"
        raise InvalidError(f"{source} {why}, so this program cannot use it")
    kept = None
    if target.is_file():
        kept = target.with_name(f"{target.name}.before-{at:%Y%m%dT%H%M%S}")
        backup(url, kept)
    target.parent.mkdir(parents=True, exist_ok=True)
    _copy(source, target)
    told = Anchor(kind=RESTORED, at=stamp(at), note=f"{source.name} by {actor}")
    proof.anchors.add(told, proof.key)
    return kept


def _file(url: str, instead: str) -> Path:
    path = file_of(url)
    if path is None:
        raise InvalidError(f"{shown(url)} is no SQLite file; use what the database has: {instead}")
    return path


def _copy(source: Path, target: Path) -> None:
    reserve(target)
    with closing(sqlite3.connect(source)) as one, closing(sqlite3.connect(target)) as other:
        one.backup(other)


def _check(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path)) as connection:
            [(found,)] = connection.execute("PRAGMA integrity_check(1)").fetchall()
    except sqlite3.DatabaseError as error:
        raise IntegrityError(f"{path} is damaged: {error}") from None
    if found != "ok":
        raise IntegrityError(f"{path} is damaged: {found}")
