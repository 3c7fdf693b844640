"""What the figures of these tests draw: one enterprise at the end of the levels, one in between."""

from functools import cache

from xinheng.archive import Lineage
from xinheng.explaining import (
    Explanation,
    Given,
    Movement,
    Overview,
    Standpoint,
    explain,
    explain_movement,
    overview,
)
from xinheng.features import compute
from xinheng.grading import CardGroup, Level

from ...grading.world import CATALOGUE, TODAY, city, city_rows, parts
from ..test_remedies import scorer, town
from ..test_sheet import EVENTS

NAMES = {
    number: Lineage("penalty", f"2025-{number:04}", "区局 <b>", 3, "told", 5)
    for number in EVENTS.of(7).record.tolist()
}
FOUND = explain(scorer(), EVENTS, 7, TODAY, origins=NAMES)
GIVEN = (Given(TODAY - 90, Level.A), Given(TODAY - 60, Level.C), Given(TODAY - 30, Level.C))
TENTHS = (
    CardGroup("probability", "1", 200, 0, 0.0, 0.0, 0.0, 0.02),
    CardGroup("probability", "2", 200, 10, 0.04, 0.05, 0.03, 0.09),
    CardGroup("probability", "3", 200, 90, 0.30, 0.45, 0.38, 0.52),
)


@cache
def between() -> Explanation:
    """An enterprise with a better and a worse level beside its own."""
    for number in range(1, 301):
        found = explain(scorer(), town(), number, TODAY)
        if found.grade.better and found.grade.worse:
            return found
    raise AssertionError("nobody is in between")


@cache
def moved() -> Movement:
    """How the first one came to its level."""
    before = Standpoint(scorer(), EVENTS, TODAY - 90)
    return explain_movement(before, Standpoint(scorer(), EVENTS, TODAY), 7)


@cache
def look() -> Overview:
    """A model with an indicator that does not apply to all."""
    return overview(parts().blend, CATALOGUE, compute(CATALOGUE, city(), city_rows()))
