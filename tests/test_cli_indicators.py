"""The commands about indicators: compute, list, explain, handbook."""

import json
from math import log
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from typer.testing import CliRunner, Result

from xinheng.cli import app
from xinheng.core.errors import DeclarationError, NotFoundError, XinhengError
from xinheng.features import Indicator, count, standard_catalogue
from xinheng.grading import ScoreCard

from .archive.department import ALPHA, BETA, Bureau

ROWS = (
    f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,9,",
    f"{ALPHA},P2,2026-02-05,2026-02-20,label,fine,90,",
    f"{BETA},P3,2026-02-06,2026-03-20,hygiene,warning,,",
)
DAY = "2026-03-01"
OWN = Indicator(
    id="OWN_LABEL",
    zh="标签违法次数",
    en="Label offences",
    dimension="PN",
    expression=count("penalty:*.food.label") + count("penalty:*.food.labl"),
    missing=0,
    basis="design",
    formula="count(penalties for labels)",
)


@pytest.fixture
def bureau(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bureau:
    bureau = Bureau(tmp_path)
    monkeypatch.setenv("XINHENG_ARCHIVE", str(bureau.archive.folder))
    return bureau


@pytest.fixture
def filled(bureau: Bureau) -> Bureau:
    bureau.deliver(*ROWS)
    return bureau


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.json"
    path.write_text(standard_catalogue().extended(OWN).to_json(), encoding="utf-8")
    return str(path)


def invoke(*words: str) -> Result:
    return CliRunner().invoke(app, ["indicators", *words], env={"COLUMNS": "120"})


def run(*words: str) -> str:
    result = invoke(*words)
    assert result.exit_code == 0, result.exception
    return result.stdout


def answered(*words: str) -> dict:
    return json.loads(run(*words, "--json"))


def refused(*words: str) -> XinhengError:
    error = invoke(*words).exception
    assert isinstance(error, XinhengError), error
    return error


@pytest.mark.usefixtures("filled")
def test_compute_writes_one_day_or_several(tmp_path: Path) -> None:
    one, two = tmp_path / "one.csv", tmp_path / "two.parquet"
    assert answered("--as-of", DAY, "--output", str(one))["enterprises"] == 1
    found = answered("compute", "--as-of", DAY, "--as-of", "2026-04-01", "--output", str(two))
    assert (found["enterprises"], found["rows"], found["unmatched"]) == (2, 3, [])
    assert "PN06" not in found["without_records"]
    assert "CC01" in found["without_records"]
    first, both = pd.read_csv(one), pd.read_parquet(two)
    assert first.columns[:3].tolist() == ["id", "enterprise", "as_of"]
    assert first.columns[3:].tolist() == list(standard_catalogue().select(use="grade").ids)
    assert list(zip(both["id"], both["as_of"], both["PN06"], strict=True)) == [
        (ALPHA, DAY, 2),
        (ALPHA, "2026-04-01", 2),
        (BETA, "2026-04-01", 0),
    ]
    pd.testing.assert_frame_equal(
        both.iloc[:1].drop(columns="as_of"), first.drop(columns="as_of"), check_dtype=False
    )
    assert "see `xinheng indicators list`" in run("--as-of", DAY, "--output", str(one))


@pytest.mark.usefixtures("filled")
def test_compute_says_what_it_needs() -> None:
    for words in (["compute"], ["--as-of", DAY], ["compute", "--output", "x.csv"]):
        asked = invoke(*words)
        assert asked.exit_code == 2
        assert "give --as-of, the day, and --output" in asked.output
    misplaced = invoke("--as-of", DAY, "list")
    assert misplaced.exit_code == 2
    assert "xinheng indicators list" in misplaced.output
    assert "explain" in run()
    assert "lies ahead" in str(refused("--as-of", "2999-01-01", "--output", "x.csv"))


@pytest.mark.usefixtures("filled")
def test_list_counts_the_records_each_can_read() -> None:
    found = {each["id"]: each for each in answered("list")["indicators"]}
    assert list(found) == list(standard_catalogue().ids)
    assert found["PN06"]["records"] == 3
    assert (found["CC01"]["records"], found["CX_MONTH"]["records"]) == (0, None)
    assert found["RL05"]["populations"] == ["producer"]
    shown = run("list")
    assert "近三年罚没金额 Fines and" in shown
    assert f"{len(found)} indicators; next" in shown


@pytest.mark.usefixtures("bureau")
def test_list_without_an_archive_counts_nothing() -> None:
    assert {each["records"] for each in answered("list")["indicators"]} == {None}


@pytest.mark.usefixtures("filled")
def test_explain_tells_definition_spread_and_evidence() -> None:
    words = ("explain", "PN07", "--as-of", DAY, "--enterprise", ALPHA)
    found = answered(*words)
    assert found["indicator"]["computed"]["en"].startswith("log10(1 + [total value of penalty")
    measured = found["measured"]
    assert measured["statuses"]["entity"] == {"n": 1, "valued": 1, "missing": 0, "inapplicable": 0}
    assert measured["spread"]["n"] == 1
    assert measured["spread"]["mean"] == pytest.approx(2)
    assert measured["spread"]["bands"][">=20"] == 1
    own = measured["own"]
    assert (own["status"], own["value"]) == ("valued", pytest.approx(2))
    kept = ("number", "occurred", "effect", "value", "department")
    assert [tuple(record[name] for name in kept) for record in own["records"]] == [
        ("P2", "2026-02-05", pytest.approx(90 / (100 * log(10))), 90, "district bureau"),
        ("P1", "2026-01-05", pytest.approx(9 / (100 * log(10))), 9, "district bureau"),
    ]
    definition = found["indicator"]["formula"]
    assert definition["en"] == "log10(1 + sum(fine + confiscated) in 万元)"
    assert definition["zh"].startswith("近 36 个月罚款与没收金额合计")
    shown = run(*words)
    assert shown.index(definition["zh"]) < shown.index(definition["en"])
    for text in ("近三年罚没金额", "企业信用风险分类指标体系", "+0.3909", "P2", "not applicable"):
        assert text in shown


@pytest.mark.usefixtures("filled")
def test_explain_tells_missing_from_inapplicable() -> None:
    measured = answered("explain", "RL05", "--as-of", DAY, "--enterprise", ALPHA)["measured"]
    assert (measured["own"]["status"], measured["own"]["value"]) == ("inapplicable", None)
    assert measured["spread"]["mean"] is None
    assert len(measured["unmatched"]) == 1
    assert "does not apply 不适用" in run("explain", "RL05", "--as-of", DAY, "--enterprise", ALPHA)
    words = ("explain", "BC02", "--as-of", DAY, "--enterprise", ALPHA)
    missing = answered(*words)["measured"]
    assert (missing["own"]["status"], missing["own"]["value"]) == ("missing", -2)
    assert missing["statuses"]["entity"]["missing"] == 1
    assert "it rests on there being no record" in run(*words)


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize(
    "name", ["BC01", "RL04", "CC02", "EA06", "IH_RATE_CATEGORY", "CX_COMPLAINTS_NEAR", "CX_MONTH"]
)
def test_any_sort_of_indicator_is_explained(name: str) -> None:
    assert name in run("explain", name, "--as-of", "2026-04-01", "--enterprise", BETA)


def test_explain_without_an_archive_says_how_to_get_one(bureau: Bureau) -> None:
    shown = run("explain", "PN07")
    assert "36 个月" in shown
    assert "xinheng demo" in shown
    assert str(bureau.archive.folder) in shown
    assert answered("explain", "PN07")["measured"] is None
    assert "xinheng ingest" in str(refused("explain", "PN07", "--enterprise", ALPHA))


def test_explain_prints_the_sql_that_yields_the_same(filled: Bureau) -> None:
    import duckdb

    query = answered("explain", "PN06", "--as-of", DAY, "--sql")["sql"]
    assert run("explain", "PN06", "--as-of", DAY, "--sql") == query
    view = filled.archive.events()
    vocabulary = pa.table(
        {
            "stream": range(len(view.vocabulary)),
            "kind": [kind for kind, _ in view.vocabulary],
            "code": [code for _, code in view.vocabulary],
        }
    )
    with duckdb.connect() as database:
        database.register("events", view.table)
        database.register("vocabulary", vocabulary)
        found = database.sql(query).select("enterprise", "PN06").fetchall()
    assert (0, 2) in found
    assert "has no SQL" in str(refused("explain", "CX_COMPLAINTS_NEAR", "--sql"))


@pytest.mark.usefixtures("filled")
def test_explain_names_the_nearest_indicator() -> None:
    error = refused("explain", "pn7")
    assert isinstance(error, NotFoundError)
    assert "there is no indicator 'pn7'; did you mean 'PN07'?" in str(error)
    assert "no record of enterprise 'x'" in str(refused("explain", "PN07", "--enterprise", "x"))


@pytest.mark.usefixtures("filled")
def test_a_catalogue_of_ones_own_is_read_from_a_file(own: str, tmp_path: Path) -> None:
    listed = answered("list", "--indicators", own)["indicators"]
    assert (listed[-1]["id"], listed[-1]["records"]) == ("OWN_LABEL", 2)
    words = ("explain", "OWN_LABEL", "--as-of", DAY, "--indicators", own)
    assert answered(*words)["measured"]["spread"]["mean"] == 2
    note = "note: indicator 'OWN_LABEL': no record that came matches 'penalty:*.food.labl'"
    assert note in run(*words)
    output = tmp_path / "own.csv"
    words = ("--as-of", DAY, "--output", str(output), "--indicators", own)
    assert note in run(*words)
    assert len(answered(*words)["unmatched"]) == 1
    assert pd.read_csv(output)["OWN_LABEL"].tolist() == [2]


@pytest.mark.usefixtures("filled")
def test_a_file_that_is_no_catalogue_is_refused(own: str, tmp_path: Path) -> None:
    absent = refused("list", "--indicators", str(tmp_path / "absent.json"))
    assert "catalogue.to_json()" in str(absent)
    path = Path(own)
    path.write_text(path.read_text().replace("penalty:*.food.label", "penalties"))
    error = refused("list", "--indicators", own)
    assert isinstance(error, DeclarationError)
    assert str(error).startswith(f"{own}: there is no kind of record 'penalties'; did you mean")


@pytest.mark.usefixtures("bureau")
def test_handbook(own: str, tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "indicators.md").read_text(encoding="utf-8")
    path = tmp_path / "new" / "indicators.md"
    assert "written to" in run("handbook", "--output", str(path))
    assert path.read_text(encoding="utf-8") == page == answered("handbook")["page"]
    assert run("handbook") == page
    assert '<a id="OWN_LABEL">' in run("handbook", "--indicators", own)
    assert "must end in .md" in str(refused("handbook", "--output", str(tmp_path / "x.pdf")))


@pytest.mark.usefixtures("bureau")
def test_score_card(tmp_path: Path) -> None:
    page = (Path(__file__).parents[1] / "docs" / "score-card.md").read_text(encoding="utf-8")
    assert run("score-card") == page == answered("score-card")["page"]
    own = tmp_path / "own.toml"
    own.write_text(ScoreCard.default().text.replace("unknown = 90", "unknown = 70"), "utf-8")
    path = tmp_path / "own.md"
    assert "written to" in run("score-card", "--card", str(own), "--output", str(path))
    assert "70 points where no licensed" in path.read_text(encoding="utf-8")


@pytest.mark.usefixtures("filled")
def test_update_keeps_what_compute_computes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XINHENG_KEPT", str(tmp_path / "kept"))
    kept, afresh = tmp_path / "kept.csv", tmp_path / "afresh.csv"
    first = answered("update", "--as-of", DAY, "--output", str(kept))
    assert (first["enterprises"], first["told_of"], first["computed"]) == (1, None, 2)
    for day in ("2026-03-20", "2026-04-01"):
        found = answered("update", "--as-of", day, "--output", str(kept), "--threads", "1")
        run("--as-of", day, "--output", str(afresh), "--threads", "1")
        assert kept.read_bytes() == afresh.read_bytes()
        assert found["told_of"] == 0
    assert "are not later: begin anew" in str(refused("update", "--as-of", DAY))
