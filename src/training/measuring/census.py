"""The census: how many enterprises stand on which level on one day."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...grading import Level
from ..cohorts import Texts

__all__ = ["Census", "census"]


@dataclass(frozen=True, slots=True)
class Census:
    """Enterprises in business by level, from A+ to E.

    Attributes
    ----------
    as_of
        Day number.
    final, model
        As graded, and by the model alone.
    populations
        As graded, by population.
    ruled
        How many stand on another level than the model's, by a statutory rule.
    elsewhere
        How many more were graded that are not in business, and are in no count above.
    """

    as_of: int
    final: tuple[int, ...]
    model: tuple[int, ...]
    populations: Mapping[str, tuple[int, ...]]
    ruled: int
    elsewhere: int

    @property
    def total(self) -> int:
        """All enterprises in business."""
        return sum(self.final)


def census(
    grades: pd.DataFrame, population: Texts, active: npt.NDArray[np.bool_], as_of: int
) -> Census:
    """Count grades of one day.

    Parameters
    ----------
    grades
        From `Scorer.grades`: `level` and `model_level` of each enterprise.
    population, active
        Of the same rows (`registration`).
    as_of
        Their day number.

    Examples
    --------
    >>> grades = pd.DataFrame({"level": ["A", "E", "B"], "model_level": ["A", "D", "B"]})
    >>> population = np.array(["entity", "producer", "entity"], object)
    >>> found = census(grades, population, np.array([True, True, False]), 0)
    >>> found.final, found.ruled, found.elsewhere
    ((0, 1, 0, 0, 0, 1), 1, 1)
    """
    final = grades["level"].astype(str).to_numpy()
    model = grades["model_level"].astype(str).to_numpy()

    def counts(column: npt.NDArray[np.object_], within: npt.NDArray[np.bool_]) -> tuple[int, ...]:
        return tuple(int((within & (column == str(level))).sum()) for level in Level)

    names = sorted(set(population[active].tolist()))
    return Census(
        as_of=as_of,
        final=counts(final, active),
        model=counts(model, active),
        populations={name: counts(final, active & (population == name)) for name in names},
        ruled=int((active & (final != model)).sum()),
        elsewhere=int((~active).sum()),
    )
