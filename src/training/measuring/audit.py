"""The audit: what later became of those who were graded, level by level.

Grades of a test window stand beside the outcomes that came after. Model level and final level
are kept apart: statutory rules raise a level whatever the probability, so only the model's own
levels can be held to it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import nan, sqrt

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import ndtr, ndtri

from ...core.errors import InvalidError
from ...grading import CardGroup, Level
from ..cohorts import Array, Texts
from .evaluation import FEWEST
from .measures import losses

__all__ = [
    "Audit",
    "Observed",
    "Truth",
    "TruthRow",
    "audit",
    "compare_with_truth",
    "observe",
    "reliability",
]

BINS = 10
CONFIDENCE = 0.95
Area = Callable[[npt.ArrayLike, npt.ArrayLike], float]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observed:
    """What was promised of some rows, and what came.

    Attributes
    ----------
    name
        Of the group, such as a level.
    rows, enterprises, violations
        How many there were.
    predicted
        Mean probability of a violation, NaN without rows.
    rate, lower, upper
        Share of violations with its 95 % interval, NaN without rows.
    effective
        As how many independent rows they count.
    """

    name: str
    rows: int
    enterprises: int
    violations: int
    predicted: float
    rate: float
    lower: float
    upper: float
    effective: float

    @property
    def chance(self) -> float:
        """How often chance alone makes a rate as far from the prediction, if that is right.

        By the score test that Wilson's interval turns around, of both sides; NaN without rows.
        """
        spread = sqrt(self.predicted * (1 - self.predicted) / self.effective)
        if not spread:
            return 1.0 if self.rate == self.predicted else 0.0
        return 2 * float(ndtr(-abs(self.rate - self.predicted) / spread))

    def on_card(self, by: str) -> CardGroup:
        """Return it as model cards hold it; `by` says what the groups are of."""
        counts = self.rows, self.violations
        return CardGroup(by, self.name, *counts, self.predicted, self.rate, self.lower, self.upper)


@dataclass(frozen=True, slots=True)
class Audit:
    """Grades held against what came after.

    Attributes
    ----------
    everyone
        All rows together.
    final, model
        By level, all six from A+ to E: as graded, and by the model alone.
    populations
        By population: all its rows together.
    population_levels
        By population: by the model's level.
    reliability
        By about tenths of the rows in order of probability; fewer where many coincide.
    """

    everyone: Observed
    final: tuple[Observed, ...]
    model: tuple[Observed, ...]
    populations: Mapping[str, Observed]
    population_levels: Mapping[str, tuple[Observed, ...]]
    reliability: tuple[Observed, ...]

    @property
    def rising(self) -> bool:
        """Whether the observed rate rises from each of the model's levels to the next."""
        rates = [each.rate for each in self.model if each.rows]
        return all(low < high for low, high in pairwise(rates))

    @property
    def missed(self) -> tuple[Observed, ...]:
        """The model's levels whose mean prediction lies outside the interval of what came."""
        found = (each for each in self.model if each.rows)
        return tuple(each for each in found if not each.lower <= each.predicted <= each.upper)

    @property
    def held(self) -> int:
        """In how many groups of `reliability` the mean prediction lies within the interval."""
        return sum(each.lower <= each.predicted <= each.upper for each in self.reliability)


@dataclass(frozen=True, slots=True)
class TruthRow:
    """Models against the true chances in one population, or in all.

    Attributes
    ----------
    population
        Its name; empty for all.
    rows
        How many rows have a true chance.
    chance
        Their mean true chance.
    best
        Expected AUC of the true chances themselves: no model can pass it but by luck.
    models
        Expected AUC by model.
    loss, losses
        Expected log loss of the true chances themselves, and by model.
    """

    population: str
    rows: int
    chance: float
    best: float
    models: Mapping[str, float]
    loss: float
    losses: Mapping[str, float]

    @property
    def telling(self) -> bool:
        """Whether at least ten of either outcome are to be expected."""
        return self.rows * min(self.chance, 1 - self.chance) >= FEWEST


@dataclass(frozen=True, slots=True)
class Truth:
    """A model against the hidden truth of a made-up city.

    Attributes
    ----------
    rows
        Of all populations together, then of each.
    levels
        Mean true chance by the model's level, NaN where no row is.
    covered, groups
        In how many of so many groups of like probability the mean true chance lies within the
        mean interval.
    """

    rows: tuple[TruthRow, ...]
    levels: tuple[float, ...]
    covered: int
    groups: int


def observe(name: str, label: Array, chance: Array, enterprise: npt.NDArray[np.int32]) -> Observed:
    """Hold the probabilities of rows against their outcomes.

    The interval is Wilson's (1927), for as many rows as count: where an enterprise has several
    rows, their number is divided by the design effect, the variance by enterprise over that of
    independent rows (Korn and Graubard 1998; never below one).

    Examples
    --------
    >>> rows = np.arange(10, dtype=np.int32)
    >>> found = observe("E", np.array([1.0] * 4 + [0.0] * 6), np.full(10, 0.5), rows)
    >>> found.violations, found.rate, round(found.lower, 3), round(found.upper, 3)
    (4, 0.4, 0.168, 0.687)
    """
    rows, violations = label.size, int(label.sum())
    names, member = np.unique(enterprise, return_inverse=True)
    if not rows:
        return Observed(name, 0, 0, 0, nan, nan, nan, nan, nan)
    rate = violations / rows
    spread = np.bincount(member, label - rate)
    variance = float((spread**2).sum()) / rows**2
    independent = rate * (1 - rate) / rows
    mixed = 0 < violations < rows
    effect = max(1.0, variance / independent) if mixed else rows / names.size
    effective = rows / effect
    return Observed(
        name,
        rows,
        int(names.size),
        violations,
        float(chance.mean()),
        rate,
        *_wilson(rate, effective),
        effective,
    )


def audit(
    grades: pd.DataFrame, label: Array, enterprise: npt.NDArray[np.int32], population: Texts
) -> Audit:
    """Hold grades against outcomes.

    Parameters
    ----------
    grades
        Of the rows of a test window, from `Scorer.grades`: `level`, `model_level`, `probability`.
    label, enterprise, population
        Outcome, enterprise and population of the same rows, in the same order.

    Raises
    ------
    InvalidError
        If they are not as many.
    """
    if not len(grades) == label.size == enterprise.size == population.size:
        raise InvalidError(
            f"{len(grades)} grades, {label.size} outcomes, {enterprise.size} enterprises and "
            f"{population.size} populations are not of the same rows"
        )
    chance = grades["probability"].to_numpy(np.float64)

    def group(name: str, inside: Mask) -> Observed:
        return observe(name, label[inside], chance[inside], enterprise[inside])

    def levels(column: str, within: Mask) -> tuple[Observed, ...]:
        found = grades[column].astype(str).to_numpy()
        return tuple(group(str(level), within & (found == str(level))) for level in Level)

    every = np.ones(label.size, bool)
    names = sorted(set(population.tolist()))
    return Audit(
        everyone=group("", every),
        final=levels("level", every),
        model=levels("model_level", every),
        populations={name: group(name, population == name) for name in names},
        population_levels={name: levels("model_level", population == name) for name in names},
        reliability=reliability(label, chance, enterprise),
    )


def reliability(
    label: Array, chance: Array, enterprise: npt.NDArray[np.int32]
) -> tuple[Observed, ...]:
    """Hold probabilities against outcomes by about tenths of the rows, the lowest first.

    Equal probabilities stay together, so that there may be fewer groups.
    """
    tenth = _like(chance, BINS)
    return tuple(
        observe(f"{n + 1}", label[tenth == n], chance[tenth == n], enterprise[tenth == n])
        for n in range(int(tenth.max(initial=-1)) + 1)
    )


def compare_with_truth(
    models: Mapping[str, Array],
    grades: pd.DataFrame,
    population: Texts,
    truth: Array,
    area: Area,
) -> Truth:
    """Hold models against true chances, where those are known.

    Parameters
    ----------
    models
        Probability of each row by model.
    grades
        Of the same rows: `model_level`, `probability`, `lower`, `upper`.
    population
        Of the same rows.
    truth
        True chance of what the label tells; NaN where it is not known.
    area
        Expected AUC of a score under true chances, `simulation.expected_auc`.

    Raises
    ------
    InvalidError
        If no row has a true chance.
    """
    told = ~np.isnan(truth)
    if not told.any():
        raise InvalidError("no row of the test window has a true chance; give those of its day")
    names = ["", *sorted(set(population[told].tolist()))]
    rows = []
    for name in names:
        inside = told & ((population == name) | (name == ""))
        chances = truth[inside]
        rows.append(
            TruthRow(
                population=name,
                rows=int(inside.sum()),
                chance=float(chances.mean()),
                best=area(chances, chances),
                models={model: area(score[inside], chances) for model, score in models.items()},
                loss=_expected_loss(chances, chances),
                losses={
                    model: _expected_loss(score[inside], chances) for model, score in models.items()
                },
            )
        )
    level = grades["model_level"].astype(str).to_numpy()
    within = [told & (level == str(each)) for each in Level]
    group = _like(grades["probability"].to_numpy(np.float64)[told], 2 * BINS)
    means = grades[["lower", "upper"]][told].assign(truth=truth[told]).groupby(group).mean()
    covered = (means["lower"] <= means["truth"]) & (means["truth"] <= means["upper"])
    return Truth(
        rows=tuple(rows),
        levels=tuple(float(truth[each].mean()) if each.any() else nan for each in within),
        covered=int(covered.sum()),
        groups=len(means),
    )


def _expected_loss(chance: Array, truth: Array) -> float:
    """Return the log loss to be expected of probabilities under true chances.

    Examples
    --------
    >>> round(_expected_loss(np.array([0.5]), np.array([0.1])), 4)  # ln 2, whatever comes
    0.6931
    """
    came, not_came = losses(np.ones_like(truth), chance), losses(np.zeros_like(truth), chance)
    return float((truth * came + (1 - truth) * not_came).mean())


def _like(values: Array, bins: int) -> npt.NDArray[np.int64]:
    """Number groups in order of the values, none but the last smaller than rows by `bins`.

    Equal values share a group; a last group of less than half that size joins the one before.

    Examples
    --------
    >>> _like(np.array([5.0, 1.0, 1.0, 1.0, 2.0, 3.0, 4.0]), 3).tolist()
    [1, 0, 0, 0, 1, 1, 1]
    """
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    least, group, held = values.size / bins, 0, 0
    groups = np.empty(size.size, np.int64)
    for number, count in enumerate(size.tolist()):
        groups[number] = group
        held += count
        if held >= least:
            group, held = group + 1, 0
    if 0 < held < least / 2 and group:
        groups[groups == group] = group - 1
    return groups[place]


def _wilson(rate: float, count: float) -> tuple[float, float]:
    """Return the 95 % interval of a share by Wilson's score.

    Examples
    --------
    >>> [round(end, 4) for end in _wilson(0.0, 20)]
    [0.0, 0.1611]
    """
    z = float(ndtri((1 + CONFIDENCE) / 2))
    width = 1 + z * z / count
    centre = (rate + z * z / (2 * count)) / width
    half = z * sqrt(rate * (1 - rate) / count + z * z / (4 * count * count)) / width
    return max(0.0, centre - half), min(1.0, centre + half)
