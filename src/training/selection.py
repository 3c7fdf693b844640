"""Selection: whoever is suspected is looked at more often, and only who is looked at has a label.

Rows without an outcome are in the cohort all the same, and say who was not looked at. From them
follows the chance that a row like this one is looked at, and training counts each row that was by
the inverse of it (Horvitz and Thompson 1952), so that the rows with a label stand for all. This
corrects for whatever selection can be told from the indicators; the rows that were drawn at
random, whose outcomes need no correction, are the test of whether it was enough.
"""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from .boosted import Binned, train_booster
from .boosting import Boosting
from .cohort import Cohort
from .learner import Array, Sample

__all__ = ["Correction", "chances_of_a_check", "weights_of"]

HALVES = 2
DEPTH, ROUNDS, RATE = 3, 150, 0.1


class Correction(BaseModel):
    """How training corrects for who was looked at.

    Parameters
    ----------
    most
        A row counts at most so many times, and at least one part in so many, of the average.
    random
        Codes of `selection` that mean a draw at random: their rows are the unbiased test.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: float = Field(default=10.0, gt=1)
    random: tuple[str, ...] = ("random_general",)


def weights_of(
    cohort: Cohort,
    matrix: pd.DataFrame,
    rows: npt.NDArray[np.intp],
    cut: int,
    correction: Correction,
) -> Array:
    """Return how much each of some rows counts, so that together they stand for all.

    Parameters
    ----------
    cohort, matrix
        All rows, those without an outcome among them, and their inputs in the same order.
    rows
        Positions of the training rows.
    cut
        Nothing counts that was not known before this day.
    correction
        How far a weight may go.

    Returns
    -------
    Array of the shape of `rows`, 1 on average.
    """
    asked = np.flatnonzero((cohort.settled < cut) & (cohort.as_of < cut))
    looked = cohort.available[asked] < cut
    if looked.all():
        return np.ones(rows.size)
    chance = np.full(len(cohort), np.nan)
    chance[asked] = chances_of_a_check(matrix.iloc[asked], looked, cohort.enterprise[asked])
    weight = looked.mean() / chance[rows]
    weight = np.clip(weight / weight.mean(), 1 / correction.most, correction.most)
    return np.asarray(weight / weight.mean())


def chances_of_a_check(
    matrix: pd.DataFrame, looked: npt.NDArray[np.bool_], enterprise: npt.NDArray[np.int32]
) -> Array:
    """Return the chance of each row to be looked at, by a model of the other enterprises.

    Enterprises are halved by their number, and each half is told by a booster of the other, so
    that no row's own luck enters its chance.

    Parameters
    ----------
    matrix, looked, enterprise
        Inputs of the rows, whether each was looked at, and whose it is.
    """
    half = enterprise % HALVES
    found = np.full(len(matrix), looked.mean())
    settings = Boosting()
    for number in range(HALVES):
        known, asked = np.flatnonzero(half != number), np.flatnonzero(half == number)
        if not asked.size or np.unique(looked[known]).size < HALVES:
            continue
        sample = Sample(
            matrix.iloc[known], looked[known].astype(np.float64), np.ones(known.size), {}, ()
        )
        parameters: dict[str, Any] = settings.parameters(known.size, DEPTH, RATE)
        booster = train_booster(parameters, Binned.of(sample).data, None, ROUNDS)
        values = np.ascontiguousarray(matrix.iloc[asked].to_numpy(np.float64))
        found[asked] = expit(np.asarray(booster.predict(values, raw_score=True), np.float64))
    return np.asarray(np.clip(found, 1e-4, 1.0))
