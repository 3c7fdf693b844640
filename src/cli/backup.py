"""The commands of backups: made, checked, pruned and put back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from ..core.time import SHANGHAI
from ..terminal import answer, progress
from .options import AsJson
from .person import person

__all__ = ["backup_app"]

backup_app = typer.Typer(
    help="Backups of everything: ledger, audit, archive, bundles, grades and keys.",
    no_args_is_help=True,
)
Folder = Annotated[
    Path | None, typer.Argument(help="Folder of the backup; the newest one if not given.")
]


@backup_app.command()
def make(as_json: AsJson = False) -> None:
    """Save the installation to a new folder in XINHENG_BACKUPS, while it is used."""
    from ..core.settings import load_settings
    from ..jobs.backup import make_backup

    with progress() as tell:
        made = make_backup(load_settings(), datetime.now(UTC), tell)
    found = {
        "folder": str(made.folder), "files": made.files, "bytes": made.bytes, "new": made.new,
        "sequence": made.sequence,
    }  # fmt: skip
    words = (
        f"{made.files:,} files with {made.bytes / 1e6:,.1f} MB are in {made.folder}, {made.new:,} "
        "of them new; it holds keys: keep it as they are kept"
    )
    answer(as_json, found, lambda console: console.print(words, soft_wrap=True))


@backup_app.command("list")
def list_backups(as_json: AsJson = False) -> None:
    """List the backups, oldest first."""
    from ..core.settings import load_settings
    from ..jobs.backup import backups, read_backup

    root = load_settings().backups
    found = [(each, read_backup(each)) for each in backups(root)]

    def show(console: Console) -> None:
        table = Table("folder", "begun", "newest delivery", "files", "MB")
        for folder, one in found:
            size = sum(each.bytes for each in one.files.values())
            begun = f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
            table.add_row(
                str(folder), begun, f"{one.sequence:,}", f"{len(one.files):,}", f"{size / 1e6:,.1f}"
            )
        console.print(table if found else f"{root} holds no backup; next: xinheng backup make")

    told = [
        {"folder": str(folder), "at": one.at.isoformat(), "sequence": one.sequence}
        for folder, one in found
    ]
    answer(as_json, {"backups": told}, show)


@backup_app.command()
def verify(folder: Folder = None, as_json: AsJson = False) -> None:
    """Read every file of a backup, and compare it with what was saved."""
    from ..jobs.backup import verify_backup

    path = _chosen(folder)
    with progress() as tell:
        found = verify_backup(path, tell)
    words = f"{len(found.files):,} files of {path} are as they were saved"
    answer(
        as_json,
        {"folder": str(path), "files": len(found.files), "sequence": found.sequence},
        lambda console: console.print(words, soft_wrap=True),
    )


@backup_app.command()
def prune(
    days: Annotated[int, typer.Option(min=1, help="Remove backups older than so many days.")] = 35,
    least: Annotated[int, typer.Option(min=1, help="But keep so many of the newest.")] = 7,
    as_json: AsJson = False,
) -> None:
    """Remove old backups; files that newer ones have too stay with those."""
    from ..core.settings import load_settings
    from ..jobs.backup import prune_backups

    gone = prune_backups(load_settings().backups, datetime.now(UTC), days=days, least=least)
    answer(
        as_json,
        {"removed": [str(each) for each in gone]},
        lambda console: console.print(f"{len(gone)} backups were removed"),
    )


@backup_app.command()
def restore(
    folder: Folder = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    as_json: AsJson = False,
) -> None:
    """Put a backup in the place of the installation; service and jobs have to stand still."""
    from ..core.settings import load_settings
    from ..jobs.restoration import restore_backup
    from ..ledger import file_of

    path, settings = _chosen(folder), load_settings()
    if not yes:
        lost = "" if file_of(settings.ledger) else ", but what PostgreSQL has is lost"
        typer.confirm(f"What came after {path} is put aside{lost}. Restore?", abort=True, err=True)
    with progress() as tell:
        done = restore_backup(settings, path, actor=person(), at=datetime.now(UTC), progress=tell)

    def show(console: Console) -> None:
        console.print(f"{path} is restored, up to delivery {done.backup.sequence:,}")
        for name, kept in done.kept.items():
            console.print(f"what was {name} before is in {kept}", soft_wrap=True)
        console.print("next: xinheng ledger verify; xinheng archive verify; then start the service")

    kept = {name: str(each) for name, each in done.kept.items()}
    answer(as_json, {"restored": str(path), "kept": kept}, show)


def _chosen(folder: Path | None) -> Path:
    from ..core.errors import NotFoundError
    from ..core.settings import load_settings
    from ..jobs.backup import backups

    if folder is not None:
        return folder
    root = load_settings().backups
    if not (found := backups(root)):
        raise NotFoundError(f"{root} holds no backup; next: xinheng backup make")
    return found[-1]
