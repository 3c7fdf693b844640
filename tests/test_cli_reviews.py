"""The commands of reviews: what waits, one of them, what policy asks for, decisions as data."""

import csv
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core import time
from xinheng.core.errors import NotFoundError, PolicyError, XinhengError
from xinheng.ledger import Ledger
from xinheng.ledger.reviews import DECISIONS, Act, Opening

from .ledger.reviews.world import decision

TODAY = time.day_of(datetime.now(UTC))


@pytest.fixture
def ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ledger]:
    url = f"sqlite:///{tmp_path / 'ledger.db'}"
    monkeypatch.setenv("XINHENG_LEDGER", url)
    monkeypatch.setenv("XINHENG_KEYS", str(tmp_path / "keys"))
    monkeypatch.setenv("XINHENG_ARCHIVE", str(tmp_path / "archive"))
    with closing(Ledger(url)) as found:
        opening = Opening(
            number=7, enterprise="E1", cause="to_high_risk", as_of=TODAY - 9, level="D",
            district="440304",
        )  # fmt: skip
        for number, due in ((7, -2), (8, 5)):
            told = {"due": time.show(TODAY + due)}
            whose = replace(opening, number=number, enterprise=f"E{number}")
            at = datetime.fromtimestamp((TODAY - 9) * 86_400, UTC)
            found.reviews.open(whose, at=at, actor="policy", detail=told)
        yield found


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["reviews", *words], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def told(*words: str) -> dict:
    return json.loads(run(*words, "--json"))


def decide(ledger: Ledger, case: int, days_ago: int) -> None:
    at = datetime.fromtimestamp((TODAY - days_ago) * 86_400 + 3_600, UTC)
    said = decision("confirm", second=False, level_before="D", reason_code="as_found")
    for act, detail in ((Act.TAKE, {}), (Act.DECIDE, said)):
        ledger.reviews.act(case, act, at=at, actor="li", detail=detail)


@pytest.mark.usefixtures("ledger")
def test_the_queue_is_listed_by_clock_and_narrowed() -> None:
    assert [each["case"] for each in told("list")["reviews"]] == [1, 2]
    assert [each["case"] for each in told("list", "--overdue")["reviews"]] == [1]
    assert told("list", "--state", "taken")["reviews"] == []
    assert "E7" in run("list")
    first = told("list", "--limit", "1")
    assert ([each["case"] for each in first["reviews"]], first["more"]) == ([1], True)
    assert "these are the first 1; --limit shows more" in run("list", "--limit", "1")
    assert run("list", "--state", "taken") == "no review is like that\n"
    with pytest.raises(NotFoundError, match="no state of a review 'lost'"):
        run("list", "--state", "lost")


def test_one_is_shown_with_all_that_was_done(ledger: Ledger) -> None:
    decide(ledger, 1, 3)
    found = told("show", "1")
    assert [each["act"] for each in found["events"]] == ["open", "take", "decide"]
    assert "confirmed" in run("show", "1")
    said = {"reason": "见附件[/1]", "documents": ["甲1", "乙2"], "second": True, "basis": None}
    ledger.reviews.act(2, Act.NOTE, at=datetime.now(UTC), actor="li", detail=said)
    shown = " ".join(run("show", "2").split())
    assert "reason: 见附件[/1]; documents: 甲1, 乙2; second: yes" in shown
    assert "basis" not in shown
    with pytest.raises(NotFoundError, match="no case 9"):
        run("show", "9")


def test_decisions_are_written_as_they_were_known(ledger: Ledger, tmp_path: Path) -> None:
    decide(ledger, 1, 3)
    for days, count in ((3, 0), (2, 1)):
        path = tmp_path / f"{days}.csv"
        day = time.show(TODAY - days)
        assert told("export", "--as-of", day, "--output", str(path))["decisions"] == count
        assert len(pd.read_csv(path)) == count
        path = tmp_path / f"{days}.parquet"
        told("export", "--as-of", day, "--output", str(path))
        assert pq.read_table(path).schema == DECISIONS
        assert pq.read_table(path).num_rows == count
    with pytest.raises(XinhengError, match=r"must end in .parquet or .csv"):
        run("export", "--as-of", time.show(TODAY), "--output", str(tmp_path / "x.xls"))


def test_days_are_written_as_whole_numbers_where_others_have_none(
    ledger: Ledger, tmp_path: Path
) -> None:
    decide(ledger, 1, 3)
    at = datetime.fromtimestamp((TODAY - 3) * 86_400 + 3_600, UTC)
    said = decision(second=False, until=time.show(TODAY + 9), level_before="D")
    for act, detail in ((Act.TAKE, {}), (Act.DECIDE, said)):
        ledger.reviews.act(2, act, at=at, actor="li", detail=detail)
    path = tmp_path / "decided.csv"
    assert told("export", "--as-of", time.show(TODAY), "--output", str(path))["decisions"] == 2
    head, *lines = csv.reader(path.read_text("utf-8").splitlines())
    assert head == DECISIONS.names
    assert [(line[head.index("second")], line[head.index("until")]) for line in lines] == [
        ("False", ""),
        ("False", str(TODAY + 9)),
    ]


@pytest.mark.usefixtures("ledger")
def test_nothing_is_opened_where_nothing_changed() -> None:
    assert told("scan") == {"opened": []}


@pytest.mark.usefixtures("ledger")
def test_a_policy_is_checked_before_it_is_used(tmp_path: Path) -> None:
    assert told("policy")["policy"] == "default design-1"
    assert "{" not in run("policy")
    assert "put_right" in run("policy")
    broken = tmp_path / "office.toml"
    broken.write_text('name = "office"\n', "utf-8")
    with pytest.raises(PolicyError, match="edition"):
        run("policy", str(broken))


def test_what_days_brought_about_is_written_down_once(ledger: Ledger) -> None:
    until, at = TODAY - 2, datetime.fromtimestamp((TODAY - 5) * 86_400, UTC)
    said = decision(second=False, until=time.show(until), level="B")
    for act, detail in ((Act.TAKE, {}), (Act.DECIDE, said)):
        ledger.reviews.act(1, act, at=at, actor="li", detail=detail)
    found = told("expire")
    assert [(each["case"], each["state"]) for each in found["expired"]] == [(1, "expired")]
    assert told("show", "1")["events"][-1]["act"] == "expire"
    assert "levels that ended: 0" in run("expire")
    soon = {"due": time.show(TODAY + 400), "expected": True, "days": 2, "start": "2099-12-01"}
    ledger.reviews.act(2, Act.MOVE, at=at, actor="li", detail={"level": "E", **soon})
    assert "1 end in a year whose holidays are not known" in run("expire")
