"""Keys on the command line: shown once, kept as a digest, and each change with who made it."""

import json
import stat
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.cli.desk import open_the_desk
from xinheng.cli.person import person
from xinheng.core.errors import (
    ConflictError,
    CredentialError,
    InvalidError,
    NotFoundError,
    PolicyError,
)
from xinheng.core.settings import load_settings
from xinheng.ledger import Ledger
from xinheng.serving.access import ApiKey, Keys, kept, looks_like_key
from xinheng.serving.live.service import clock
from xinheng.serving.webhooks import Webhooks

WORDS = "rice noodles in the morning\n"
BUREAU = ("--role", "department", "--district", "440304")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path}/ledger.db")
    monkeypatch.setenv("XINHENG_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("XINHENG_AUDIT", raising=False)
    return tmp_path


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["keys", *words])


def told(*words: str) -> dict:
    found = run(*words, "--json")
    assert found.exit_code == 0, found.exception
    return json.loads(found.stdout)


def check(text: str) -> ApiKey:
    ledger = Ledger.open(load_settings())
    try:
        return Keys(kept(ledger, ApiKey), clock).check(text)
    finally:
        ledger.close()


def test_a_key_is_shown_once_and_proves_who_asks(folder: Path) -> None:
    shown = run("issue", "hotline", *BUREAU, "--permission", "read grade", "--limit", "5")
    text = shown.stdout.split("\n")[0]
    assert looks_like_key(text)
    assert "shown once" in shown.stdout
    key = check(text)
    assert (key.holder, key.channel, key.limit) == ("hotline", "program", 5.0)
    assert sorted(key.grant.permissions) == ["read grade"]
    secret = text.rpartition("_")[2].encode()
    assert not any(secret in each.read_bytes() for each in folder.rglob("*") if each.is_file())
    assert text not in run("list").stdout + run("show", key.id).stdout


def test_a_key_posts_the_records_of_the_sources_that_it_is_issued_with() -> None:
    shown = run("issue", "tax", *BUREAU, "--source", "city-tax", "--source", "city-water")
    grant = check(shown.stdout.split("\n")[0]).grant
    assert grant.to_dict()["sources"] == ["city-tax", "city-water"]


def test_a_key_goes_to_a_file_of_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "hotline.key"
    found = told("issue", "hotline", *BUREAU, "--output", str(path))
    assert "key" not in found
    assert found["file"] == str(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert check(path.read_text("ascii").strip()).id == found["id"]
    with pytest.raises(InvalidError, match="exists, and no key replaces it"):
        raise run("issue", "hotline", *BUREAU, "--output", str(path)).exception
    assert len(told("list")["keys"]) == 1


REFUSED = {
    "an unknown role": (("--role", "departmen"), NotFoundError, "did you mean 'department'"),
    "no district": (("--role", "department"), InvalidError, "held to its own districts"),
    "more than the role": (
        ("--role", "consumer", "--permission", "read grade"), InvalidError, "never widens it",
    ),
    "an unknown permission": (
        ("--role", "consumer", "--permission", "read"), NotFoundError, "no permission 'read'",
    ),
    "an unknown channel": ((*BUREAU, "--channel", "fax"), PolicyError, "There are: console"),
    "a limit of nothing": ((*BUREAU, "--limit", "0"), InvalidError, "lets nothing through"),
}  # fmt: skip


@pytest.mark.parametrize("how", REFUSED)
def test_what_cannot_be_is_refused_and_leaves_nothing(tmp_path: Path, how: str) -> None:
    words, kind, match = REFUSED[how]
    path = tmp_path / "a.key"
    with pytest.raises(kind, match=match):
        raise run("issue", "hotline", *words, "--output", str(path)).exception
    assert not path.exists()
    assert told("list")["keys"] == []


def test_a_disk_that_does_not_take_the_key_leaves_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    path = tmp_path / "a.key"
    with monkeypatch.context() as spoilt:
        spoilt.setattr("xinheng.cli.desk.os.fsync", full)
        assert isinstance(run("issue", "a", *BUREAU, "--output", str(path)).exception, OSError)
    assert not path.exists()
    assert told("list")["keys"] == []


def test_both_keys_are_valid_until_the_old_one_ends() -> None:
    first = told("issue", "hotline", *BUREAU)
    second = told("rotate", first["id"], "--overlap", "3")
    assert check(first["key"]).id == first["id"]
    assert check(second["key"]).after == first["id"]
    assert second["old"]["expires"] < first["expires"]
    assert [each["state"] for each in told("list")["keys"]] == ["ends soon", "valid"]
    with pytest.raises(NotFoundError, match="no key 'nobody'"):
        raise run("rotate", "nobody").exception


def test_a_revoked_key_is_no_key() -> None:
    found = told("issue", "hotline", *BUREAU)
    assert told("revoke", found["id"])["state"] == "revoked"
    with pytest.raises(CredentialError):
        check(found["key"])
    with pytest.raises(InvalidError, match="valid no longer"):
        raise run("rotate", found["id"]).exception


def test_who_did_what_is_in_the_audit() -> None:
    key = told("issue", "hotline", *BUREAU)
    successor = told("rotate", key["id"])
    told("revoke", key["id"])
    history = told("show", key["id"])["history"]
    assert [each["action"] for each in history] == ["issue key", "rotate key", "revoke key"]
    assert {each["actor"] for each in history} == {person()}
    assert history[0]["detail"]["grant"] == {"role": "department", "districts": ["440304"]}
    assert history[1]["detail"]["successor"] == successor["id"]
    assert "revoke key by" in run("show", key["id"]).stdout


def test_a_key_is_somebodys_from_its_issue_or_its_rotation_on() -> None:
    made = CliRunner().invoke(app, ["accounts", "add", "li", "--role", "auditor"], input=WORDS)
    assert made.exit_code == 0
    nobodys = run("issue", "desk", "--role", "supervisor")
    assert "it decides and administers nothing" in nobodys.stdout
    key = told("list")["keys"][0]
    assert "decide" not in told("show", key["id"])["allowed"]
    assert told("rotate", key["id"], "--person", "LI")["person"] == "account li"
    mine = told("issue", "desk", "--role", "supervisor", "--person", "oidc city/00u-li")
    assert mine["person"] == "oidc city/00u-li"
    assert "decide" in told("show", mine["id"])["allowed"]
    assert "oidc city/00u-li" in run("show", mine["id"]).stdout
    with pytest.raises(NotFoundError, match="no account 'nobody'"):
        raise run("issue", "desk", "--role", "supervisor", "--person", "nobody").exception


def test_what_becomes_of_its_webhooks_is_told() -> None:
    key = told("issue", "hotline", *BUREAU)
    ledger = Ledger.open(load_settings())
    try:
        Webhooks(ledger, clock).subscribe([key["id"]], "https://hooks.example/x", "routine", 0)
    finally:
        ledger.close()
    assert told("show", key["id"])["webhooks"] == ["https://hooks.example/x"]
    after = run("rotate", key["id"]).stdout
    assert "https://hooks.example/x goes on by the new one" in after
    assert "https://hooks.example/x waits until" in run("revoke", key["id"]).stdout


def test_a_key_of_a_clock_that_was_ahead_is_not_valid_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as ahead:
        ahead.setattr("xinheng.cli.desk.clock", lambda: clock() + timedelta(days=30))
        told("issue", "hotline", *BUREAU)
    assert [each["state"] for each in told("list")["keys"]] == ["not valid yet"]


def test_a_name_with_brackets_is_shown_as_it_is() -> None:
    told("issue", "[red]hotline", "--role", "department", "--district", "[b]")
    assert "[red]hotline" in run("list").stdout
    assert "[b]" in run("list").stdout


def test_a_district_that_no_table_has_is_warned_of() -> None:
    found = run("issue", "hotline", "--role", "department", "--district", "440399")
    assert "440399 is no code of a district" in found.stdout


def test_a_source_that_nobody_has_is_warned_of_and_so_is_none() -> None:
    found = run("issue", "bureau", *BUREAU, "--source", "city-market", "--source", "cty-market")
    assert "there is no source cty-market in the folder" in found.stdout
    assert "no source city-market" not in found.stdout
    assert "of no source" not in found.stdout
    assert "it posts records of no source" in run("issue", "bureau", *BUREAU).stdout


def test_a_grant_that_is_not_narrowed_is_told_so() -> None:
    key = json.loads(run("issue", "maker", "--role", "data scientist", "--json").stdout)
    assert "narrowed │ no " in " ".join(run("show", key["id"]).stdout.split())


def test_an_empty_list_says_what_to_do() -> None:
    assert "xinheng keys issue" in run("list").stdout


def test_whoever_is_at_the_machine_agrees_where_no_other_can() -> None:
    key = told("issue", "hotline", *BUREAU)
    with open_the_desk() as desk:
        desk.hold_key(key["id"], "account wang")
    assert told("show", key["id"])["state"] == "waits"
    assert told("agree", key["id"])["state"] == "valid"
    assert isinstance(run("agree", key["id"]).exception, ConflictError)
    history = told("show", key["id"])["history"]
    assert [each["action"] for each in history] == ["issue key", "hold key", "agree to key"]
