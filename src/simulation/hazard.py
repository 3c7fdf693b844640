"""The hidden truth: how likely a violation is confirmed, and how likely a check finds one.

In each month every enterprise has a known chance that a violation is confirmed: at a planned visit,
at the check of a report, in a sample, or by an accident. Over a year, the expected sum of those
chances up to the first violation is the chance of having one (the compensator of a counting
process), so that a few trial lives from one day on give a precise figure for everybody.

Whoever is looked at more often has more confirmed. What a check would find does not depend on who
is checked, so it is known of everybody, checked or not.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .arrays import Floats, Who
from .market import (
    CHECKED,
    MOST_LOTS,
    REPORTS,
    complaint_rate,
    failure,
    incident_rate,
    sampled,
)
from .months import Month
from .visits import DUTY, NO_RESULT, SHIFT, plan
from .world import World

__all__ = ["Chances", "chances_within", "hazard", "if_checked"]


@dataclass(frozen=True, slots=True)
class Chances:
    """What may come of each enterprise of a part within some months.

    Arrays of shape (enterprises of the part,); NaN for those who are not in business at first.

    Attributes
    ----------
    confirmed
        Chance that a violation is confirmed.
    checked
        Chance that a check finds a critical item not met, if there is one: the mean over the
        months in business.
    """

    confirmed: Floats
    checked: Floats


def hazard(world: World, month: Month, active: Who) -> Floats:
    """Return the chance of each enterprise in business to have a violation confirmed in a month."""
    odds, district = world.odds(month, active), world.city.district[active]
    clear = np.ones(len(active))
    for purpose, drawn in plan(world, month, active).items():
        found = world.inspectors.chance(odds + SHIFT[purpose], district)
        clear *= 1 - drawn * (1 - NO_RESULT) * found
    checks = complaint_rate(world, month, active) * REPORTS * CHECKED * (1 - NO_RESULT)
    clear *= np.exp(-checks * world.inspectors.chance(odds + DUTY, district))
    food = np.flatnonzero(world.city.food[active])
    clear[food] *= 1 - _sample_fails(world, month, active[food])
    return 1 - clear * (1 - incident_rate(world, month, active))


def _sample_fails(world: World, month: Month, who: Who) -> Floats:
    """Return the chance of each that a lot of it fails in a month."""
    made = world.city.products[who].astype(np.int64)
    fails = np.stack([failure(world, month, who, slot) for slot in made.T], axis=1)
    passes = 1 - np.where(made >= 0, fails, 0).sum(axis=1) / (made >= 0).sum(axis=1)
    lots = np.arange(1, MOST_LOTS + 1)
    return np.asarray(sampled(world, who) * (1 - (passes[:, None] ** lots).mean(axis=1)))


def if_checked(world: World, month: Month, active: Who) -> Floats:
    """Return the chance of each in business that a random check in a month finds a violation.

    A violation is a critical item not met. It is not known yet who inspects; of the checks, those
    count that have a result.
    """
    odds = world.odds(month, active) + SHIFT["random_general"]
    return world.inspectors.chance(odds, world.city.district[active])


def chances_within(
    world: World,
    months: Sequence[Month],
    live: Callable[[World, Month], None],
    seeds: Sequence[list[int]],
) -> Chances:
    """Return what may come of each within the months that follow.

    Parameters
    ----------
    world
        The world at the start of the first of them; it stays as it is.
    months
        The months to look ahead.
    live
        Lives one month of a world.
    seeds
        One for each trial life.
    """
    total, found, lived = np.zeros((3, len(world.city)))
    for seed in seeds:
        trial = world.branch(seed)
        trial.state.found[:] = False
        for month in months:
            active = trial.active(month)
            total[active] += np.where(trial.state.found[active], 0, hazard(trial, month, active))
            found[active] += if_checked(trial, month, active)
            lived[active] += 1
            live(trial, month)
    outside = np.ones(len(total), bool)
    outside[world.active(months[0])] = False
    total[outside] = lived[outside] = np.nan
    return Chances(np.minimum(total / len(seeds), 1), found / lived)
