"""Signals of all sources: what counts, once, from when on, and of what."""

from pathlib import Path

import numpy as np
import pytest

from xinheng.core.time import NEVER, day
from xinheng.earlywarning.signals import Panel, Rows, gather, read_signals

from .bureau import Bureau

MARCH = day("2025-03-01")


@pytest.fixture
def bureau(tmp_path: Path) -> Bureau:
    return Bureau(tmp_path)


def panel(bureau: Bureau, lens: str = "", upto: int | None = None) -> Panel:
    return gather(read_signals(bureau.archive, upto=upto), lens=lens)


def series(found: Panel) -> list[tuple[str, str, str]]:
    return [
        (found.products[product], found.places[product], found.hazards[hazard])
        for product, hazard in zip(found.product, found.hazard, strict=True)
    ]


def told(found: Panel, at: int) -> dict[str, int]:
    """Return how many cases, tests and reports were known at the end of a day of March 2025."""
    cases = found.known(MARCH + at - 1)
    counts = {
        "cases": len(cases.day),
        "tested": 0 if cases.tested is None else len(cases.tested.day),
    }
    return counts | {each.name: len(each.tally.day) for each in cases.told}


def test_a_lot_is_tested_once_and_each_item_that_fails_is_a_case(bureau: Bureau):
    bureau.deliver(sampling=[
        "1/lead,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,",
        "1/mould,2025-03-01,2025-03-05,E1,1,tea,mould,hygiene_microbe,",
        "2,2025-03-01,2025-03-05,E2,2,tea,,,",
        "3,2025-03-01,2025-03-05,E2,2,ham,,,",
        "4,2025-03-01,2025-03-05,E2,4,,lead,contaminant,",
    ])  # fmt: skip
    found = panel(bureau)
    assert series(found) == [("tea", "", "lead"), ("tea", "", "mould")]
    assert found.severity.tolist() == [4, 3]
    assert told(found, 4) == {"cases": 0, "tested": 0}
    assert told(found, 5) == {"cases": 2, "tested": 3}


def test_other_sources_tell_of_series_or_of_products_and_a_story_counts_once(bureau: Bureau):
    bureau.deliver(
        sampling=["1,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,"],
        alert=["1,2025-03-02,2025-03-02,ham,lead,contaminant", "2,2025-03-02,2025-03-02,ham,,"],
        complaint=["1,2025-03-02,2025-03-02,E1,true,tea", "2,2025-03-02,2025-03-02,E1,false,tea"],
        opinion=[
            "1,2025-03-02,2025-03-03,tea,story",
            "2,2025-03-02,2025-03-02,tea,story",
            "3,2025-03-04,2025-03-04,ham,story",
            "4,2025-03-04,2025-03-04,ham,",
        ],
    )
    found = panel(bureau)
    assert sorted(series(found)) == [("ham", "", "lead"), ("tea", "", "lead")]
    assert told(found, 2) == {"cases": 0, "tested": 0, "alert": 1, "complaint": 1, "opinion": 1}
    assert told(found, 9) == {"cases": 1, "tested": 1, "alert": 1, "complaint": 1, "opinion": 3}
    cases = found.known(MARCH + 8)
    opinion = next(each for each in cases.told if each.name == "opinion")
    products = [found.products[row] for row in opinion.tally.row]
    assert sorted(products) == ["ham", "ham", "tea"]
    assert [found.products[row] for row in opinion.of] == [name for name, _, _ in series(found)]


def test_a_record_counts_on_the_day_it_was_told_from_the_day_it_came(bureau: Bureau):
    late = "1,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,"
    bureau.deliver(sampling=[late])
    corrected = "1,2025-03-01,2025-03-20,E1,1,tea,cadmium,contaminant,"
    bureau.deliver(sampling=[corrected])
    bureau.deliver(lifecycle=["1,2025-03-25,2025-03-25,E1"])
    found = panel(bureau)
    assert [each[2] for each in series(found)] == ["lead", "cadmium"]
    known = {at: found.known(MARCH + at - 1) for at in (4, 19, 20, 24, 25)}
    assert {at: each.series.tolist() for at, each in known.items()} == {
        4: [], 19: [0], 20: [1], 24: [1], 25: [],
    }  # fmt: skip
    assert all((each.day == MARCH + 4).all() for each in known.values())
    first = found.first()
    assert (first.series.tolist(), first.day.tolist()) == ([0], [MARCH + 4])


def test_a_lot_that_is_corrected_is_still_tested_once(bureau: Bureau):
    items = ("lead", "mould")
    for known in ("2025-03-05", "2025-03-20"):
        rest = f"2025-03-01,{known},E1,1,tea"
        bureau.deliver(sampling=[f"1/{each},{rest},{each},contaminant,{known}" for each in items])
    found = panel(bureau)
    assert [told(found, at)["tested"] for at in (4, 5, 19, 20, 30)] == [0, 1, 1, 1, 1]


def test_a_story_goes_on_where_the_first_who_told_it_takes_it_back(bureau: Bureau):
    lot = ["1,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,",
           "2,2025-03-01,2025-03-06,E2,1,tea,lead,contaminant,"]  # fmt: skip
    bureau.deliver(sampling=lot)
    bureau.deliver(lifecycle=["1,2025-03-25,2025-03-25,E1"])
    found = panel(bureau)
    assert [told(found, at) for at in (5, 6, 24, 25)] == [{"cases": 1, "tested": 1}] * 4
    assert [int(found.known(MARCH + at).day[0]) - MARCH for at in (10, 25)] == [4, 5]
    assert len(found.first().day) == 1


def test_for_a_backtest_a_story_is_that_of_whoever_was_known_first():
    rows = Rows(*(np.array(each) for each in (
        [0, 0], [3, 5], [30, 6], [NEVER, NEVER], [1, 1], [7, 8], [-1, -1], [0, 0],
    )))  # fmt: skip
    assert (rows.first().record.tolist(), rows.first().told.tolist()) == ([8], [6])
    assert [rows.known(day).record.tolist() for day in (5, 6, 30)] == [[], [8], [7]]


def test_news_is_what_became_known_or_was_delivered_since(bureau: Bureau):
    bureau.deliver(sampling=["1,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,"])
    bureau.deliver(sampling=["2,2025-02-01,2025-02-05,E1,2,tea,lead,contaminant,"])
    found = panel(bureau)
    assert found.newly(MARCH + 9, MARCH + 8, 2).told.tolist() == []
    assert found.newly(MARCH + 9, MARCH + 3, 2).told.tolist() == [MARCH + 4]
    assert found.newly(MARCH + 9, MARCH + 9, 1).told.tolist() == [MARCH - 24]
    assert panel(bureau, upto=1).newly(MARCH + 9, 0, 0).told.tolist() == [MARCH + 4]


def test_products_are_narrowed_to_where_records_tell_it(bureau: Bureau):
    bureau.deliver(
        enterprise=["1,2020-01-01,2020-01-01,E1,Harbour", "2,2020-01-01,2020-01-01,E2,Hills"],
        sampling=[
            "1,2025-03-01,2025-03-05,E1,1,tea,lead,contaminant,Made-up Teas",
            "2,2025-03-01,2025-03-05,E2,2,tea,lead,contaminant,",
            "3,2025-03-01,2025-03-05,E3,3,tea,,,",
        ],
    )
    assert series(panel(bureau, "district")) == [
        ("tea", "Harbour", "lead"), ("tea", "Hills", "lead"),
    ]  # fmt: skip
    assert series(panel(bureau, "supplier")) == [("tea", "Made-up Teas", "lead")]
    assert told(panel(bureau, "supplier"), 9) == {"cases": 1, "tested": 1}
    assert panel(bureau, "origin").products == ()


def test_alerts_are_cases_where_nothing_is_tested(bureau: Bureau):
    bureau.deliver(alert=["1,2025-03-02,2025-03-02,ham,lead,contaminant"])
    found = panel(bureau)
    assert (found.main, found.tests) == ("alert", None)
    assert told(found, 2) == {"cases": 1, "tested": 0}
    nothing = panel(bureau, upto=0)
    assert (series(nothing), nothing.known(MARCH).begun) == ([], None)
