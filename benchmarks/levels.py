"""Levels: whether intervals hold the hidden truth, and each level is riskier than the one before.

Made-up cities, each with a seed of its own under laws whose base rate drifts by a yearly step and a
reform that are drawn anew for each, train a model of what a check within a year finds. Cut points
are proposed from everybody in business on the day of the test, as `xinheng levels` does. Each level
is cut into up to five parts by margin, and the mean true chance of each part, over the year from
that day on, is held against the mean of its intervals: nominally 19 of 20 parts are covered. Beside
them stand the intervals without drift, which know what sample and model leave open, and nothing of
the time since.

In one large city under each set of laws, what planned checks found is counted level by level;
`--quick` has none, for it takes some thousand checks to tell six levels apart.

`agree` says that the bounds that replicates give hold the probability itself, almost everywhere
before they are widened to do so. Targets: at each level nine parts of ten
are covered; all six levels are reached; what was found rises from level to level, and the 95 %
intervals of neighbours leave a gap.
"""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xinheng.archive import Archive, read_source
from xinheng.features import standard_catalogue
from xinheng.grading import Calibrator, Level, Wanted, propose_cuts
from xinheng.simulation import simulate
from xinheng.simulation.laws import Laws, read_laws
from xinheng.training import CHAMPION, Observed, observe, read_inputs, read_task, run_experiment

from .measuring import is_quick, told
from .selective import FEW, LAWS, SOURCES, in_truth, key_of, true_chances

Array = npt.NDArray[np.float64]

CITIES, SIZE, LARGE = 16, 8_000, 150_000
QUICK_CITIES, QUICK_SIZE = 1, 1_500
FIRST_SEEDS = {"standard": 1_000, "contrary": 1_500}
YEARLY, REFORM, BASE = 0.12, 0.3, 0.3
EARLIEST, LATEST = 12, 70
VISITS = (0.0, 0.25, 0.5, 1.0, 2.0, 4.0)
PARTS, FEWEST = 5, 200
TARGET = 0.9
UNWIDENED = 0.99
NAMES = tuple(str(level) for level in Level)


@dataclass(frozen=True)
class City:
    """Everybody on the day of the test: margin and true chance; and who was checked, with what."""

    calibrator: Calibrator
    cut: int
    margin: Array
    truth: Array
    checked_margin: Array
    found: Array
    enterprise: npt.NDArray[np.int32]

    @property
    def cuts(self) -> tuple[float, ...]:
        """The cut points proposed for everybody."""
        return propose_cuts(self.calibrator.probability(self.margin), Wanted(VISITS))

    def interval(self, margin: Array, *, drifting: bool) -> tuple[Array, Array]:
        """Return the interval of each margin; without drift, as of the day of its level."""
        return self.calibrator.interval(margin, at=self.cut if drifting else None)


@dataclass
class Covered:
    """Of the parts of a level: how many there were, how many were covered, how wide they were."""

    parts: int = 0
    held: int = 0
    width: float = 0.0

    @property
    def share(self) -> float:
        """The share that was covered."""
        return self.held / self.parts if self.parts else float("nan")


def drawn(laws: str, seed: int) -> Laws:
    """Return laws under which the base rate drifts otherwise, drawn by the seed."""
    rng, law = np.random.default_rng([seed, 99]), read_laws(laws)
    violation = law.violation.model_copy(
        update={
            "yearly": float(rng.normal(0, YEARLY)),
            "reform": float(rng.normal(0, REFORM)),
            "reform_month": int(rng.integers(EARLIEST, LATEST)),
            "entity": law.violation.entity + float(rng.normal(0, BASE)),
        }
    )
    return law.model_copy(update={"violation": violation})


def city_of(laws: str, seed: int, size: int) -> City:
    """Simulate a city, train on it, and return everybody on the day of the test."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        simulate(folder / "city", seed, enterprises=size, laws=drawn(laws, seed))
        archive, at = Archive(folder / "archive"), datetime(2026, 1, 1, tzinfo=UTC)
        for source in FEW:
            delivery = folder / "city" / "deliveries" / source
            archive.ingest(read_source(SOURCES / source), delivery, at)
        task = read_task(SOURCES / "city-market" / "task.toml")
        task = task.model_copy(update={"learners": (CHAMPION,)})
        catalogue = standard_catalogue().select(use="grade")
        inputs = read_inputs(archive, task, catalogue, threads=2)
        experiment = run_experiment(inputs, task, folder, progress=lambda *_: None)
        truth = true_chances(folder / "city" / "truth" / "chances.parquet", archive)
    champion, cohort, test = experiment.champion, inputs.cohort, inputs.test.test
    rows = experiment.everyone.rows
    rows = rows[in_truth(cohort.take(rows), truth)]
    margin = champion.fitted.margin(inputs.matrix)
    return City(
        champion.calibrator,
        inputs.test.cut,
        margin[rows],
        truth.loc[key_of(cohort.take(rows))].to_numpy(),
        margin[test],
        cohort.label[test],
        cohort.enterprise[test],
    )


def parts_of(city: City) -> Iterator[tuple[int, npt.NDArray[np.intp]]]:
    """Yield level and rows of each part, in order of margin."""
    order = np.argsort(city.margin, kind="stable")
    chance = city.calibrator.probability(city.margin[order])
    level = np.searchsorted(city.cuts, chance, "right")
    for number in range(len(Level)):
        rows = order[level == number]
        for part in np.array_split(rows, min(PARTS, max(1, rows.size // FEWEST))):
            yield number, part


def cover(city: City, found: dict[tuple[bool, int], Covered]) -> None:
    """Count which parts of a city are covered, with the drift and without."""
    for drifting in (True, False):
        lower, upper = city.interval(city.margin, drifting=drifting)
        for level, rows in parts_of(city):
            low, high, true = lower[rows].mean(), upper[rows].mean(), city.truth[rows].mean()
            counted = found.setdefault((drifting, level), Covered())
            counted.parts += 1
            counted.held += int(low <= true <= high)
            counted.width += high - low


def observed(city: City) -> list[Observed]:
    """Return what planned checks found, level by level."""
    chance = city.calibrator.probability(city.checked_margin)
    level = np.searchsorted(city.cuts, chance, "right")
    return [
        observe(name, city.found[rows], chance[rows], city.enterprise[rows])
        for number, name in enumerate(NAMES)
        for rows in [np.flatnonzero(level == number)]
    ]


def agreed(city: City) -> bool:
    """Tell whether the replicates' bounds hold the probability by themselves, unwidened."""
    band, logit = city.calibrator.band(at=city.cut), city.calibrator.logit(city.margin)
    lower, upper = (np.interp(city.margin, band.nodes, each) for each in (band.lower, band.upper))
    return bool(np.mean((lower <= logit) & (logit <= upper)) > UNWIDENED)


def coverage_table(found: dict[tuple[bool, int], Covered]) -> list[str]:
    """Return a Markdown table of the coverage by level."""
    lines = [
        "| level | parts | covered | width | covered without drift | width |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for number, name in enumerate(NAMES):
        ours, bare = found[True, number], found[False, number]
        cells = [f"{each.share:.0%} | {each.width / each.parts:.3f}" for each in (ours, bare)]
        lines.append(f"| {name} | {ours.parts} | {cells[0]} | {cells[1]} |")
    return lines


def levels_table(laws: str, levels: list[Observed]) -> list[str]:
    """Return a Markdown table of what was found level by level."""
    lines = [f"| {laws}: level | checks | promised | found |", "| --- | --- | --- | --- |"]
    lines += [
        f"| {each.name} | {each.rows:,} | {each.predicted:.1%} | "
        f"{each.rate:.1%} ({each.lower:.1%} to {each.upper:.1%}) |"
        for each in levels
    ]
    return lines


def judged(laws: str, levels: list[Observed]) -> tuple[dict[str, float], list[str]]:
    """Return the figures of a large city, and the targets it missed."""
    pairs = list(pairwise(levels))
    rising = all(one.rate < two.rate for one, two in pairs)
    apart = sum(one.upper < two.lower for one, two in pairs)
    reached = sum(each.rows > 0 for each in levels)
    missed = [
        f"{what}: {laws}"
        for what, met in (
            ("all six levels reached", reached == len(levels)),
            ("what was found rises from level to level", rising),
            ("neighbouring intervals leave a gap", apart == len(pairs)),
        )
        if not met
    ]
    return {f"{laws}_levels_reached": reached, f"{laws}_neighbours_apart_of_5": apart}, missed


def main() -> None:
    """Hold levels and intervals against the truth, and end with one JSON object."""
    quick = is_quick(__doc__)
    cities, size = (QUICK_CITIES, QUICK_SIZE) if quick else (CITIES, SIZE)
    found: dict[tuple[bool, int], Covered] = {}
    figures: dict[str, float] = {}
    missed: list[str] = []
    agree = True
    for laws in LAWS:
        first = FIRST_SEEDS[laws]
        for number in range(cities):
            city = city_of(laws, first + number, size)
            cover(city, found)
            agree &= agreed(city)
        if quick:
            continue
        levels = observed(city_of(laws, first + cities, LARGE))
        print(*levels_table(laws, levels), "", sep="\n")
        told_of, short = judged(laws, levels)
        figures |= told_of
        missed += short
    print(*coverage_table(found), "", sep="\n")
    for (drifting, level), counted in sorted(found.items()):
        name = f"{'covered' if drifting else 'covered_without_drift'}_{NAMES[level]}"
        figures[name] = round(counted.share, 3)
        if drifting and counted.share < TARGET:
            missed.append(f"{TARGET:.0%} of parts covered: {NAMES[level]}")
    figures["cities"] = 2 * cities
    shares = [np.mean([found[kind, n].share for n in range(len(Level))]) for kind in (True, False)]
    ratios = {"without drift: times as many parts covered": round(shares[0] / shares[1], 2)}
    told("levels", ratios, figures, missed, agree=agree)


if __name__ == "__main__":
    main()
