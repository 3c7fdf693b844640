"""Counts: what came of rows by part and bin of margins, and what could have come of others."""

from dataclasses import dataclass, fields
from typing import Self

import numpy as np
import numpy.typing as npt

from ..cohorts import Array, Days, Rows

__all__ = ["Counts", "Outcomes"]

BINS = 256


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """Rows whose outcomes are known, with the margins of a model; shapes (n,)."""

    margins: Array
    label: Array
    weight: Array
    as_of: Days
    enterprise: npt.NDArray[np.int32]

    def take(self, rows: Rows | npt.NDArray[np.bool_]) -> Self:
        """Return some of the rows."""
        return type(self)(*(getattr(self, each.name)[rows] for each in fields(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Weight of rows and of violations by replicate, part and bin of margins.

    The first replicate is the rows as they are; in the others each enterprise is weighed at random
    (`grading.fit_calibrator`). `margins` are the means of the bins.
    """

    margins: Array
    total: Array
    positive: Array

    @classmethod
    def of(
        cls,
        outcomes: Outcomes,
        part: npt.NDArray[np.int64],
        replicates: int,
        rng: np.random.Generator,
    ) -> "Counts":
        """Count the rows of each part, from 0 on; those of no part, below 0, are left out."""
        edges = np.unique(np.quantile(outcomes.margins, np.linspace(0, 1, BINS + 1)[1:-1]))
        place = np.searchsorted(edges, outcomes.margins, "right")
        size, kept = edges.size + 1, part >= 0
        rows = np.bincount(place, minlength=size)
        margins = np.bincount(place, outcomes.margins, size) / np.maximum(rows, 1)
        cell = part[kept] * size + place[kept]
        names, group = np.unique(outcomes.enterprise[kept], return_inverse=True)
        label, weight = outcomes.label[kept], outcomes.weight[kept]
        shape = 1 + replicates, int(part.max()) + 1, size
        total, positive = np.empty(shape), np.empty(shape)
        for number in range(1 + replicates):
            drawn = rng.exponential(size=names.size)[group] if number else 1.0
            for found, counted in ((total, weight * drawn), (positive, weight * drawn * label)):
                found[number] = np.bincount(cell, counted, shape[1] * size).reshape(shape[1:])
        return cls(margins, total, positive)
