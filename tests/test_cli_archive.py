"""The commands that read the archive: what they print, for people and for machines."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console
from typer.testing import CliRunner

from xinheng.archive import read_source
from xinheng.archive.held import Selection, group
from xinheng.cli import app
from xinheng.core.time import day
from xinheng.terminal import show_credit_file, show_deliveries, show_held, show_overview, show_trace

from .archive.department import ALPHA, BETA, RECEIVED, TOML, Bureau, delivery, department

ROWS = (
    f"{ALPHA},甲罚〔2026〕1号,2026-01-10,2026-01-12,additive,warning,,",
    f"{ALPHA},甲罚〔2026〕2号,2026-02-10,2026-02-11,label,fine,3,",
    f"{ALPHA},甲罚〔2026〕1号,2026-03-01,2026-03-02,,,,repaired",
    f"{BETA},甲罚〔2026〕3号,2026-02-30,2026-03-01,additive,warning,,",
    ",甲罚〔2026〕4号,2026-02-20,2026-03-01,additive,warning,,",
    f"{BETA},甲罚〔2026〕5号,2026-02-20,2026-03-01,additive,draft,,",
)
RELAY = TOML.replace('kind = "penalty"', 'kind = "penalty"\nrelay = true').replace(
    "district bureau", "信用中心"
)


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    bureau = Bureau(tmp_path)
    bureau.deliver(*ROWS)
    centre = read_source(department(tmp_path / "sources" / "centre", source__toml=RELAY))
    told = delivery(tmp_path / "relayed", ROWS[0], ROWS[1].replace(",3,", ",4,"))
    bureau.archive.ingest(centre, told, RECEIVED)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(bureau.archive.folder))
    return bureau


def run(*words: str) -> str:
    result = CliRunner().invoke(app, ["archive", *words])
    assert result.exit_code == 0, (words, result.output, result.exception)
    return result.output


def answered(*words: str) -> dict:
    return json.loads(run(*words, "--json"))


def refused(*words: str) -> str:
    result = CliRunner().invoke(app, ["archive", *words])
    assert result.exit_code != 0
    return str(result.exception)


@pytest.mark.usefixtures("bureau")
def test_status_adds_up() -> None:
    text = run("status")
    assert (
        "8 rows read = 3 accepted + 2 duplicate + 1 quarantined + 1 in review + 1 skipped" in text
    )
    assert "2 deliveries, the last 2026-06-01 08:00" in text
    first, second = answered("status")["sources"]
    assert (first["source"], first["rows"]["read"], first["waiting"]) == ("bureau", 6, 2)
    assert (second["department"], second["witnesses"]) == ("信用中心", {"penalty": 2})


@pytest.mark.usefixtures("bureau")
def test_status_of_one_department_kind_or_delivery() -> None:
    assert "信用中心 (centre), by kind" in run("status", "--department", "信用")
    assert "2 penalty records of 2 sources" in run("status", "--kind", "penalty")
    assert "no source has told of award records" in run("status", "--kind", "award")
    assert "1 bureau" in run("status", "--deliveries")
    listed = answered("status", "--deliveries", "--department", "centre")["deliveries"]
    assert [each["sequence"] for each in listed] == [2]
    assert "department or source" in refused("status", "--department", "nowhere")


def test_status_of_an_empty_archive(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XINHENG_ARCHIVE", str(tmp_path / "none"))
    assert "the archive is empty; next: xinheng ingest" in run("status")
    assert answered("status") == {"sources": [], "unfolded": 0}
    assert "0 of 0 quarantined rows" in run("quarantine")
    assert "no record" in refused("show", ALPHA)


@pytest.mark.usefixtures("bureau")
def test_show_tells_the_credit_file() -> None:
    lines = run("show", ALPHA, "--as-of", "2026-05-01").splitlines()
    heads = [line for line in lines if line[:2] == "20"]
    assert heads[0].startswith("2026-02-10  行政处罚 penalty 甲罚〔2026〕2号")
    assert heads[1].startswith("2026-01-10  行政处罚 penalty 甲罚〔2026〕1号  已修复 repaired")
    text = "\n".join(lines)
    assert "penalty_kind 罚款 (fine); fine 3 万元" in text
    assert "says otherwise 不一致: 信用中心, delivery 2" in text
    assert "2026-03-01 修复 repaired, known 2026-03-02" in text


@pytest.mark.usefixtures("bureau")
def test_show_as_of_and_kind() -> None:
    found = answered("show", ALPHA, "--as-of", "2026-01-13")
    assert [each["number"] for each in found["records"]] == ["甲罚〔2026〕1号"]
    assert found["records"][0]["state"] == "stands"
    assert found["as_of"] == "2026-01-13"
    assert "0 records" in run("show", ALPHA, "--kind", "award")
    assert "lies ahead" in refused("show", ALPHA, "--as-of", "2999-01-01")
    assert "no record of enterprise 'X'" in refused("show", "X")
    assert "did you mean 'penalty'" in refused("show", ALPHA, "--kind", "penaltie")


@pytest.mark.usefixtures("bureau")
def test_quarantine_and_review() -> None:
    assert run("quarantine") == run("quarantine", "list")
    text = run("quarantine", "list", "--fault", "2026-02-30", "--source", "bureau")
    assert "delivery 1, penalties, row 5" in text
    assert "1 of 1 quarantined rows" in text
    assert "0 of 0" in run("quarantine", "list", "--fault", "nothing such")
    found = answered("quarantine", "list")
    assert (found["total"], found["rows"][0]["source_row"]["code"]) == (1, BETA)
    assert found["groups"][0]["rows"] == 1
    assert "甲罚〔2026〕4号" in run("review")
    assert answered("review", "list", "--delivery", "2")["total"] == 0
    assert "there is no delivery 9" in refused("review", "list", "--delivery", "9")


@pytest.mark.usefixtures("bureau")
@pytest.mark.parametrize("fate", ["quarantine", "review"])
def test_export(tmp_path: Path, fate: str) -> None:
    path = tmp_path / "mend.csv"
    assert answered(fate, "export", str(path)) == {"rows": 1, "output": str(path)}
    assert "甲罚〔2026〕" in path.read_text(encoding="utf-8-sig")
    assert "must end in" in refused(fate, "export", str(tmp_path / "mend.xls"))


def test_lineage(bureau: Bureau) -> None:
    text = run("lineage", "甲罚〔2026〕1号")
    assert "version 1: stands" in text
    assert "known already; witness, agrees" in text
    assert "penalties.csv, row 2" in text
    assert bureau.archive.deliveries()[0].files[0].sha256 in text
    records = answered("lineage", "甲罚〔2026〕2号", "--enterprise", ALPHA)["records"]
    [record] = records
    assert [each["became"] for each in record["told"]] == ["stands", "disagrees"]
    assert answered("lineage", str(record["record"]))["records"] == records
    assert "that enterprise has no record" in refused("lineage", "x", "--enterprise", ALPHA)
    assert "the archive has no record 'x'" in refused("lineage", "x")


def test_lineage_tells_which_version_was_replaced(bureau: Bureau) -> None:
    bureau.deliver(ROWS[1].replace("2026-02-11", "2026-04-01").replace(",3,", ",5,"))
    [record] = answered("lineage", "甲罚〔2026〕2号")["records"]
    became = [(each["origin"]["sequence"], each["became"]) for each in record["told"]]
    assert became == [(1, "replaced"), (2, "disagrees"), (3, "stands")]


def test_catalogue(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "data-catalogue.md").read_text(encoding="utf-8")
    path = tmp_path / "new" / "catalogue.md"
    assert "written to" in run("catalogue", "--output", str(path))
    assert path.read_text(encoding="utf-8") == page == answered("catalogue")["page"]
    assert run("catalogue") == page
    assert "must end in .md" in refused("catalogue", "--output", str(tmp_path / "x.pdf"))


@pytest.mark.parametrize("width", [80, 100])
def test_nothing_is_cut_on_a_terminal(bureau: Bureau, width: int) -> None:
    console = Console(width=width, record=True)
    archive = bureau.archive
    show_overview(console, archive.overview(), None)
    show_overview(console, archive.overview("bureau"), None)
    show_overview(console, archive.overview(None, "penalty"), "penalty")
    show_deliveries(console, archive.deliveries())
    show_credit_file(
        console, "信用档案", "2026-05-01", archive.credit_file(ALPHA, day("2026-05-01"))
    )
    show_trace(console, archive.trace("甲罚〔2026〕1号"))
    rows = archive.waiting("review", Selection())
    show_held(console, "review", rows, group(rows), 9)
    text = console.export_text()
    assert max(map(cell_len, text.splitlines())) <= width
    assert "…" not in text


@pytest.mark.parametrize(
    "words", ["status", "show", "lineage", "catalogue", "quarantine", "review"]
)
def test_every_command_explains_itself(words: str) -> None:
    assert "--json" in run(words, "--help")


@pytest.mark.usefixtures("bureau")
def test_it_runs_as_a_module_too() -> None:
    command = [sys.executable, "-m", "xinheng.cli", "archive", "status", "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert len(json.loads(done.stdout)["sources"]) == 2


def test_what_awaits_its_record_is_counted_and_listed(bureau: Bureau) -> None:
    assert "await" not in run("status")
    assert "0 of 0 happenings" in run("awaiting")
    bureau.deliver(f"{BETA},甲罚〔2025〕9号,2026-03-01,2026-03-02,,,,ended")
    assert "happenings that await their record: 1 penalty" in run("status")
    assert answered("status", "--department", "bureau")["sources"][0]["awaiting"] == {"penalty": 1}
    assert "2026-03-01 penalty 甲罚〔2025〕9号: ended; delivery 3 of bureau, row 2" in run(
        "awaiting"
    )
    [row] = answered("awaiting")["happenings"]
    assert (row["source"], row["change"]) == ("bureau", "ended")
