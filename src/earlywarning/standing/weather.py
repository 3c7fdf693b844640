"""Weather: how warm and how damp it was on each day, in the whole city or in a part of it."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Self

from ...core.errors import InvalidError
from ...core.time import day, show

__all__ = ["Mean", "Weather"]

COLUMNS = ("day", "place", "temperature", "humidity")
RANGES = {"temperature": (-60.0, 60.0), "humidity": (0.0, 100.0)}
MINIMUM = 0.5


class Mean(NamedTuple):
    """Mean temperature in °C and relative humidity in % of some days, and how many told."""

    temperature: float
    humidity: float
    days: int


@dataclass(frozen=True, slots=True)
class Weather:
    """Daily means of temperature in °C and of relative humidity in %.

    Attributes
    ----------
    days
        The two by place and day number; place "" is the whole city.

    Examples
    --------
    >>> weather = Weather.of([("", 8, 26.0, 80.0), ("", 9, 28.0, 90.0), ("南山区", 9, 30.0, 60.0)])
    >>> weather.mean("福田区", 9, 2), weather.mean("福田区", 20, 2)
    (Mean(temperature=27.0, humidity=85.0, days=2), None)
    """

    days: Mapping[str, Mapping[int, tuple[float, float]]]

    @classmethod
    def of(cls, rows: Iterable[tuple[str, int, float, float]]) -> Self:
        """Build it from rows of place, day number, temperature and humidity."""
        days: dict[str, dict[int, tuple[float, float]]] = {}
        for place, number, temperature, humidity in rows:
            days.setdefault(place, {})[number] = (temperature, humidity)
        return cls(days)

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a table: UTF-8 CSV with the columns `day`, `place`, `temperature`, `humidity`.

        `place` is a district as the register of enterprises writes it, empty for the whole city.

        Raises
        ------
        InvalidError
            If a column is missing, a value is none, or a place has two rows of a day; the line
            is named.
        """
        try:
            text = path.read_text("utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise InvalidError(f"{path}: this is no readable UTF-8 CSV file: {error}") from None
        lines = csv.DictReader(text.splitlines())
        missing = [name for name in COLUMNS if name not in (lines.fieldnames or ())]
        if missing:
            raise InvalidError(
                f"{path}: there is no column {', '.join(map(repr, missing))}; a table of weather "
                f"has {', '.join(COLUMNS)}"
            )
        rows: dict[tuple[str, int], tuple[float, float]] = {}
        for line in lines:
            where = f"{path}, line {lines.line_num}"
            key = (line["place"] or "").strip(), _day(line["day"], where)
            if key in rows:
                raise InvalidError(
                    f"{where}: {show(key[1])} is told twice for {key[0] or 'the whole city'}; "
                    "delete one line"
                )
            rows[key] = _number(line, "temperature", where), _number(line, "humidity", where)
        return cls.of((*key, *values) for key, values in rows.items())

    def mean(self, place: str, last: int, count: int) -> Mean | None:
        """Return the mean of so many days up to one; None where fewer than half of them are told.

        Where nothing is told of a place, what is told of the whole city stands for it.
        """
        for where in dict.fromkeys((place, "")):
            told = self.days.get(where, {})
            found = [told[each] for each in range(last + 1 - count, last + 1) if each in told]
            if len(found) >= max(1, MINIMUM * count):
                temperature, humidity = (
                    sum(each) / len(found) for each in zip(*found, strict=True)
                )
                return Mean(temperature, humidity, len(found))
        return None


def _day(text: str | None, where: str) -> int:
    try:
        return day((text or "").strip())
    except InvalidError as error:
        raise InvalidError(f"{where}: {error}") from None


def _number(line: Mapping[str, str | None], name: str, where: str) -> float:
    low, high = RANGES[name]
    text = (line[name] or "").strip()
    try:
        found = float(text)
    except ValueError:
        found = float("nan")
    if not low <= found <= high:
        raise InvalidError(
            f"{where}: {name} {text!r} is no number from {low:g} to {high:g}; correct it, or "
            "delete the line if it was not measured"
        )
    return found
