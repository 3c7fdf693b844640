"""Inspections: who is chosen, what is found, what has to be put right, and the visit after it."""

import numpy as np

from .arrays import Days, Floats, Mask, Who
from .city import ENTITY, OPERATOR, PRODUCER
from .inspectors import probability
from .leads import Leads
from .months import Month, entered, on_monday, weekdays
from .vocabulary import place
from .world import World

__all__ = ["CHECKLIST", "DUTY", "NO_RESULT", "check_complaints", "inspect", "plan", "recheck"]

PAUSE, OVERDUE = 90, 600
NO_RESULT, WORST = 0.006, 4.0
CHECKLIST = {"critical": ("K", 12), "serious": ("Z", 14), "minor": ("Y", 18)}
ABSENT = [place("result", name) for name in ("uncontactable", "none", "refused")]
PASS, CORRECTED, PENDING, FAIL = (
    place("result", name) for name in ("pass", "corrected", "pending", "fail")
)
HABIT = 0.5
SHIFT = {"routine": 0.0, "random_key": 0.0, "random_general": 0.0}
DUTY = 0.5


def plan(world: World, month: Month, active: Who) -> dict[str, Floats]:
    """Return the chance of each enterprise in business to be drawn, by purpose of the visit.

    Routine visits go first to those whom the authority suspects, by its own tier and by what it
    found before, and who were not seen for long; targeted draws even more so. A small share is
    drawn at random. Each population has its own share of the capacity.
    """
    law, city, state = world.laws.inspection, world.city, world.state
    waited = month.first - state.visited[active]
    suspicion = law.tier * (city.tier[active] - 2) + law.suspicion * state.suspicion[active]
    counts = np.where(city.food[active], law.waiting, law.waiting_others)
    patience = np.clip(waited / 365, 0.1, 2) ** counts
    overdue = np.where((waited > OVERDUE) & city.food[active], 5, 1)
    weight = np.exp(suspicion) * patience * overdue
    weight = np.where(waited < PAUSE, 0, weight)
    routine = np.zeros(len(active))
    for population, share in (
        (ENTITY, law.entity),
        (OPERATOR, law.operator),
        (PRODUCER, law.producer),
    ):
        here = city.population[active] == population
        routine[here] = _inclusion(weight[here], share * here.sum())
    return {
        "routine": routine,
        "random_key": _inclusion(np.exp(2 * suspicion), law.key * len(active)),
        "random_general": np.full(len(active), law.random),
    }


def inspect(world: World, month: Month, active: Who) -> Leads:
    """Carry out a month's planned visits; return what failed."""
    rng, failed = world.rng["visits"], []
    for purpose, chance in plan(world, month, active).items():
        who = active[_draw(rng, chance)]
        days = weekdays(rng, month.first, month.after, len(who))
        failed.append(_visit(world, month, who, days, purpose, SHIFT[purpose]))
        world.state.visited[who] = days
    return Leads.joined(failed)


def recheck(world: World, month: Month, failed: Leads) -> None:
    """Visit those that failed once more, some weeks later, when most of it is put right."""
    rng = world.rng["visits"]
    days = on_monday(failed.occurred + rng.integers(16, 40, len(failed)))
    _visit(world, month, failed.who, days.astype(np.int32), "reinspection", -0.9)


def check_complaints(world: World, month: Month, reported: Leads) -> Leads:
    """Look into reports on the spot, before the month is over; return what failed."""
    rng = world.rng["visits"]
    days = on_monday(reported.occurred + rng.integers(2, 15, len(reported)))
    days = np.minimum(days, month.after - 1).astype(np.int32)
    return _visit(world, month, reported.who, days, "complaint", DUTY)


def _inclusion(weight: Floats, capacity: float) -> Floats:
    """Return chances proportional to weight, none above one, that sum to the capacity."""
    capacity = min(capacity, float((weight > 0).sum()))
    chance = np.zeros(len(weight))
    scale = capacity / max(weight.sum(), 1e-12)
    for _ in range(6):
        chance = np.minimum(1, scale * weight)
        scale *= capacity / max(chance.sum(), 1e-12)
    return chance


def _draw(rng: np.random.Generator, chance: Floats) -> Who:
    """Draw systematically: everybody with just his chance, and as many as they sum to."""
    reached = np.cumsum(chance) + rng.random()
    return np.flatnonzero(np.floor(reached) > np.floor(reached - chance))


def _visit(world: World, month: Month, who: Who, days: Days, purpose: str, shift: float) -> Leads:
    city, state, inspectors, rng = world.city, world.state, world.inspectors, world.rng["visits"]
    odds = world.odds(month, who) + shift
    inspector = inspectors.assign(rng, city.district[who])
    found = probability(odds + inspectors.strictness[inspector])
    absent = rng.random(len(who)) < NO_RESULT
    critical = ((rng.random(len(who)) < found) * (1 + rng.poisson(0.4, len(who)))) * ~absent
    bad = np.minimum(odds, WORST) + 1.75
    serious = rng.poisson(np.exp(-0.35 + 0.55 * bad)) * ~absent
    minor = rng.poisson(np.exp(0.45 + 0.4 * bad)) * ~absent
    number = world.records.numbers("inspection", len(who))
    result = _result(rng, critical, (serious > 0) | (minor > 2), absent)
    known = entered(rng, days, 3)
    lost = np.where(absent, np.nan, 1)
    world.records.add(
        "inspection",
        enterprise=who + city.first,
        number=number,
        occurred=days,
        known=known,
        purpose=place("purpose", purpose),
        inspector=inspector + inspectors.before,
        result=result,
        score=lost * np.maximum(0, 100 - 6 * critical - 3 * serious - minor),
        critical=np.where(absent, -1, critical),
        serious=np.where(absent, -1, serious),
        minor=np.where(absent, -1, minor),
        probability=inspectors.chance(odds, city.district[who]),
        found=found,
    )
    counts = {"critical": critical, "serious": serious, "minor": minor}
    _items(world, who, days, known, number, counts)
    severe = np.isin(result, [FAIL, PENDING])
    state.suspect(who, 0.6 * (critical > 0) + 0.15 * (serious > 0))
    if purpose != "reinspection":
        _order(world, who, days, known, result)
        state.found[who[critical > 0]] = True
    return Leads(who[severe], days[severe])


def _result(
    rng: np.random.Generator,
    critical: Who,
    ordered: Mask,
    absent: Mask,
) -> Who:
    severe = np.where(rng.random(len(absent)) < 0.25, PENDING, FAIL)
    seen = np.where(critical > 0, severe, np.where(ordered, CORRECTED, PASS))
    missed = rng.choice(ABSENT, size=len(absent), p=[0.6, 0.3, 0.1])
    return np.where(absent, missed, seen)


def _items(
    world: World,
    who: Who,
    days: Days,
    known: Days,
    number: Who,
    counts: dict[str, Who],
) -> None:
    """Break counts down to items of the check list; half of them are an enterprise's habit."""
    rng = world.rng["visits"]
    for severity, (_, items) in CHECKLIST.items():
        visit = np.repeat(np.arange(len(who)), counts[severity])
        habit = (who[visit] * 7919) % items
        drawn = np.where(rng.random(len(visit)) < HABIT, habit, rng.integers(0, items, len(visit)))
        each, times = np.unique(visit * items + drawn, return_counts=True)
        at, item = np.divmod(each, items)
        world.records.add(
            "inspection_item",
            enterprise=who[at] + world.city.first,
            inspection=number[at],
            item=item,
            severity=place("severity", severity),
            occurred=days[at],
            known=known[at],
            count=times,
        )


def _order(world: World, who: Who, days: Days, known: Days, result: Who) -> None:
    """Order corrections; the better an enterprise, the sooner they are verified."""
    rng = world.rng["visits"]
    ordered = np.isin(result, [CORRECTED, PENDING, FAIL])
    who, days, known = who[ordered], days[ordered], known[ordered]
    due = days + rng.choice([7, 15, 30], size=len(who))
    pace = rng.normal(-3 - 3 * world.state.quality[who], 7)
    closed = np.maximum(days + 1, due + np.round(pace))
    closed = np.where(rng.random(len(who)) < 0.02, -1, closed).astype(np.int32)
    world.records.add(
        "rectification",
        enterprise=who + world.city.first,
        number=world.records.numbers("rectification", len(who)),
        occurred=days,
        known=known,
        due=due,
        closed=closed,
        closed_known=np.where(closed < 0, -1, np.maximum(closed, known) + 1),
    )
