"""Where the directory lies: in the archive, one for what the tables say now, shared by all.

It follows from tables, so it is no part of the archive's truth: whoever finds none builds it, and
the one before is removed. What names a person stands in it, so an erasure removes it as well.
"""

import hashlib
import json
import logging
import shutil
import tempfile
import weakref
from pathlib import Path
from uuid import uuid4

from filelock import FileLock

from ..manifest import State
from ..store import Store
from .directory import Directory
from .told import READ, told
from .writing import write

__all__ = ["clear_directory", "directory_key", "open_directory"]

log = logging.getLogger(__name__)

FOLDER, FORM = "directory", 1
LOCK = ".lock"


def open_directory(store: Store) -> Directory:
    """Open the directory of an archive as it is now, and build it first where there is none.

    In a folder that cannot be written to, a copy of its own is built for whoever asks.
    """
    state = store.state()
    root, key = store.folder / FOLDER, directory_key(state)
    if (root / key).is_dir():
        return Directory(root / key)
    try:
        root.mkdir(parents=True, exist_ok=True)
        with FileLock(root / LOCK):
            return _built(store, state, root / key)
    except OSError as error:
        log.warning("no directory can be kept in %s (%s); a copy is built", root, error)
    return _own(store, state)


def directory_key(state: State) -> str:
    """Return what tells the directory of a state of an archive from those of others."""
    tables = {name: state.tables.get(name) for name in READ}
    journals = [
        journal.sha256
        for journal in state.journals.values()
        if not journal.rows.keys().isdisjoint(READ)
    ]
    text = json.dumps([FORM, tables, journals], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def clear_directory(folder: Path) -> None:
    """Remove the directory of an archive in a folder; whoever asks next builds it anew."""
    root = folder / FOLDER
    if root.is_dir():
        with FileLock(root / LOCK):
            _remove(root)


def _built(store: Store, state: State, place: Path) -> Directory:
    if not place.is_dir():
        draft = place.with_name(f".{uuid4().hex}")
        draft.mkdir()
        try:
            write(draft, *told(store, state))
            draft.rename(place)
        finally:
            shutil.rmtree(draft, ignore_errors=True)
        _remove(place.parent, place.name)
    return Directory(place)


def _own(store: Store, state: State) -> Directory:
    folder = Path(tempfile.mkdtemp(prefix="xinheng-directory-"))
    try:
        write(folder, *told(store, state))
        found = Directory(folder)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    weakref.finalize(found, shutil.rmtree, folder, ignore_errors=True)
    return found


def _remove(root: Path, keep: str = "") -> None:
    """Remove what lies in a folder; who has it mapped goes on reading it."""
    for path in root.iterdir():
        if path.name not in {keep, LOCK}:
            shutil.rmtree(path, ignore_errors=True)
