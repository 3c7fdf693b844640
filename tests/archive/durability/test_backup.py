"""Damage is found with the name of the file, and a copy of the folder makes good for it."""

import os
import random
import shutil
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from filelock import FileLock

from xinheng.archive import Archive

from .conftest import Material
from .operations import LONG_AFTER, OPERATIONS
from .state import differences, state
from .victim import Nursery, Request

Damage = Callable[[Path, random.Random], None]
Copy = Callable[[Path, Path], None]

# The order in which the folders of an archive may be copied while somebody writes.
ORDER = ("manifest", "tables", "journal")


def back_up(folder: Path, backup: Path) -> None:
    """Copy an archive as its documentation says."""
    for part in ORDER:
        shutil.copytree(folder / part, backup / part, ignore=shutil.ignore_patterns("*.draft"))


def link(folder: Path, backup: Path) -> None:
    """Hold the writer's lock, and copy an archive by hard links."""
    with FileLock(folder / ".lock"):
        shutil.copytree(folder, backup, copy_function=os.link)


def lose(path: Path, _: random.Random) -> None:
    path.unlink()


def cut(path: Path, rng: random.Random) -> None:
    path.write_bytes(path.read_bytes()[: rng.randrange(path.stat().st_size)])


def flip(path: Path, rng: random.Random) -> None:
    content = bytearray(path.read_bytes())
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    path.write_bytes(content)


def hold(how: Damage, times: int, archive: Archive, rng: random.Random) -> None:
    """Damage files one after another: each is found, and copied back all is well."""
    backup = archive.folder.with_name("backup")
    back_up(archive.folder, backup)
    before = state(archive.folder)
    files = sorted(backup.rglob("*.parquet"))
    files += sorted(backup.rglob("*.arrow"))
    for _ in range(times):
        path = archive.folder / rng.choice(files).relative_to(backup)
        how(path, rng)
        findings = Archive(archive.folder).verify()
        assert [path.name in finding.problem for finding in findings] == [True], path
        assert findings[0].table == path.parent.name
        assert "backup" in findings[0].problem
        shutil.copy(backup / path.relative_to(archive.folder), path)
        assert Archive(archive.folder).verify() == []
    assert differences(state(archive.folder), before) == []


@pytest.fixture
def archive(material: Material, tmp_path: Path) -> Archive:
    material.start("later city", tmp_path / "archive")
    archive = Archive(tmp_path / "archive")
    archive.vacuum(LONG_AFTER, timedelta(0))
    return archive


def test_a_flipped_bit_is_found_and_made_good(archive: Archive, rng: random.Random) -> None:
    hold(flip, 2, archive, rng)


@pytest.mark.slow
@pytest.mark.parametrize("how", [lose, cut, flip], ids=lambda how: how.__name__)
def test_damage_anywhere_is_found_and_made_good(
    how: Damage, archive: Archive, rng: random.Random
) -> None:
    hold(how, 30, archive, rng)


@pytest.mark.slow
@pytest.mark.parametrize("where", ["manifest/*.json", "tables/*/_delta_log/*.json"])
@pytest.mark.parametrize("how", [cut, flip], ids=lambda how: how.__name__)
def test_damage_to_what_tells_of_files_is_found_or_harmless(
    how: Damage, where: str, archive: Archive, rng: random.Random, tmp_path: Path
) -> None:
    before, found = state(archive.folder), 0
    for place in range(30):
        copy = shutil.copytree(archive.folder, tmp_path / f"{place}")
        path = rng.choice(sorted(copy.glob(where)))
        how(path, rng)
        findings = Archive(copy).verify()
        found += bool(findings)
        assert findings or differences(state(copy), before) == [], path
    assert found > 10


def test_a_lost_table_is_found_and_made_good(archive: Archive, tmp_path: Path) -> None:
    backup, before = tmp_path / "backup", state(archive.folder)
    back_up(archive.folder, backup)
    table = archive.folder / "tables" / "licence"
    shutil.rmtree(table)
    findings = Archive(archive.folder).verify()
    assert [finding.table for finding in findings] == ["licence"]
    assert str(table) in findings[0].problem
    shutil.copytree(backup / "tables" / "licence", table)
    assert Archive(archive.folder).verify() == []
    assert differences(state(archive.folder), before) == []


@pytest.mark.slow
@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7])
@pytest.mark.parametrize("copy", [back_up, link], ids=lambda copy: copy.__name__)
def test_a_copy_made_while_somebody_writes_is_whole(
    copy: Copy, share: float, material: Material, nursery: Nursery, tmp_path: Path
) -> None:
    name, folder, backup = "ingest into tables", tmp_path / "archive", tmp_path / "backup"
    states = material.states(name)
    material.start(OPERATIONS[name].base, tmp_path / "timed")
    request = Request(name, str(tmp_path / "timed"), str(material.folder))
    seconds = nursery.run(request).seconds
    material.start(OPERATIONS[name].base, folder)
    writer = threading.Thread(target=nursery.run, args=(replace(request, folder=str(folder)),))
    writer.start()
    writer.join(share * seconds)
    assert writer.is_alive() or share > 0.1  # a machine may be busy and then no longer
    copy(folder, backup)
    copied = state(backup)
    assert [] in [differences(copied, whole) for whole in states]
    writer.join()
    assert differences(state(folder), states[-1]) == []
    assert differences(state(backup), copied) == []
    assert Archive(backup).verify() == []
    assert nursery.run(replace(request, folder=str(backup))).error is None
    assert differences(state(backup), states[-1]) == []
    assert Archive(backup).verify() == []
