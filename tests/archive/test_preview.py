"""A mapping tried on a delivery shows what would land, and nothing is written."""

from pathlib import Path

from xinheng.archive import read_source

from .department import ALPHA, RECEIVED, Bureau, delivery

ROWS = [
    f"{ALPHA},P1,2026-01-05,2026-01-20,label,fine,1.5,",
    f"{ALPHA},P2,2026-02-30,2026-03-01,label,scolding,x,",
    ",P3,2026-01-05,2026-01-20,label,fine,1,",
    f"{ALPHA},P4,2026-01-05,2026-01-20,label,draft,1,",
    f"{ALPHA},P1,2026-02-05,2026-02-20,,,,withdrawn",
]


def test_the_first_rows_and_all_faults_are_shown_and_nothing_lands(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    folder = delivery(tmp_path / "delivery", *ROWS)
    found = bureau.archive.preview(read_source(bureau.source), folder, RECEIVED, 100)
    assert found.counts == {
        "penalties": {"rows": 5, "sound": 2, "quarantined": 1, "review": 1, "skipped": 1}
    }
    assert found.records == {"penalty": 3, "lifecycle": 1}
    first, wrong, _ = found.first["penalty"].to_pylist()
    assert (first["_row"], first["enterprise"], first["fine"]) == (2, ALPHA, 1.5)
    assert first["faults"] is None
    assert wrong["faults"].startswith("occurred: expected a date")
    assert "fine: expected a finite number" in wrong["faults"]
    assert sum(found.faults.values()) == 3
    assert not bureau.archive.folder.exists()


def test_the_counts_are_those_of_taking_it_in(tmp_path: Path) -> None:
    bureau = Bureau(tmp_path)
    folder = delivery(tmp_path / "delivery", *ROWS)
    tried = bureau.archive.preview(read_source(bureau.source), folder, RECEIVED, 1)
    [file] = bureau.deliver(*ROWS).delivery.files
    counts = tried.counts["penalties"]
    assert counts["sound"] == file.accepted + file.duplicate
    assert (counts["quarantined"], counts["review"]) == (file.quarantined, file.review)
    assert counts["skipped"] == sum(file.skipped.values())
    assert {row["_row"] for row in tried.first["penalty"].to_pylist()} == {2}
