"""Restoring an installation from a backup: checked first, and what was there is kept."""

import os
import shutil
from collections.abc import Callable, Container
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from ..archive.disk import needing_room
from ..core.errors import InvalidError
from ..core.settings import Settings
from ..ledger import Lease, Proof, connected, file_of
from ..ledger import restore as restore_ledger
from ..ledger.trail.anchors import RESTORED, Anchor, stamp
from .backup import BEFORE, POSTGRESQL, SQLITE, Backup, run_tool, verify_backup

__all__ = ["Restored", "restore_backup"]

FOLDING = "fold-in"
"""The lease that one worker of a service at work has."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored.

    Attributes
    ----------
    backup
        From what.
    kept
        Where what was there before is kept, by what it is.
    """

    backup: Backup
    kept: dict[str, Path]


def restore_backup(
    settings: Settings,
    folder: Path,
    *,
    actor: str,
    at: datetime,
    progress: Progress = lambda _, __, ___: None,
) -> Restored:
    """Put a backup in the place of an installation, which has to stand still.

    Every file of the backup is read and checked before anything is changed. What was there is
    moved aside, not removed, within its folder where that cannot be moved; the database of
    PostgreSQL is replaced, in one transaction. The audit trail says that it was restored: entries
    that the backup lacks are a remark of `xinheng ledger verify` from then on.

    Raises
    ------
    IntegrityError
        If the backup is damaged.
    InvalidError
        If it is of another kind of database than the settings name, or the service is at work.
    StorageError
        If there is no room; then what was there is put back.
    """
    backup = verify_backup(folder, progress)
    kind = make_url(settings.ledger).get_backend_name()
    if kind != backup.ledger:
        raise InvalidError(
            f"the backup holds a ledger of {backup.ledger}, and XINHENG_LEDGER names one of "
            f"{kind}; name one of the same kind"
        )
    _refuse_while_served(settings.ledger)
    proof = Proof.of(settings)
    targets = {
        "archive": settings.archive,
        "grades": settings.grades,
        "bundles": settings.bundles,
        "keys": settings.keys,
        "audit": proof.folder,
    }
    kept: dict[str, Path] = {}
    suffix = f"{BEFORE}{at:%Y%m%dT%H%M%S}"
    try:
        for place, (name, target) in enumerate(targets.items()):
            progress("Restoring", place, len(targets) + 1)
            if (folder / name).is_dir():
                _put(folder / name, target, suffix, name, kept)
        _restore_ledger(settings, folder, proof, actor, at, kept)
    except BaseException:
        _put_back(targets, kept)
        raise
    return Restored(backup, kept)


def _refuse_while_served(url: str) -> None:
    """Refuse if a service is at work on the ledger; one that cannot be opened serves nobody."""
    path = file_of(url)
    if path is not None and not path.is_file():
        return
    with connected(url) as engine, Lease(engine, FOLDING) as lease, suppress(SQLAlchemyError):
        if not lease.held():
            raise InvalidError(
                "the service is at work on what would be put aside; stop it and the timer of its "
                "jobs on every machine, and restore again"
            )


def _put(source: Path, target: Path, suffix: str, name: str, kept: dict[str, Path]) -> None:
    """Copy a folder of the backup, and let it take the place of what is there, which is kept."""
    target.parent.mkdir(parents=True, exist_ok=True)
    within = _is_fixed(target)
    place = target if within else target.parent
    draft = place / f".{target.name}.restored"
    shutil.rmtree(draft, ignore_errors=True)
    with needing_room(place):
        shutil.copytree(source, draft, copy_function=shutil.copy)
    if within:
        kept[name] = target / suffix
        _move_all(target, kept[name], but={draft.name, suffix})
        _move_all(draft, target)
        draft.rmdir()
        return
    if target.exists():
        kept[name] = target.rename(target.with_name(target.name + suffix))
    draft.rename(target)


def _is_fixed(target: Path) -> bool:
    """Tell whether a folder stays where it is: a disk of its own, or in a folder of others."""
    return target.is_dir() and (target.is_mount() or not os.access(target.parent, os.W_OK))


def _move_all(folder: Path, to: Path, but: Container[str] = ()) -> None:
    to.mkdir(exist_ok=True)
    for each in [*folder.iterdir()]:
        if each.name not in but:
            each.rename(to / each.name)


def _restore_ledger(
    settings: Settings,
    folder: Path,
    proof: Proof,
    actor: str,
    at: datetime,
    kept: dict[str, Path],
) -> None:
    if file_of(settings.ledger) is not None:
        before = restore_ledger(settings.ledger, folder / SQLITE, proof, actor=actor, at=at)
        if before is not None:
            kept["ledger"] = before
        return
    run_tool(
        "pg_restore", make_url(settings.ledger), "--clean", "--if-exists", "--no-owner",
        "--single-transaction", "--exit-on-error", str(folder / POSTGRESQL),
    )  # fmt: skip
    told = Anchor(kind=RESTORED, at=stamp(at), note=f"{folder.name} by {actor}")
    proof.anchors.add(told, proof.key)


def _put_back(targets: dict[str, Path], kept: dict[str, Path]) -> None:
    for name, path in kept.items():
        target = targets.get(name)
        if target is None:
            continue
        if path.parent == target:
            _clear(target, but=path.name)
            _move_all(path, target)
            path.rmdir()
        else:
            shutil.rmtree(target, ignore_errors=True)
            path.replace(target)


def _clear(folder: Path, but: str) -> None:
    for each in [*folder.iterdir()]:
        if each.name == but:
            continue
        if each.is_dir():
            shutil.rmtree(each)
        else:
            each.unlink()
