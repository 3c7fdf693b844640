"""Files that ship with the package: found beside their class, and read once."""

from importlib.resources import files

import pytest

from xinheng.core.editions import Editions
from xinheng.explaining import Actions, Publicity
from xinheng.grading import InspectionPolicy, Policy, RiskTable, ScoreCard

SHIPPED = [
    (Policy, "xinheng.grading"),
    (ScoreCard, "xinheng.grading"),
    (InspectionPolicy, "xinheng.grading"),
    (RiskTable, "xinheng.grading"),
    (Actions, "xinheng.explaining"),
    (Publicity, "xinheng.explaining"),
]


@pytest.mark.parametrize(("kind", "part"), SHIPPED)
def test_the_one_that_ships_lies_in_the_part_of_its_class(kind: type[Editions], part: str) -> None:
    found = kind.default()
    assert type(found) is kind
    assert found.text == files(part).joinpath(kind.SHIPPED).read_text("utf-8")
    assert kind.default() is found
