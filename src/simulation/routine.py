"""What is reported month after month: heads insured, tax returns, self-checks, online business.

These are most of a city's records. They say little one by one, and more in the long run.
"""

import numpy as np

from .arrays import Who
from .inspectors import probability
from .market import illness
from .months import Month, entered
from .world import World

__all__ = ["report_monthly"]

QUARTER, RATING = 3, 4
PLATFORMS = 3
LATE_TAX, MISSED_TAX = 0.025, 0.008
FORGOTTEN, LATE_CHECK = 0.06, 0.10
STEPS = (0.25, 0.55, 0.72, 0.92)


def report_monthly(world: World, month: Month, active: Who) -> None:
    """Write down a month's routine: all that is due from those in business."""
    _insure(world, month, active)
    _file_taxes(world, month, active)
    _check_themselves(world, month, active)
    _trade_online(world, month, active)
    if month.calendar == RATING:
        _rate(world, month, active)


def _insure(world: World, month: Month, active: Who) -> None:
    city, rng = world.city, world.rng["routine"]
    who = active[city.company[active]]
    world.records.add(
        "insurance",
        enterprise=who + city.first,
        insured=np.maximum(1, np.round(world.state.insured[who])),
        occurred=month.first,
        known=entered(rng, np.full(len(who), month.after, np.int32), 10),
    )


def _file_taxes(world: World, month: Month, active: Who) -> None:
    """File each quarter, by the 15th day after it."""
    if month.calendar % QUARTER:
        return
    city, rng = world.city, world.rng["routine"]
    who, due = active, month.after + 14
    slope = np.exp(-0.6 * world.laws.paper.finance * world.state.finance[who])
    drawn = rng.random(len(who), np.float32)
    missed = drawn < MISSED_TAX * slope
    late = ~missed & (drawn < (MISSED_TAX + LATE_TAX) * slope)
    filed = np.full(len(who), due - 14) + rng.integers(0, 15, len(who))
    filed[late] = due + rng.integers(1, 40, int(late.sum()))
    filed[missed] = -1
    world.records.add(
        "tax_return",
        enterprise=who + city.first,
        due=due,
        filed=filed,
        occurred=due,
        known=np.where(late, filed + 1, due + 1 + 45 * missed),
    )


def _check_themselves(world: World, month: Month, active: Who) -> None:
    """Report the month's self-checks of a food enterprise 月调度, due on the 5th after."""
    city, rng = world.city, world.rng["routine"]
    who, due = active[city.food[active]], month.after + 4
    slope = np.exp(-0.5 * world.state.quality[who])
    drawn = rng.random(len(who))
    missed = drawn < FORGOTTEN * slope
    late = ~missed & (drawn < (FORGOTTEN + LATE_CHECK) * slope)
    done = np.full(len(who), due) - rng.integers(0, 5, len(who))
    done[late] = due + rng.integers(1, 20, int(late.sum()))
    done[missed] = -1
    world.records.add(
        "self_control",
        enterprise=who + city.first,
        due=due,
        done=done,
        occurred=due,
        known=np.maximum(done, due) + 1 + 24 * missed,
    )


def _trade_online(world: World, month: Month, active: Who) -> None:
    """Report orders, rating and adverse reviews of those who sell food online."""
    city, state, rng = world.city, world.state, world.rng["routine"]
    who = active[city.online[active]]
    orders = rng.poisson(300 * np.exp(0.2 * state.finance[who]))
    adverse = 0.004 * np.exp(0.5 * city.risk[who] - 0.6 * state.quality[who])
    adverse = np.minimum(adverse * illness(world, month, who), 0.5)
    stars = 4.5 + 0.2 * state.quality[who] + rng.normal(0, 0.15, len(who))
    world.records.add(
        "platform",
        enterprise=who + city.first,
        platform=who * 7919 % PLATFORMS,
        orders=orders,
        rating=np.clip(np.round(stars, 1), 1, 5),
        adverse=rng.binomial(orders, adverse),
        occurred=month.after - 1,
        known=month.after + rng.integers(1, 8, len(who)),
    )


def _rate(world: World, month: Month, active: Who) -> None:
    """Publish the tax-credit ratings of the year before."""
    city, rng = world.city, world.rng["routine"]
    who = active[city.company[active] & (city.established[active] < month.first - 365)]
    mood = probability(0.9 * world.state.finance[who] + rng.normal(0, 0.6, len(who)))
    rating = np.searchsorted(STEPS, 1 - mood)
    day = month.after - 5
    world.records.add(
        "tax_rating",
        enterprise=who + city.first,
        year=month.year - 1,
        rating=rating,
        occurred=day,
        known=day + 1,
    )
