"""Rows set aside are tried again by a mended mapping, and no others."""

from pathlib import Path

import pytest

from xinheng.archive import read_source
from xinheng.archive.held import Selection
from xinheng.archive.store import Store
from xinheng.archive.waiting import open_rows
from xinheng.core.errors import InvalidError, NotFoundError

from .department import ALPHA, BETA, PENALTY, RECEIVED, Bureau

SOUND = f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,"
WRONG = f"{BETA},P2,2026-01-06,2026-01-20,label,money,2,"
WORSE = f"{BETA},P3,2026-02-30,2026-03-20,label,money,2,"
MENDED = PENALTY.replace("kind AS penalty_kind", "replace(kind, 'money', 'fine') AS penalty_kind")


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    bureau = Bureau(tmp_path)
    [file] = bureau.deliver(SOUND, WRONG, WORSE).delivery.files
    assert (file.accepted, file.quarantined) == (1, 2)
    return bureau


@pytest.mark.parametrize(("given", "rows"), [(None, 2), ("delivery1", 3)])
def test_a_mended_mapping_lands_what_it_mends(bureau: Bureau, given: str | None, rows: int) -> None:
    (bureau.source / "penalty.sql").write_text(
        MENDED.replace("fine\nFROM", "CAST(fine AS DOUBLE) + 1 AS fine\nFROM")
    )
    folder = bureau.folder / given if given else None
    receipt = bureau.archive.replay(read_source(bureau.source), 1, RECEIVED, folder)
    [file] = receipt.delivery.files
    assert receipt.delivery.replays == 1
    assert (file.accepted, file.quarantined) == (1, 1)
    assert file.rows == rows
    fines = {p["number"]: p["fine"] for p in bureau.archive.records("penalty").to_pylist()}
    assert fines == {"P1": 1.5, "P2": 3.0}  # what had landed stays as it was
    [still] = open_rows(Store(bureau.archive.folder)).to_pylist()
    assert (still["sequence"], still["row"]) == (2, 4)
    assert bureau.archive.verify() == []


def test_a_replay_lands_once(bureau: Bureau) -> None:
    source = read_source(bureau.source)
    assert bureau.archive.replay(source, 1, RECEIVED).landed
    with pytest.raises(NotFoundError, match="nothing of delivery 1"):
        bureau.archive.replay(source, 1, RECEIVED)
    assert bureau.archive.replay(source, 2, RECEIVED).landed


def test_other_deliveries_and_files_are_refused(bureau: Bureau) -> None:
    source = read_source(bureau.source)
    with pytest.raises(NotFoundError, match="the archive has 1 to 1"):
        bureau.archive.replay(source, 5, RECEIVED)
    (bureau.folder / "delivery1" / "penalties.csv").write_text("code,document\n1,2\n")
    with pytest.raises(InvalidError, match="is not the file of delivery 1"):
        bureau.archive.replay(source, 1, RECEIVED, bureau.folder / "delivery1")
    assert bureau.archive.sequence == 1


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("penalties", "fines", "set rows aside, 'penalties'.*fines"),
        ('reader = "csv"', 'reader = "csv"\nheader = 3', "has no row 3, which delivery 1 set"),
    ],
)
def test_rows_that_the_mapping_no_longer_reads_stay_set_aside(
    bureau: Bureau, old: str, new: str, words: str
) -> None:
    before = len(bureau.archive.waiting("quarantined", Selection()))
    for path in bureau.source.iterdir():
        text = path.read_text(encoding="utf-8").replace(old, new)
        path.write_text(text.replace("fines.csv", "penalties.csv"), encoding="utf-8")
    with pytest.raises((NotFoundError, InvalidError), match=words):
        bureau.archive.replay(read_source(bureau.source), 1, RECEIVED, bureau.folder / "delivery1")
    assert len(bureau.archive.waiting("quarantined", Selection())) == before > 0


def test_a_mapping_that_joins_needs_the_folder(bureau: Bureau) -> None:
    toml = (bureau.source / "source.toml").read_text()
    more = '[files.places]\npath = "places.csv"\nreader = "csv"\nlookup = true\n\n[[records]]'
    (bureau.source / "source.toml").write_text(toml.replace("[[records]]", more, 1))
    joined = PENALTY.replace("FROM penalties", "FROM penalties LEFT JOIN places USING (code)")
    (bureau.source / "penalty.sql").write_text(joined)
    with pytest.raises(InvalidError, match=r"'places\.csv', of which no row is set aside"):
        bureau.archive.replay(read_source(bureau.source), 1, RECEIVED)
