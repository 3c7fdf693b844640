"""Weather: a table that is checked, and means over the last days."""

from pathlib import Path

import pytest

from xinheng.core.errors import InvalidError
from xinheng.core.time import day
from xinheng.earlywarning.standing import Weather

DAY = day("2026-08-20")


def table(folder: Path, *lines: str, header: str = "day,place,temperature,humidity") -> Path:
    path = folder / "weather.csv"
    path.write_text("\n".join([header, *lines, ""]), "utf-8")
    return path


def test_a_place_has_its_own_weather_or_that_of_the_city(tmp_path: Path):
    path = table(
        tmp_path, "2026-08-20,,28.5,80", "2026-08-19,,27.5,90", "2026-08-20,南山区, 31 ,60"
    )
    weather = Weather.read(path)
    assert weather.mean("福田区", DAY, 2) == (28.0, 85.0, 2)
    assert weather.mean("南山区", DAY, 2) == (31.0, 60.0, 1)
    assert weather.mean("南山区", DAY + 2, 4) == (28.0, 85.0, 2)
    assert weather.mean("", DAY, 5) is None


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("2026-8-20,,28,80", "line 3: '2026-8-20' is no date"),
        ("2026-08-21,,warm,80", "line 3: temperature 'warm' is no number from -60 to 60"),
        ("2026-08-21,,28,101", "line 3: humidity '101' is no number from 0 to 100"),
        ("2026-08-21,,28,", "line 3: humidity '' is no number"),
        ("2026-08-21,,nan,80", "line 3: temperature 'nan' is no number"),
        ("2026-08-21,,28", "line 3: humidity ''"),
        ("2026-08-20,,28,80", "2026-08-20 is told twice for the whole city; delete one"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, line: str, fault: str):
    with pytest.raises(InvalidError, match=fault):
        Weather.read(table(tmp_path, "2026-08-20,,28,80", line))


def test_a_table_that_is_none_is_told(tmp_path: Path):
    with pytest.raises(InvalidError, match="no column 'place', 'humidity'; a table of weather has"):
        Weather.read(table(tmp_path, header="day,temperature"))
    with pytest.raises(InvalidError, match="no readable UTF-8 CSV file"):
        Weather.read(tmp_path / "none.csv")
