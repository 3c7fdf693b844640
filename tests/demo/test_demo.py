"""The demo on a small city, from end to end, twice."""

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from xinheng.core import time
from xinheng.core.errors import InvalidError
from xinheng.demo import Demo, demo, settings_of
from xinheng.grading import open_book
from xinheng.ledger import Ledger

ROOT = Path(__file__).parents[2]
AT = datetime(2026, 6, 2, tzinfo=UTC)
WRITTEN = [
    "archive", "bundles", "city", "demo.json", "explanation.txt", "grades", "grades.csv",
    "grades.parquet", "kept", "keys", "ledger.audit", "ledger.db", "model.html", "report.html",
]  # fmt: skip
COLUMNS = ["enterprise", "as_of", "level", "probability", "low", "high", "population"]


def run(output: Path, **more: object) -> Demo:
    given = {"at": AT, "sources": ROOT / "data" / "sources", "enterprises": 1500, "producers": 150}
    return demo(output, **(given | more))  # type: ignore[arg-type]


@pytest.mark.slow
def test_the_demo_twice_gives_the_same_grades(tmp_path: Path) -> None:
    output, told = tmp_path / "demo", []
    first = run(output, progress=lambda *step: told.append(step))
    assert sorted(path.name for path in output.iterdir()) == WRITTEN
    grades = pd.read_parquet(output / "grades.parquet")
    assert grades.columns[: len(COLUMNS)].tolist() == COLUMNS
    assert (first.graded, first.as_of) == (len(grades), str(grades["as_of"].iloc[0]))
    assert grades["enterprise"].is_unique
    assert (grades["low"] <= grades["probability"]).all()
    assert (grades["probability"] <= grades["high"]).all()
    assert set(grades["population"]) == {"entity", "operator", "producer"}
    active = grades[grades["in_business"]]
    assert active["level"].value_counts().to_dict() == {k: v for k, v in first.levels.items() if v}
    names = {name for name, _, _ in told}
    assert {
        "Simulating a city: living",
        "Taking in deliveries",
        "Grading every enterprise",
    } <= names
    page = (output / "report.html").read_text("utf-8")
    assert first.digest in page
    assert not re.findall(r"https?://", page)
    assert first.explained in (output / "explanation.txt").read_text("utf-8")
    assert "可达上限" in page
    model = (output / "model.html").read_text("utf-8")
    assert first.digest in model
    assert 'id="plot-truth"' in model

    # What the demo left behind can be served.
    settings = settings_of(output)
    ledger = Ledger.open(settings)
    book = open_book(settings, ledger)
    assert book.bundle.digest == first.digest
    day = (pd.Timestamp(first.as_of) - pd.Timestamp("1970-01-01")).days
    row = grades[grades["enterprise"] == first.explained].iloc[0]
    again = book.grade(book.number(first.explained, day), day)
    assert (str(again.level), again.probability) == (row["level"], row["probability"])

    runs = ledger.history.runs()
    assert [runs[0].reason, time.show(runs[-1].as_of)] == ["start", first.as_of]
    assert sum(run.changed for run in runs) > 0

    (output / "mine.txt").write_text("kept")
    for folder in ("archive", "bundles", "city"):
        (output / folder / "left.txt").write_text("from an earlier demo")
    before = (output / "grades.csv").read_bytes()
    second = run(output)
    assert (output / "grades.csv").read_bytes() == before
    assert (output / "mine.txt").read_text() == "kept"
    assert not list(output.rglob("left.txt"))
    assert second.levels == first.levels
    assert second.explained == first.explained
    assert second.digest == first.digest  # whoever signs it: a demo makes its key anew


def test_a_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "grades.csv").write_text("mine")
    with pytest.raises(InvalidError, match=r"was not made by a demo \(it has no demo.json\)"):
        run(tmp_path)
    assert (tmp_path / "grades.csv").read_text() == "mine"
    with pytest.raises(InvalidError, match="is a file"):
        run(tmp_path / "grades.csv")


def test_the_marker_says_what_was_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InvalidError, match="cannot simulate 5 enterprises"):
        run(tmp_path / "demo", enterprises=5, producers=None)
    marker = json.loads((tmp_path / "demo" / "demo.json").read_text("utf-8"))
    assert marker == {"made by": "xinheng demo", "seed": 1, "enterprises": 5, "producers": None}
