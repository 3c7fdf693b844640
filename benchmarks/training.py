"""How fast a matrix becomes a champion, beside LightGBM called bare with the same parameters.

A million rows of sixty-three indicators, one in eight of which applies to a tenth of the rows only,
500 rounds. The peer bins the matrix and trains, nothing else; ours is what `Boosted` does for the
booster of a bundle: a sample with directions and weights, binned for as many fits as are wanted,
and trained. `agree` says that both boosters give the same margins to the bit.

Beside it, what a trial of a search costs with the sample binned once for all, and the whole road
of `fit_model`: four temporal blocks for choosing and calibration, then the champion.

Targets: the peer's time is at least 1 / 1.15 of ours, and our memory stays within 1.5 times the
matrix.
"""

import tempfile
from datetime import date
from pathlib import Path

import lightgbm as lgb
import numpy as np
import pandas as pd
from scipy.special import expit

from xinheng.core.time import NEVER, day
from xinheng.training import (
    Binned,
    Boosted,
    Boosting,
    Cohort,
    Fold,
    Sample,
    Search,
    blocks,
    fit_model,
    tune,
)

from .measuring import Peak, apart, is_quick, lasting, told

FULL, QUICK = (1_000_000, 500), (20_000, 50)
COLUMNS, RARE, SEED, DEPTH = 63, 8, 1, 3
SLOWER, LARGER = 1.15, 1.5
GIGA = 1e9
FIRST = day(date(2020, 1, 1))
TRIALS = 3
DIRECTIONS = {f"I{n:02d}": (1, 0, -1)[n % 3] for n in range(COLUMNS)}


def made(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Return a matrix of counts, shares and amounts, and outcomes that follow from some of them."""
    rng = np.random.default_rng(SEED)
    values = np.empty((rows, COLUMNS))
    for place in range(COLUMNS):
        match place % 3:
            case 0:
                values[:, place] = rng.poisson(0.5, rows)
            case 1:
                values[:, place] = rng.beta(2, 8, rows)
            case _:
                values[:, place] = rng.normal(size=rows).round(3)
    rare = rng.random(rows) > 0.1
    values[np.ix_(rare, range(0, COLUMNS, RARE))] = np.nan
    risk = 0.4 * values[:, 3] + 2 * values[:, 1] - 0.3 * values[:, 2] * (values[:, 4] > 0.2) - 2.5
    return values, (rng.random(rows) < expit(risk)).astype(np.float64)


def settings_of(rounds: int) -> Boosting:
    """Return settings that leave nothing open."""
    return Boosting(depths=(DEPTH,), rounds=(rounds,), linear=(0.0,))


def bare(rows: int, rounds: int, out: Path) -> dict[str, float]:
    """Call LightGBM with our parameters and nothing else."""
    settings = settings_of(rounds)
    parameters = settings.parameters(rows, DEPTH, settings.rate(rows))
    parameters["monotone_constraints"] = list(DIRECTIONS.values())
    with Peak() as before:
        pass
    values, label = made(rows)
    with Peak() as peak, lasting() as seconds:
        data = lgb.Dataset(values, label, feature_name=list(DIRECTIONS), params=parameters)
        booster = lgb.train(parameters, data, num_boost_round=rounds)
    np.save(out, booster.predict(values[:2000], raw_score=True))
    return _cost("lightgbm", seconds(), before, peak)


def ours(rows: int, rounds: int, out: Path) -> dict[str, float]:
    """Make a champion's booster of a sample."""
    with Peak() as before:
        pass
    values, label = made(rows)
    matrix = pd.DataFrame(values, columns=list(DIRECTIONS), copy=False)
    sample = Sample(matrix, label, np.ones(rows), DIRECTIONS, ())
    settings = settings_of(rounds)
    with Peak() as peak, lasting() as seconds:
        binned = Binned.of(sample)
        candidate = settings.candidates()[0]
        blend = binned.fit(settings, sample.every, [candidate]).blend(candidate)
    np.save(out, blend.margins(values[:2000]))
    return _cost("ours", seconds(), before, peak)


def searched(rows: int, rounds: int) -> dict[str, float]:
    """Search settings by a few trials on one binned sample, and bin it anew for comparison."""
    cohort, matrix = _cohort(rows)
    sample = Sample(matrix, cohort.label, np.ones(rows), DIRECTIONS, blocks(cohort))
    with lasting() as binning:
        binned = Binned.of(sample)
    with tempfile.TemporaryDirectory() as folder, lasting() as trials:
        tune(binned, settings_of(rounds // 5), Search(trials=TRIALS), Path(folder))
    return {"binning_s": binning(), "trial_s": trials() / TRIALS}


def whole(rows: int, rounds: int) -> dict[str, float]:
    """Fit a model as training does: blocks, champion and calibrator."""
    cohort, matrix = _cohort(rows)
    fold = Fold("all", NEVER, np.arange(rows), np.arange(0))
    with lasting() as seconds:
        fit_model(Boosted(settings_of(rounds)), cohort, matrix, fold, DIRECTIONS)
    return {"blocks_champion_calibrator_s": seconds()}


def _cohort(rows: int) -> tuple[Cohort, pd.DataFrame]:
    values, label = made(rows)
    days = (FIRST + np.arange(rows) * 1000 // rows).astype(np.int32)
    empty = np.full(rows, "", object)
    cohort = Cohort(
        name="made up",
        enterprise=np.arange(rows, dtype=np.int32) % max(rows // 8, 1),
        as_of=days,
        label=label,
        settled=days,
        available=days,
        withdrawn=np.full(rows, NEVER, np.int32),
        number=empty,
        selection=empty,
        nuisance={},
    )
    return cohort, pd.DataFrame(values, columns=list(DIRECTIONS), copy=False)


def _cost(name: str, seconds: float, before: Peak, peak: Peak) -> dict[str, float]:
    return {f"{name}_s": seconds, f"{name}_peak_gb": peak.own_gb - before.own_gb}


def main() -> None:
    """Measure, compare, and end with one JSON object."""
    rows, rounds = QUICK if is_quick(__doc__) else FULL
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{name}.npy" for name in ("bare", "ours")]
        figures: dict[str, float] = {"rows": rows, "columns": COLUMNS, "rounds": rounds}
        figures |= apart(bare, rows, rounds, files[0])
        figures |= apart(ours, rows, rounds, files[1])
        agree = bool(np.array_equal(*(np.load(file) for file in files)))
    figures |= apart(searched, rows, rounds)
    figures |= apart(whole, rows, rounds)
    figures["matrix_gb"] = rows * COLUMNS * 8 / GIGA
    for name in ("ours", "lightgbm"):
        figures[f"{name}_peak_of_matrix"] = figures[f"{name}_peak_gb"] / figures["matrix_gb"]
    slower, larger = figures["ours_s"] / figures["lightgbm_s"], figures["ours_peak_of_matrix"]
    missed = [
        f"within {most} x of {what}: {found:.2f} x"
        for what, found, most in (
            ("the bare call", slower, SLOWER),
            ("the matrix in memory", larger, LARGER),
        )
        if found > most
    ]
    shown = {name: round(value, 4) for name, value in figures.items()}
    told("training", {"lightgbm": round(1 / slower, 3)}, shown, missed, agree=agree)


if __name__ == "__main__":
    main()
