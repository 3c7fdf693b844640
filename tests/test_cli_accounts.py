"""Accounts on the command line: passwords are typed or sent, never an argument, never shown."""

import json
import os
import pty
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import accounts, app
from xinheng.cli.desk import open_the_desk
from xinheng.cli.person import person
from xinheng.core.errors import ConflictError, CredentialError, InvalidError, NotFoundError
from xinheng.core.settings import load_settings
from xinheng.ledger import Ledger
from xinheng.serving.access import (
    Account,
    Accounts,
    Failures,
    Lockouts,
    Passwords,
    Session,
    Sessions,
    SetUps,
    kept,
    totp,
)
from xinheng.serving.live.service import clock

WORDS, OTHER = "rice noodles in the morning", "other words altogether"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XINHENG_LEDGER", f"sqlite:///{tmp_path}/ledger.db")
    monkeypatch.setenv("XINHENG_KEYS", str(tmp_path / "keys"))
    monkeypatch.delenv("XINHENG_AUDIT", raising=False)
    return tmp_path


def run(*words: str, typed: str = "") -> Result:
    return CliRunner().invoke(app, ["accounts", *words], input=typed)


def told(*words: str, typed: str = "") -> dict:
    found = run(*words, "--json", typed=typed)
    assert found.exit_code == 0, found.exception
    return json.loads(found.stdout)


def add(name: str = "li", *words: str) -> dict:
    return told("add", name, "--role", "supervisor", *words, typed=WORDS + "\n")


@contextmanager
def service():
    with closing(Ledger.open(load_settings())) as ledger:
        sessions = Sessions(kept(ledger, Session), clock)
        lockouts = Lockouts(kept(ledger, Failures), clock)
        yield Accounts(kept(ledger, Account), Passwords(), lockouts, sessions, clock), sessions


def sign_in(password: str = WORDS, code: str = "") -> str:
    with service() as (people, _):
        return people.sign_in("li", password, code, address="::1", channel="console").token


def check(token: str) -> None:
    with service() as (_, sessions):
        sessions.check(token)


def test_whoever_was_added_signs_in() -> None:
    assert add()["grant"] == {"role": "supervisor"}
    assert sign_in()
    assert [each["name"] for each in told("list")["accounts"]] == ["li"]


def test_no_secret_is_told(folder: Path) -> None:
    add()
    with service() as (people, _):
        account = people.find("li")
    shown = "".join(run(*words).output for words in (("list",), ("show", "li"), ("list", "--json")))
    assert account.password not in shown
    assert WORDS not in shown
    kept_files = [each for each in folder.rglob("*") if each.is_file()]
    assert kept_files
    assert not any(WORDS.encode() in each.read_bytes() for each in kept_files)


REFUSED = {
    "no password": ("", "no password came"),
    "a short one": ("short\n", "at least 12 characters"),
    "a common one": ("password1234\n", "among the commonest"),
}


@pytest.mark.parametrize("how", REFUSED)
def test_a_password_that_cannot_be_one_is_refused(how: str) -> None:
    typed, match = REFUSED[how]
    with pytest.raises(InvalidError, match=match):
        raise run("add", "li", "--role", "supervisor", typed=typed).exception
    assert told("list")["accounts"] == []


def test_no_option_takes_a_password() -> None:
    for words in (("add", "--help"), ("password", "--help")):
        assert "--password" not in run(*words).stdout
    assert run("password", "li", WORDS).exit_code == 2


ENDING = {
    "disable": (("disable", "li"), ""),
    "password": (("password", "li"), OTHER + "\n"),
    "grant": (("grant", "li", "--role", "auditor"), ""),
    "drop": (("factor", "li", "--drop"), ""),
    "sign out": (("sign-out", "li"), ""),
}


@pytest.mark.parametrize("how", ENDING)
def test_what_changes_an_account_ends_its_sessions(how: str) -> None:
    add()
    token = sign_in()
    words, typed = ENDING[how]
    told(*words, typed=typed)
    with pytest.raises(CredentialError):
        check(token)


def test_a_disabled_account_signs_in_after_it_was_enabled() -> None:
    add()
    told("disable", "li")
    with pytest.raises(CredentialError):
        sign_in()
    told("enable", "li")
    assert sign_in()


def test_a_second_factor_is_asked_for_once_its_code_was_right(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    add()
    wrong = run("factor", "li", typed="000000\n")
    assert isinstance(wrong.exception, CredentialError)
    assert sign_in()
    shown = []
    show = accounts._show_offer
    monkeypatch.setattr(accounts, "_show_offer", lambda text: shown.append(text) or show(text))
    monkeypatch.setattr(accounts, "read_secret", lambda _: code(shown[-1], 0))
    found = run("factor", "li", "--json")
    assert json.loads(found.stdout)["second_factor"] is True
    assert "otpauth://totp/Xinheng:li?secret=" in found.stderr
    with pytest.raises(CredentialError):
        sign_in()
    assert sign_in(code=code(shown[-1], 1))


def code(address: str, late: int) -> str:
    secret = address.partition("secret=")[2].partition("&")[0]
    return totp.code_at(secret, int(time.time()) // 30 + late)


def test_somebody_who_signed_in_elsewhere_is_signed_out_by_the_name_in_the_audit() -> None:
    with service() as (_, sessions):
        grant = accounts.grant_of("auditor", None, None, None)
        token = sessions.begin("oidc city/00u-li", grant, "console").token
    assert told("sign-out", "oidc city/00u-li")["sessions"] == 1
    with pytest.raises(CredentialError):
        check(token)


def test_an_account_may_be_of_somebody_who_signs_in_elsewhere_as_well() -> None:
    add()
    add("wang", "--person", "li")
    assert told("show", "wang")["person"] == "account li"
    assert told("person", "li", "oidc city/00u-li")["person"] == "oidc city/00u-li"
    assert "oidc city/00u-li" in run("show", "li").stdout
    assert told("person", "li")["person"] is None
    history = [each["action"] for each in told("show", "li")["history"]]
    assert history == ["add account", "set person", "set person"]


def test_an_inspector_posts_the_records_of_the_sources_that_are_named() -> None:
    where = ("--role", "inspector", "--district", "440304")
    made = told("add", "chen", *where, "--source", "city-market", typed=WORDS + "\n")
    assert made["grant"]["sources"] == ["city-market"]
    given = told("grant", "chen", *where, "--source", "city-tax")
    assert given["grant"]["sources"] == ["city-tax"]


def test_who_did_what_is_in_the_audit() -> None:
    add()
    told("grant", "LI", "--role", "auditor")
    told("disable", "li")
    history = told("show", "li")["history"]
    actions = [each["action"] for each in history]
    assert actions == ["add account", "change grant", "disable account"]
    assert {each["actor"] for each in history} == {person()}
    assert history[1]["detail"] == {
        "before": {"grant": {"role": "supervisor"}},
        "after": {"grant": {"role": "auditor"}},
    }


@pytest.mark.parametrize("what", ["show", "disable", "enable", "password", "factor", "sign-out"])
def test_an_account_that_is_not_there_is_said_to_be_none(what: str) -> None:
    with pytest.raises(NotFoundError, match="no account 'nobody'"):
        raise run(what, "nobody", typed=OTHER + "\n").exception


def test_what_is_over_is_purged(monkeypatch: pytest.MonkeyPatch) -> None:
    add()
    sign_in()
    with pytest.raises(CredentialError):
        sign_in(OTHER)
    purged = CliRunner().invoke(app, ["purge", "--json"])
    assert json.loads(purged.stdout) == {"sessions": 0, "failures": 0, "pending": 0}
    later = clock() + timedelta(hours=25)
    monkeypatch.setattr("xinheng.cli.purge.clock", lambda: later)
    assert "removed: 1 sessions, 2 failures, 0 pending" in CliRunner().invoke(app, ["purge"]).stdout


@pytest.mark.slow
def test_at_a_terminal_the_password_is_asked_for_twice_and_not_shown() -> None:
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "xinheng.cli", "accounts", "add", "li", "--role", "auditor"],
        stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
    )  # fmt: skip
    os.close(theirs)
    screen = b""
    for prompt in (b"Password: ", b"confirmation: "):
        while prompt not in screen:
            screen += os.read(ours, 1_000)
        os.write(ours, WORDS.encode() + b"\n")
    while b"account li is there" not in screen:
        screen += os.read(ours, 1_000)
    assert process.wait(60) == 0
    os.close(ours)
    assert WORDS.encode() not in screen
    assert sign_in()


def test_a_person_chooses_a_password_by_a_code() -> None:
    add()
    code = told("reset", "li")["setup_code"]
    with pytest.raises(CredentialError):
        sign_in()
    with service() as (people, sessions):
        lockouts = people._lockouts
        setups = SetUps(people, sessions, Passwords(), lockouts, clock)
        setups.set_up("li", code, OTHER)
    assert sign_in(OTHER)
    assert code not in run("show", "li").output


def test_whoever_is_at_the_machine_agrees_where_no_other_can() -> None:
    add()
    with open_the_desk() as desk:
        desk.hold("li", "account wang")
    assert told("show", "li")["state"] == "waits"
    assert "account wang" in run("show", "li").output
    assert told("agree", "li")["state"] == "in use"
    assert isinstance(run("agree", "li").exception, ConflictError)
    assert sign_in()
