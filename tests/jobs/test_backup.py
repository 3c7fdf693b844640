"""Backups: all of an installation, taken while it is used, checked, pruned and put back."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from xinheng.archive import Archive
from xinheng.core.errors import IntegrityError, InvalidError, NotFoundError
from xinheng.core.settings import Settings
from xinheng.grading import open_book
from xinheng.jobs.backup import backups, make_backup, prune_backups, verify_backup
from xinheng.jobs.restoration import restore_backup
from xinheng.ledger import Ledger, Proof, connected, upgrade, verify
from xinheng.ledger.reviews import Act, Case
from xinheng.serving.intake.foldin import LEASE

from ..archive.department import ALPHA
from ..archive.durability.test_full_disk import mount
from ..ledger.reviews.world import DAY, Desk
from ..serving.installation import installation

NOW = datetime(2026, 7, 1, tzinfo=UTC)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Settings:
    folder = tmp_path_factory.mktemp("saved")
    return installation(folder).model_copy(
        update={"backups": folder / "backups", "grades": folder / "grades"}
    )


@pytest.fixture
def settings(made: Settings, tmp_path: Path) -> Settings:
    """A copy of the installation, which a test may spoil."""
    old = made.archive.parent
    shutil.copytree(old, tmp_path / "city", symlinks=True)
    moved = {
        name: tmp_path / "city" / getattr(made, name).name
        for name in ("archive", "bundles", "keys", "grades", "backups")
    }
    return made.model_copy(update=moved | {"ledger": f"sqlite:///{tmp_path}/city/ledger.db"})


def read(settings: Settings, subject: str) -> None:
    with closing(Ledger.open(settings)) as ledger:
        ledger.audit(at=NOW, actor="key k1", action="read grade", subject=subject, detail={})


def grade(settings: Settings) -> str:
    with closing(Ledger.open(settings)) as ledger:
        book = open_book(settings, ledger)
        number = Archive(settings.archive).enterprise(ALPHA)
        return str(book.grade(number, 20_600))


def overridden(settings: Settings) -> Case:
    with closing(Ledger.open(settings)) as ledger:
        return Desk(ledger.reviews).overridden()


def reviewed(settings: Settings) -> Case:
    """The review that there is, which still takes an act."""
    with closing(Ledger.open(settings)) as ledger:
        [case] = ledger.reviews.of(7, DAY)
        assert ledger.reviews.overrides().on(7, DAY + 1)
        said = {"reason": "seen since"}
        ledger.reviews.act(case.id, Act.NOTE, at=NOW, actor="li", detail=said)
        return case


def faults(settings: Settings) -> list[str]:
    with connected(settings.ledger) as engine:
        return [each.problem for each in verify(engine, Proof.of(settings)).faults]


def test_everything_is_put_back_as_it_was(settings):
    read(settings, "E2")
    case, before = overridden(settings), grade(settings)
    made = make_backup(settings, NOW)
    for gone in (settings.archive, settings.bundles, settings.keys):
        shutil.rmtree(gone)
    Path(settings.ledger.removeprefix("sqlite:///")).unlink()
    restore_backup(settings, made.folder, actor="li", at=NOW)
    assert grade(settings) == before
    assert faults(settings) == []
    assert Archive(settings.archive).verify() == []
    with closing(Ledger.open(settings)) as ledger:
        assert len(ledger.audited("E2")) == 1
    assert reviewed(settings) == case


def test_what_was_there_is_kept_and_what_the_backup_lacks_is_told(settings):
    made = make_backup(settings, NOW)
    read(settings, "E2")
    done = restore_backup(settings, made.folder, actor="li", at=NOW)
    assert set(done.kept) == {"archive", "bundles", "keys", "audit", "ledger"}
    assert all(each.exists() for each in done.kept.values())
    assert faults(settings) == []


def test_a_second_backup_links_what_has_not_changed(settings):
    first = make_backup(settings, NOW)
    second = make_backup(settings, NOW + timedelta(days=1))
    assert second.files == first.files
    assert second.new < first.new / 3
    inside = next((first.folder / "archive").rglob("*.arrow")).relative_to(first.folder)
    assert (first.folder / inside).samefile(second.folder / inside)
    assert prune_backups(settings.backups, NOW + timedelta(days=40), days=30, least=1) == [
        first.folder
    ]
    verify_backup(second.folder)


def test_nobody_else_can_read_a_backup(settings):
    made = make_backup(settings, NOW)
    modes = {stat.S_IMODE(each.stat().st_mode) & 0o077 for each in made.folder.rglob("*.pem")}
    assert stat.S_IMODE(made.folder.stat().st_mode) == 0o700
    assert modes == {0}


@pytest.mark.parametrize("how", ["changed", "missing", "more"])
def test_a_spoiled_backup_is_refused_before_anything_is_changed(settings, how):
    made = make_backup(settings, NOW)
    path = next((made.folder / "archive").rglob("*.arrow"))
    if how == "changed":
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1] + b"x")
    elif how == "missing":
        path.unlink()
    else:
        (made.folder / "bundles" / "more").write_text("x")
    before = grade(settings)
    with pytest.raises(IntegrityError, match=r"not what was saved|is missing|put into the backup"):
        restore_backup(settings, made.folder, actor="li", at=NOW)
    assert grade(settings) == before


def test_a_backup_that_breaks_off_is_not_there(settings, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(shutil, "copyfile", full)
    with pytest.raises(OSError, match="no room"):
        make_backup(settings, NOW)
    assert backups(settings.backups) == []
    assert [*settings.backups.iterdir()] == []


def test_a_restore_that_breaks_off_puts_back_what_was_there(settings, monkeypatch):
    made, before = make_backup(settings, NOW), grade(settings)

    def broken(*_, **__):
        raise InvalidError("broken off")

    monkeypatch.setattr("xinheng.jobs.restoration.restore_ledger", broken)
    with pytest.raises(InvalidError, match="broken off"):
        restore_backup(settings, made.folder, actor="li", at=NOW)
    assert grade(settings) == before


def test_nothing_is_restored_while_the_service_is_at_work(settings):
    made, before = make_backup(settings, NOW), grade(settings)
    with closing(Ledger.open(settings)) as ledger, ledger.lease(LEASE) as lease:
        assert lease.held()
        with pytest.raises(InvalidError, match="the service is at work"):
            restore_backup(settings, made.folder, actor="li", at=NOW)
    assert grade(settings) == before
    restore_backup(settings, made.folder, actor="li", at=NOW)


@pytest.fixture
def disk(settings) -> Iterator[Settings]:
    """The same installation, but what proves its audit lies on a disk of its own."""
    folder = settings.archive.parent / "disk"
    folder.mkdir()
    if not mount(folder, 1 << 24):
        pytest.skip("only root may mount a small disk")
    shutil.copytree(Proof.of(settings).folder, folder, dirs_exist_ok=True)
    try:
        yield settings.model_copy(update={"audit": folder})
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)  # noqa: S607


def test_a_folder_that_is_a_disk_is_restored_within(disk):
    made = make_backup(disk, NOW)
    read(disk, "E2")
    before = {each.name for each in disk.audit.iterdir()}
    done = restore_backup(disk, made.folder, actor="li", at=NOW)
    assert done.kept["audit"].parent == disk.audit
    assert {each.name for each in done.kept["audit"].iterdir()} == before
    assert faults(disk) == []
    again = make_backup(disk, NOW + timedelta(days=1))
    assert not [*(again.folder / "audit").glob(".before-*")]


def test_a_disk_is_put_back_when_a_restore_breaks_off(disk, monkeypatch):
    made = make_backup(disk, NOW)

    def broken(*_, **__):
        raise InvalidError("broken off")

    before = {each: each.read_bytes() for each in disk.audit.rglob("*") if each.is_file()}
    monkeypatch.setattr("xinheng.jobs.restoration.restore_ledger", broken)
    with pytest.raises(InvalidError, match="broken off"):
        restore_backup(disk, made.folder, actor="li", at=NOW)
    assert {each: each.read_bytes() for each in disk.audit.rglob("*") if each.is_file()} == before


def test_an_archive_without_deliveries_is_no_installation(settings, tmp_path):
    elsewhere = settings.model_copy(update={"archive": tmp_path / "none"})
    with pytest.raises(NotFoundError, match=r"nothing to save.*XINHENG_ARCHIVE"):
        make_backup(elsewhere, NOW)


def test_a_backup_of_another_database_is_refused(settings):
    made = make_backup(settings, NOW)
    other = settings.model_copy(update={"ledger": "postgresql://x@127.0.0.1/none"})
    with pytest.raises(InvalidError, match="holds a ledger of sqlite"):
        restore_backup(other, made.folder, actor="li", at=NOW)


@pytest.fixture
def postgresql(server, settings) -> Iterator[Settings]:
    name = "saved_" + os.urandom(4).hex()
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    there = server.set(database=name).render_as_string(hide_password=False)
    with connected(there) as owner:
        upgrade(owner)
    found = settings.model_copy(
        update={"ledger": there, "audit": settings.archive.parent / "audit-of-postgresql"}
    )
    [bundle] = (each.name for each in settings.bundles.iterdir())
    with closing(Ledger.open(found)) as ledger:
        ledger.promote(bundle, purpose="grade", actor="li", reason="first", at=NOW)
    yield found
    with engine.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    engine.dispose()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("pg_dump") is None, reason="pg_dump is not installed")
def test_a_ledger_on_postgresql_is_saved_and_put_back(postgresql):
    read(postgresql, "E1")
    case = overridden(postgresql)
    made, before = make_backup(postgresql, NOW), grade(postgresql)
    with connected(postgresql.ledger) as engine, engine.begin() as connection:
        connection.execute(text("DROP TABLE promotion CASCADE"))
    restore_backup(postgresql, made.folder, actor="li", at=NOW)
    assert grade(postgresql) == before
    assert faults(postgresql) == []
    assert reviewed(postgresql) == case
