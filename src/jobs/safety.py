"""What about the settings of an installation is unsafe, and what to do about it."""

import difflib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from ..core.settings import Settings
from ..ledger import Proof, file_of

__all__ = ["Unsafe", "check_settings"]

DEMO = "out/demo"
PREFIX = "XINHENG_"
OTHERS = frozenset({"XINHENG_KEY"})
"""Variables of programs that ask, which are no settings."""


@dataclass(frozen=True, slots=True)
class Unsafe:
    """Something unsafe: the variable of the setting, what is wrong, and what to do."""

    variable: str
    problem: str
    remedy: str


def check_settings(settings: Settings) -> list[Unsafe]:
    """Return what is unsafe about an installation; nothing is changed.

    Examples
    --------
    >>> from xinheng.core.settings import load_settings
    >>> settings = load_settings(
    ...     ledger="postgresql://postgres@db/ledger", keys="/none", audit="/none", backups="/none"
    ... )
    >>> [each.problem for each in check_settings(settings)]
    ['the service is a superuser, who can rewrite the audit']
    """
    looks = (_keys, _ledger, _audit, _disks, _logs, _misspelt)
    return [found for look in looks for found in look(settings)]


def _keys(settings: Settings) -> Iterator[Unsafe]:
    folder = settings.keys
    if _open_to_others(folder, stat.S_IRWXG | stat.S_IRWXO):
        yield Unsafe(
            "XINHENG_KEYS",
            f"others can look into the folder of keys {folder} ({_mode(folder)})",
            f"chmod 700 {folder}",
        )
    for path in sorted(folder.rglob("*.pem")) if folder.is_dir() else ():
        if _open_to_others(path, stat.S_IRWXG | stat.S_IRWXO):
            yield Unsafe(
                "XINHENG_KEYS",
                f"others can read the private key {path} ({_mode(path)})",
                "take it out of use and make a new one, for whoever read it can sign; chmod 600",
            )
    if not settings.trusted_keys and (folder / "signing.pem").is_file():
        yield Unsafe(
            "XINHENG_KEYS",
            f"{folder} holds a key that signs models, so whoever gets at the service can sign one",
            "keep signing.pem where models are trained, and here only the .pub files",
        )


def _ledger(settings: Settings) -> Iterator[Unsafe]:
    path, url = file_of(settings.ledger), make_url(settings.ledger)
    if path is None and url.get_backend_name() == "sqlite":
        yield Unsafe(
            "XINHENG_LEDGER", "the ledger is in memory, and gone with the process",
            "name a file, or PostgreSQL",
        )  # fmt: skip
        return
    if path is None:
        if url.password:
            yield Unsafe(
                "XINHENG_LEDGER", "the password of the database stands in the environment",
                "put it into ~/.pgpass (mode 600) and leave it out of the URL",
            )  # fmt: skip
        if url.username == "postgres":
            yield Unsafe(
                "XINHENG_LEDGER", "the service is a superuser, who can rewrite the audit",
                "make the roles of deploy/postgresql.sql, and name xinheng_service",
            )  # fmt: skip
        return
    if DEMO in path.as_posix():
        yield Unsafe(
            "XINHENG_LEDGER", f"{path} is the demo's ledger, which the next `make demo` removes",
            "name a ledger of your own",
        )  # fmt: skip
    if path.exists() and _open_to_others(path, stat.S_IRWXO):
        yield Unsafe(
            "XINHENG_LEDGER", f"others can read the ledger {path} ({_mode(path)})",
            f"chmod 600 {path}*",
        )  # fmt: skip
    if path.resolve().parent == settings.archive.resolve().parent:
        yield Unsafe(
            "XINHENG_LEDGER",
            f"the ledger is an SQLite file beside the archive {settings.archive}: one disk, one "
            "machine, one writer",
            "for a service that others rely on use PostgreSQL (docs/ledger.md)",
        )


def _audit(settings: Settings) -> Iterator[Unsafe]:
    folder = Proof.of(settings).folder
    if settings.audit is None:
        yield Unsafe(
            "XINHENG_AUDIT",
            f"what proves the audit trail lies in {folder}, where the database's administrator can "
            "write too",
            "name a folder on another disk, and copy anchors.jsonl elsewhere each night",
        )


def _disks(settings: Settings) -> Iterator[Unsafe]:
    root = settings.backups
    if _open_to_others(root, stat.S_IRWXG | stat.S_IRWXO):
        yield Unsafe(
            "XINHENG_BACKUPS",
            f"others can look into the folder of backups {root}, which hold keys ({_mode(root)})",
            f"chmod 700 {root}",
        )
    there = root.is_dir() and settings.archive.is_dir()
    if there and root.stat().st_dev == settings.archive.stat().st_dev:
        yield Unsafe(
            "XINHENG_BACKUPS",
            f"the backups in {root} are on the disk of what they save",
            "name a folder on another disk",
        )


def _logs(settings: Settings) -> Iterator[Unsafe]:
    if settings.log_level == "debug":
        yield Unsafe(
            "XINHENG_LOG_LEVEL", "libraries tell more at debug than a log should keep",
            "use info, and debug only while looking for a fault",
        )  # fmt: skip


def _misspelt(_: Settings) -> Iterator[Unsafe]:
    known = [f"{PREFIX}{name.upper()}" for name in Settings.model_fields]
    for name in sorted(set(map(str.upper, os.environ)).difference(known, OTHERS)):
        near = difflib.get_close_matches(name, known, n=1, cutoff=0.9)
        if name.startswith(PREFIX) and near:
            yield Unsafe(name, "there is no such setting, so it does nothing", f"name it {near[0]}")


def _open_to_others(path: Path, bits: int) -> bool:
    return path.exists() and bool(path.stat().st_mode & bits)


def _mode(path: Path) -> str:
    return f"mode {stat.S_IMODE(path.stat().st_mode):o}"
