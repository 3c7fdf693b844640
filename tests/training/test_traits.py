"""Traits: what the register and the annual reports said by the day of a row, and no later."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError

from xinheng.archive import Archive, read_source
from xinheng.core import time
from xinheng.core.errors import NotFoundError
from xinheng.features import Events
from xinheng.training import TRAITS, SizeBands, traits

RECEIVED = datetime(2026, 6, 1, tzinfo=UTC)
TOML = """
title = "Register of a made-up district"
department = "district bureau"
scheme = "made-up"

[clocks]
backfill = "trusted"

[files.register]
path = "register.csv"
reader = "csv"

[files.reports]
path = "reports.csv"
reader = "csv"

[[records]]
kind = "enterprise"
rows = "register"
sql = "enterprise.sql"

[[records]]
kind = "annual_report"
rows = "reports"
sql = "annual_report.sql"
"""
ENTERPRISE = """
SELECT _row, shop AS enterprise, day AS number, day AS occurred, day AS known,
    'operator' AS population, 'active' AS status, district, trade AS category,
    capital AS subscribed_capital, name
FROM register
"""
ANNUAL_REPORT = """
SELECT _row, shop AS enterprise, year AS number, day AS occurred, day AS known, year,
    CAST(CAST(year AS INT) + 1 AS VARCHAR) || '-06-30' AS due, staff AS employees
FROM reports
"""
REGISTER = """shop,day,district,trade,capital,name
S1,2024-01-10,Futian,BAKERY,5,Golden Loaf
S1,2024-05-10,Nanshan,BAKERY,10,Golden Loaf
S2,2024-02-01,,TAVERN,5000,Old Oak
S3,2024-03-01,Futian,,,Nameless
"""
REPORTS = """shop,day,year,staff
S1,2024-03-01,2023,9
S1,2025-03-01,2024,10
S2,2024-03-01,2023,250.0
"""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    folder = tmp_path_factory.mktemp("register")
    for name, text in {
        "source/source.toml": TOML,
        "source/enterprise.sql": ENTERPRISE,
        "source/annual_report.sql": ANNUAL_REPORT,
        "delivery/register.csv": REGISTER,
        "delivery/reports.csv": REPORTS,
    }.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    made = Archive(folder / "archive")
    receipt = made.ingest(read_source(folder / "source"), folder / "delivery", RECEIVED)
    assert sum(file.quarantined for file in receipt.delivery.files) == 0
    return made


def told(archive: Archive, shop: str, day: str, **bands: tuple[float, ...]) -> tuple[str, ...]:
    events = Events.from_view(archive.events())
    who = np.array([archive.enterprise(shop)], np.int32)
    when = np.array([time.day(day)], np.int32)
    found = traits(archive, events, who, when, SizeBands(**bands))
    assert tuple(found) == TRAITS
    return tuple(found[name][0] for name in TRAITS)


def test_traits_are_those_known_before_the_day(archive: Archive) -> None:
    assert told(archive, "S1", "2024-01-10") == ("", "", "", "")
    assert told(archive, "S1", "2024-01-11") == ("Futian", "BAKERY", "", "<10")
    assert told(archive, "S1", "2024-03-02") == ("Futian", "BAKERY", "<10", "<10")
    assert told(archive, "S1", "2024-05-11") == ("Nanshan", "BAKERY", "<10", "10–100")
    assert told(archive, "S1", "2025-06-01") == ("Nanshan", "BAKERY", "10–100", "10–100")


def test_what_no_record_says_is_empty(archive: Archive) -> None:
    assert told(archive, "S2", "2024-06-01") == ("", "TAVERN", "100–300", "≥1000")
    assert told(archive, "S3", "2024-06-01") == ("Futian", "", "", "")


def test_bands_are_those_of_the_task(archive: Archive) -> None:
    cut = {"staff": (250.0,), "capital": (1.0, 10_000.0)}
    assert told(archive, "S2", "2024-06-01", **cut)[2:] == ("≥250", "1–10000")
    for limits in ((), (0.0, 1.0), (5.0, 5.0)):
        with pytest.raises(ValidationError, match="must be above 0 and rise"):
            SizeBands(staff=limits)


def test_terms_name_the_cases_of_events_and_no_person(archive: Archive) -> None:
    terms = archive.terms("enterprise", "district").to_pylist()
    assert [row["text"] for row in terms] == ["Futian", "Nanshan"]
    view = archive.events()
    stream = view.vocabulary.index(("enterprise.district", ""))
    rows = view.table["stream"].to_numpy() == stream
    assert set(view.table["case"].to_numpy()[rows]) == {row["case"] for row in terms}
    with pytest.raises(NotFoundError, match="no text of enterprise 'name'"):
        archive.terms("enterprise", "name")
    with pytest.raises(NotFoundError, match="subscribed_capital"):
        archive.terms("enterprise", "subscribed_capital")


def test_an_empty_archive_has_no_terms(tmp_path: Path) -> None:
    assert Archive(tmp_path).terms("enterprise", "district").num_rows == 0
