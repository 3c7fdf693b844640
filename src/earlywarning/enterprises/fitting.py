"""Fitting the forecast: boosters on the earlier rows, calibrators on later ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import lightgbm as lgb
import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.errors import InvalidError
from ...grading import fit_calibrator
from .forecast import Forecast, Horizon, margins_of
from .sample import COLUMNS, HORIZONS, Sample

__all__ = ["Blocks", "fit_forecast", "fit_horizon"]

Flags = npt.NDArray[np.bool_]
ROUNDS, REPLICATES, SEED = 200, 100, 1
SETTINGS: Mapping[str, Any] = {
    "objective": "binary",
    "num_leaves": 15,
    "min_data_in_leaf": 100,
    "learning_rate": 0.04,
    "lambda_l2": 5.0,
    "feature_fraction": 0.7,
    "seed": SEED,
    "deterministic": True,
    "force_row_wise": True,
    "monotone_constraints_method": "basic",
    "verbosity": -1,
}
LESS_ROOM = tuple(name for name in COLUMNS if name.startswith("room"))
MORE = tuple(name for name in COLUMNS if name.startswith("falls"))


@dataclass(frozen=True, slots=True)
class Blocks:
    """Days on which rows are learned from, calibrated on, and left for measuring.

    Parameters
    ----------
    calibrate, test
        First day of the rows to calibrate on, and of those that are left. Rows whose outcome is
        not known before the next block begins belong to none.
    """

    calibrate: int
    test: int = time.NEVER

    def __post_init__(self) -> None:
        if self.calibrate >= self.test:
            raise InvalidError(
                f"calibration begins on {time.show(self.calibrate)}, which is not before the test "
                f"on {time.show(self.test)}"
            )

    def learned(self, rows: Sample, days: int) -> Flags:
        """Tell which rows are learned from, for a horizon of so many days."""
        return np.asarray(rows.as_of.astype(np.int64) + days <= self.calibrate)

    def calibrated(self, rows: Sample, days: int) -> Flags:
        """Tell which rows are calibrated on."""
        over = rows.as_of.astype(np.int64) + days <= self.test
        return np.asarray((rows.as_of >= self.calibrate) & over)

    def tested(self, rows: Sample) -> Flags:
        """Tell which rows are left for measuring."""
        return np.asarray(rows.as_of >= self.test)


def fit_horizon(
    rows: Sample,
    outcome: Flags,
    days: int,
    blocks: Blocks,
    *,
    columns: Sequence[str] = COLUMNS,
    threads: int = 1,
) -> Horizon:
    """Fit what forecasts a fall within so many days; the same arguments give the same one.

    Less room to the next level never lowers the probability, and neither does a fall that time
    alone brings.

    Parameters
    ----------
    rows, outcome
        The sample, and whether each row fell; shape (n,).
    days, blocks
        The horizon, and which rows are for what.
    columns
        Those that it may read.
    threads
        Of the booster; results do not depend on them.

    Raises
    ------
    InvalidError
        If a block has no row, or none or all of its rows fell.
    """
    learned, calibrated = blocks.learned(rows, days), blocks.calibrated(rows, days)
    for name, block in (("learned from", learned), ("calibrated on", calibrated)):
        if not block.any() or outcome[block].all() or not outcome[block].any():
            raise InvalidError(
                f"of the {int(block.sum())} rows to be {name}, {int(outcome[block].sum())} fell "
                f"within {days} days; some have to, and others not: take more days"
            )
    booster = _boosted(rows.take(learned), outcome[learned], columns, threads)
    later = rows.take(calibrated)
    calibrator = fit_calibrator(
        margins_of(booster, later, threads),
        outcome[calibrated],
        replicates=REPLICATES,
        seed=SEED,
        groups=later.enterprise,
    )
    return Horizon(days, booster, calibrator)


def fit_forecast(
    bundle: str,
    rows: Sample,
    outcomes: Mapping[int, Flags],
    calibrate: int,
    *,
    card: Mapping[str, Any] | None = None,
    threads: int = 1,
) -> Forecast:
    """Fit the forecast on all rows, calibrated on those from a day on.

    Parameters
    ----------
    bundle
        Digest of the bundle whose levels the rows have.
    rows, outcomes
        From `sampled`.
    calibrate
        Day number from which on rows are calibrated on.
    card
        What is to stand on the card besides, such as measures.
    threads
        As of `fit_horizon`.
    """
    horizons = {
        days: fit_horizon(rows, outcomes[days], days, Blocks(calibrate), threads=threads)
        for days in HORIZONS
    }
    days = {
        "rows": len(rows),
        "first": time.show(int(rows.as_of.min())),
        "last": time.show(int(rows.as_of.max())),
        "calibrated_from": time.show(calibrate),
    }
    return Forecast(bundle, horizons, {**days, **(card or {})})


def _boosted(rows: Sample, outcome: Flags, columns: Sequence[str], threads: int) -> lgb.Booster:
    wanted = [COLUMNS.index(name) for name in columns]
    ways = [-1 if c in LESS_ROOM else 1 if c in MORE else 0 for c in columns]
    data = lgb.Dataset(
        rows.values[:, wanted], outcome.astype(np.float64), feature_name=list(columns)
    )
    settings = {**SETTINGS, "monotone_constraints": ways, "num_threads": threads}
    return lgb.train(settings, data, ROUNDS)
