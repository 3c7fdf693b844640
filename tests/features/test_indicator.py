"""Indicators: declarations that contradict themselves are refused."""

from typing import Any

import pytest

from xinheng.core.errors import DeclarationError
from xinheng.features import (
    AS_OF,
    Indicator,
    Nearby,
    Rate,
    count,
    latest,
    month,
)

CITY = Rate(group="city", streams=("inspection",))
DISTRICT = Rate(group="district", streams=("inspection",), strength=5)
NEAR = Nearby(places=("complaint",), radius=500, window=90)


def declare(**parts: Any) -> Indicator:
    whole = {
        "id": "XX01",
        "zh": "处罚次数",
        "en": "Penalties",
        "dimension": "PN",
        "expression": count("penalty"),
        "missing": 0,
        "basis": "design",
        "formula": "count(penalties)",
    }
    return Indicator(**{**whole, **parts})


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"id": ""}, "indicator '': id is empty"),
        ({"zh": " "}, "zh is empty"),
        ({"basis": ""}, "basis is empty"),
        ({"dimension": "ZZ"}, "no dimension 'ZZ'. There are: BC, CC"),
        ({"use": "grading"}, "did you mean 'grade'"),
        ({"populations": ()}, "must be a tuple of some of entity, operator, producer"),
        ({"populations": ("farmer",)}, "no population 'farmer'"),
        ({"direction": 2}, "direction 2 is none of 1 .a larger value is riskier"),
        ({"expression": 3}, "build it from aggregates"),
        ({"id": "my own"}, "an id names a column: letters, digits and _"),
        ({"id": "罚款"}, "such as 'OWN_FINES'"),
        ({"missing": float("nan")}, "missing is nan; say what a value .* counts as"),
        ({"missing": None}, "0 where no record means that nothing was found"),
        ({"missing": "0"}, "missing is '0'"),
        ({"missing": True}, "missing is True"),
        ({"bands": "0=0"}, "the band '0=0' is not written value:points"),
        ({"bounds": ("a", 3)}, "not .low, high., each a number or None"),
        ({"bounds": (1, 1)}, "leave no room"),
        ({"bounds": (1,)}, "not .low, high."),
        ({"disclosure": True}, "needs a direction"),
        ({"disclosure": True, "direction": 1}, "better than the worst bound inf"),
        (
            {"disclosure": True, "direction": 1, "bounds": (0, 5), "missing": 4},
            "missing is 4.0, better than the worst bound 5.0",
        ),
        (
            {"disclosure": True, "direction": -1, "bounds": (0, 5), "missing": 1},
            "not disclosing would grade better",
        ),
        ({"expression": latest("penalty", field="position")}, "outside one table"),
        ({"expression": NEAR}, "neither neighbourhood nor district may enter a grade"),
        ({"expression": count("penalty") + DISTRICT}, "neither neighbourhood nor district"),
        ({"expression": latest("enterprise.longitude")}, "neither neighbourhood nor district"),
        ({"expression": count("*")}, "neither neighbourhood nor district"),
        ({"expression": CITY}, "nothing in it is about the enterprise"),
        ({"expression": month(AS_OF)}, "nothing in it is about the enterprise"),
    ],
)
def test_a_wrong_indicator_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        declare(**parts)


@pytest.mark.parametrize("expression", [NEAR, DISTRICT, CITY, month(AS_OF)])
def test_context_may_plan_visits(expression: Any) -> None:
    assert declare(expression=expression, use="scheduling").use == "scheduling"


def test_the_city_may_be_what_an_enterprise_is_shrunk_to() -> None:
    declare(expression=(count("penalty") + 3 * CITY) / (count("inspection") + 3))


@pytest.mark.parametrize(
    ("direction", "bounds", "missing"), [(1, (None, 5), 5), (-1, (0, None), 0), (-1, (0, 1), -1)]
)
def test_silence_may_be_the_worst_value_or_beyond(
    direction: int, bounds: tuple[float | None, float | None], missing: float
) -> None:
    declare(disclosure=True, direction=direction, bounds=bounds, missing=missing)


def test_numbers_are_equal_whatever_way_they_were_written() -> None:
    assert declare(missing=0, bounds=(0, 1)) == declare(missing=0.0, bounds=(0.0, 1.0))
    assert declare(bounds=(0, None)).limits == (0.0, float("inf"))
