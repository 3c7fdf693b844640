"""The grid: in which square of the map a place lies."""

from collections.abc import Iterator
from math import cos, floor, radians

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.archive.grid import SQUARE

Place = tuple[float, float]
KM = 1 / 111.195  # in degrees of latitude


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute(SQUARE)
        yield connection


def squares(connection: duckdb.DuckDBPyConnection, size: int, *places: Place) -> list[str]:
    """Return the square of each place (longitude, latitude)."""
    asked = f"SELECT square({size}, unnest($east::DOUBLE[]), unnest($north::DOUBLE[]))"
    east, north = zip(*places, strict=True)
    found = connection.execute(asked, {"east": east, "north": north}).fetchall()
    return [square for (square,) in found]


@pytest.mark.parametrize(
    ("size", "place", "expected"),
    [
        (1, (0.5 * KM, 0.5 * KM), "0 0"),
        (1, (-0.5 * KM, -0.5 * KM), "-1 -1"),
        (1, (1.5 * KM, 2.5 * KM), "2 1"),
        (3, (1.5 * KM, 2.5 * KM), "0 0"),
        (3, (4.5 * KM, 2.5 * KM), "0 1"),
        # at 60 degrees a degree of longitude is half as long: row 6671, its middle at 59.9982
        (1, (3 * KM, 60.0), "6671 1"),
        (1, (5 * KM, 60.0), "6671 2"),
        (3, (180.0, 90.0), "3335 1"),
    ],
)
def test_a_place_lies_in_the_square_worked_out_by_hand(
    connection: duckdb.DuckDBPyConnection, size: int, place: Place, expected: str
) -> None:
    assert squares(connection, size, place) == [expected]


@settings(max_examples=30, deadline=None)
@given(st.floats(-179, 179), st.floats(-80, 80), st.sampled_from([1, 3]))
def test_squares_are_as_large_at_every_latitude(
    connection: duckdb.DuckDBPyConnection, east: float, north: float, size: int
) -> None:
    row = floor(north / KM / size)
    middle = (row + 0.5) * size * KM
    wide = size * KM / cos(radians(middle))  # so many degrees of longitude
    place = floor(east / wide)
    corner = (place * wide, row * size * KM)
    inside = [
        (corner[0] + x * wide, corner[1] + y * size * KM) for x, y in ((0.01, 0.99), (0.99, 0.01))
    ]
    beside = [(corner[0] - 0.01 * wide, middle), (corner[0] + 1.01 * wide, middle)]
    mine = f"{row} {place}"
    assert squares(connection, size, *inside) == [mine, mine]
    assert squares(connection, size, *beside) == [f"{row} {place - 1}", f"{row} {place + 1}"]
