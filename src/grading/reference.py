"""Reference histograms: what a city looked like to a model before it was trained.

They travel in the bundle, so that drift is measured against what the model knew, and against how
far the same figures moved from month to month when nothing was wrong.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError

__all__ = ["LEVEL", "MARGIN", "Checks", "Histogram", "Months", "Reference"]

BINS = 10
MARGIN, LEVEL = "margin of the model", "level by the model"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Counts between edges: below the first, from each to the next, from the last on; missing.

    Examples
    --------
    >>> Histogram.of(np.array([0.0, 0.0, 1.0, 2.0, np.nan]), bins=2)
    Histogram(edges=(0.5,), counts=(2, 2), missing=1)
    """

    edges: tuple[float, ...]
    counts: tuple[int, ...]
    missing: int

    @classmethod
    def of(cls, values: npt.ArrayLike, bins: int = BINS) -> Self:
        """Cut values into up to `bins` parts of like size; equal values stay together."""
        numbers = np.asarray(values, np.float64)
        present = numbers[~np.isnan(numbers)]
        if not present.size:
            return cls((), (0,), int(numbers.size))
        distinct = np.unique(present)
        middles = (distinct[1:] + distinct[:-1]) / 2
        if middles.size >= bins:
            inner = np.quantile(present, np.arange(1, bins) / bins)
            middles = np.unique(
                middles[np.searchsorted(middles, inner, "left").clip(max=middles.size - 1)]
            )
        return cls(
            tuple(middles.tolist()), _count(middles, present), int(numbers.size - present.size)
        )

    def count(self, values: npt.ArrayLike) -> "Histogram":
        """Count other values between the same edges."""
        numbers = np.asarray(values, np.float64)
        present = numbers[~np.isnan(numbers)]
        counts = _count(np.array(self.edges), present)
        return Histogram(self.edges, counts, int(numbers.size - present.size))


@dataclass(frozen=True, slots=True)
class Checks:
    """Which events tell of a check, and which of them of a violation found.

    Parameters
    ----------
    streams
        Patterns of the checks, such as `inspection.critical:routine`.
    found
        Pairs of patterns and a number: an event of one of these streams is a violation if its
        value is greater; any is where the number is None.
    """

    streams: tuple[str, ...]
    found: tuple[tuple[tuple[str, ...], float | None], ...]


@dataclass(frozen=True, slots=True)
class Months:
    """What one population looked like on the first days of months, sampled alike on each.

    Attributes
    ----------
    days
        Day numbers.
    counts
        By column, for each day: counts between the edges of the column's histogram, and last of
        them how many are missing.
    """

    days: tuple[int, ...]
    counts: Mapping[str, tuple[tuple[int, ...], ...]]

    def until(self, day: int) -> "Months":
        """Return the months whose day is no later than the one given."""
        kept = sum(each <= day for each in self.days)
        return Months(self.days[:kept], {name: each[:kept] for name, each in self.counts.items()})


@dataclass(frozen=True, slots=True)
class Reference:
    """The histograms of every indicator, of the margin and of the level, and their past.

    Attributes
    ----------
    indicators, margin
        Over all rows.
    months
        By population, month by month: how far they usually move, and by what season. Empty where
        rows are no months of a city.
    checks
        What the model predicts, where checks tell it.
    """

    indicators: Mapping[str, Histogram]
    margin: Histogram
    months: Mapping[str, Months] = field(default_factory=dict)
    checks: Checks | None = None

    @classmethod
    def of(
        cls,
        matrix: pd.DataFrame,
        margins: npt.ArrayLike,
        *,
        levels: npt.ArrayLike = (),
        population: npt.ArrayLike = (),
        checks: Checks | None = None,
    ) -> Self:
        """Take the histograms of a matrix (rows by indicators) and of its margins.

        Parameters
        ----------
        matrix
            Rows of a city on the first days of months, by (enterprise, as_of); or any rows.
        margins, levels, population
            Of each row; without populations, nothing is kept of single months.
        checks
            What tells of violations.
        """
        indicators = {str(name): Histogram.of(matrix[name]) for name in matrix.columns}
        whole = cls(indicators, Histogram.of(margins), checks=checks)
        names = np.asarray(population, object)
        if not names.size:
            return whole
        months = {
            str(name): whole.month_by_month(
                matrix[names == name], np.asarray(margins)[names == name],
                np.asarray(levels)[names == name],
            )
            for name in np.unique(names.astype(str))
        }  # fmt: skip
        return replace(whole, months=months)

    def until(self, day: int) -> Self:
        """Return what was known on a day: without the months after it."""
        months = {name: each.until(day) for name, each in self.months.items()}
        return replace(self, months=months)

    def month_by_month(
        self, matrix: pd.DataFrame, margins: npt.ArrayLike, levels: npt.ArrayLike
    ) -> Months:
        """Count rows of one population by their days, between the edges of this reference."""
        days = matrix.index.get_level_values("as_of").to_numpy()
        columns = {name: matrix[name].to_numpy(np.float64) for name in self.indicators}
        columns |= {MARGIN: np.asarray(margins), LEVEL: np.asarray(levels, np.float64)}
        each = np.unique(days)
        return Months(
            tuple(each.tolist()),
            {
                name: tuple(self._binned(name, values[days == day]) for day in each)
                for name, values in columns.items()
            },
        )

    def _binned(self, name: str, values: npt.NDArray[np.float64]) -> tuple[int, ...]:
        shape = LEVELS if name == LEVEL else self.indicators.get(name, self.margin)
        found = shape.count(values)
        return (*found.counts, found.missing)

    def to_json(self) -> str:
        """Return the histograms as JSON text."""
        fields = {
            "indicators": {name: asdict(each) for name, each in self.indicators.items()},
            "margin": asdict(self.margin),
            "months": {name: asdict(each) for name, each in self.months.items()},
            "checks": None if self.checks is None else asdict(self.checks),
        }
        return json.dumps(fields)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read histograms written by `to_json`.

        Raises
        ------
        InvalidError
            If the text is no JSON of that form.
        """
        try:
            fields = json.loads(text)
            return cls(
                {name: _histogram(part) for name, part in fields["indicators"].items()},
                _histogram(fields["margin"]),
                {name: _months(part) for name, part in fields.get("months", {}).items()},
                _checks(fields["checks"]) if fields.get("checks") else None,
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidError(f"these are no reference histograms: {error!r}") from error


def _months(fields: dict[str, Any]) -> Months:
    counts = {
        name: tuple(tuple(int(count) for count in month) for month in months)
        for name, months in fields["counts"].items()
    }
    return Months(tuple(int(day) for day in fields["days"]), counts)


def _checks(fields: dict[str, Any]) -> Checks:
    found = tuple((tuple(streams), above) for streams, above in fields["found"])
    return Checks(tuple(fields["streams"]), found)


LEVELS = Histogram((0.5, 1.5, 2.5, 3.5, 4.5), (0,) * 6, 0)


def _histogram(fields: dict[str, list[float]]) -> Histogram:
    counts = tuple(int(count) for count in fields["counts"])
    return Histogram(tuple(fields["edges"]), counts, int(fields["missing"]))  # type: ignore[call-overload]


def _count(edges: npt.NDArray[np.float64], present: npt.NDArray[np.float64]) -> tuple[int, ...]:
    places = np.searchsorted(edges, present, "right")
    return tuple(np.bincount(places, minlength=edges.size + 1).tolist())
