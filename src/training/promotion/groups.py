"""The gates on groups: whether the challenger keeps its promises to each, and alarms none wrongly.

A group counts against the challenger only where what is seen is beyond chance, all groups of a
gate taken together (Holm 1979), is more than the limit, and is worse than it was under the
champion: what is in force already is no reason to keep it in force.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from math import isnan, nan, sqrt

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from ..breakdown import enough, significant
from ..cohorts import Array, Texts
from ..limits import Limits
from ..measuring import observe, reliability
from .future import Future
from .gate import Gate, Status

__all__ = ["GroupFound", "calibration_gate", "fairness_gate"]

FAIR = ("district", "category", "staff", "capital")


@dataclass(frozen=True, slots=True)
class GroupFound:
    """What was promised to a group, what came, and who was alarmed wrongly.

    Attributes
    ----------
    by, name
        What the groups are of, and which one it is.
    rows, violations, promised, observed, lower, upper
        Of the challenger, with the 95 % interval of what was observed.
    gap, before
        Observed less promised: by the challenger and by the champion.
    chance
        How often chance alone makes so large a gap.
    alarmed, alarmed_before
        Share of the rows without a violation that each puts on D or E; NaN without levels.
    alarm_chance
        How often chance alone makes so large a rise of that share.
    """

    by: str
    name: str
    rows: int
    violations: int
    promised: float
    observed: float
    lower: float
    upper: float
    gap: float
    before: float
    chance: float
    alarmed: float = nan
    alarmed_before: float = nan
    alarm_chance: float = 1.0

    @property
    def label(self) -> str:
        """What it is called in a sentence."""
        return f"{self.by} {self.name or '(not recorded)'}"


def calibration_gate(future: Future, limits: Limits) -> Gate:
    """Ask whether as many violations came as were promised: by population, and by tenths."""
    populations = _groups(future, "population", alarms=False)
    tenths = reliability(future.cohort.label, future.chance[1], future.cohort.enterprise)
    by_tenth = np.zeros(len(future.cohort), object)
    order = np.argsort(future.chance[1], kind="stable")
    ends = np.cumsum([each.rows for each in tenths])
    by_tenth[order] = [f"{n + 1}" for n in np.searchsorted(ends, np.arange(order.size), "right")]
    found = [*populations, *_of(future, "tenth", by_tenth, alarms=False)]
    off = _off(found, limits)
    return _gate("calibration", found, off, limits, "as many violations came as were promised")


def fairness_gate(future: Future, limits: Limits) -> Gate:
    """Ask the same of districts, lines of business and sizes, and whether any is alarmed more."""
    found = [each for by in FAIR for each in _groups(future, by, alarms=True)]
    off = [*_off(found, limits), *_alarmed(found, limits)]
    return _gate("fairness", found, off, limits, "no group is promised too little or alarmed more")


def _groups(future: Future, by: str, *, alarms: bool) -> list[GroupFound]:
    return _of(future, by, future.groups[by], alarms=alarms)


def _of(future: Future, by: str, group: Texts, *, alarms: bool) -> list[GroupFound]:
    """Hold both models to each group that has enough data."""
    label, enterprise = future.cohort.label, future.cohort.enterprise
    marked = future.alarm if alarms else None
    found = []
    for name in sorted(set(group.tolist())):
        inside = group == name
        own = label[inside], enterprise[inside]
        seen, before = (
            observe(name, own[0], chance[inside], own[1]) for chance in reversed(future.chance)
        )
        if not enough(seen):
            continue
        calm = inside & (label == 0)
        alarmed = (each[calm].astype(float) for each in marked or ())
        found.append(
            GroupFound(
                by=by,
                name=name,
                rows=seen.rows,
                violations=seen.violations,
                promised=seen.predicted,
                observed=seen.rate,
                lower=seen.lower,
                upper=seen.upper,
                gap=seen.rate - seen.predicted,
                before=before.rate - before.predicted,
                chance=seen.chance,
                **_alarms(*alarmed, enterprise=enterprise[calm]),
            )
        )
    return found


def _alarms(*alarmed: Array, enterprise: npt.NDArray[np.int32]) -> dict[str, float]:
    """Return the shares of false alarms, and the chance of so large a rise, by enterprise."""
    if not alarmed:
        return {}
    before, now = alarmed
    rise = now - before
    _, member = np.unique(enterprise, return_inverse=True)
    spread = np.bincount(member, rise - rise.mean())
    error = sqrt(float((spread**2).sum())) / rise.size
    chance = float(ndtr(-rise.mean() / error)) if error else float(rise.mean() <= 0)
    return {
        "alarmed": float(now.mean()),
        "alarmed_before": float(before.mean()),
        "alarm_chance": chance,
    }


def _off(found: Iterable[GroupFound], limits: Limits) -> list[str]:
    groups = {f"{each.by}/{each.name}": each for each in found}
    beyond = significant({name: each.chance for name, each in groups.items()})
    return [
        f"{each.label}: {each.observed:.1%} came, {each.promised:.1%} promised"
        for name, each in groups.items()
        if name in beyond and abs(each.gap) > max(limits.tolerance, abs(each.before))
    ]


def _alarmed(found: Iterable[GroupFound], limits: Limits) -> list[str]:
    groups = {f"{each.by}/{each.name}": each for each in found if not isnan(each.alarmed)}
    beyond = significant({name: each.alarm_chance for name, each in groups.items()})
    return [
        f"{each.label}: {each.alarmed:.1%} wrongly on D or E, {each.alarmed_before:.1%} before"
        for name, each in groups.items()
        if name in beyond and each.alarmed - each.alarmed_before > limits.false_alarms
    ]


def _gate(name: str, found: list[GroupFound], off: list[str], limits: Limits, fine: str) -> Gate:
    figures: Mapping[str, object] = {
        "groups": [asdict(each) for each in found],
        "off": off,
        "tolerance": limits.tolerance,
        "false_alarms": limits.false_alarms,
    }
    if not found:
        return Gate(name, Status.UNDECIDED, "no group has enough outcomes to tell", figures)
    widest = max(found, key=lambda each: abs(each.gap))
    says = "; ".join(off) or (
        f"{fine} in {len(found)} groups; the widest gap is {widest.gap:+.1%} in {widest.label}"
    )
    return Gate(name, Status.of(not off), says, figures)
