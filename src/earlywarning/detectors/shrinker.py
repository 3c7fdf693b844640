"""The gamma-Poisson shrinker: which hazards a product has more often than either tells."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ..counts import Counts, Floats, Integers, trailing
from .detector import NONE
from .mixturefit import fit_mixture
from .parameters import check_positive

__all__ = ["Shrinker"]

LEVEL = 0.05


@dataclass(frozen=True, slots=True)
class Shrinker:
    """How much more often a hazard is found in a product than the margins of the table tell.

    The table is that of products and hazards that had cases in the last weeks. What is expected
    of a cell is the product of its margins over all cases; the ratio to it is drawn from a
    mixture of two gamma distributions, fitted to all cells of the week (DuMouchel 1999). So a
    large ratio to a small expectation counts little.

    Parameters
    ----------
    recent
        How many weeks are counted together; fewer where there are not so many.
    floor
        The least expectation, above zero.
    score
        `eb05`: the ratio is above it with a probability of 95 %. `ebgm`: its geometric mean.

    Examples
    --------
    Two hazards in two products, of which one pair has far more cases than the others:

    >>> cases = np.array([[9], [1], [1], [9]])
    >>> counts = Counts(cases, np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]))
    >>> found = Shrinker(score="ebgm").scores(counts)[:, 0]
    >>> bool(found[0] > 1 > found[1])
    True
    """

    recent: int = 8
    floor: float = 0.05
    score: Literal["eb05", "ebgm"] = "eb05"
    name: str = "shrinker"

    def __post_init__(self) -> None:
        check_positive(self.name, recent=self.recent, floor=self.floor)

    def scores(self, counts: Counts, last: int = 1) -> Floats:
        """Return EB05 or EBGM at the end of each of the last weeks; see `Detector.scores`."""
        cases = trailing(counts.cases, self.recent, last)
        found = np.full(cases.shape, NONE)
        for week in range(last):
            some = np.flatnonzero(cases[:, week])
            if some.size:
                table = cases[some, week], counts.product[some], counts.hazard[some]
                found[some, week] = self._of_table(*table)
        return found

    def _of_table(self, cases: Floats, product: Integers, hazard: Integers) -> Floats:
        """Return the scores of the pairs that have cases."""
        found, expected, number, cell = _cells(cases, product, hazard, self.floor)
        mixture = fit_mixture(found, expected, number)
        scores = np.zeros(found.size)
        some = found > 0
        if self.score == "eb05":
            scores[some] = mixture.quantile(LEVEL, found[some], expected[some])
        else:
            scores[some] = mixture.geometric_mean(found[some], expected[some])
        return scores[cell]


def _cells(
    cases: Floats, product: Integers, hazard: Integers, floor: float
) -> tuple[Floats, Floats, Floats, npt.NDArray[np.intp]]:
    """Return cases, expectation and number of cells that are alike, and which those given are.

    Pairs without a case are cells of the table too. They are counted from the margins, so that
    it does not matter which of them are series.
    """
    by_product, by_hazard = np.bincount(product, cases), np.bincount(hazard, cases)
    rows, row_number = np.unique(by_product[by_product > 0], return_counts=True)
    columns, column_number = np.unique(by_hazard[by_hazard > 0], return_counts=True)
    table = np.outer(rows, columns).ravel()
    given = by_product[product] * by_hazard[hazard]
    expected = np.maximum(np.concatenate([table, given, given]) / cases.sum(), floor)
    found = np.concatenate([np.zeros(table.size + given.size), cases])
    number = np.concatenate(
        [np.outer(row_number, column_number).ravel(), -np.ones(given.size), np.ones(given.size)]
    )
    alike, cell = np.unique(np.stack([found, expected]), axis=1, return_inverse=True)
    return (
        alike[0],
        alike[1],
        np.asarray(np.bincount(cell, number), np.float64),
        cell[-given.size :],
    )
