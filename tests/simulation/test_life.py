"""What happens in the city: worse enterprises are seen more, and cases take their course."""

import numpy as np
import pandas as pd
import pytest

from xinheng.core import uscc_fault
from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.simulation.city import City
from xinheng.simulation.codes import credit_code, credit_codes, production_licence
from xinheng.simulation.life import live, months_of
from xinheng.simulation.names import CITY
from xinheng.simulation.records import Records

COUNT, YEARS = 800, 4
MONTHS = months_of(2022, YEARS)
END = MONTHS[-1].after


@pytest.fixture(scope="module")
def lived() -> tuple[City, Records]:
    return live(11, COUNT, MONTHS)


def test_worse_enterprises_are_inspected_more_but_not_by_the_random_draw(
    lived: tuple[City, Records],
) -> None:
    city, records = lived
    seen = records.frame("inspection")
    early = seen[seen["occurred"] < MONTHS[24].first]
    founded = city.enterprises["established"].to_numpy() < MONTHS[0].first
    worst = founded & (city.quality < np.quantile(city.quality, 0.25))
    best = founded & (city.quality > np.quantile(city.quality, 0.75))
    visits = np.bincount(early.loc[early["purpose"] == "routine", "enterprise"], minlength=COUNT)
    assert visits[worst].mean() > 1.1 * visits[best].mean()
    drawn = np.bincount(
        seen.loc[seen["purpose"] == "random_general", "enterprise"], minlength=COUNT
    )
    spread = np.sqrt(drawn.mean() / min(worst.sum(), best.sum()) * 2)
    assert abs(drawn[worst].mean() - drawn[best].mean()) < 3.5 * spread


def test_violations_come_as_often_as_the_truth_says(lived: tuple[City, Records]) -> None:
    seen = lived[1].frame("inspection")
    seen = seen[seen["critical"].notna()]
    for part in (seen, seen[seen["purpose"] == "routine"], seen[seen["found"] > 0.4]):
        expected, spread = part["found"].sum(), np.sqrt((part["found"] * (1 - part["found"])).sum())
        assert abs((part["critical"] > 0).sum() - expected) < 4 * spread
    assert abs(seen["found"].mean() - seen["probability"].mean()) < 0.01


def test_summer_is_worse_than_winter(lived: tuple[City, Records]) -> None:
    seen = lived[1].frame("inspection")
    seen = seen[seen["purpose"] == "routine"]
    month = pd.to_datetime(seen["occurred"], unit="D").dt.month
    found = seen["found"].groupby(month.to_numpy()).mean()
    assert found[[7, 8]].min() > found[[1, 2]].max()


def test_every_record_is_known_no_earlier_than_it_happened(lived: tuple[City, Records]) -> None:
    kinds = ("inspection", "inspection_item", "rectification", "complaint", "penalty", "sampling")
    kinds += ("incident", "list_entry", "licence", "licence_event", "certificate", "award")
    for kind in (*kinds, "enterprise", "change", "other_penalty"):
        table = lived[1].frame(kind)
        assert len(table), kind
        assert (table["known"] >= table["occurred"]).all(), kind


def test_a_penalty_follows_its_course(lived: tuple[City, Records]) -> None:
    penalties = lived[1].frame("penalty")
    for later in ("withdrawn", "repaired", "performed"):
        come = penalties[penalties[later] >= 0]
        assert len(come), later
        assert (come[later] > come["known"]).all(), later
    withdrawn = penalties["withdrawn"] >= 0
    assert not (withdrawn & (penalties["repaired"] >= 0)).any()
    back = penalties[penalties["reinstated"] >= 0]
    assert (back["reinstated"] > back["withdrawn"]).all()
    assert (penalties.loc[penalties["repaired"] >= 0].eval("repaired - known") > 365).all()


def test_nobody_is_inspected_as_planned_before_it_opens_or_long_after_it_closes(
    lived: tuple[City, Records],
) -> None:
    city, records = lived
    seen = records.frame("inspection")
    seen = seen[seen["purpose"].isin(["routine", "random_key", "random_general"])]
    founded = city.enterprises["established"].to_numpy()[seen["enterprise"]]
    assert (seen["occurred"] >= founded).all()
    closed = records.frame("enterprise").query("status == 'stopped'")
    ends = closed.set_index("enterprise")["occurred"]
    last = seen.groupby("enterprise")["occurred"].max().reindex(ends.index).dropna()
    assert (last < ends.reindex(last.index) + 31).all()


def test_items_add_up_to_what_the_inspection_counts(lived: tuple[City, Records]) -> None:
    items = lived[1].frame("inspection_item")
    counts = items.pivot_table(
        index="inspection", columns="severity", values="count", aggfunc="sum", fill_value=0
    )
    seen = lived[1].frame("inspection").set_index("number")
    for severity in ("critical", "serious", "minor"):
        stated = seen.loc[counts.index, severity]
        assert (counts[severity] == stated).all()
    assert not items.duplicated(["inspection", "code"]).any()


def test_names_are_different_and_of_a_city_that_does_not_exist(lived: tuple[City, Records]) -> None:
    names = lived[0].enterprises["name"]
    assert names.is_unique
    assert names.str.startswith(CITY).all()
    assert lived[0].enterprises["code"].is_unique


def test_the_months_follow_the_calendar() -> None:
    months = months_of(2023, 2)
    assert (months[0].first, months[-1].after) == (day("2023-01-01"), day("2025-01-01"))
    assert [m.after for m in months[:-1]] == [m.first for m in months[1:]]
    assert [m.calendar for m in months] == [*range(1, 13)] * 2
    assert months_of(2022, 4)[-1].after == day("2026-01-01")


def test_codes_and_licence_numbers_run_out_with_a_message() -> None:
    assert uscc_fault(credit_code(7_999_999)) is None
    with pytest.raises(InvalidError, match="10,000 numbers"):
        production_licence("2401", 10_000)
    with pytest.raises(InvalidError, match="the range of codes holds"):
        credit_codes(8_000_001, np.ones(1, dtype=bool))


def test_no_two_licences_share_a_number(lived: tuple[City, Records]) -> None:
    held = lived[1].frame("licence")
    assert held.drop_duplicates(["licence", "enterprise"])["licence"].is_unique
    assert held["number"].is_unique
