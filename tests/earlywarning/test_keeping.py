"""A run of the watch goes on from those before, and is kept once."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from xinheng.archive import Archive
from xinheng.core.time import day, show
from xinheng.earlywarning.watch import WatchSettings, look_and_keep
from xinheng.ledger import Ledger
from xinheng.ledger.watch import Series

from .warned import agency, told

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FIRST, LAST = day("2023-07-03"), day("2023-12-01")


@pytest.fixture(scope="module")
def archive(tmp_path_factory) -> Archive:
    """Ham has a case every other week; lead spreads in tea from July 2023 on."""
    folder: Path = tmp_path_factory.mktemp("agency")
    agency(folder)
    ham = [*range(day("2020-01-06"), day("2024-01-01"), 14)]
    rows = [("火腿", "listeria", when) for when in ham]
    rows += [("茶叶", "lead", when) for when in range(FIRST, LAST, 8)]
    told(folder, [
        (str(number), show(when), "", product, item, "")
        for number, (product, item, when) in enumerate(rows)
    ])  # fmt: skip
    return Archive(folder / "archive")


@pytest.fixture
def ledger():
    found = Ledger("sqlite://")
    yield found
    found.close()


def looked(archive, ledger, when: int, budget: float = 2.0):
    settings = WatchSettings(budget=budget)
    return look_and_keep(archive, ledger.watch, when, settings, at=NOW, actor="li")


def test_a_series_is_told_once_by_the_code_of_its_product_and_then_silent(archive, ledger):
    tea: list[tuple[int, Series]] = []
    for when in range(FIRST + 21, LAST, 21):
        found = looked(archive, ledger, when)
        assert found.is_new
        tea += [(when, each.told.series) for each in found.alarms if each.told.series.hazard]
    series = [each for _, each in tea if each.hazard == "lead"]
    assert series[0] == Series("signal", "tea", "lead")
    days = [when for when, each in tea if each.hazard == "lead"]
    assert all(later - earlier >= 13 * 7 for earlier, later in pairwise(days))


def test_the_same_day_and_deliveries_are_looked_at_once(archive, ledger):
    first = looked(archive, ledger, LAST)
    again = looked(archive, ledger, LAST)
    assert (first.is_new, again.is_new) == (True, False)
    assert (again.run, again.alarms) == (first.run, first.alarms)
    assert len(ledger.watch.runs()) == 1


def test_a_bar_is_kept_for_some_weeks_and_set_anew_for_another_budget(archive, ledger):
    bars = [looked(archive, ledger, LAST + 7 * week).run.bar for week in range(4)]
    assert len(set(bars)) == 1
    other = looked(archive, ledger, LAST + 28, budget=0.05)
    assert other.run.budget == 0.05
    assert other.run.bar >= bars[0]


def test_an_earlier_day_goes_on_from_the_run_before_it(archive, ledger):
    looked(archive, ledger, LAST)
    earlier = looked(archive, ledger, FIRST)
    assert earlier.is_new
    assert ledger.watch.last(until=FIRST).id == earlier.run.id
    assert ledger.watch.last().as_of == LAST
    assert [run.id for run in ledger.watch.runs()] == [2, 1]
    assert ledger.watch.runs(before=2)[0].id == 1
