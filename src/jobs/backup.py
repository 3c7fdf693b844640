"""Backups of an installation: ledger, audit, archive, bundles, grades and keys."""

import hashlib
import os
import shutil
import stat
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from filelock import FileLock
from pydantic import BaseModel, ConfigDict, ValidationError
from sqlalchemy import URL, make_url

from ..archive import Archive
from ..archive.disk import force, needing_room
from ..core.errors import IntegrityError, InvalidError, NotFoundError, StorageError
from ..core.settings import Settings
from ..core.time import SHANGHAI
from ..ledger import Proof, file_of
from ..ledger import backup as copy_ledger

__all__ = ["Backup", "backups", "make_backup", "prune_backups", "read_backup", "verify_backup"]

MANIFEST = "backup.json"
SQLITE, POSTGRESQL = "ledger.db", "ledger.dump"
LOCKS = {"archive": ".lock", "grades": ".writing"}
SKIPPED = frozenset({"drafts", ".lock", ".writing"})

BEFORE = ".before-"
"""How what a restore put aside begins within a folder; it is of no further backup."""

Progress = Callable[[str, int, int], None]


class _Frozen(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Saved(_Frozen):
    """One file of a backup: its digest, size, and when it was last changed, in nanoseconds."""

    sha256: str
    bytes: int
    changed: int


class Backup(_Frozen):
    """What a backup holds.

    Attributes
    ----------
    at
        When it was begun.
    sequence
        Newest delivery in the archive.
    ledger
        Kind of its database.
    files
        Every file, by its path in the backup.
    """

    at: datetime
    sequence: int
    ledger: str
    files: dict[str, Saved]


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made: where, how many files and bytes, and how many were new."""

    folder: Path
    files: int
    bytes: int
    new: int
    sequence: int


def make_backup(
    settings: Settings, at: datetime, progress: Progress = lambda _, __, ___: None
) -> Made:
    """Save an installation to a new folder in that of the backups, while it is used.

    The ledger comes first, so that all it names is in what is copied after it. Who writes to the
    archive or makes grades waits until those are copied. A file that the newest backup has already
    is linked, not copied, so each backup is whole and costs what is new. The folder appears whole
    or not at all, and only its owner can read it: it holds keys.

    Raises
    ------
    NotFoundError
        If there is nothing to save.
    StorageError
        If there is no room, or the database cannot be dumped.
    """
    if not Archive(settings.archive).sequence:
        raise NotFoundError(
            f"the archive {settings.archive} holds no delivery, so there is nothing to save; name "
            "the archive by XINHENG_ARCHIVE, or ingest a delivery first"
        )
    root = settings.backups
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    target = root / f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H%M%S}"
    if target.exists():
        raise InvalidError(f"{target} exists, and a backup never replaces another; wait a second")
    draft, before = root / f".{target.name}", _newest(root)
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(mode=0o700)
    try:
        with needing_room(root):
            made = _fill(draft, settings, at, before, progress)
            draft.rename(target)
            force(root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    files = made[0].files
    size = sum(each.bytes for each in files.values())
    return Made(target, len(files), size, made[1], made[0].sequence)


def backups(root: Path) -> list[Path]:
    """Return the folders of backups, oldest first."""
    return sorted(each.parent for each in root.glob(f"[0-9]*/{MANIFEST}"))


def read_backup(folder: Path) -> Backup:
    """Read what a backup says it holds.

    Raises
    ------
    NotFoundError, IntegrityError
        If it is none, or cannot be read.
    """
    path = folder / MANIFEST
    if not path.is_file():
        there = ", ".join(each.name for each in backups(folder.parent)[-5:]) or "none"
        raise NotFoundError(f"{folder} is no backup; in {folder.parent} the newest are: {there}")
    try:
        return Backup.model_validate_json(path.read_bytes())
    except ValidationError:
        raise IntegrityError(f"{path} is damaged; take another backup") from None


def verify_backup(folder: Path, progress: Progress = lambda _, __, ___: None) -> Backup:
    """Read every file of a backup, and compare it with what was saved.

    Raises
    ------
    IntegrityError
        If a file is missing, was changed, or is one too many.
    """
    found = read_backup(folder)
    for place, (name, saved) in enumerate(found.files.items()):
        progress("Reading the backup", place, len(found.files))
        path = folder / name
        if not path.is_file():
            raise IntegrityError(f"{path} is missing; take another backup")
        if _digest(path) != saved.sha256:
            raise IntegrityError(f"{path} is not what was saved; take another backup")
    there = {str(each.relative_to(folder)) for each in folder.rglob("*") if each.is_file()}
    if more := sorted(there - found.files.keys() - {MANIFEST}):
        raise IntegrityError(f"{folder / more[0]} was put into the backup later; remove it")
    return found


def prune_backups(root: Path, now: datetime, *, days: int, least: int) -> list[Path]:
    """Remove backups that are older than some days, but never the newest few; return which."""
    kept = backups(root)
    removed = []
    for each in kept[: max(0, len(kept) - least)]:
        if read_backup(each).at < now - timedelta(days=days):
            shutil.rmtree(each)
            removed.append(each)
    return removed


def _fill(
    draft: Path, settings: Settings, at: datetime, before: Path | None, progress: Progress
) -> tuple[Backup, int]:
    progress("Saving the ledger", 0, 1)
    database = _save_ledger(settings.ledger, draft)
    proof = Proof.of(settings)
    folders = {
        "audit": proof.folder,
        "keys": settings.keys,
        "bundles": settings.bundles,
        "grades": settings.grades,
        "archive": settings.archive,
    }
    known = read_backup(before).files if before else {}
    files, new = {database.name: _saved(database)}, 1
    with ExitStack() as stack:
        for name, lock in LOCKS.items():
            if folders[name].is_dir():
                stack.enter_context(FileLock(folders[name] / lock))
        sequence = Archive(settings.archive).sequence
        for name, folder in folders.items():
            found = list(_files(folder))
            for place, path in enumerate(found):
                progress(f"Saving {name}", place, len(found))
                inside = f"{name}/{path.relative_to(folder)}"
                saved, copied = _copy(path, draft / inside, known.get(inside), before, inside)
                files[inside], new = saved, new + copied
    kind = make_url(settings.ledger).get_backend_name()
    backup = Backup(at=at, sequence=sequence, ledger=kind, files=files)
    manifest = draft / MANIFEST
    manifest.write_text(backup.model_dump_json(indent=1), "utf-8")
    force(manifest, draft)
    return backup, new


def _save_ledger(url: str, draft: Path) -> Path:
    if file_of(url) is not None:
        copy_ledger(url, draft / SQLITE)
        return draft / SQLITE
    target = draft / POSTGRESQL
    run_tool("pg_dump", make_url(url), "--format=custom", "--no-owner", f"--file={target}")
    return target


def run_tool(program: str, url: URL, *words: str) -> None:
    """Run one of PostgreSQL's own programs on a database; the password goes by the environment.

    Raises
    ------
    NotFoundError
        If it is not installed.
    StorageError
        If it fails.
    """
    if shutil.which(program) is None:
        raise NotFoundError(
            f"{program} is not installed; it comes with PostgreSQL's client (postgresql-client), "
            "in the version of the server or a newer one"
        )
    environment = os.environ | ({"PGPASSWORD": str(url.password)} if url.password else {})
    plain = url.set(drivername="postgresql", password=None).render_as_string(hide_password=False)
    done = subprocess.run(  # noqa: S603 the words are ours
        [program, f"--dbname={plain}", *words],
        env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise StorageError(f"{program} failed: {done.stderr.strip() or done.returncode}")


def _copy(
    path: Path, target: Path, known: Saved | None, before: Path | None, inside: str
) -> tuple[Saved, bool]:
    """Save a file; return what it is, and whether it was copied and not linked."""
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    status = path.stat()
    if known and before and (known.bytes, known.changed) == (status.st_size, status.st_mtime_ns):
        earlier = before / inside
        if earlier.is_file() and earlier.stat().st_size == known.bytes:
            os.link(earlier, target)
            return known, False
    shutil.copyfile(path, target)
    target.chmod(stat.S_IMODE(status.st_mode) & 0o700)
    force(target)
    saved = _saved(target)
    return saved.model_copy(update={"changed": status.st_mtime_ns}), True


def _saved(path: Path) -> Saved:
    status = path.stat()
    return Saved(sha256=_digest(path), bytes=status.st_size, changed=status.st_mtime_ns)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files of a folder that belong to it: no locks, no drafts."""
    if not folder.is_dir():
        return
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        aside = parts[0].startswith(BEFORE)
        if path.is_file() and not aside and SKIPPED.isdisjoint(parts):
            yield path


def _newest(root: Path) -> Path | None:
    return next(reversed(backups(root)), None)
