"""Inspections: who is chosen, what is found, what has to be put right, and the visit after it."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from .records import Records, weekdays
from .state import Inspectors, Month, entered
from .truth import log_odds, probability
from .world import World

__all__ = ["CHECKLIST", "check_complaints", "inspect", "recheck"]

ROUTINE, KEY, RANDOM = 0.118, 0.004, 0.004
PAUSE, OVERDUE = 90, 600
NO_RESULT = 0.006
CHECKLIST = {"critical": ("K", 12), "serious": ("Z", 14), "minor": ("Y", 18)}
ABSENT = ("uncontactable", "none", "refused")
HABIT = 0.5

Days = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


def inspect(
    rng: np.random.Generator,
    world: World,
    month: Month,
) -> pd.DataFrame:
    """Carry out a month's planned inspections; return what failed, as `enterprise` and `occurred`.

    Routine inspections go first to those whom the authority suspects, by its own tier and by
    what it found before, and who were not seen for long; key checks even more so. A small share
    is drawn at random.
    """
    city, state = world.city, world.state
    active = state.active(city, month)
    waited = month.first - state.visited[active]
    tier = city.enterprises["tier"].to_numpy()[active]
    suspicion = 0.35 * (tier - 2) + 2.0 * state.suspicion[active]
    weight = np.exp(suspicion) * np.clip(waited / 365, 0.1, 2) * np.where(waited > OVERDUE, 5, 1)
    weight = np.where(waited < PAUSE, 0, weight)
    failed = []
    for purpose, share, weights in (
        ("routine", ROUTINE, weight),
        ("random_key", KEY, np.exp(3 * suspicion)),
        ("random_general", RANDOM, np.ones(len(active))),
    ):
        who = active[_draw(rng, weights, round(share * len(active)))]
        days = weekdays(rng, month.first, month.after, len(who))
        failed.append(_visit(rng, world, month, who, days, purpose, 0.0))
        state.visited[who] = days
    return pd.concat(failed, ignore_index=True)


def recheck(
    rng: np.random.Generator,
    world: World,
    month: Month,
    failed: pd.DataFrame,
) -> None:
    """Visit those that failed once more, some weeks later, when most of it is put right."""
    who, days = failed["enterprise"].to_numpy(), failed["occurred"].to_numpy()
    days = _to_monday(days + rng.integers(16, 40, len(days)))
    _visit(rng, world, month, who, days, "reinspection", -0.9)


def check_complaints(
    rng: np.random.Generator,
    world: World,
    month: Month,
    reported: pd.DataFrame,
) -> pd.DataFrame:
    """Look into reports on the spot; return what failed."""
    who, days = reported["enterprise"].to_numpy(), reported["occurred"].to_numpy()
    days = _to_monday(days + rng.integers(2, 15, len(days)))
    return _visit(rng, world, month, who, days, "complaint", 0.5)


def _draw(rng: np.random.Generator, weight: Floats, count: int) -> Days:
    """Draw without replacement by weight (Efraimidis and Spirakis, 2006)."""
    count = min(count, int((weight > 0).sum()))
    with np.errstate(divide="ignore"):
        key = np.log(rng.random(len(weight))) / weight
    key[weight <= 0] = -np.inf
    return np.argsort(-key, kind="stable")[:count]


def _visit(
    rng: np.random.Generator,
    world: World,
    month: Month,
    who: Days,
    days: Days,
    purpose: str,
    shift: float,
) -> pd.DataFrame:
    city, state, inspectors = world.city, world.state, world.inspectors
    odds = log_odds(city.risk[who], city.summer[who], state.quality[who], month.number) + shift
    inspector = inspectors.assign(rng, who)
    found = probability(odds + inspectors.strictness[inspector])
    absent = rng.random(len(who)) < NO_RESULT
    critical = (rng.random(len(who)) < found) * (1 + rng.poisson(0.4, len(who)))
    serious = rng.poisson(np.exp(-0.35 + 0.55 * (odds + 1.75)))
    minor = rng.poisson(np.exp(0.45 + 0.4 * (odds + 1.75)))
    counts = {"critical": critical, "serious": serious, "minor": minor}
    number = state.number("JC", month, len(who))
    result = _result(rng, counts, absent)
    known = entered(rng, days, 3)
    world.records.add(
        "inspection",
        enterprise=who,
        number=number,
        occurred=days,
        known=known,
        purpose=purpose,
        inspector=inspector,
        result=result,
        score=np.where(absent, np.nan, np.maximum(0, 100 - 6 * critical - 3 * serious - minor)),
        **{name: np.where(absent, np.nan, found) for name, found in counts.items()},
        probability=_without_inspector(inspectors, who, odds),
        found=found,
    )
    _items(
        rng, world.records, who, days, known, number, {n: c * ~absent for n, c in counts.items()}
    )
    if purpose != "reinspection":
        _order(rng, world, month, who, days, known, result)
    state.suspect(who, np.where(absent, 0, 0.6 * (critical > 0) + 0.15 * (serious > 0)))
    failed = np.isin(result, ["fail", "pending"])
    return pd.DataFrame({"enterprise": who[failed], "occurred": days[failed]})


def _result(
    rng: np.random.Generator, counts: dict[str, Days], absent: npt.NDArray[np.bool_]
) -> npt.NDArray[np.object_]:
    severe = np.where(rng.random(len(absent)) < 0.25, "pending", "fail")
    ordered = (counts["serious"] > 0) | (counts["minor"] > 2)
    seen = np.where(counts["critical"] > 0, severe, np.where(ordered, "corrected", "pass"))
    missed = rng.choice(ABSENT, size=len(absent), p=[0.6, 0.3, 0.1])
    return np.where(absent, missed, seen).astype(object)


def _without_inspector(inspectors: Inspectors, who: Days, odds: Floats) -> Floats:
    """Return the chance of a violation before it is known who inspects."""
    chance = np.zeros(len(who))
    for first in np.unique(inspectors.first[who]):
        here = inspectors.first[who] == first
        strictness = inspectors.strictness[first : first + inspectors.count[who[here][0]]]
        chance[here] = probability(odds[here, None] + strictness).mean(axis=1)
    return chance


def _items(
    rng: np.random.Generator,
    records: Records,
    who: Days,
    days: Days,
    known: Days,
    number: npt.NDArray[np.object_],
    counts: dict[str, Days],
) -> None:
    """Break counts down to items of the check list; half of them are an enterprise's habit."""
    for severity, (letter, items) in CHECKLIST.items():
        visit = np.repeat(np.arange(len(who)), counts[severity])
        habit = (who[visit] * 7919) % items
        drawn = np.where(rng.random(len(visit)) < HABIT, habit, rng.integers(0, items, len(visit)))
        each, times = np.unique(visit * items + drawn, return_counts=True)
        at, item = np.divmod(each, items)
        code = np.array([f"{letter}{n + 1:02d}" for n in item], dtype=object)
        records.add(
            "inspection_item",
            enterprise=who[at],
            inspection=number[at],
            code=code,
            severity=severity,
            occurred=days[at],
            known=known[at],
            count=times,
        )


def _order(
    rng: np.random.Generator,
    world: World,
    month: Month,
    who: Days,
    days: Days,
    known: Days,
    result: npt.NDArray[np.object_],
) -> None:
    """Order corrections; the better an enterprise, the sooner they are verified."""
    state = world.state
    ordered = np.isin(result, ["corrected", "pending", "fail"])
    who, days, known = who[ordered], days[ordered], known[ordered]
    due = days + rng.choice([7, 15, 30], size=len(who))
    closed = np.maximum(days + 1, due + np.round(rng.normal(-3 - 3 * state.quality[who], 7)))
    closed = np.where(rng.random(len(who)) < 0.02, -1, closed).astype(int)
    world.records.add(
        "rectification",
        enterprise=who,
        number=state.number("ZG", month, len(who)),
        occurred=days,
        known=known,
        due=due,
        closed=closed,
        closed_known=np.where(closed < 0, -1, np.maximum(closed, known) + 1),
    )


def _to_monday(days: Days) -> Days:
    """Move what falls on a weekend to the Monday after it."""
    weekday = (days + 3) % 7
    return days + np.where(weekday >= 5, 7 - weekday, 0)
