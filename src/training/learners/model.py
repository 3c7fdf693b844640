"""A model: a fitted learner with the calibrator that makes its margin a probability."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...grading import Calibrator, fit_calibrator
from ..cohorts import Array, Cohort, Fold, blocks
from .counts import Outcomes
from .learner import Fitted, Learner, Sample
from .level import levelled
from .slope import sloped
from .specialist import Specialty, specialize

__all__ = ["Model", "fit_model", "with_nuisance"]

FEWEST = 50


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted learner and its calibrator."""

    fitted: Fitted
    calibrator: Calibrator

    def probability(self, matrix: pd.DataFrame) -> Array:
        """Return the calibrated probability of each row of a matrix."""
        return self.calibrator.probability(self.fitted.margin(matrix))


def fit_model(
    learner: Learner,
    cohort: Cohort,
    matrix: pd.DataFrame,
    fold: Fold,
    directions: Mapping[str, int],
    *,
    weight: Array | None = None,
    level_weight: Array | None = None,
    specialty: Specialty | None = None,
    count: int = 4,
    replicates: int = 0,
    seed: int = 0,
) -> Model:
    """Fit a learner on a fold's training rows, and its calibrator out of time on the same.

    In full: the training rows are cut into an early part and temporal blocks; each block is
    predicted by a fit on what was known before it; by these predictions the learner's open
    settings are chosen, and on them the calibrator is fitted; then the learner is fitted on all
    training rows, and the calibrator is applied to that fit, at the level of their last year
    (`levelled`). Nothing of the test window is used.

    Parameters
    ----------
    learner
        What to fit.
    cohort, matrix
        The rows, and their inputs in the same order.
    fold
        Which rows to train on.
    directions
        Monotone direction by column.
    weight
        How much each training row counts, in the order of `fold.train`; all alike if not given.
    level_weight
        How much each counts for the calibrator and the level, which are the same for all
        populations and so have to be those of the mix that the model will meet; as `weight` if
        not given.
    specialty
        For whom a specialist may be added; for nobody if not given.
    count
        How many temporal blocks.
    replicates, seed
        Of the calibrator's bootstrap, by enterprise.
    """
    known = cohort.take(fold.train)
    weight = np.ones(len(known)) if weight is None else weight / weight.mean()
    counted = weight if level_weight is None else level_weight / level_weight.mean()
    within = blocks(known, count=count)
    sample = Sample(matrix.iloc[fold.train], known.label, weight, directions, within)
    fitted = learner(sample)
    if specialty is not None:
        fitted = specialize(fitted, sample, known.enterprise, specialty)
    outcomes = Outcomes(
        fitted.margin(sample.matrix), known.label, counted, known.as_of, known.enterprise
    )
    calibrator = _calibrated(fitted.out_of_time, outcomes, within, replicates, seed)
    return Model(fitted, levelled(calibrator, outcomes, seed))


def _calibrated(
    margins: Array, outcomes: Outcomes, within: Sequence[Fold], replicates: int, seed: int
) -> Calibrator:
    """Fit a calibrator on the margins out of time of those rows that have one."""
    block = np.full(margins.size, -1)
    for number, each in enumerate(within):
        block[each.test] = number
    seen = ~np.isnan(margins)
    tested = replace(outcomes, margins=margins).take(seen)
    calibrator = fit_calibrator(
        tested.margins,
        tested.label,
        tested.weight,
        groups=tested.enterprise,
        replicates=replicates,
        seed=seed,
    )
    return sloped(calibrator, tested, block[seen], seed) if replicates else calibrator


def with_nuisance(matrix: pd.DataFrame, cohort: Cohort, fold: Fold) -> pd.DataFrame:
    """Return the matrix with a column for each value of each nuisance, such as the inspector.

    A model of it may never decide a grade: `write_bundle` refuses it. Values with fewer than
    fifty training rows get no column.

    Parameters
    ----------
    matrix, cohort
        The rows, in the same order.
    fold
        Its training rows say which values get a column.
    """
    columns: dict[str, Array] = {}
    for name, values in cohort.nuisance.items():
        found, count = np.unique(values[fold.train].astype(str), return_counts=True)
        kept = [value for value in found[count >= FEWEST].tolist() if value]
        for number, value in enumerate(kept, 1):
            columns[f"{name}_{number}"] = (values == value).astype(np.float64)
    return pd.concat([matrix, pd.DataFrame(columns, index=matrix.index)], axis=1)
