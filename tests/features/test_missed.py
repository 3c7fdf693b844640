"""Deadlines missed: each case by hand, any history against a slow reading, and what is refused."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.errors import DeclarationError
from xinheng.core.time import day
from xinheng.features import Catalogue, Missed, compute, count, latest
from xinheng.features.codec import decode, encode

from .histories import Record, build
from .test_indicator import declare
from .test_matrix import rows

EPOCH = date(1970, 1, 1)
PARTS: dict[str, Any] = {
    "streams": ("annual_report.due:on_time",),
    "years": 3,
    "turn": (7, 1),
    "start": latest("enterprise.established"),
}


def missed(*records: Record, as_of: str, **parts: Any) -> float:
    catalogue = Catalogue((declare(expression=Missed(**{**PARTS, **parts}), missing=-1),))
    asked = rows([0], [day(as_of)])
    return float(compute(catalogue, build(records), asked).iloc[0, 0])


def began(on: str) -> Record:
    return Record("enterprise.established", 0, value=day(on))


def filed(on: str, **more: Any) -> Record:
    return Record("annual_report.due", day(on), code="on_time", **more)


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        ({}, 3),
        ({"years": 1}, 1),
        ({"years": 20}, 16),
        ({"since": 2025}, 1),
        ({"since": 2026}, 0),
        # a deadline on 31 December 2025 is one of 2025, and has passed as of 1 January
        ({"turn": (1, 1), "since": 2025}, 1),
        ({"turn": (3, 2), "since": 2026}, 1),
        ({"turn": (3, 3), "since": 2026}, 0),
        ({"streams": ("annual_report.due",)}, 3),
    ],
)
def test_so_many_deadlines_were_missed(parts: dict[str, Any], expected: float) -> None:
    assert missed(began("2009-05-05"), as_of="2026-03-02", **parts) == expected


def test_a_deadline_is_met_once_whatever_comes_beside() -> None:
    twice = filed("2025-06-30", case=1), filed("2025-06-30", case=2)
    assert missed(began("2010-05-05"), *twice, as_of="2026-03-02") == 2


def test_it_is_missing_where_it_is_not_known_since_when_there_is_a_duty() -> None:
    assert missed(filed("2025-06-30"), as_of="2026-03-02") == -1


def slowly(start: int, met: list[int], as_of: int) -> int:
    today, found = EPOCH + timedelta(as_of), 0
    passed = [year for year in range(1900, 2200) if date(year, 7, 1) <= today]
    for year in passed[-3:]:
        reports = {(EPOCH + timedelta(each)).year for each in met}
        found += year > (EPOCH + timedelta(start)).year and year not in reports
    return found


YEARS = st.integers(2010, 2030)
DAYS = st.dates(date(2008, 1, 1), date(2032, 12, 31)).map(lambda each: (each - EPOCH).days)


@settings(deadline=None)
@given(DAYS, st.lists(YEARS), st.lists(DAYS, min_size=1, max_size=4))
def test_many_days_agree_with_a_slow_reading(start: int, years: list[int], days: list[int]) -> None:
    reports = [day(f"{year}-06-30") for year in years]
    records = [
        Record("enterprise.established", 0, value=start),
        *(Record("annual_report.due", each, code="on_time") for each in reports),
    ]
    catalogue = Catalogue((declare(expression=Missed(**PARTS)),))
    found = compute(catalogue, build(records), rows([0] * len(days), days))
    assert found.iloc[:, 0].tolist() == [slowly(start, reports, each) for each in days]


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"years": 0}, "years 0 must be a whole number 1 to 20"),
        ({"years": 21}, "years 21 must be"),
        ({"years": True}, "years True must be"),
        ({"since": -1}, "since -1 must be a whole number 0 to 9999"),
        ({"turn": (6, 31)}, r"cycle \(6, 31\) must be"),
        ({"turn": 7}, "must be .month, day."),
        ({"streams": ()}, "at least one pattern"),
        ({"streams": ("annual_reports",)}, "did you mean 'annual_report'"),
        ({"start": 3}, "start 3 must be an aggregate"),
    ],
)
def test_deadlines_that_cannot_be_are_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Missed(**{**PARTS, **parts})


def test_where_an_enterprise_is_may_not_enter_by_the_way_of_deadlines() -> None:
    where = Missed(**{**PARTS, "start": latest("enterprise.longitude")})
    with pytest.raises(DeclarationError, match="neither neighbourhood nor district"):
        declare(expression=where)
    place = Missed(**{**PARTS, "start": latest("enterprise.established", field="position")})
    with pytest.raises(DeclarationError, match="outside one table"):
        declare(expression=place)


def test_it_comes_back_from_json() -> None:
    leaf = Missed(**PARTS, since=2015)
    assert decode(encode(leaf)) == leaf
    assert leaf.parts[0] == PARTS["start"]
    assert leaf.parts[3] == count(*PARTS["streams"], cycle=(7, 1), window=365, lag=730)
    assert np.isnan(leaf.value([np.array([np.nan])] * 4, np.array([1.0]))[0])
