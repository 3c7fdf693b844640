"""What is unsafe about settings is told, with what to do; what is safe is not."""

from pathlib import Path

import pytest

from xinheng.core.settings import Settings, load_settings
from xinheng.jobs.safety import check_settings


@pytest.fixture
def safe(tmp_path: Path) -> Settings:
    for name in ("keys", "backups"):
        (tmp_path / name).mkdir(mode=0o700)
    return load_settings(
        ledger="postgresql://xinheng_service@db/xinheng",
        archive=tmp_path / "archive",
        keys=tmp_path / "keys",
        audit=tmp_path / "audit",
        backups=tmp_path / "backups",
    )


def told(settings: Settings, **more: object) -> list[tuple[str, str]]:
    found = check_settings(settings.model_copy(update=more))
    assert all(each.remedy for each in found)
    return [(each.variable.removeprefix("XINHENG_"), each.problem) for each in found]


def test_what_is_safe_is_not_told(safe):
    assert told(safe) == []


@pytest.mark.parametrize(
    ("more", "variable", "problem"),
    [
        ({"ledger": "postgresql://x:secret@db/l"}, "LEDGER", "stands in the environment"),
        ({"ledger": "postgresql://postgres@db/l"}, "LEDGER", "superuser"),
        ({"ledger": "sqlite://"}, "LEDGER", "in memory"),
        ({"ledger": "sqlite:////none/out/demo/ledger.db"}, "LEDGER", "the demo's"),
        ({"log_level": "debug"}, "LOG_LEVEL", "debug"),
        ({"audit": None}, "AUDIT", "administrator can write too"),
    ],
)
def test_an_unsafe_value_is_told(safe, more, variable, problem):
    [(where, what)] = told(safe, **more)
    assert where == variable
    assert problem in what
    assert "secret" not in what


def test_folders_that_others_can_look_into_are_told(safe):
    safe.keys.chmod(0o755)
    safe.backups.chmod(0o750)
    assert [where for where, _ in told(safe)] == ["KEYS", "BACKUPS"]


def test_a_private_key_that_others_can_read_is_told(safe):
    (safe.keys / "audit").mkdir()
    (safe.keys / "audit" / "signing.pem").write_text("x")
    (safe.keys / "audit" / "signing.pem").chmod(0o644)
    [(where, what)] = told(safe)
    assert (where, "private key" in what) == ("KEYS", True)


def test_a_key_for_models_beside_the_service_is_told(safe):
    (safe.keys / "signing.pem").touch(0o600)
    [(_, what)] = told(safe)
    assert "signs models" in what


def test_a_ledger_beside_the_archive_is_told(safe, tmp_path):
    file = tmp_path / "ledger.db"
    file.touch(0o644)
    problems = [what for _, what in told(safe, ledger=f"sqlite:///{file}")]
    assert len(problems) == 2
    assert "others can read the ledger" in problems[0]
    assert "beside the archive" in problems[1]


def test_backups_on_the_disk_of_what_they_save_are_told(safe):
    safe.archive.mkdir()
    [(where, what)] = told(safe)
    assert (where, "on the disk of what they save" in what) == ("BACKUPS", True)


def test_a_setting_that_is_misspelt_is_told(safe, monkeypatch):
    for name in ("XINHENG_LEGDER", "XINHENG_WORKER", "XINHENG_KEY", "XINHENG_ELSEWHERE"):
        monkeypatch.setenv(name, "4")
    found = {each.variable: each.remedy for each in check_settings(safe)}
    assert found == {
        "XINHENG_LEGDER": "name it XINHENG_LEDGER",
        "XINHENG_WORKER": "name it XINHENG_WORKERS",
    }
