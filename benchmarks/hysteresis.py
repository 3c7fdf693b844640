"""How many levels flip to and fro with hysteresis and without, and how late changes come by it.

A made-up city is graded each month of two years by a model that learned from the years before,
once as its margins have it and once for every width of hysteresis: the level before is carried on
from month to month, as the runs of `xinheng grade` do. A flip is a change that is taken back
within the two runs that follow. A change is lasting if the plain level stays at least as far for
three runs; it is late if the level with hysteresis gets there in a later run, or not at all.

`agree` says that without a width all levels are the plain ones, and that no width let a level lie
more than one step from the plain one.
"""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
import pandas as pd

from xinheng.core.time import day
from xinheng.features import City
from xinheng.grading import Bundle, Hysteresis, Scorer, read_bundle

from .grading import KEYS, catalogue, made_up, trained
from .measuring import is_quick, told

FULL, QUICK = (2_500, 60), (300, 15)
TRAINED = tuple(map(day, ("2022-01-01", "2022-07-01", "2023-01-01")))
MONTHS = tuple(day(f"{year}-{month:02}-01") for year in (2024, 2025) for month in range(1, 13))
WIDTHS = {
    "none": Hysteresis(0.0, 0.0),
    "better .15": Hysteresis(0.0, 0.15),
    "better .25": Hysteresis(0.0, 0.25),
    "both .15": Hysteresis(0.15, 0.15),
}
LASTING = 3
HEAD = "| hysteresis | changes | flips | flips of changes | held | late | runs late |"
RULE = "| --- | --- | --- | --- | --- | --- | --- |"

Levels = npt.NDArray[np.int8]


def margins(city: City, bundle: Bundle) -> npt.NDArray[np.float64]:
    """Return the margin of each enterprise that is known all the time, each month."""
    scorer = Scorer(bundle)
    matrix = pd.concat(city.indicators(catalogue(), list(MONTHS)))
    who = matrix.index.get_level_values("enterprise").to_numpy()
    known, places, months = np.unique(who, return_inverse=True, return_counts=True)
    found = np.full((len(known), len(MONTHS)), np.nan)
    days = matrix.index.get_level_values("as_of").to_numpy()
    found[places, np.searchsorted(MONTHS, days)] = scorer.margins(matrix)
    return found[months == len(MONTHS)]


def folded(bundle: Bundle, values: npt.NDArray[np.float64], width: Hysteresis) -> Levels:
    """Return the levels of each enterprise, month by month, each from the one before."""
    scale = replace(bundle.policy.on(MONTHS[0]).scale, hysteresis=width)
    levels = np.empty(values.shape, np.int8)
    previous = np.full(len(values), -1, np.int8)
    for month in range(values.shape[1]):
        previous = scale.place(values[:, month], bundle.calibrator, previous).codes
        levels[:, month] = previous
    return levels


def flips(levels: Levels) -> int:
    """Return how many changes are taken back within the two runs that follow."""
    before, now = levels[:, :-1], levels[:, 1:]
    back = np.zeros(now.shape, bool)
    for later in (1, 2):
        back[:, :-later] |= levels[:, 1 + later :] == before[:, : now.shape[1] - later]
    return int(((now != before) & back).sum())


def lateness(levels: Levels, plain: Levels) -> tuple[int, int, float]:
    """Return how many changes last, how many of them come late, and by how many runs on average.

    A change that never comes counts as late by the runs that are left.
    """
    lasting = late = 0
    behind: list[int] = []
    months = plain.shape[1]
    for row in range(len(plain)):
        for month in range(1, months - LASTING + 1):
            old, new = plain[row, month - 1], plain[row, month]
            after = plain[row, month : month + LASTING]
            if old == new or ((after <= new) if new < old else (after >= new)).sum() < LASTING:
                continue
            lasting += 1
            there = levels[row, month:] <= new if new < old else levels[row, month:] >= new
            if not there[0]:
                late += 1
                behind.append(int(there.argmax()) if there.any() else months - month)
    return lasting, late, float(np.mean(behind)) if behind else 0.0


def main() -> None:
    """Run it."""
    enterprises, producers = QUICK if is_quick(__doc__) else FULL
    with TemporaryDirectory() as place:
        folder = Path(place)
        city = made_up(folder, enterprises, producers)
        trained(city, folder, TRAINED)
        bundle = read_bundle(folder / "bundle", KEYS)
        values = margins(city, bundle)
    plain = folded(bundle, values, WIDTHS["none"])
    alone = bundle.policy.on(MONTHS[0]).scale.level_of(bundle.calibrator.probability(values))
    figures: dict[str, float] = {"enterprises": float(len(values)), "months": float(len(MONTHS))}
    agree = bool((plain == alone).all())
    print(HEAD, RULE, sep="\n")
    for name, width in WIDTHS.items():
        levels = folded(bundle, values, width)
        agree &= int(np.abs(levels - plain).max()) <= 1
        changes, flipped = int((np.diff(levels, axis=1) != 0).sum()), flips(levels)
        lasting, late, runs = lateness(levels, plain)
        held = float((levels != plain).mean())
        print(
            f"| {name} | {changes:,} | {flipped:,} | {flipped / changes:.1%} | {held:.1%} | "
            f"{late / lasting:.1%} | {runs:.1f} |"
        )
        key = name.replace(" ", "_").replace(".", "0")
        figures |= {
            f"{key}_changes": float(changes),
            f"{key}_flips": float(flipped),
            f"{key}_held_share": held,
            f"{key}_late_share": late / lasting,
            f"{key}_late_runs": runs,
        }
    told("hysteresis", {}, figures, [], agree=agree)


if __name__ == "__main__":
    main()
