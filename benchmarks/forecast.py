"""How well it is forecast that a level gets worse within 30 and 90 days, and what warnings cost.

On the demo city, which is made in `out/demo` where there is none (`--quick`: a small one, thrown
away). Everybody's levels are looked back at every 30 days by the champion, each time on what was
known by then. The forecast learns from the earlier days, is calibrated on later ones, and is
measured on the last ten, all of them after the last day that the champion learned from. A day
belongs to a block only if its outcome was known before the next one began.

Beside it: how often each level got worse so far; the same forecast that knows the level and the
distance to the next worse one alone; and one that knows besides what time alone will bring. All
are calibrated alike. Intervals are of a bootstrap that draws enterprises.

`agree` says that a forecast that was written and read again tells the same to the last bit.

Targets: 90 days ahead, the whole forecast's log loss is less than that of the distance alone by
more than its interval; no calibration error over 0.01; warnings of a city at 20,000 enterprises a
second.
"""

import json
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt

from xinheng.archive import Archive
from xinheng.core import time
from xinheng.core.settings import Settings
from xinheng.demo import demo
from xinheng.demo.folder import settings_of
from xinheng.earlywarning.enterprises import (
    COLUMNS,
    HORIZONS,
    Blocks,
    Forecast,
    Horizon,
    Sample,
    fit_forecast,
    fit_horizon,
    look_back,
    sampled,
    warn_city,
)
from xinheng.earlywarning.enterprises.looks import STEP
from xinheng.grading import GradeBook, read_champion
from xinheng.ledger import Ledger
from xinheng.training.measuring.bootstrap import Bootstrap, Draws, bootstrap
from xinheng.training.measuring.measures import auc, brier, calibration_error, log_loss

from .measuring import is_quick, lasting, told

FULL, QUICK = (20_000, 48, 200), (1_500, 30, 100)
KEPT = Path("out/demo")
MADE = datetime(2026, 1, 6, 2, tzinfo=UTC)
TEST, CALIBRATE = 10, 20
LARGEST_ERROR, RATE = 0.01, 20_000
MEASURES = {"auc": auc, "brier": brier, "log_loss": log_loss, "error": calibration_error}
HEAD = "| days | forecast | AUC | Brier score | log loss | calibration error |"
RULE = "| --- | --- | --- | --- | --- | --- |"
RATES, DISTANCE, AGEING, WHOLE = "rate of the level", "distance alone", "and time alone", "whole"

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Tried:
    """What was told on the test days by each forecast, and what came."""

    days: int
    came: Flags
    enterprise: npt.NDArray[np.int32]
    chances: dict[str, Floats]
    fitted: Horizon

    def measured(self, draws: int) -> Bootstrap:
        """Return every measure of every forecast, on the same draws of enterprises."""
        found = {
            f"{name}/{measure}": partial(compute, self.came, chance)
            for name, chance in self.chances.items()
            for measure, compute in MEASURES.items()
        }
        return bootstrap(found, self.enterprise, Draws(draws=draws))


def opened(settings: Settings) -> GradeBook:
    """Return the grades of the champion of an installation."""
    with closing(Ledger.open(settings)) as ledger:
        bundle = read_champion(settings, ledger)
    return GradeBook(Archive(settings.archive), bundle, threads=2)


def tried(rows: Sample, came: Flags, days: int, blocks: Blocks) -> Tried:
    """Fit every forecast on the days before the test, and ask it of those of the test."""
    own = ("level", "room")
    views = {
        DISTANCE: own,
        AGEING: (*own, "held", *(f"{name}_{d}" for name in ("room", "falls") for d in HORIZONS)),
        WHOLE: COLUMNS,
    }
    tested, learned = blocks.tested(rows), blocks.learned(rows, days)
    test, level = rows.take(tested), rows.column("level").astype(int)
    number = np.bincount(level[learned], minlength=6)
    rate = np.bincount(level[learned], came[learned], 6) / np.maximum(number, 1)
    chances = {RATES: rate[level[tested]]}
    for name, columns in views.items():
        fitted = fit_horizon(rows, came, days, blocks, columns=columns, threads=2)
        chances[name] = fitted.outlook(test).probability
    return Tried(days, came[tested], test.enterprise, chances, fitted)


def report(found: Tried, draws: int) -> tuple[dict[str, float], list[str]]:
    """Print the measures of a horizon; return them, and which targets were missed."""
    measured, days = found.measured(draws), found.days
    for name in found.chances:
        cells = [measured.estimate(f"{name}/{measure}") for measure in MEASURES]
        shown = " | ".join(f"{e.value:.4f} ({e.lower:.4f} to {e.upper:.4f})" for e in cells)
        print(f"| {days} | {name} | {shown} |")
    figures = {
        f"{name.replace(' ', '_')}_{measure}_{days}": measured.values[f"{name}/{measure}"]
        for name in found.chances
        for measure in MEASURES
    }
    missed = []
    gain = measured.difference(f"{WHOLE}/log_loss", f"{DISTANCE}/log_loss")
    if days == max(HORIZONS) and gain.upper >= 0:
        missed.append(f"log loss {gain.value:+.4f} against distance alone is within chance")
    if (error := measured.values[f"{WHOLE}/error"]) > LARGEST_ERROR:
        missed.append(f"calibration error of {days} days is {error:.4f}")
    return figures | {f"rows_{days}": float(len(found.came)), f"came_{days}": float(
        found.came.sum())}, missed  # fmt: skip


def told_of_bins(found: Tried) -> None:
    """Print how many fell of those of whom about as much was promised."""
    edges = np.array([0, 0.01, 0.03, 0.1, 0.2, 0.4, 1.0])
    chance = found.chances[WHOLE]
    place = np.clip(np.searchsorted(edges, chance, "right") - 1, 0, len(edges) - 2)
    print(f"\n| within {found.days} days, promised | rows | mean promised | fell |")
    print("| --- | --- | --- | --- |")
    for at in range(len(edges) - 1):
        some = place == at
        if some.any():
            print(
                f"| {edges[at]:.0%} to {edges[at + 1]:.0%} | {some.sum():,} | "
                f"{chance[some].mean():.1%} | {found.came[some].mean():.1%} |"
            )


def is_kept(rows: Sample, outcomes: dict[int, Flags], calibrate: int, folder: Path) -> bool:
    """Tell whether a forecast that is read tells what the one that was written did."""
    made = fit_forecast("made", rows, outcomes, calibrate, threads=2)
    made.write(folder)
    read = Forecast.read(folder)
    asked = rows.take(np.arange(min(len(rows), 20_000)))
    return all(
        np.array_equal(made[d].outlook(asked).probability, read[d].outlook(asked).probability)
        for d in HORIZONS
    )


def run(book: GradeBook, archive: Archive, sizes: Sequence[int], place: Path) -> None:
    """Look back, fit, measure and print."""
    _, steps, draws = sizes
    last = int(book.events.available.max()) + 1
    with lasting() as warning:
        warned = warn_city(archive, last, threads=2)
    days = [last - STEP * back for back in range(steps - 1, -1, -1)]
    with lasting() as looking:
        looks = list(look_back(book, days))
    rows, outcomes = sampled(looks)
    when = np.unique(rows.as_of)
    blocks = Blocks(int(when[-CALIBRATE]), int(when[-TEST]))
    print(
        f"{len(looks[-1].enterprise):,} enterprises, {len(rows):,} rows from "
        f"{time.show(int(when[0]))}; calibrated from {time.show(blocks.calibrate)}, tested from "
        f"{time.show(blocks.test)} to {time.show(int(when[-1]))}; the champion learned until "
        f"{book.bundle.card.learned_until}\n"
    )
    figures, missed = {"look_s": looking() / steps, "warn_s": warning()}, list[str]()
    print(HEAD, RULE, sep="\n")
    found = [tried(rows, outcomes[each], each, blocks) for each in HORIZONS]
    for each in found:
        told_figures, lacking = report(each, draws)
        figures, missed = figures | told_figures, missed + lacking
    for each in found:
        told_of_bins(each)
    print("\nwarned of: " + json.dumps(warned.counts()))
    rate = len(looks[-1].enterprise) / warning()
    if rate < RATE:
        missed.append(f"warnings of {rate:,.0f} enterprises a second")
    figures |= {"warned": float(len(warned)), "warn_enterprises_per_s": rate}
    told("forecast", {}, figures, missed,
         agree=is_kept(rows, outcomes, blocks.test, place / "forecast"))  # fmt: skip


def main() -> None:
    """Run it."""
    sizes = QUICK if is_quick(__doc__) else FULL
    with TemporaryDirectory() as place:
        folder = KEPT if sizes is FULL else Path(place, "demo")
        if not (folder / "report.html").is_file():
            demo(folder, at=MADE, enterprises=sizes[0])
        settings = settings_of(folder, None)
        run(opened(settings), Archive(settings.archive), sizes, Path(place))


if __name__ == "__main__":
    main()
