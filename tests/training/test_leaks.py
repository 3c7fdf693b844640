"""Nothing as of a day depends on what came after it, in any city; and the test can fail."""

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from xinheng.archive import Alteration, Archive, EventView, Source, altered_archive, read_source
from xinheng.core import time
from xinheng.core.errors import InvalidError
from xinheng.features import Catalogue, Events, References, standard_catalogue
from xinheng.features.dated import Asked, Dated
from xinheng.grading import STATUTES, score
from xinheng.simulation import Simulation, simulate
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
    registration,
)
from xinheng.training.cohorts.cohort import Days
from xinheng.training.leaking import side
from xinheng.training.listing import Listing

from .world import ENTERPRISE, PLACED, RECEIVED, archive_of, city, quarters

ROOT = Path(__file__).parents[2]
SOURCES = ROOT / "data" / "sources"
DATA = Path(os.environ.get("XINHENG_DATA", ROOT.parent / "shared" / "data")) / "chicago"
CUT = Alteration(time.day("2022-06-01"), RECEIVED)
VISITS = Task()
PANEL = Task(
    cohort=PanelRule(first=date(2020, 10, 1)),
    label=OutcomeRule(outcomes=(Outcome(streams=("inspection.critical",), above=0),)),
)
TOWN = (
    "city-registry",
    "city-licensing",
    "city-market",
    "city-testing",
    "city-complaints",
    "city-casework",
    "city-staff",
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


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take in visits to shops in two places, a fifth of them registered late, and altered."""
    folder = tmp_path_factory.mktemp("places")
    archive_of(quarters(), folder, enterprise=PLACED)
    altered_archive(folder / "altered", [delivery(folder)], CUT)
    return folder


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take in what ten departments of a small city deliver, and altered."""
    folder = tmp_path_factory.mktemp("town")
    made = simulate(folder / "city", 5, enterprises=300, producers=80, years=4)
    archive = Archive(folder / "archive")
    for source, delivered in given(made, TOWN):
        archive.ingest(source, delivered, RECEIVED)
    altered_archive(folder / "altered", given(made, TOWN), CUT)
    return folder


def delivery(folder: Path) -> tuple[Source, Path]:
    return read_source(folder / "source"), folder / "delivery0"


def given(made: Simulation, names: tuple[str, ...]) -> list[tuple[Source, Path]]:
    """Return what departments of a made-up city deliver, as far as they have any row."""
    folders = {name: made.folder / "deliveries" / name for name in names}
    return [(read_source(SOURCES / n), folders[n]) for n in names if n in made.delivering]


def compared(folder: Path, task: Task) -> Leaks:
    one, other = Archive(folder / "archive"), Archive(folder / "altered")
    return compare_archives(one, other, task, standard_catalogue(), CUT.day)


def heedless(events: Events) -> Events:
    """Return events as if each had been known on the day it occurred."""
    return replace(events, available=events.occurred)


@pytest.mark.parametrize("task", [VISITS, PANEL], ids=["visits", "panel"])
def test_nothing_up_to_a_day_depends_on_what_comes_from_it_on(world: Path, task: Task) -> None:
    found = compared(world, task)
    cells = found.cells + found.planned
    assert str(found) == f"none of {cells:,} values up to 2022-06-01 depends on what came later"
    assert found.found == ()
    assert found.rows > 300
    assert found.cells == found.rows * (len(standard_catalogue()) + 3 + len(STATUTES.ids))
    assert found.labels > 100
    altered = found.records["inspection"]
    assert altered.later > 150
    assert 0.3 < altered.left_out / altered.later < 0.7
    assert altered.turned == altered.later - altered.left_out
    assert len(found.moved) > 30
    assert found.unmoved == ("IH_SINCE_FIRST",)  # everybody was visited before


def test_what_plans_knew_is_compared_for_visits_and_not_for_a_panel(places: Path) -> None:
    found = compared(places, VISITS)
    assert found.found == (), str(found)
    assert found.visits > 700
    indicators = len(standard_catalogue())
    strict = found.visits * indicators
    assert 1.9 * strict < found.planned < 2 * strict  # later visits to others have some only
    panel = compared(places, PANEL)
    assert (panel.visits, panel.planned) == (0, 0)


def test_nothing_leaks_in_a_small_city(town: Path) -> None:
    found = compared(town, PANEL)
    assert found.found == (), str(found)
    assert found.rows > 1_000
    assert found.labels > 300
    assert {"SCORE_CARD", "POPULATION", "ACTIVE", "licence_revoked"} <= {*found.moved}
    for kind in ("inspection", "inspection_item", "sampling", "penalty", "complaint", "case_file"):
        altered = found.records[kind]
        assert altered.left_out > 0
        assert altered.turned > 0
    assert found.records["lifecycle"].left_out > 10
    assert len(found.moved) > 60


def test_archives_are_built_from_the_deliveries_for_each_cut(world: Path) -> None:
    told: list[str] = []
    days = [time.day("2021-06-01"), CUT.day]
    early, found = find_leaks(
        [delivery(world)],
        VISITS,
        standard_catalogue(),
        RECEIVED,
        cuts=days[::-1],
        progress=lambda step, _, __: told.append(step),
    )
    assert found == compared(world, VISITS)
    assert (early.cut, early.found) == ("2021-06-01", ())
    assert early.rows < found.rows
    assert told == [
        "Taking in deliveries",
        "Reading what was known",
        "Altering what came from 2021-06-01 on",
        "Comparing what was known before 2021-06-01",
        "Altering what came from 2022-06-01 on",
        "Comparing what was known before 2022-06-01",
    ]


@pytest.mark.parametrize("day", ["2019-06-01", "2025-06-01"])
def test_a_cut_with_nothing_on_one_side_is_refused(world: Path, day: str) -> None:
    one = Archive(world / "archive")
    with pytest.raises(InvalidError, match=f"a cut at {day} tests nothing: .*years on both sides"):
        compare_archives(one, one, VISITS, standard_catalogue(), time.day(day))


def test_a_kernel_that_ignores_when_records_are_available_is_found(
    world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Events.from_view

    def reading(view: EventView) -> Events:
        return heedless(read(view))

    monkeypatch.setattr(Events, "from_view", reading)
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
    assert "label" in {leak.what for leak in found.found}
    assert found.found[0].cells > 3


def test_a_register_that_reads_ahead_is_found(town: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def ahead(catalogue: Catalogue, events: Events, who: Days, when: Days, **how: int) -> Any:
        return registration(catalogue, events, who, when + 365, **how)

    monkeypatch.setattr(side, "registration", ahead)
    assert {"POPULATION", "ACTIVE"} == {leak.what for leak in compared(town, PANEL).found}


def test_a_score_card_that_reads_ahead_is_found(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side, "score", partial(a_year_ahead, score))
    assert {"SCORE_CARD"} == {leak.what for leak in compared(town, PANEL).found}


def test_statutory_rules_that_read_ahead_are_found(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = SimpleNamespace(conditions=partial(a_year_ahead, STATUTES.conditions))
    monkeypatch.setattr(side, "STATUTES", ahead)
    found = {leak.what for leak in compared(town, PANEL).found}
    assert {"abnormal_operation", "licence_revoked"} <= found <= {*STATUTES.ids}


def test_statistics_of_others_that_are_not_dated_are_found(
    town: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = References.values

    def undated(references: References, leaf: Dated, asked: Asked) -> Any:
        return values(
            references, leaf, replace(asked, as_of=np.full_like(asked.as_of, 2 * CUT.day))
        )

    monkeypatch.setattr(References, "values", undated)
    found = {leak.what for leak in compared(town, PANEL).found}
    assert {"IH_RATE_CATEGORY", "IH_RATE_BRAND", "PN14", "RL09"} <= found  # rates, ties, medians
    assert not {"IH_ROUTINE_ALL", "IH_CRITICAL_ALL", "label"} & found


def far_ahead(listing: Listing, cohort: Cohort, begun: Days, threads: int = 1) -> pd.DataFrame:
    """Read the register as of the far future."""
    return listing._values(cohort, begun, np.full_like(begun, 2 * CUT.day), threads)


def as_of_the_visit(listing: Listing, cohort: Cohort, _: Days, threads: int = 1) -> pd.DataFrame:
    """Freeze nothing."""
    return listing._values(cohort, cohort.as_of, cohort.as_of, threads)


def melting(listing: Listing, cohort: Cohort, begun: Days, threads: int = 1) -> pd.DataFrame:
    """Read everything as of the visit where the register told of somebody late."""
    registered = np.where(listing.late(cohort, begun), cohort.as_of, begun).astype(np.int32)
    return listing._values(cohort, registered, registered, threads)


@pytest.mark.parametrize(
    ("function", "planted", "leaks"),
    [
        ("matrix", far_ahead, {"plan:CX_RATE_1KM", "plan:CX_RATE_3KM"}),
        ("matrix", as_of_the_visit, {"plan:IH_ROUTINE_ALL", "plan:CX_RATE_1KM"}),
        ("matrix", melting, {"late_plan:IH_ROUTINE_ALL", "late_plan:IH_MINOR_ALL"}),
        ("strict_matrix", Listing.matrix, {"strict_plan:CX_RATE_1KM"}),
        ("strict_matrix", as_of_the_visit, {"strict_plan:IH_ROUTINE_ALL"}),
    ],
)
def test_a_plan_that_reads_ahead_is_found(
    places: Path,
    monkeypatch: pytest.MonkeyPatch,
    function: str,
    planted: Callable[..., pd.DataFrame],
    leaks: set[str],
) -> None:
    monkeypatch.setattr(Listing, function, planted)
    found = compared(places, VISITS).found
    assert leaks <= {leak.what for leak in found}
    kinds = {"strict_plan"} if function == "strict_matrix" else {"plan", "late_plan"}
    assert {leak.what.partition(":")[0] for leak in found} <= kinds
    assert all(leak.as_of <= "2022-06-01" for leak in found)


def test_a_plan_that_knows_who_will_be_registered_is_found(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registered = Listing.registered

    def soon(listing: Listing, cohort: Cohort, begun: Days) -> Any:
        return registered(listing, cohort, begun + 365)

    monkeypatch.setattr(Listing, "registered", soon)
    assert "plan:LATE" in {leak.what for leak in compared(places, VISITS).found}


def a_year_ahead(function: Callable[..., pd.DataFrame], *given: Any) -> pd.DataFrame:
    """Return what a function says of its last argument, rows, a year after their days."""
    *before, rows = given
    return function(*before, rows.assign(as_of=rows["as_of"] + 365)).set_axis(
        pd.MultiIndex.from_frame(rows[["enterprise", "as_of"]])
    )


LAST = (
    "OVER (PARTITION BY shop ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)"
)


@pytest.mark.parametrize(
    "ahead", ["count(*) OVER (PARTITION BY shop)", f"last_value(minor) {LAST}"]
)
def test_a_mapping_that_looks_at_what_comes_later_is_found(tmp_path: Path, ahead: str) -> None:
    archive_of(city(shops=40), tmp_path)
    source, folder = delivery(tmp_path)
    looking = ENTERPRISE.replace("brand,", f"brand, {ahead} AS tier,")
    source = replace(source, statements={**source.statements, "enterprise.sql": looking})
    [found] = find_leaks(
        [(source, folder)], VISITS, standard_catalogue(), RECEIVED, cuts=[CUT.day], seed=1
    )
    assert "IH_TIER" in {leak.what for leak in found.found}


@pytest.mark.slow
@pytest.mark.parametrize("laws", ["standard", "contrary"])
def test_nothing_leaks_in_a_city_of_seventy_departments(tmp_path: Path, laws: str) -> None:
    seed = int(os.environ["HIDDEN_SEED"])
    made = simulate(tmp_path / "city", seed, enterprises=2_000, producers=150, laws=laws)
    panel = read_task(SOURCES / "city-market" / "task.toml")
    delivered = given(made, made.delivering)
    archive = Archive(tmp_path / "archive")
    for source, folder in delivered:
        archive.ingest(source, folder, RECEIVED)
    for cut in ("2022-07-01", "2024-01-01"):
        day = time.day(cut)
        altered = altered_archive(tmp_path / cut, delivered, Alteration(day, RECEIVED))
        for task in (panel, VISITS):
            found = compare_archives(archive, altered, task, standard_catalogue(), day, threads=2)
            check_city(found)
            assert (found.visits > 2_000) == task.planning


def check_city(found: Leaks) -> None:
    """Check that no leak was found, and that it was looked for."""
    assert found.found == (), str(found)
    assert found.rows > 2_000
    assert found.labels > 500
    assert len(found.records) > 30
    for kind in ("inspection", "inspection_item", "sampling", "penalty", "complaint"):
        altered = found.records[kind]
        assert altered.left_out > 10
        assert altered.turned > 10
    assert found.records["lifecycle"].left_out > 100
    assert 0.4 < left_out(found) < 0.6
    assert len(found.moved) > 90
    assert len(found.unmoved) < 10, found.unmoved


@pytest.mark.slow
@pytest.mark.skipif(not DATA.is_dir(), reason=f"the data of Chicago are not in {DATA}")
def test_nothing_leaks_in_chicago() -> None:
    source = read_source(SOURCES / "chicago")
    task = read_task(SOURCES / "chicago" / "task.toml")
    days = ["2012-06-01", "2013-06-01", "2014-02-01"]
    for found in find_leaks(
        [(source, DATA)],
        task,
        standard_catalogue(),
        RECEIVED,
        cuts=[time.day(day) for day in days],
        threads=2,
    ):
        assert found.found == (), str(found)
        assert found.labels > 2_000
        assert found.visits > 10_000
        for kind in ("enterprise", "licence", "inspection", "inspection_item", "complaint"):
            altered = found.records[kind]
            assert altered.left_out > 1_000
            assert altered.turned > 500
        assert found.unmoved == ()


def left_out(found: Leaks) -> float:
    """Return the share of the later records that were left out."""
    altered = found.records.values()
    return sum(each.left_out for each in altered) / sum(each.later for each in altered)
