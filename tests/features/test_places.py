"""Places: records near an enterprise, against brute force, and what is refused."""

from math import asin, cos, radians, sin, sqrt
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from xinheng.core.errors import DeclarationError, InvalidError
from xinheng.core.time import NEVER
from xinheng.features import Nearby, Places

NEAR = Nearby(places=("complaint:*.sanitation",), radius=500, window=90)
SHENZHEN = 114.05, 22.54
EARTH = 6_371_008.8


def table(rows: list[tuple[Any, ...]]) -> pa.Table:
    names = ["kind", "code", "longitude", "latitude", "occurred", "available", "withdrawn"]
    return pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))


def place(
    east: float = 0,
    north: float = 0,
    code: str = "complaint.sanitation",
    occurred: int = 50,
    available: int = 50,
    withdrawn: int = NEVER,
) -> tuple[Any, ...]:
    """Return a place record so many metres from the centre."""
    latitude = SHENZHEN[1] + north / 111_195
    longitude = SHENZHEN[0] + east / (111_195 * cos(radians(SHENZHEN[1])))
    return "complaint", code, longitude, latitude, occurred, available, withdrawn


def counted(*rows: tuple[Any, ...], as_of: int = 100) -> float:
    places = Places.from_table(table(list(rows)))
    where = np.array([SHENZHEN[0]]), np.array([SHENZHEN[1]])
    found = places.counts(NEAR, *where, np.array([as_of], np.int32))
    assert len(places.near(NEAR, *SHENZHEN, as_of)) == found[0]
    return float(found[0])


@pytest.mark.parametrize(
    ("row", "as_of", "expected"),
    [
        (place(east=499), 100, 1),
        (place(east=501), 100, 0),
        (place(north=-499), 100, 1),
        (place(north=-501), 100, 0),
        (place(code="complaint.noise"), 100, 0),
        (place(), 50, 0),
        (place(), 51, 1),
        (place(), 140, 1),
        (place(), 141, 0),
        (place(available=60), 60, 0),
        (place(available=60), 61, 1),
        (place(withdrawn=70), 70, 1),
        (place(withdrawn=70), 71, 0),
        (place(available=150), 151, 0),
    ],
)
def test_a_record_counts_near_the_place_and_in_the_window(
    row: tuple[Any, ...], as_of: int, expected: float
) -> None:
    assert counted(row, as_of=as_of) == expected


def test_an_enterprise_without_a_position_has_no_count() -> None:
    places = Places.from_table(table([place()]))
    where = np.array([np.nan, SHENZHEN[0]]), np.array([SHENZHEN[1], np.nan])
    assert np.isnan(places.counts(NEAR, *where, np.array([100, 100], np.int32))).all()


def test_no_rows_and_no_places_are_no_error() -> None:
    places = Places.from_table(table([place()]).slice(0, 0))
    nowhere = np.empty(0)
    assert len(places.counts(NEAR, nowhere, nowhere, np.empty(0, np.int32))) == 0
    where = np.array([SHENZHEN[0]]), np.array([SHENZHEN[1]])
    assert places.counts(NEAR, *where, np.array([100], np.int32)).tolist() == [0]


def test_a_record_without_a_position_is_near_nothing() -> None:
    nowhere = ("complaint", "complaint.sanitation", None, None, 50, 50, NEVER)
    assert counted(place(), nowhere) == 1


def distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    """Return metres along the great circle, by the haversine formula."""
    (east, north), (east2, north2) = (tuple(map(radians, point)) for point in (a, b))
    half = sin((north2 - north) / 2) ** 2
    half += cos(north) * cos(north2) * sin((east2 - east) / 2) ** 2
    return 2 * EARTH * asin(sqrt(half))


def test_any_rows_agree_with_brute_force() -> None:
    rng = np.random.default_rng(5)
    spread = rng.uniform(-1500, 1500, (400, 2))
    clocks = rng.integers(0, 200, (400, 3))
    rows = [
        place(e, n, occurred=int(c), available=int(c + a % 40), withdrawn=int(c + w))
        for (e, n), (c, a, w) in zip(spread, clocks, strict=True)
    ]
    places = Places.from_table(table(rows))
    spots = [place(*rng.uniform(-1500, 1500, 2))[2:4] for _ in range(12)]
    asked = [(spots[rng.integers(12)], int(rng.integers(0, 300))) for _ in range(120)]
    where = np.array([spot for spot, _ in asked]).T
    days = np.array([as_of for _, as_of in asked], np.int32)
    found = places.counts(NEAR, *where, days)
    for (spot, as_of), number in zip(asked, found, strict=True):
        expected = [
            row
            for row, (_, _, x, y, occurred, available, gone) in enumerate(rows)
            if distance(spot, (x, y)) <= NEAR.radius
            and as_of - NEAR.window <= occurred < as_of
            and available < as_of <= gone
        ]
        assert number == len(expected)
        assert places.near(NEAR, *spot, as_of) == expected


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"places": ()}, "must be a tuple of patterns"),
        ({"places": "complaint"}, "must be a tuple of patterns"),
        ({"radius": 0}, "must be metres over 0"),
        ({"radius": float("nan")}, "must be metres over 0"),
        ({"window": 0}, "window 0 must be"),
    ],
)
def test_a_wrong_neighbourhood_is_refused(parts: dict[str, Any], message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        Nearby(**{"places": ("complaint",), "radius": 500, "window": 90, **parts})


def test_a_missing_column_is_named_with_those_that_exist() -> None:
    with pytest.raises(InvalidError, match="lack latitude, withdrawn; the table has: kind, code"):
        Places.from_table(table([place()]).drop_columns(["latitude", "withdrawn"]))
