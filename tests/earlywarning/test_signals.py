"""What records tell of a hazard in a product, and from when on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.archive import Archive, read_source
from xinheng.core.errors import NotFoundError
from xinheng.core.time import day
from xinheng.earlywarning import Cases, read_cases

from .warned import agency, told

ROOT = Path(__file__).parents[2]
RASFF = ROOT.parent / "shared" / "data" / "rasff"


def named(cases: Cases) -> list[tuple[str, str, int]]:
    return [
        (cases.products[cases.product[one]], cases.hazards[cases.hazard[one]], int(when))
        for one, when in zip(cases.series, cases.day, strict=True)
    ]


def test_an_alert_is_a_case_of_its_item_or_else_of_its_hazard_class(tmp_path: Path):
    archive = agency(tmp_path)
    told(tmp_path, [
        ("1", "2025-03-01", "", "tea", "lead", "contaminant"),
        ("2", "2025-03-02", "2025-03-09", "ham", "", "pathogen"),
        ("3", "2025-03-03", "", "ham", "", ""),
    ])  # fmt: skip
    assert named(read_cases(archive, "alert")) == [
        ("tea", "lead", day("2025-03-01")),
        ("ham", "pathogen", day("2025-03-09")),
    ]


def test_a_later_correction_changes_nothing_of_what_was_seen_before(tmp_path: Path):
    archive = agency(tmp_path)
    told(tmp_path, [("1", "2025-03-01", "", "tea", "lead", "")])
    told(tmp_path, [("1", "2025-03-01", "2025-04-01", "tea", "cadmium", "")])
    for upto in (1, 2):
        found = named(read_cases(archive, "alert", upto=upto))
        assert found == [("tea", "lead", day("2025-03-01"))]


def test_what_cannot_be_watched_is_told(tmp_path: Path):
    archive = agency(tmp_path)
    with pytest.raises(NotFoundError, match="xinheng ingest"):
        read_cases(archive, "alert")
    with pytest.raises(NotFoundError, match="alert, sampling"):
        read_cases(archive, "penalty")


@pytest.mark.skipif(not RASFF.exists(), reason="the public alerts are not on this machine")
def test_public_alerts_come_in_by_their_mapping(tmp_path: Path):
    archive = Archive(tmp_path / "archive")
    source = read_source(ROOT / "data" / "sources" / "rasff")
    receipt = archive.ingest(source, RASFF, datetime(2026, 1, 1, tzinfo=UTC))
    [file] = receipt.delivery.files
    assert (file.rows, file.accepted, file.quarantined) == (25_352, 21_144, 0)
    cases = read_cases(archive, "alert")
    assert (len(cases.day), len(cases.product)) == (21_144, 2_053)
