"""Weighing: how much each row counts, in a fit and in the level of its probabilities.

Whoever is looked at counts for those at whom nobody looked, in both. A row that thinning drew
counts for those that it left out in the level alone: calibrator and level are the same for all
populations and have to be those of the city's mix, while margins tell populations apart and would
lose by it the rows of the small ones, which are kept whole.
"""

import numpy as np

from .cohorts import Array
from .inputs import Inputs
from .learners import Correction, Rows, Weights, weights_of

__all__ = ["level_weights", "selection_weights"]


def selection_weights(
    inputs: Inputs, correction: Correction | None, rows: Rows, cut: int
) -> Weights | None:
    """Return how much each of some rows counts for who was looked at; None if not corrected for.

    Parameters
    ----------
    inputs, correction
        The rows with their candidates, and the task's correction.
    rows
        Positions of the rows in question, whose outcomes were known before the cut.
    cut
        Day before which everything that counts was known.

    Raises
    ------
    InvalidError
        If nobody could have been looked at before the cut.
    """
    if correction is None or inputs.candidates is None:
        return None
    return weights_of(
        inputs.candidates,
        inputs.matrix.iloc[rows],
        inputs.cohort.enterprise[rows],
        inputs.population[rows],
        cut,
        correction,
    )


def level_weights(inputs: Inputs, rows: Rows, selection: Weights | None) -> Array:
    """Return how much each of some rows counts in a level of probabilities, 1 on average.

    Parameters
    ----------
    inputs, rows
        All rows, and the positions of those in question.
    selection
        Their `selection_weights`.
    """
    weight = inputs.stands_for[rows]
    if selection is not None:
        weight = weight * selection.weight
    return np.asarray(weight / weight.mean())
