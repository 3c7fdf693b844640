"""A disk that fills up while something is written: that is explained, and nothing is half there."""

import itertools
import os
import random
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from shutil import disk_usage

import pytest

from xinheng.archive import Archive

from ..department import ALPHA, delivery, department
from .conftest import Material
from .operations import OPERATIONS
from .state import differences, state
from .victim import Nursery, Request, limit_files

WRITING = ("first ingest", "ingest", "ingest into tables", "fold", "compact", "replay", "erase")
WORDS = "xinheng.core.errors.StorageError: there is no room in"
TIMES = 8
KEEP_NO_BYTECODE = {"PYTHONDONTWRITEBYTECODE": "1"}  # Python would keep a module cut short
LEAST = 1 << 14  # a disk of no size would have no limit


def mount(folder: Path, size: int, *options: str) -> bool:
    """Mount a disk in memory of so many bytes; tell whether that is allowed."""
    how = ",".join([*options, f"size={size // 1024}k"])
    command = ["mount", "-t", "tmpfs", "-o", how, "tmpfs", str(folder)]
    return os.geteuid() == 0 and subprocess.run(command, check=False).returncode == 0


@contextmanager
def disk(folder: Path) -> Iterator[Path]:
    """Lend a disk of its own, of which the size may change."""
    folder.mkdir(exist_ok=True)
    if not mount(folder, 1 << 30):
        pytest.skip("only root may mount a small disk; the other tests limit the size of files")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)  # noqa: S607


class Scene:
    """One operation on an archive for which there is no room."""

    def __init__(self, name: str, material: Material, nursery: Nursery, folder: Path) -> None:
        self.states, self.archive = material.states(name), folder / "archive"
        self._base, self._material, self._nursery = OPERATIONS[name].base, material, nursery
        self._request = Request(name, str(self.archive), str(material.folder))

    def start(self) -> None:
        """Begin anew."""
        self._material.start(self._base, self.archive)

    def refused(self, largest: int | None = None) -> bool:
        """Write as far as it goes; tell whether it was refused, and hold what is left."""
        end = self._nursery.run(replace(self._request, largest=largest))
        assert end.error is None or WORDS in end.error.splitlines()[-1], end.error
        left = state(self.archive)
        assert [] in [differences(left, whole) for whole in self.states]
        assert end.error is not None or differences(left, self.states[-1]) == []
        assert Archive(self.archive).verify() == []
        return end.error is not None

    def end(self) -> None:
        """Do it again now that there is room."""
        end = self._nursery.run(self._request)
        assert end.error is None, end.error
        assert differences(state(self.archive), self.states[-1]) == []
        assert Archive(self.archive).verify() == []


def needed(scene: Scene, folder: Path) -> tuple[int, int]:
    """Return how many bytes an archive takes before an operation, and how many more after it."""
    with disk(folder):
        scene.start()
        before = disk_usage(folder).used
        assert not scene.refused()
        return before, disk_usage(folder).used - before


def fill(scene: Scene, folder: Path, room: int) -> bool:
    """Write on a disk of some size, and then on a larger one; tell if it was refused first."""
    with disk(folder):
        scene.start()
        assert mount(folder, room, "remount")
        refused = scene.refused()
        assert mount(folder, 1 << 30, "remount")
        scene.end()
    return refused


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_a_disk_that_fills_up_anywhere_is_explained(
    name: str, material: Material, nursery: Nursery, rng: random.Random, tmp_path: Path
) -> None:
    scene = Scene(name, material, nursery, tmp_path / "disk")
    before, more = needed(scene, tmp_path / "disk")
    rooms = [before + LEAST, *(before + LEAST + int(rng.random() * more) for _ in range(TIMES))]
    assert sum(fill(scene, tmp_path / "disk", room) for room in rooms) > TIMES // 2


@pytest.mark.parametrize("name", ["first ingest"])
def test_files_that_cannot_grow_are_explained(
    name: str, material: Material, nursery: Nursery, tmp_path: Path
) -> None:
    limit(Scene(name, material, nursery, tmp_path), [64, 2000, 6000])


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITING)
def test_files_that_cannot_grow_to_any_size_are_explained(
    name: str, material: Material, nursery: Nursery, rng: random.Random, tmp_path: Path
) -> None:
    sizes = [int(10 ** rng.uniform(1.5, 4.5)) for _ in range(TIMES)]
    limit(Scene(name, material, nursery, tmp_path), [32, *sizes])


def limit(scene: Scene, sizes: list[int]) -> None:
    """Write with a limit on the size of files, again and again, and then without."""
    scene.start()
    refused = [scene.refused(largest) for largest in sorted(sizes)]
    assert any(refused)
    scene.end()


def test_the_command_line_says_it_without_a_traceback(tmp_path: Path) -> None:
    source = department(tmp_path / "bureau")
    rows = (f"{ALPHA},P{n},2026-01-05,2026-01-20,label,fine,1.5," for n in itertools.count())
    folder = delivery(tmp_path / "delivery", *itertools.islice(rows, 400))
    command = [Path(sys.executable).with_name("xinheng"), "ingest", str(source), str(folder)]
    ended = subprocess.run(
        command,
        env=os.environ | KEEP_NO_BYTECODE | {"XINHENG_ARCHIVE": str(tmp_path / "archive")},
        preexec_fn=lambda: limit_files(5000),
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"error: there is no room in {tmp_path / 'archive'}")
    assert "Traceback" not in ended.stderr
    assert Archive(tmp_path / "archive").deliveries() == []
