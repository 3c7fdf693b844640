"""The commands of alarms and of downgrade warnings."""

import json
import os
import pwd
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock

import pytest
from typer.testing import CliRunner, Result

from xinheng.archive import Archive
from xinheng.cli import app
from xinheng.cli.person import person
from xinheng.core.errors import XinhengError
from xinheng.core.time import day
from xinheng.earlywarning.downgrading import Desk
from xinheng.earlywarning.enterprises.warningpolicy import WarningPolicy
from xinheng.ledger import Ledger
from xinheng.ledger.downgrades import Act, Draft, Ground
from xinheng.ledger.watch import Series, Told, WatchRun

from .archive.department import ALPHA
from .serving.districts import FUTIAN
from .serving.installation import installation

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
SAID = {"zh": "茶叶检出铅", "en": "lead in tea"}


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An installation with an alarm and a draft; returns the URL of its ledger."""
    settings = installation(tmp_path)
    for name in ("archive", "bundles", "keys", "ledger"):
        monkeypatch.setenv(f"XINHENG_{name.upper()}", str(getattr(settings, name)))
    monkeypatch.setenv("XINHENG_GRADES", str(tmp_path / "grades"))
    with closing(Ledger(settings.ledger)) as ledger:
        run = WatchRun(at=NOW, actor="watch", as_of=day("2026-06-29"), sequence=1, budget=2,
                       bar=4.5, series=900)  # fmt: skip
        told = Told(series=Series("signal", "tea", "lead"), of=run.as_of, strength=6.5,
                    records=("9",), sentence=SAID, evidence={"cases": 5})  # fmt: skip
        ledger.watch.record(run, [told])
        ground = Ground(rule="unsafe_sample", records=("1",), since=run.as_of, basis="design",
                        text={"zh": "抽检不合格。", "en": "A sample failed."})  # fmt: skip
        draft = Draft(number=Archive(settings.archive).enterprise(ALPHA), enterprise=ALPHA,
                      district=FUTIAN, as_of=run.as_of, grounds=(ground,), level="C", days=30,
                      basis="design")  # fmt: skip
        Desk(ledger.downgrades, WarningPolicy.default()).draft([draft], at=NOW, actor="rules")
    return settings.ledger


def run(*words: str) -> Result:
    return CliRunner().invoke(app, [*words])


def said(*words: str) -> dict:
    result = run(*words, "--json")
    assert result.exit_code == 0, result.exception
    return json.loads(result.stdout)


@pytest.mark.usefixtures("installed")
def test_alarms_are_listed_shown_closed_and_opened_again():
    [told] = said("watch", "list", "--lang", "en")["alarms"]
    assert (told["alarm"], told["sentence"], told["open"]) == (1, "lead in tea", True)
    assert "record: 9" in run("watch", "show", "1").stdout
    assert run("watch", "close", "1", "--reason", "复核").stdout == "alarm 1 is closed\n"
    assert said("watch", "list")["alarms"] == []
    assert len(said("watch", "list", "--all")["alarms"]) == 1
    reopened = said("watch", "reopen", "1", "--reason", "再现")
    assert [each["act"] for each in reopened["acts"]] == ["close", "reopen"]
    assert {each["actor"] for each in reopened["acts"]} == {person()}
    assert "no alarm is like that" in run("watch", "list", "--product", "ham").stdout


@pytest.mark.usefixtures("installed")
def test_a_warning_is_taken_through_its_steps():
    [told] = said("warnings", "list", "--district", FUTIAN)["warnings"]
    assert (told["warning"], told["state"], told["level"]) == (1, "drafted", "C")
    begins = said("warnings", "show", "1")["grounds"][0]["ground"][:6]
    with pytest.raises(XinhengError, match="ground that begins so 'zz'"):
        CliRunner().invoke(app, ["warnings", "amend", "1", "--reason", "r", "--drop", "zz"],
                           catch_exceptions=False)  # fmt: skip
    assert begins in run("warnings", "show", "1").stdout
    assert said("warnings", "confirm", "1")["state"] == "confirmed"
    shown = said("warnings", "show", "1")
    assert "code" not in json.dumps(shown["events"])
    served = said("warnings", "serve", "1", "--reference", "警7", "--method", "direct",
                  "--delivered", shown["events"][-1]["start"])  # fmt: skip
    assert served["state"] == "served"
    assert said("warnings", "lift", "1", "--reason", "整改完成")["state"] == "lifting"
    assert said("warnings", "expire") == {"begun": [], "expired": [], "clocks": []}


def in_force(ledger: str, level: str, *rules: str) -> int:
    """Serve a warning of ALPHA by hand, on other grounds, so that it is in force on `NOW`."""
    grounds = [
        Ground(rule=rule, records=(f"of {rule}",), since=day("2026-05-01"), basis="design",
               text={"zh": "有此情形。", "en": "It is so."})
        for rule in rules
    ]  # fmt: skip
    with closing(Ledger(ledger)) as found:
        [before] = found.downgrades.cases([1], day("2026-06-30"))
        own = replace(before.draft, grounds=tuple(grounds), level=level, days=90)
        desk, at = Desk(found.downgrades, WarningPolicy.default()), NOW - timedelta(days=20)
        [made] = desk.draft([own], at=at, actor="rules")
        service = {"document": "警8", "method": "direct", "delivered": "2026-06-10"}
        for act, told in ((Act.CONFIRM, {}), (Act.SERVE, service)):
            desk.act(made.case.id, act, told, at=at, actor="li")
    return made.case.id


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let it be `NOW`."""
    monkeypatch.setattr("xinheng.cli.warnings.datetime", Mock(now=lambda _: NOW))


@pytest.mark.usefixtures("today")
def test_a_statement_is_answered_by_fewer_grounds(installed: str):
    with closing(Ledger(installed)) as ledger:
        [before] = ledger.downgrades.cases([1], day("2026-06-30"))
        two = tuple(replace(before.draft.grounds[0], rule=rule, records=(rule,))
                    for rule in ("obstruction", "recall_ordered"))  # fmt: skip
        own = replace(before.draft, grounds=two)
        Desk(ledger.downgrades, WarningPolicy.default()).draft([own], at=NOW, actor="rules")
    said("warnings", "confirm", "2")
    said("warnings", "serve", "2", "--reference", "警8", "--method", "direct",
         "--delivered", "2026-06-30")  # fmt: skip
    said("warnings", "state", "2", "--received", "2026-06-30", "--statement", "一项已撤销")
    words = ("warnings", "answer", "2", "--answer", "amended", "--reason", "属实")
    with pytest.raises(XinhengError, match="ground that begins so 'zz'"):
        CliRunner().invoke(app, [*words, "--drop", "zz"], catch_exceptions=False)
    first, second = (each.identity for each in two)
    told = said(*words, "--drop", first[:12])
    assert (told["level"], told["period"]) == ("C", 30)
    assert [each["ground"] for each in told["grounds"]] == [second]
    assert told["events"][-1]["dropped"] == [first]


@pytest.mark.usefixtures("today")
def test_a_warning_in_force_is_escalated_by_what_is_new(installed: str):
    case = in_force(installed, "B", "unsafe_sample")
    told = said("warnings", "escalate", str(case))
    assert (told["state"], told["level"], told["follows"]) == ("drafted", "C", case)
    assert [each["rule"] for each in told["grounds"]] == ["production_stopped"]
    assert told["events"][0]["actor"] == person()
    with pytest.raises(XinhengError, match="no rule tells of anything new"):
        CliRunner().invoke(app, ["warnings", "escalate", str(case)], catch_exceptions=False)
    with pytest.raises(XinhengError, match="only one in force is escalated"):
        CliRunner().invoke(app, ["warnings", "escalate", "1"], catch_exceptions=False)


@pytest.mark.usefixtures("installed")
def test_a_document_is_written_as_a_page(tmp_path: Path):
    page = tmp_path / "notice.html"
    run("warnings", "document", "1", "--output", str(page))
    assert "草稿" in page.read_text("utf-8")
    with pytest.raises(XinhengError, match=r"must end in \.html or \.pdf"):
        CliRunner().invoke(app, ["warnings", "document", "1", "--output", "x.txt"],
                           catch_exceptions=False)  # fmt: skip


@pytest.mark.usefixtures("installed")
def test_no_draft_looks_as_if_it_were_served(tmp_path: Path):
    page = tmp_path / "notice.html"
    words = ("warnings", "document", "1", "--output", str(page), "--delivered", "2026-07-01",
             "--reference", "警7")  # fmt: skip
    run(*words)
    assert "草稿" in page.read_text("utf-8")
    assert "警7" not in page.read_text("utf-8")
    said("warnings", "confirm", "1")
    run(*words)
    assert "草稿" not in page.read_text("utf-8")
    assert "警7" in page.read_text("utf-8")


@pytest.mark.usefixtures("installed")
def test_nobody_acts_under_a_name_of_their_choice(monkeypatch: pytest.MonkeyPatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "wang")
    told = said("warnings", "confirm", "1")
    assert told["events"][-1]["actor"] == pwd.getpwuid(os.getuid()).pw_name != "wang"


def test_an_account_without_a_name_is_told_by_its_number(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("os.getuid", lambda: 4_294_000_000)
    assert person() == "uid 4294000000"


@pytest.mark.usefixtures("installed")
def test_who_posted_a_record_does_not_decide_at_a_console(monkeypatch: pytest.MonkeyPatch):
    asked = []

    def posters(_, __, enterprise: str, records: list[str]) -> frozenset[str]:
        asked.append((enterprise, records))
        return frozenset({person()})

    monkeypatch.setattr("xinheng.grading.reviewing.posters_of", posters)
    with pytest.raises(XinhengError, match="posted a record that it rests on"):
        CliRunner().invoke(app, ["warnings", "confirm", "1"], catch_exceptions=False)
    assert asked == [(ALPHA, ["1"])]


@pytest.mark.usefixtures("installed")
def test_everybody_is_warned_by_rule_and_nobody_twice():
    first = said("warnings", "run", "--as-of", "2026-03-01")
    assert first["warned"] == {"production_stopped": 1}
    assert [each["enterprise"] for each in first["drafts"]] == [ALPHA]
    again = said("warnings", "run", "--as-of", "2026-03-02")
    assert (again["warned"], again["drafts"]) == ({"production_stopped": 1}, [])


@pytest.mark.parametrize("words", [
    ("watch", "run", "--day", "2026-06-30"), ("warnings", "run", "--as-of", "2026-03-01"),
])  # fmt: skip
def test_one_run_at_a_time_goes_on_from_what_is_kept(installed: str, words: tuple[str, ...]):
    with closing(Ledger(installed)) as ledger, ledger.lease(words[0]) as lease:
        assert lease.held()
        with pytest.raises(XinhengError, match="another process is at"):
            CliRunner().invoke(app, [*words], catch_exceptions=False)
    assert run(*words).exit_code == 0


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("watch", "list", "--kind", "x"), "kind of alarm 'x'"),
        (("watch", "show", "9"), "no alarm 9"),
        (("watch", "list", "--lang", "de"), "language 'de'"),
        (("warnings", "list", "--state", "x"), "state of a warning 'x'"),
        (("warnings", "show", "9"), "no warning 9"),
        (("warnings", "agree", "1"), "nobody can agree it while it is drafted"),
    ],
)
def test_what_cannot_be_is_told(words, message):
    with pytest.raises(XinhengError, match=message):
        CliRunner().invoke(app, [*words], catch_exceptions=False)
