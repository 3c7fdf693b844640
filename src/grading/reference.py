"""Reference histograms: what indicators and margins looked like when a model was trained.

They travel in the bundle, so that drift is measured against what the model knew.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.errors import InvalidError

__all__ = ["Histogram", "Reference"]

BINS = 20


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
class Reference:
    """The histograms of every indicator and of the margin."""

    indicators: Mapping[str, Histogram]
    margin: Histogram

    @classmethod
    def of(cls, matrix: pd.DataFrame, margins: npt.ArrayLike) -> Self:
        """Take the histograms of a matrix (rows by indicators) and of its margins."""
        return cls(
            {str(name): Histogram.of(matrix[name]) for name in matrix.columns},
            Histogram.of(margins),
        )

    def to_json(self) -> str:
        """Return the histograms as JSON text."""
        indicators = {name: asdict(histogram) for name, histogram in self.indicators.items()}
        return json.dumps({"indicators": indicators, "margin": asdict(self.margin)}, indent=1)

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
            indicators = {name: _histogram(part) for name, part in fields["indicators"].items()}
            return cls(indicators, _histogram(fields["margin"]))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise InvalidError(f"these are no reference histograms: {error!r}") from error


def _histogram(fields: dict[str, list[float]]) -> Histogram:
    counts = tuple(int(count) for count in fields["counts"])
    return Histogram(tuple(fields["edges"]), counts, int(fields["missing"]))  # type: ignore[call-overload]


def _count(edges: npt.NDArray[np.float64], present: npt.NDArray[np.float64]) -> tuple[int, ...]:
    places = np.searchsorted(edges, present, "right")
    return tuple(np.bincount(places, minlength=edges.size + 1).tolist())
