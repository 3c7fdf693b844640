"""The commands by which a person decides whose a row in review is."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from xinheng.cli import app
from xinheng.core.time import NEVER

from .archive.department import ALPHA, Bureau

ROWS = (
    f"{ALPHA},甲1,2026-01-10,2026-01-12,additive,warning,,",
    ",甲2,2026-02-20,2026-03-01,additive,fine,3,",
    ",甲3,2026-02-21,2026-03-01,label,fine,4,",
)
WHO = ("--by", "林洁", "--reason", "called the bureau")


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(bureau.archive.folder))
    monkeypatch.setenv("XINHENG_SOURCES", str(tmp_path / "sources"))
    return bureau


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["archive", *words])
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.output


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, ["archive", *words])
    assert result.exit_code != 0
    return str(result.exception)


def test_a_row_is_decided_shown_and_taken_back(bureau: Bureau) -> None:
    place = ("1", "penalties", "3")
    text = run("review", "decide", *place, "--enterprise", ALPHA, *WHO)
    assert "2 bureau" in text
    assert "1 of 1 rows in review" in run("review")
    shown = run("lineage", "甲2")
    assert "enterprise decided by 林洁" in shown
    assert "because called the bureau" in shown
    assert "enterprise decided by 林洁" in run("show", ALPHA)
    answered = json.loads(run("show", ALPHA, "--json"))["records"]
    decisions = {each["number"]: each["decisions"] for each in answered}
    assert decisions["甲1"] == []
    assert decisions["甲2"] == []  # as of the start of today, before it was decided
    told = json.loads(run("lineage", "甲2", "--json"))["records"][0]["told"]
    assert told[0]["decisions"][0]["decision"]["by"] == "林洁"
    done = json.loads(run("review", "revoke", *place, *WHO, "--json"))["deliveries"]
    assert [each["revokes"] for each in done] == [1]
    assert "2 of 2 rows in review" in run("review")
    assert "林洁 took it back on" in run("lineage", "甲2")
    states = {each.number: each.state for each in bureau.archive.credit_file(ALPHA, NEVER)}
    assert states == {"甲1": "stands", "甲2": "withdrawn"}


def test_a_sheet_is_exported_filled_and_imported(bureau: Bureau) -> None:
    sheet = bureau.folder / "sheet.csv"
    run("review", "export", str(sheet))
    assert "no line" in refused("review", "import", str(sheet), "--by", "林洁")
    head, first, second = sheet.read_text("utf-8-sig").splitlines()
    place = head.split(",").index("_enterprise")
    lines = [head]
    for line, code in ((first, ALPHA), (second, "none")):
        cells = line.split(",")
        cells[place] = code
        lines.append(",".join(cells))
    sheet.write_text("\n".join(lines), encoding="utf-8-sig")
    done = json.loads(run("review", "import", str(sheet), *WHO, "--json"))["deliveries"]
    assert [each["files"][0]["accepted"] for each in done] == [1]
    assert "0 of 0 rows in review" in run("review")
    assert "decided before, by 林洁" in refused("review", "import", str(sheet), *WHO)


def test_a_mapping_elsewhere_is_given(bureau: Bureau, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINHENG_SOURCES", str(bureau.folder / "nowhere"))
    words = ("review", "decide", "1", "penalties", "3", "--none", *WHO)
    assert "source" in refused(*words)
    run(*words, "--mapping", str(bureau.source))


@pytest.mark.usefixtures("bureau")
def test_an_enterprise_or_none_is_given() -> None:
    words = ("review", "decide", "1", "penalties", "3", *WHO)
    assert "give either --enterprise CODE or --none" in refused(*words)
    assert "give either" in refused(*words, "--none", "--enterprise", ALPHA)
