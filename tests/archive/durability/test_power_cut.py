"""Power that fails right after publishing: what was not forced to disk by then is gone."""

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from xinheng.archive import Archive

from .conftest import Material
from .operations import OPERATIONS, perform
from .state import differences, state

Seen = dict[int, int]  # when a file was last written, by its inode


class Power:
    """Notices what is forced to disk, and what is not yet when something is published."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._forced = self._written()
        self.lost: set[Path] = set()
        self.unlisted: set[str] = set()
        fsync, link = os.fsync, os.link

        def forcing(handle: int) -> None:
            fsync(handle)
            self._forced[os.fstat(handle).st_ino] = os.fstat(handle).st_mtime_ns

        def publishing(source: Any, target: Any) -> None:
            if Path(target).parent.name == "manifest":
                self.cut()
            link(source, target)

        monkeypatch.setattr(os, "fsync", forcing)
        monkeypatch.setattr(os, "link", publishing)

    def cut(self) -> None:
        """Note every file that is not on disk, and every folder that may not list what it has."""
        self.lost |= {path for path in self._files() if self._loses(path)}
        names = ("manifest/digests/*", "tables/*", "tables/*/_delta_log", "tables", "journal")
        folders = [path for name in names for path in self._folder.glob(name)]
        self.unlisted |= {path.name for path in folders if self._loses(path)}

    def _loses(self, path: Path) -> bool:
        status = path.stat()
        return self._forced.get(status.st_ino) != status.st_mtime_ns

    def _files(self) -> list[Path]:
        return [path for path in self._folder.rglob("*") if path.is_file()]

    def _written(self) -> Seen:
        return {path.stat().st_ino: path.stat().st_mtime_ns for path in self._folder.rglob("*")}


QUICK = ("first ingest", "ingest", "fold")
NAMES = [
    pytest.param(name, marks=[] if name in QUICK else [pytest.mark.slow])
    for name in OPERATIONS
    if name != "vacuum"
]


@pytest.mark.parametrize("name", NAMES)
def test_what_was_published_outlasts_a_power_cut(
    name: str, material: Material, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "archive"
    states = material.states(name)
    material.start(OPERATIONS[name].base, folder)
    with monkeypatch.context() as patch:
        power = Power(folder, patch)
        perform(OPERATIONS[name].run, Archive(folder), material.folder)
        power.cut()
    assert power.unlisted == set()
    after = shutil.copytree(folder, tmp_path / "after")
    for path in power.lost:
        if path.exists():
            (after / path.relative_to(folder)).write_bytes(b"")
    assert differences(state(after), states[-1]) == []
    assert Archive(after).verify() == []
    perform(OPERATIONS[name].run, Archive(after), material.folder)
    assert differences(state(after), states[-1]) == []
