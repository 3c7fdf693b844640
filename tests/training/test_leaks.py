"""No feature cell up to a day depends on what came after it, on any city; and the test can fail."""

import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from xinheng.archive import Alteration, Archive, EventView, Source, altered_archive, read_source
from xinheng.core import time
from xinheng.features import Events, standard_catalogue
from xinheng.simulation import simulate
from xinheng.simulation.laws import LAWS
from xinheng.training import (
    Cohort,
    Leaks,
    Outcome,
    OutcomeRule,
    PanelRule,
    Task,
    compare_archives,
    find_leaks,
    read_task,
)

from .world import ENTERPRISE, RECEIVED, archive_of, city

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "data" / "sources"
DATA = Path(os.environ.get("XINHENG_DATA", ROOT.parent / "shared" / "data")) / "chicago"
CUT = Alteration(time.day("2022-06-01"), RECEIVED)
VISITS = Task()
PANEL = Task(
    cohort=PanelRule(first=date(2020, 10, 1)),
    label=OutcomeRule(outcomes=(Outcome(streams=("inspection.critical",), above=0),)),
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take inspections in, a third of which are told of weeks after the visit, and altered."""
    folder, table = tmp_path_factory.mktemp("world"), city(shops=80)
    rng = np.random.default_rng(1)
    late = np.where(rng.random(len(table)) < 0.3, rng.integers(1, 90, len(table)), 0)
    told = zip(table["day"], late.tolist(), strict=True)
    table["known"] = [day + timedelta(days) for day, days in told]
    archive_of(table, folder)
    altered_archive(folder / "altered", [delivery(folder)], CUT)
    return folder


def delivery(folder: Path) -> tuple[Source, Path]:
    return read_source(folder / "source"), folder / "delivery0"


def compared(folder: Path, task: Task) -> Leaks:
    one, other = Archive(folder / "archive"), Archive(folder / "altered")
    return compare_archives(one, other, task, standard_catalogue(), CUT.day)


@pytest.mark.parametrize("task", [VISITS, PANEL], ids=["visits", "panel"])
def test_nothing_up_to_a_day_depends_on_what_comes_from_it_on(world: Path, task: Task) -> None:
    found = compared(world, task)
    assert (
        str(found) == f"none of {found.cells:,} values up to 2022-06-01 depends on what came later"
    )
    assert found.found == ()
    assert found.rows > 300
    assert found.cells == found.rows * len(standard_catalogue())
    assert found.labels > 100
    altered = found.records["inspection"]
    assert altered.later > 150
    assert 0.3 < altered.left_out / altered.later < 0.7
    assert altered.turned == altered.later - altered.left_out
    assert len(found.moved) > 30
    assert found.unmoved == ("IH_SINCE_FIRST",)  # everybody was visited before


def test_both_archives_are_built_from_the_deliveries(world: Path) -> None:
    found = find_leaks([delivery(world)], VISITS, standard_catalogue(), CUT)
    assert found == compared(world, VISITS)


def test_a_kernel_that_ignores_when_records_are_available_is_found(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Events.from_view

    def heedless(view: EventView) -> Events:
        events = read(view)
        return replace(events, available=events.occurred)

    monkeypatch.setattr(Events, "from_view", heedless)
    found = compared(world, PANEL)
    leaks = {leak.what: leak for leak in found.found}
    assert {"IH_ROUTINE_ALL", "IH_CRITICAL_ALL", "IH_RATE_CATEGORY"} <= leaks.keys()
    leak = leaks["IH_ROUTINE_ALL"]
    assert leak.enterprise.startswith("made-up:S")
    assert leak.as_of <= "2022-06-01"
    assert leak.one != leak.other
    told = f"IH_ROUTINE_ALL of {leak.enterprise} as of {leak.as_of} is {leak.one:g}, and "
    assert told in str(found)


def test_a_label_that_is_read_before_it_is_known_is_found(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Cohort, "known", lambda cohort, cut: cohort.settled < cut)
    found = compared(world, VISITS)
    assert [leak.what for leak in found.found] == ["label"]
    assert found.found[0].cells > 3


def test_a_mapping_that_looks_at_what_comes_later_is_found(tmp_path: Path) -> None:
    archive_of(city(shops=40), tmp_path)
    source, folder = delivery(tmp_path)
    counting = ENTERPRISE.replace("brand,", "brand, count(*) OVER (PARTITION BY shop) AS tier,")
    ahead = replace(source, statements={**source.statements, "enterprise.sql": counting})
    found = find_leaks([(ahead, folder)], VISITS, standard_catalogue(), replace(CUT, seed=1))
    assert "IH_TIER" in {leak.what for leak in found.found}


@pytest.mark.slow
@pytest.mark.parametrize("seed", [int(os.environ["HIDDEN_SEED"])])
def test_nothing_leaks_in_a_city_of_seventy_departments(tmp_path: Path, seed: int) -> None:
    laws = LAWS[seed % len(LAWS)]
    made = simulate(tmp_path / "city", seed, enterprises=600, producers=60, years=4, laws=laws)
    given = [
        (read_source(SOURCES / name), made.folder / "deliveries" / name) for name in made.delivering
    ]
    task = read_task(SOURCES / "city-market" / "task.toml")
    cut = Alteration(time.day("2022-07-01"), RECEIVED)
    found = find_leaks(given, task, standard_catalogue(), cut)
    assert found.found == (), str(found)
    assert found.rows > 2_500
    assert found.labels > 700
    assert len(found.records) > 30
    for kind in ("inspection", "inspection_item", "sampling", "penalty", "complaint", "list_entry"):
        altered = found.records[kind]
        assert altered.left_out > 10
        assert altered.turned > 10
    assert found.records["lifecycle"].left_out > 100
    assert 0.4 < left_out(found) < 0.6
    assert len(found.moved) > 80
    assert len(found.unmoved) < 10, found.unmoved


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the data of Chicago are not in {DATA}")
@pytest.mark.parametrize("day", ["2012-06-01", "2013-06-01", "2014-02-01"])
def test_nothing_leaks_in_chicago(day: str) -> None:
    source = read_source(SOURCES / "chicago")
    task = read_task(SOURCES / "chicago" / "task.toml")
    cut = Alteration(time.day(day), RECEIVED)
    found = find_leaks([(source, DATA)], task, standard_catalogue(), cut)
    assert found.found == (), str(found)
    assert found.labels > 2_000
    for kind in ("enterprise", "licence", "inspection", "inspection_item", "complaint"):
        altered = found.records[kind]
        assert altered.left_out > 1_000
        assert altered.turned > 500
    assert found.unmoved == ()


def left_out(found: Leaks) -> float:
    """Return the share of the later records that were left out."""
    altered = found.records.values()
    return sum(each.left_out for each in altered) / sum(each.later for each in altered)
