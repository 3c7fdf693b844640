"""The departments of the simulated city enter the archive by mappings alone."""

from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from xinheng.archive import KINDS, Archive, Receipt, find_sources, read_source
from xinheng.simulation import Simulation, simulate

SOURCES = Path(__file__).parents[2] / "data" / "sources"
RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
NOT_SIMULATED = {
    "annual_report",
    "evaluation",
    "filing",
    "insurance",
    "platform",
    "product",
    "recall",
    "relation",
    "self_control",
    "tax_rating",
    "tax_return",
}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    return simulate(tmp_path_factory.mktemp("sample") / "city", 7, enterprises=200)


@pytest.fixture(scope="module")
def landed(
    city: Simulation, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Archive, dict[str, Receipt]]:
    archive = Archive(tmp_path_factory.mktemp("sample") / "archive", buckets=2)
    return archive, {
        name: archive.ingest(
            read_source(SOURCES / name), city.folder / "deliveries" / name, RECEIVED
        )
        for name in city.sources
    }


def test_there_is_a_mapping_for_each_department_that_delivers(city: Simulation) -> None:
    mapped = {name for name in find_sources(SOURCES) if name.startswith("sample-")}
    assert mapped == set(city.sources)
    assert {path.name for path in (city.folder / "deliveries").iterdir()} == mapped


def test_counts_add_up_over_every_file(
    city: Simulation, landed: tuple[Archive, dict[str, Receipt]]
) -> None:
    counted = {
        f"{name}/{file.path}": file
        for name, receipt in landed[1].items()
        for file in receipt.delivery.files
    }
    assert counted.keys() == city.rows.keys()
    for name, file in counted.items():
        assert file.rows == file.settled == city.rows[name], name
    assert sum(file.duplicate for file in counted.values()) > 0
    drafts = counted["sample-market/inspections.csv"].skipped
    assert set(drafts) == {"a draft that was not handed in"}


def test_quarantined_rows_are_exactly_those_that_were_broken(
    city: Simulation, landed: tuple[Archive, dict[str, Receipt]]
) -> None:
    archive, receipts = landed
    paths = {
        (receipt.delivery.sequence, file.file): (name, file.path)
        for name, receipt in receipts.items()
        for file in receipt.delivery.files
    }
    words = {"check character": "check character", "impossible date": "expected a date"}
    words["unknown code"] = "there is no"
    held = {
        (*paths[row["sequence"], row["file"]], row["row"]): row["faults"]
        for row in archive.held("quarantined").to_pylist()
    }
    broken = pd.read_parquet(city.folder / "broken.parquet")
    assert set(held) == set(broken[["source", "file", "row"]].itertuples(index=False, name=None))
    for row in broken.itertuples():
        assert words[row.fault] in held[row.source, row.file, row.row], row


def test_every_kind_of_record_that_is_simulated_and_every_change_occurs(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    archive = landed[0]
    assert {kind for kind in KINDS if not archive.records(kind).num_rows} == NOT_SIMULATED
    changes = archive.records("lifecycle").to_pandas()
    assert set(changes["change"]) == {"ended", "withdrawn", "repaired", "reinstated"}
    kinds = {"penalty", "rectification", "list_entry", "licence", "certificate"}
    assert set(changes["of"]) == kinds


def test_what_happened_later_finds_its_record(landed: tuple[Archive, dict[str, Receipt]]) -> None:
    archive = landed[0]
    lifecycle = archive.records("lifecycle").to_pandas()
    for kind in ("penalty", "rectification", "licence", "certificate"):
        records = set(archive.records(kind)["record"].to_pylist())
        targets = lifecycle.loc[lifecycle["of"] == kind, "target"]
        assert targets.isin(records).mean() > 0.98, kind


def test_money_is_in_ten_thousands_of_yuan_whatever_the_department_counts_in(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    fines = landed[0].records("penalty").to_pandas().query("fine > 0")
    medians = fines.groupby("organ")["fine"].median()
    assert 0.1 < medians["market"] < 3
    assert 0.1 < medians["other"] < 3


def test_a_complaint_is_found_true_only_from_the_day_it_was_closed(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    calls = landed[0].records("complaint").to_pandas()
    assert calls.loc[calls["version"] == 0, "verified"].isna().all()
    closed = calls[calls["version"] == 1]
    assert len(closed) > 100
    assert closed["verified"].notna().all()
    first = calls[calls["version"] == 0].set_index("record")["available"]
    assert (closed["available"].to_numpy() > first.loc[closed["record"]].to_numpy()).all()


def test_complaints_about_places_have_a_place_and_no_enterprise(
    landed: tuple[Archive, dict[str, Receipt]],
) -> None:
    places = landed[0].places()
    assert places.num_rows > 50
    assert set(places["kind"].to_pylist()) == {"complaint"}
