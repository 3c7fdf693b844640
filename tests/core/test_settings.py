"""Settings: defaults, the environment, what is given, and no secret shown."""

from pathlib import Path

import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.settings import Settings, list_settings, load_settings

KEY = "ab" * 32


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"XINHENG_{name.upper()}", raising=False)


def test_the_defaults_are_those_of_the_project() -> None:
    values = {s.name: s.value for s in list_settings(load_settings())}
    assert values == {
        "archive": "out/archive",
        "sources": "data/sources",
        "kept": "out/kept",
        "grades": "out/grades",
        "bundles": "out/bundles",
        "forecasts": "out/forecasts",
        "ledger": "sqlite:///out/ledger.db",
        "audit": "",
        "mlruns": "mlruns",
        "keys": "out/keys",
        "trusted_keys": "",
        "inbox": "out/inbox",
        "backups": "out/backups",
        "jobs": "",
        "log_level": "info",
        "log_format": "auto",
        "metrics": "loopback",
        "posted_days": "30",
        "workers": "1",
        "kept_answers": "64",
        "uploads": "",
        "channels": "",
        "purposes": "",
        "review_policy": "",
        "warning_policy": "",
        "session_idle": "30",
        "sign_in": "",
        "address": "127.0.0.1",
        "hosts": "",
        "proxies": "",
        "webhook_networks": "",
        "certificate": "",
        "certificate_key": "",
    }


def test_what_is_given_goes_before_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINHENG_ARCHIVE", "from/environment")
    monkeypatch.setenv("XINHENG_BUNDLES", "from/environment")
    settings = load_settings(archive="given", mlruns="given")
    assert (settings.archive, settings.bundles) == (Path("given"), Path("from/environment"))
    origins = {s.name: s.origin for s in list_settings(settings)}
    assert origins["archive"] == origins["mlruns"] == "argument"
    assert origins["bundles"] == "environment"
    assert origins["keys"] == "default"


def test_every_setting_is_documented_and_names_its_variable() -> None:
    for setting in list_settings(load_settings()):
        assert setting.variable == f"XINHENG_{setting.name.upper()}"
        assert len(setting.description) > 20


def test_trusted_keys_are_split_and_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINHENG_TRUSTED_KEYS", f" {KEY.upper()}, {'0' * 64},")
    assert load_settings().trusted_keys == (KEY, "0" * 64)
    monkeypatch.setenv("XINHENG_TRUSTED_KEYS", f"{KEY},{KEY[1:]}")
    with pytest.raises(InvalidError, match="XINHENG_TRUSTED_KEYS: key 2 is no public key"):
        load_settings()


URL = "postgresql://grader:{}@db:5432/ledger?sslpassword={}&x=1"


def test_a_password_is_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINHENG_LEDGER", URL.format("s3cr@t/word", "s3cret"))
    settings = load_settings()
    assert settings.ledger.startswith("postgresql://grader:s3cr")
    shown = [s.value for s in list_settings(settings) if s.name == "ledger"]
    assert shown == [URL.format("***", "***")]
    assert URL.format("***", "***") in repr(settings)
    assert "s3cr" not in repr(settings) + str(settings)


def test_a_bad_value_names_its_variable_and_does_not_show_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XINHENG_LEDGER", "s3cret")
    with pytest.raises(InvalidError, match="XINHENG_LEDGER: expected a URL") as caught:
        load_settings()
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "taught"),
    [
        ("postgres://li:s3cret@db/grades", r"postgres:// is of no such.*postgresql://USER@HOST/"),
        ("mysql://li:s3cret@db/grades", r"mysql:// is of no such.*sqlite:///out/ledger.db"),
    ],
)
def test_a_ledger_of_another_kind_is_refused(
    monkeypatch: pytest.MonkeyPatch, url: str, taught: str
) -> None:
    monkeypatch.setenv("XINHENG_LEDGER", url)
    with pytest.raises(InvalidError, match=taught) as caught:
        load_settings()
    assert "s3cret" not in str(caught.value)


def test_an_unknown_setting_is_refused() -> None:
    with pytest.raises(InvalidError, match="did you mean 'archive'"):
        load_settings(archives="x")


def test_settings_do_not_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load_settings().archive = Path("x")
