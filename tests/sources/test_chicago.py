"""Chicago by mapping only: the public files become tables, the tables become records."""

import importlib.util
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

from xinheng.archive import Archive, Receipt, read_source

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "data" / "sources" / "chicago"
DATA = ROOT.parent / "shared" / "data" / "chicago"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("tables", SOURCE / "tables_from_public_files.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_names_and_addresses_become_codes_that_only_tell_which_are_equal(
    script: ModuleType,
) -> None:
    frame = pd.DataFrame(
        {"DBA_Name": ["One Cafe", "one cafe ", "Two", None], "Address": ["a", "b", "a", "a"]}
    )
    table = script.table(frame, ["brand", "site"])
    brand, site = table["brand"].tolist(), table["site"].tolist()
    assert brand[0] == brand[1] != brand[2]
    assert pd.isna(brand[3])
    assert site[0] == site[2] == site[3] != site[1]
    assert list(table.columns) == ["brand", "site"]


def test_dates_of_r_are_days_since_1970(script: ModuleType) -> None:
    assert script.days([15219, 15219.0], None).dt.strftime("%F").tolist() == ["2011-09-02"] * 2


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Archive, Receipt]:
    if not DATA.is_dir():
        pytest.skip(f"the Chicago tables are not in {DATA}; see data/sources/chicago")
    archive = Archive(tmp_path_factory.mktemp("chicago") / "archive")
    receipt = archive.ingest(read_source(SOURCE), DATA, datetime(2026, 1, 1, tzinfo=UTC))
    return archive, receipt


def test_every_row_of_chicago_has_a_fate(landed: tuple[Archive, Receipt]) -> None:
    archive, receipt = landed
    files = {file.file: file for file in receipt.delivery.files}
    assert all(file.settled == file.rows for file in files.values())
    assert sum(file.quarantined for file in files.values()) == 0
    assert files["inspections"].accepted == 27_600
    assert files["visits"].review == 5_635 + 196
    assert archive.records("inspection_item").num_rows > 100_000


def test_items_add_up_to_the_counts_of_their_inspection(landed: tuple[Archive, Receipt]) -> None:
    archive, _ = landed
    items = archive.records("inspection_item").to_pandas()
    found = items.pivot_table(index="inspection", columns="severity", values="count", aggfunc="sum")
    inspections = archive.records("inspection").to_pandas()
    routine = inspections[inspections["critical"].notna()].set_index("number")
    both = routine.join(found.add_suffix("_items")).fillna(
        {"critical_items": 0, "serious_items": 0}
    )
    assert len(both) == 27_600
    assert (both["critical"] == both["critical_items"]).all()
    assert (both["serious"] == both["serious_items"]).all()


def test_complaints_are_records_of_places(landed: tuple[Archive, Receipt]) -> None:
    archive, _ = landed
    places = archive.places()
    assert places.num_rows == archive.records("complaint").num_rows > 70_000
    assert archive.records("complaint")["entity"].null_count == places.num_rows


def test_nothing_is_known_of_an_outcome_before_its_day_is_over(
    landed: tuple[Archive, Receipt],
) -> None:
    archive, _ = landed
    view = archive.events()
    kinds = pd.Series([kind for kind, _ in view.vocabulary])
    frame = view.table.select(["stream", "occurred", "available"]).to_pandas()
    outcome = frame["stream"].map(kinds).str.startswith("inspection")
    assert (frame.loc[outcome, "available"] >= frame.loc[outcome, "occurred"]).all()
