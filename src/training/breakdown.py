"""The breakdown: the model group by group, and the largest gap between groups.

The idea of a table of measures by group with the gaps between them is fairlearn's `MetricFrame`.
Here every number has an interval, a group too small to be measured says so, and a gap counts
only where it is wider than chance makes the widest of as many.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from .cohorts import Array, Cohort, Rows, Texts
from .experiment import CHAMPION
from .measuring import (
    DRAWS,
    FEWEST,
    Bootstrap,
    Computation,
    Counts,
    Draws,
    Estimate,
    Observed,
    Scores,
    auc,
    bootstrap,
    log_loss,
    observe,
)
from .verdict import RIVAL

__all__ = ["Breakdown", "Gap", "Group", "breakdown", "enough", "significant"]

FEWEST_ENTERPRISES = 30
ERROR = 0.05
MEASURES = ("auc", "bias")
SMALLEST = 1e-12

Weighted = Callable[[Counts], Array]


@dataclass(frozen=True, slots=True)
class Group:
    """The rows of one group.

    Attributes
    ----------
    observed
        Its name (empty where no record says to which group a row belongs), how many rows there
        are, what was promised of them and what came.
    estimates
        With their intervals, `auc` and `log_loss` of the champion, its `bias` (observed rate less
        mean prediction), the `rival_auc` of logistic regression and the `lead` of the champion's
        over it, paired. None of them where there is not enough data.
    off
        Whether the prediction misses what came beyond chance; all groups together, one in twenty
        breakdowns of a model that is right says so of any (Holm 1979).
    """

    observed: Observed
    estimates: Mapping[str, Estimate]
    off: bool

    @property
    def telling(self) -> bool:
        """Whether there are at least ten rows of either outcome, and thirty enterprises."""
        return enough(self.observed)


@dataclass(frozen=True, slots=True)
class Gap:
    """The largest difference of a measure between two groups with enough data.

    Of the pairs that differ beyond chance, if there are any; else of all pairs.

    Attributes
    ----------
    high, low
        The two groups.
    difference
        High less low, with its interval. The pair was not picked beforehand, so the interval is
        one of those that hold for all pairs at once, by the largest studentised difference of
        the draws.
    """

    high: str
    low: str
    difference: Estimate

    @property
    def real(self) -> bool:
        """Whether the two differ beyond chance."""
        return self.difference.lower > 0


@dataclass(frozen=True, slots=True)
class Breakdown:
    """A model group by group.

    Attributes
    ----------
    by
        What the groups are of.
    groups
        All of them, also those without enough data.
    gaps
        Of `auc` and `bias`; none with fewer than two groups that have enough data.
    """

    by: str
    groups: tuple[Group, ...]
    gaps: Mapping[str, Gap]

    @property
    def recorded(self) -> bool:
        """Whether any record says to which group a row belongs."""
        return any(each.observed.name for each in self.groups)

    @property
    def telling(self) -> tuple[Group, ...]:
        """The groups with enough data."""
        return tuple(each for each in self.groups if each.telling)

    @property
    def off(self) -> tuple[Group, ...]:
        """The groups of which the prediction is off beyond chance."""
        return tuple(each for each in self.groups if each.off)


def breakdown(
    by: str,
    group: Texts,
    cohort: Cohort,
    scores: Scores,
    *,
    order: Sequence[str] = (),
    weight: Array | None = None,
    draws: Draws = DRAWS,
) -> Breakdown:
    """Take the measures of the champion in each group of rows.

    Parameters
    ----------
    by
        What the groups are of.
    group
        Name of the group of each row of `scores`; empty where it is not recorded.
    cohort, scores
        The rows and what models said of them.
    order
        Names of groups in their own order; the others come after, those of most rows first.
    weight
        For how many rows each row stands; alike if not given. It counts in `estimates` only.
    draws
        Of the bootstrap, by enterprise.
    """
    label, enterprise = cohort.label[scores.rows], cohort.enterprise[scores.rows]
    chance = scores.probability[CHAMPION]
    counted = np.ones(label.size) if weight is None else weight
    places = {name: np.flatnonzero(group == name) for name in _ordered(group, order)}
    seen = {
        name: observe(name, label[rows], chance[rows], enterprise[rows])
        for name, rows in places.items()
    }
    telling = [name for name, each in seen.items() if enough(each)]
    work = {
        f"{measure}/{name}": compute
        for name in telling
        for measure, compute in _computations(places[name], label, counted, scores).items()
    }
    results = bootstrap(work, enterprise, draws)
    wrong = significant({name: seen[name].chance for name in telling})
    groups = tuple(
        Group(each, _estimates(results, name) if name in telling else {}, name in wrong)
        for name, each in seen.items()
    )
    gaps = {measure: _gap(results, measure, telling) for measure in MEASURES if len(telling) > 1}
    return Breakdown(by, groups, gaps)


def significant(chances: Mapping[str, float], error: float = ERROR) -> frozenset[str]:
    """Return the names whose chance is too small for chance, all taken together (Holm 1979).

    Examples
    --------
    >>> sorted(significant({"a": 0.01, "b": 0.03, "c": 0.02}))
    ['a', 'b', 'c']
    >>> sorted(significant({"a": 0.01, "b": 0.04, "c": 0.03}))
    ['a']
    """
    found = []
    ranked = sorted(chances, key=lambda name: (chances[name], name))
    for left, name in zip(range(len(ranked), 0, -1), ranked, strict=True):
        if chances[name] > error / left:
            break
        found.append(name)
    return frozenset(found)


def enough(seen: Observed) -> bool:
    """Tell whether a group has ten rows of either outcome, and thirty enterprises."""
    fewer = min(seen.violations, seen.rows - seen.violations)
    return fewer >= FEWEST and seen.enterprises >= FEWEST_ENTERPRISES


def _ordered(group: Texts, order: Sequence[str]) -> list[str]:
    names, count = np.unique(group.astype(str), return_counts=True)
    sizes = dict(zip(names.tolist(), count.tolist(), strict=True))
    rest = sorted(sizes.keys() - set(order), key=lambda name: (not name, -sizes[name], name))
    return [*(name for name in order if name in sizes), *rest]


def _computations(
    rows: Rows, label: Array, weight: Array, scores: Scores
) -> dict[str, Computation]:
    came, chance = label[rows], scores.probability[CHAMPION][rows]
    measures: dict[str, Weighted] = {
        "auc": partial(auc, came, chance),
        "log_loss": partial(log_loss, came, chance),
        "bias": partial(_bias, came - chance),
    }
    if RIVAL in scores.probability:
        measures["rival_auc"] = partial(auc, came, scores.probability[RIVAL][rows])
    return {
        name: partial(_within, rows, weight[rows], compute) for name, compute in measures.items()
    }


def _within(rows: Rows, weight: Array, compute: Weighted, counts: Counts | None) -> Array:
    """Take a measure of some of the rows, each as often as it is drawn and as it weighs."""
    if counts is None:
        return np.asarray(compute(weight[None])[0])
    return compute(counts[:, rows] * weight)


def _bias(missed: Array, counts: Counts) -> Array:
    with np.errstate(invalid="ignore"):
        return np.asarray(counts @ missed / counts.sum(axis=1))


def _estimates(results: Bootstrap, name: str) -> dict[str, Estimate]:
    measures = ("auc", "log_loss", "bias", "rival_auc")
    taken = [measure for measure in measures if f"{measure}/{name}" in results.values]
    found = {measure: results.estimate(f"{measure}/{name}") for measure in taken}
    if "rival_auc" in found:
        found["lead"] = results.difference(f"auc/{name}", f"rival_auc/{name}")
    return found


def _gap(results: Bootstrap, measure: str, names: Sequence[str]) -> Gap:
    values = np.array([results.values[f"{measure}/{name}"] for name in names])
    drawn = np.stack([results.draws[f"{measure}/{name}"] for name in names])
    moved = drawn[:, ~np.isnan(drawn).any(axis=0)] - values[:, None]
    first, second = np.triu_indices(len(names), k=1)
    apart = moved[first] - moved[second]
    spread = np.sqrt((apart**2).mean(axis=1)).clip(min=SMALLEST)
    most = np.quantile((np.abs(apart) / spread[:, None]).max(axis=0), results.level)
    width = np.abs(values[first] - values[second])
    real = width > most * spread
    pair = int(np.argmax(np.where(real == real.any(), width, -1.0)))
    high, low = first[pair], second[pair]
    if values[high] < values[low]:
        high, low = low, high
    value, reach = float(width[pair]), float(most * spread[pair])
    return Gap(names[high], names[low], Estimate(value, value - reach, value + reach))
