"""The fairness gate: whether the challenger treats some group otherwise than all others.

Of each district, line of business and size two things are compared with all other rows: how far
what came lies from what was promised, and how much the share of false alarms (on level D or E,
and nothing was found) grew from champion to challenger. A base rate that differs between groups
makes unlike shares of alarms by itself, with any model that is right (Kleinberg, Mullainathan and
Raghavan 2017), so that it is their growth that is held against the challenger. A group counts
where the difference is beyond chance, all groups taken together (Holm 1979), and beyond the
limit; of promises, where it is also wider than under the champion.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from math import sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from ..breakdown import enough, significant
from ..cohorts import Array
from ..limits import Limits
from ..measuring import observe
from .future import Future
from .gate import Gate, Status

__all__ = ["Contrast", "Treated", "contrast", "fairness_gate"]

FAIR = ("district", "category", "staff", "capital")
CONFIDENCE = 0.95
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A mean in a group less that of all others, with its 95 % interval.

    `chance` tells how often chance alone makes so large a difference, either way.
    """

    value: float
    lower: float
    upper: float
    chance: float


@dataclass(frozen=True, slots=True)
class Treated:
    """How one group is treated.

    Attributes
    ----------
    by, name
        What the groups are of, and which one it is; an empty name where no record says it.
    rows, violations
        How many there are.
    kept, before
        Observed less promised, against all others: by the challenger and by the champion.
    alarms
        How much more the share of false alarms grew than that of all others; None without levels.
    alarmed, alarmed_before
        Those shares themselves, by the challenger and by the champion.
    """

    by: str
    name: str
    rows: int
    violations: int
    kept: Contrast
    before: Contrast
    alarms: Contrast | None = None
    alarmed: float | None = None
    alarmed_before: float | None = None


def fairness_gate(future: Future, limits: Limits) -> Gate:
    """Ask of every group that has enough outcomes."""
    found = {f"{each.by} {each.name or '(not recorded)'}": each for each in _treated(future)}
    figures = {
        "groups": [asdict(each) for each in found.values()],
        "tolerance": limits.tolerance,
        "false_alarms": limits.false_alarms,
    }
    if not found:
        says = "no two groups have enough outcomes to be compared"
        return Gate("fairness", Status.UNDECIDED, says, figures)
    off = [*_broken(found, limits), *_alarmed(found, limits)]
    widest = max(found, key=lambda name: abs(found[name].kept.value))
    fine = (
        f"of {len(found)} groups {widest} is furthest from all others: "
        f"{found[widest].kept.value:+.1%} between came and promised"
    )
    return Gate("fairness", Status.of(not off), "; ".join(off) or fine, figures)


def contrast(values: Array, inside: Flags, enterprise: npt.NDArray[np.int32]) -> Contrast:
    """Compare the mean of some rows with that of all others, rows of an enterprise together.

    Examples
    --------
    >>> found = contrast(np.array([1.0, 0.0, 0.0, 0.0]), np.array([1, 1, 0, 0]) > 0, np.arange(4))
    >>> found.value, round(found.upper, 2)
    (0.5, 1.19)
    """
    own, others = values[inside].mean(), values[~inside].mean()
    value = float(own - others)
    pull = np.where(inside, (values - own) / inside.sum(), (others - values) / (~inside).sum())
    _, member = np.unique(enterprise, return_inverse=True)
    error = sqrt(float((np.bincount(member, pull) ** 2).sum()))
    reach = float(ndtri((1 + CONFIDENCE) / 2)) * error
    chance = 2 * float(ndtr(-abs(value) / error)) if error else float(value == 0)
    return Contrast(value, value - reach, value + reach, chance)


def _treated(future: Future) -> Iterator[Treated]:
    """Compare each group with all others, where both have enough data."""
    cohort, alarm = future.cohort, future.alarm
    missed = [cohort.label - chance for chance in future.chance]
    calm = cohort.label == 0
    for by in FAIR:
        group = future.groups[by]
        for name in sorted(set(group.tolist())):
            inside = group == name
            seen, others = (
                observe(name, cohort.label[rows], future.chance[1][rows], cohort.enterprise[rows])
                for rows in (inside, ~inside)
            )
            if not (enough(seen) and enough(others)):
                continue
            before, kept = (contrast(each, inside, cohort.enterprise) for each in missed)
            found = Treated(by, name, seen.rows, seen.violations, kept, before)
            if alarm is not None:
                was, now = (each[calm].astype(float) for each in alarm)
                found = replace(
                    found,
                    alarms=contrast(now - was, inside[calm], cohort.enterprise[calm]),
                    alarmed=float(now[inside[calm]].mean()),
                    alarmed_before=float(was[inside[calm]].mean()),
                )
            yield found


def _broken(found: Mapping[str, Treated], limits: Limits) -> list[str]:
    beyond = significant({name: each.kept.chance for name, each in found.items()})
    return [
        f"{name}: {each.kept.value:+.1%} between came and promised, against all others"
        for name, each in found.items()
        if name in beyond and abs(each.kept.value) > max(limits.tolerance, abs(each.before.value))
    ]


def _alarmed(found: Mapping[str, Treated], limits: Limits) -> list[str]:
    told = {name: each for name, each in found.items() if each.alarms is not None}
    beyond = significant({name: each.alarms.chance for name, each in told.items() if each.alarms})
    return [
        f"{name}: {each.alarmed:.1%} wrongly on D or E, {each.alarmed_before:.1%} before"
        for name, each in told.items()
        if name in beyond and each.alarms and each.alarms.value > limits.false_alarms
    ]
