"""An archive as a city: parts, processes, and what is kept from day to day."""

import os
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from signal import SIGKILL, raise_signal

import numpy as np
import pandas as pd
import pytest

from xinheng.archive import Archive, read_source
from xinheng.core.errors import WorkerError
from xinheng.core.time import NEVER, day
from xinheng.features import City, Events, brought_up, build_references, compute, standard_catalogue
from xinheng.features import city as module
from xinheng.features.current import Advance
from xinheng.features.sweep import known_rows
from xinheng.simulation import simulate
from xinheng.terminal import write_tables

SOURCES = Path(__file__).parents[2] / "data" / "sources"
CATALOGUE = standard_catalogue().select(use="grade")
EARLY = ("city-registry", "city-licensing", "city-market", "city-social")
LATE = ("city-testing", "city-complaints", "city-court", "city-certification")
DAY = day("2022-03-05")
ENDS = partial(sorted, key=os._exit)
"""Ends the process that it runs in when it is given numbers; it can be sent to another."""


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("city")
    simulate(folder / "made", 11, enterprises=150, producers=20, years=3)
    return folder / "made" / "deliveries"


def take_in(archive: Archive, deliveries: Path, names: tuple[str, ...]) -> None:
    for name in names:
        source = read_source(SOURCES / name)
        archive.ingest(source, deliveries / name, datetime(2024, 1, 1, tzinfo=UTC))


def whole(archive: Archive, *days: int) -> pd.DataFrame:
    city = City.of(archive)
    events = Events.from_view(archive.events())
    references = build_references(CATALOGUE, events, cases=city.cases, bans=city.bans)
    enterprise, as_of = known_rows(events, np.array(days, np.int32))
    rows = pd.DataFrame({"enterprise": enterprise, "as_of": as_of})
    return compute(CATALOGUE, events, rows, references=references)


@pytest.mark.parametrize("events_of_part", [4_000_000, pytest.param(3_000, marks=pytest.mark.slow)])
def test_a_city_of_many_parts_is_computed_by_processes(
    deliveries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events_of_part: int
) -> None:
    archive = Archive(tmp_path)
    take_in(archive, deliveries, EARLY)
    monkeypatch.setattr(module, "EVENTS_OF_PART", events_of_part)
    monkeypatch.setattr(module, "MANY", events_of_part)
    city = City.of(archive)
    many = events_of_part < archive.size
    assert (len(city.parts()) > 2) == many
    with city.workers(2) as pool:
        assert isinstance(pool, ProcessPoolExecutor) == many
    found = pd.concat(list(city.indicators(CATALOGUE, [DAY, DAY + 200], threads=2)))
    expected = whole(archive, DAY, DAY + 200)
    pd.testing.assert_frame_equal(found.sort_index(), expected, check_exact=True)


def test_what_is_kept_follows_deliveries_and_days(
    deliveries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, kept = Archive(tmp_path / "archive"), tmp_path / "kept"
    take_in(archive, deliveries, EARLY)
    current, took = brought_up(City.of(archive), CATALOGUE, DAY, kept)
    assert took is None
    pd.testing.assert_frame_equal(current.matrix(), whole(archive, DAY), check_exact=True)
    monkeypatch.setattr(module, "EVENTS_OF_PART", 3_000)
    for names, later in (((), 1), (LATE[:2], 1), ((), 30), (LATE[2:], 31)):
        take_in(archive, deliveries, names)
        current, took = brought_up(City.of(archive), CATALOGUE, DAY + later, kept, threads=2)
        assert took is not None
        assert (took.told > 0) == bool(names)
        expected = whole(archive, DAY + later)
        pd.testing.assert_frame_equal(current.matrix(), expected, check_exact=True)


def test_a_process_that_is_killed_leaves_what_was_kept(
    deliveries: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive, kept = Archive(tmp_path / "archive"), tmp_path / "kept"
    take_in(archive, deliveries, EARLY[:1])
    few = CATALOGUE.select(ids=["BC01", "PN06"])
    city = City.of(archive)
    brought_up(city, few, DAY, kept)
    monkeypatch.setattr(module, "MANY", 0)
    monkeypatch.setattr(City, "read", ENDS)
    with pytest.raises(WorkerError, match=r"`--threads 1`"):
        brought_up(city, few, DAY + 400, kept, threads=2)
    monkeypatch.undo()
    assert brought_up(city, few, DAY, kept)[1] == Advance(0, 0, 0)
    path = tmp_path / "out" / "some.csv"
    monkeypatch.setattr(module, "MANY", 0)
    monkeypatch.setattr(City, "parts", lambda _: [partial(raise_signal, SIGKILL)])
    with pytest.raises(WorkerError, match="when 0 of 1 were done"):
        write_tables(city.indicators(few, [DAY], threads=2), path)
    assert not list(path.parent.iterdir())


ON = "20221101,20221101,"


def ban(archive: Archive, deliveries: Path, folder: Path, *bans: str) -> None:
    """Deliver bans, a line of the regulator's file each."""
    name = "city-casework"
    folder.mkdir()
    for file, lines in (("cases.csv", ()), ("bans.csv", bans)):
        header = (deliveries / name / file).read_text("gb18030").splitlines()[0]
        (folder / file).write_text("\n".join([header, *lines]), "gb18030")
    archive.ingest(read_source(SOURCES / name), folder, datetime(2024, 1, 1, tzinfo=UTC))


def test_what_is_kept_follows_what_is_taken_back_repaired_and_erased(
    deliveries: Path, tmp_path: Path
) -> None:
    archive, kept, now = Archive(tmp_path / "archive"), tmp_path / "kept", datetime.now(UTC)
    take_in(archive, deliveries, (*EARLY, "city-staff", "city-court"))
    posts = pd.read_parquet(deliveries / "city-staff" / "posts.parquet")
    heads = posts[(posts["职务"] == "法定代表人") & posts["离任日期"].isna()]
    (code, person), (other_code, other) = heads[["统一社会信用代码", "人员标识"]].to_numpy()[:2]
    days = iter(range(day("2022-11-02"), day("2022-12-01")))

    def step(*, told: bool) -> pd.DataFrame:
        current, took = brought_up(City.of(archive), CATALOGUE, next(days), kept)
        assert took is not None
        assert (took.told > 0) == told
        pd.testing.assert_frame_equal(
            current.matrix(), whole(archive, current.as_of), check_exact=True
        )
        return current.matrix().droplevel("as_of")

    def happened() -> tuple[int, int]:
        events = Events.from_view(archive.events())
        return int((events.withdrawn < NEVER).sum()), int((events.repaired < NEVER).sum())

    brought_up(City.of(archive), CATALOGUE, next(days), kept)
    before = happened()
    take_in(archive, deliveries, ("city-credit", "city-repair", "city-certification"))
    after = happened()
    assert after[0] > before[0]
    assert after[1] > before[1]
    step(told=True)

    ban(archive, deliveries, tmp_path / "one", f"one,{person},,lifetime,{ON}")
    assert step(told=False).loc[archive.enterprise(code), "PN16"] == 3
    archive.erase_person(person, now)
    archive.erase_enterprise(other_code, now)
    assert step(told=False).loc[archive.enterprise(code), "PN16"] == 3
    again = (f"two,{person},,judgment_defaulter,{ON}", f"three,{other},,judgment_defaulter,{ON}")
    ban(archive, deliveries, tmp_path / "two", *again)
    found = step(told=False)
    assert found.loc[archive.enterprise(code), "PN16"] == 3
    assert found.loc[archive.enterprise(other_code), "PN16"] == 2
    archive.compact(now)
    take_in(archive, deliveries, ("city-casework", "city-testing", "city-complaints"))
    step(told=True)


def test_another_catalogue_begins_anew(deliveries: Path, tmp_path: Path) -> None:
    archive, kept = Archive(tmp_path / "archive"), tmp_path / "kept"
    take_in(archive, deliveries, EARLY[:1])
    few = CATALOGUE.select(ids=["BC01", "PN06"])
    assert brought_up(City.of(archive), CATALOGUE, DAY, kept)[1] is None
    current, took = brought_up(City.of(archive), few, DAY, kept)
    assert took is None
    assert list(current.matrix().columns) == ["BC01", "PN06"]
