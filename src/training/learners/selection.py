"""Selection: whoever is suspected is looked at more often, and only who is looked at has a label.

From those that could have been looked at, and those that were, follows the chance that one like
this is looked at, and training counts each row by the inverse of it (Horvitz and Thompson 1952;
of visits over time, Lin, Scharfstein and Rosenheck 2004), so that the rows of a population that
have a label stand for all of it. The weights are stabilised: each population keeps the weight of
its rows (Robins, Hernán and Brumback 2000), for a model that tells populations apart gains nothing
by moving weight between them, and loses rows.

This corrects for whatever selection can be told from the indicators; the rows that were drawn at
random, whose outcomes need no correction, are the test of whether it was enough.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from pydantic import BaseModel, ConfigDict, Field
from scipy.special import expit

from ...core import time
from ...core.errors import InvalidError
from ..cohorts import Array, Candidates, Days, Rows, Texts
from .boosted import Binned, train_booster
from .boosting import Boosting
from .learner import Sample

__all__ = ["Correction", "Weights", "chances_of_a_check", "weights_of"]

HALVES = 2
DEPTH, ROUNDS, RATE = 3, 150, 0.1
LEAST = 1e-4


class Correction(BaseModel):
    """How training corrects for who was looked at.

    Parameters
    ----------
    most
        A row counts at most so many times, and at least one part in so many, of the average.
    candidates_per_date
        For a cohort of inspections: how many of those in business are drawn on each day, to see
        how many of them are visited. A panel's rows are its candidates.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    most: float = Field(default=10.0, gt=1)
    candidates_per_date: int = Field(default=2000, ge=1)


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """How much each training row counts, of shape (n,), and what that rests on.

    Attributes
    ----------
    weight
        1 on average.
    chance
        Of each row to be looked at.
    bounded
        How many rows were held back by `Correction.most`.
    """

    weight: Array
    chance: Array
    bounded: int = 0

    @property
    def effective(self) -> float:
        """As how many rows of equal weight they count, of one (Kish 1965).

        Examples
        --------
        >>> Weights(np.array([1.5, 0.5]), np.array([0.2, 0.6])).effective
        0.8
        """
        return float(self.weight.sum() ** 2 / (self.weight**2).sum() / self.weight.size)


def weights_of(
    candidates: Candidates,
    matrix: pd.DataFrame,
    enterprise: Days,
    population: Texts,
    cut: int,
    correction: Correction,
) -> Weights:
    """Return how much each training row counts, so that those of a population stand for all of it.

    Parameters
    ----------
    candidates
        Who could have been looked at. Nothing counts that was not known before the cut.
    matrix, enterprise, population
        Inputs of the training rows, whose each is, and of which population.
    cut
        First day of the test window.
    correction
        How far a weight may go.

    Raises
    ------
    InvalidError
        If nobody could have been looked at before the cut.
    """
    asked = _asked(candidates, cut)
    looked = candidates.seen[asked] < cut
    if looked.all():
        return Weights(np.ones(len(matrix)), np.ones(len(matrix)))
    chance = chances_of_a_check(
        candidates.matrix.iloc[asked], looked, candidates.enterprise[asked], matrix, enterprise
    )
    raw = 1 / chance
    for name in set(population.tolist()):
        inside = population == name
        raw[inside] /= raw[inside].mean()
    held = np.clip(raw, 1 / correction.most, correction.most)
    return Weights(held / held.mean(), chance, int((held != raw).sum()))


def _asked(candidates: Candidates, cut: int) -> Rows:
    """Return the candidates of whom it is settled before a day whether they were looked at."""
    asked = np.flatnonzero(candidates.until < cut)
    if asked.size:
        return asked
    until = candidates.until
    first = f", the first on {time.show(int(until.min()))}" if until.size else ""
    raise InvalidError(
        f"a correction for who was looked at has nothing to rest on: of {until.size:,} candidates "
        f"none is settled before {time.show(cut)}{first}; begin the test window later, or leave "
        "[correction] out of the task"
    )


def chances_of_a_check(
    candidates: pd.DataFrame,
    looked: npt.NDArray[np.bool_],
    whose: Days,
    matrix: pd.DataFrame,
    enterprise: Days,
) -> Array:
    """Return the chance of each row to be looked at, by a model of the other enterprises.

    Enterprises are halved by their number, and each half is told by a booster of the other, so
    that no row's own luck enters its chance.

    Parameters
    ----------
    candidates, looked, whose
        Inputs of those that could have been looked at, whether each was, and whose it is.
    matrix, enterprise
        Inputs of the rows in question, and whose each is.
    """
    half = enterprise % HALVES
    found = np.full(len(matrix), looked.mean())
    settings = Boosting()
    for number in range(HALVES):
        known = np.flatnonzero(whose % HALVES != number)
        asked = np.flatnonzero(half == number)
        if not asked.size or np.unique(looked[known]).size < HALVES:
            continue
        sample = Sample(
            candidates.iloc[known], looked[known].astype(np.float64), np.ones(known.size), {}, ()
        )
        parameters: dict[str, Any] = settings.parameters(known.size, DEPTH, RATE)
        booster = train_booster(parameters, Binned.of(sample).data, None, ROUNDS)
        values = np.ascontiguousarray(matrix.iloc[asked].to_numpy(np.float64))
        found[asked] = expit(np.asarray(booster.predict(values, raw_score=True), np.float64))
    return np.asarray(np.clip(found, LEAST, 1.0))
