"""Onsets by the rule, worked by hand and against public labels."""

from dataclasses import replace

import numpy as np
import pytest

from xinheng.earlywarning import Cases
from xinheng.earlywarning.backtest import Rule, label

HAM = [*range(0, 2_000, 7)]
FROM = 7 * 110


def labelled(days: list[int], rule: Rule | None = None) -> list[int]:
    names = ["tea"] * len(days) + ["ham"] * len(HAM)
    found = label(Cases.of(names, ["lead"] * len(names), days + HAM), FROM, 2_000, rule)
    assert set(found.series.tolist()) <= {1}
    return found.day.tolist()


def weeks(first: int, cases: list[int]) -> list[int]:
    return [7 * (first + week) + 2 for week, count in enumerate(cases) for _ in range(count)]


SPREAD = [1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1, 1]


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        (weeks(120, SPREAD), [842]),
        (weeks(120, SPREAD[:14]), []),  # 7 cases in half a year
        (weeks(120, [1, 1, 1] + [0] * 11 + [5]), []),  # 3 in the first quarter
        (weeks(20, [1] * 90) + weeks(120, SPREAD), []),  # it is usual
        (weeks(100, SPREAD), []),  # it began before the span
        (weeks(120, SPREAD) + weeks(200, SPREAD), [842]),  # too soon after the one before
        (weeks(120, SPREAD) + weeks(230, [3] * 9), [842, 1612]),
    ],
)
def test_an_onset_is_the_first_week_that_meets_the_rule(days, expected):
    assert labelled(days) == expected


def test_the_rule_can_be_another():
    few = replace(Rule(), most=7, early=3)
    assert labelled(weeks(120, SPREAD[:14]), few) == [842]


def test_of_everything_twice_as_often_nothing_spreads():
    """A rise of all series is one of the system, not of a hazard."""
    days = weeks(20, [1] + [0] * 12) + weeks(120, SPREAD)
    assert labelled(days) == [842]
    flood = [day for day in range(7 * 120, 2_000) for _ in range(4)]
    names = ["tea"] * len(days) + ["ham"] * (len(HAM) + len(flood))
    cases = Cases.of(names, ["lead"] * len(names), days + HAM + flood)
    tea = np.flatnonzero(cases.product == cases.products.index("tea"))
    found = label(cases, FROM, 2_000)
    assert not np.isin(tea, found.series).any()
