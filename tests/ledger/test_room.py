"""Whether the disk of the audit trail takes anything: asked of the disk itself, not too often."""

import errno
import os
from contextlib import closing
from pathlib import Path

import pytest

from xinheng.core.errors import StorageError
from xinheng.ledger import Ledger, Proof
from xinheng.ledger.trail.room import Room

from ..archive.durability.test_full_disk import disk
from .world import NOW

FULL = os.strerror(errno.ENOSPC)


def fill(folder: Path) -> Path:
    path = folder / "filler"
    with path.open("wb", buffering=0) as file:
        os.posix_fallocate(file.fileno(), 0, os.statvfs(folder).f_bavail * 4096)
    return path


def test_a_full_disk_is_told_until_there_is_room(tmp_path: Path) -> None:
    with disk(tmp_path / "disk") as folder:
        room = Room(folder / "audit", again_seconds=0)
        assert room.trouble() == ""
        filler = fill(folder)
        assert room.trouble() == FULL
        filler.unlink()
        assert room.trouble() == ""
        assert [*(folder / "audit").iterdir()] == []


def test_the_disk_is_not_asked_more_often_than_it_should(tmp_path: Path, monkeypatch) -> None:
    room, asked = Room(tmp_path), []
    monkeypatch.setattr("xinheng.ledger.trail.room.write", lambda *_: asked.append(1))
    assert [room.trouble() for _ in range(100)] == [""] * 100
    assert len(asked) == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_told(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert Room(tmp_path / "audit").trouble() == os.strerror(errno.EACCES)


def test_a_ledger_tells_what_keeps_it_from_recording(tmp_path: Path) -> None:
    with disk(tmp_path / "disk") as folder:
        proof = Proof(folder / "audit", tmp_path / "keys")
        with closing(Ledger(f"sqlite:///{folder / 'ledger.db'}", proof)) as ledger:
            fill(folder)
            assert ledger.unrecorded() == FULL
            with pytest.raises(StorageError, match="cannot be written"):
                ledger.audit(at=NOW, actor="wang", action="read", subject="E1", detail={})
    assert Ledger("sqlite://").unrecorded() == ""
