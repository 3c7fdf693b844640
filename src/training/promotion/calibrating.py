"""The calibration gate: whether as many violations came as the challenger had promised.

A group counts against the challenger only where what is seen is beyond chance, all groups taken
together (Holm 1979), is more than the tolerance, and is worse than it was under the champion: what
is in force already is no reason to keep it in force.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np

from ..breakdown import enough, significant
from ..cohorts import Texts
from ..limits import Limits
from ..measuring import observe, reliability
from .future import Future
from .gate import Gate, Status

__all__ = ["Kept", "calibration_gate"]


@dataclass(frozen=True, slots=True)
class Kept:
    """What was promised to a group, and what came.

    Attributes
    ----------
    by, name
        What the groups are of, and which one it is.
    rows, violations, promised, observed, lower, upper
        Of the challenger, with the 95 % interval of what was observed.
    before
        What the champion had promised.
    chance
        How often chance alone makes so large a gap, if the challenger is right.
    """

    by: str
    name: str
    rows: int
    violations: int
    promised: float
    observed: float
    lower: float
    upper: float
    before: float
    chance: float

    @property
    def gap(self) -> float:
        """Observed less promised."""
        return self.observed - self.promised

    def worse(self, tolerance: float) -> bool:
        """Tell whether the gap is beyond a tolerance, and wider than the champion's."""
        return abs(self.gap) > max(tolerance, abs(self.observed - self.before))


def calibration_gate(future: Future, limits: Limits) -> Gate:
    """Ask of each population, and of each tenth of the rows in order of the probability."""
    tenths = _tenths(future)
    found = {
        f"{by} {name}": each
        for by, group in (("population", future.groups["population"]), ("tenth", tenths))
        for name, each in _held(future, by, group)
    }
    figures = {"groups": [asdict(each) for each in found.values()], "tolerance": limits.tolerance}
    if not found:
        says = "no group has enough outcomes to tell"
        return Gate("calibration", Status.UNDECIDED, says, figures)
    beyond = significant({name: each.chance for name, each in found.items()})
    off = [
        f"{name}: {each.observed:.1%} came, {each.promised:.1%} promised"
        for name, each in found.items()
        if name in beyond and each.worse(limits.tolerance)
    ]
    widest = max(found, key=lambda name: abs(found[name].gap))
    fine = f"widest gap of {len(found)} groups: {found[widest].gap:+.1%} in {widest}"
    return Gate("calibration", Status.of(not off), "; ".join(off) or fine, figures)


def _tenths(future: Future) -> Texts:
    """Name the tenth of each row, as `reliability` makes them."""
    chance = future.chance[1]
    sizes = [
        each.rows for each in reliability(future.cohort.label, chance, future.cohort.enterprise)
    ]
    tenth = np.empty(chance.size, object)
    tenth[np.argsort(chance, kind="stable")] = np.repeat(
        np.array([str(number + 1) for number in range(len(sizes))], object), sizes
    )
    return tenth


def _held(future: Future, by: str, group: Texts) -> Iterator[tuple[str, Kept]]:
    """Hold both models to each group that has enough data."""
    cohort = future.cohort
    for name in sorted(set(group.tolist())):
        inside = group == name
        before, now = (
            observe(name, cohort.label[inside], chance[inside], cohort.enterprise[inside])
            for chance in future.chance
        )
        if enough(now):
            yield (
                name,
                Kept(
                    by=by,
                    name=name,
                    rows=now.rows,
                    violations=now.violations,
                    promised=now.predicted,
                    observed=now.rate,
                    lower=now.lower,
                    upper=now.upper,
                    before=before.predicted,
                    chance=now.chance,
                ),
            )
