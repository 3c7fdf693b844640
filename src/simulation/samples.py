"""Lots that the province and the state sample, and the review of a place before it is licensed."""

import numpy as np

from .affairs import Affairs
from .arrays import Who
from .catalogue import items
from .city import PRODUCER
from .market import failure
from .months import Month, entered, weekdays
from .papers import PRODUCTION
from .vocabulary import WORDS, place

__all__ = ["review", "sample_above"]

MAKERS, SELLERS = 0.03, 0.0015
LEVELS, COUNTERFEIT = (0.3, 0.7), 0.02
REVIEWED, FULL = 0.6, {"production": 100, "operation": 60}


def sample_above(affairs: Affairs, month: Month, active: Who) -> None:
    """Sample for the state and the province, at makers, shops and kitchens."""
    rng, city = affairs.rng["samples"], affairs.city
    food = active[city.food[active]]
    maker = city.population[food] == PRODUCER
    who = food[rng.random(len(food)) < np.where(maker, MAKERS, SELLERS)]
    days, count = weekdays(rng, month.first, month.after, len(who)), len(who)
    product = city.products[who, 0].astype(np.int64)
    failed = rng.random(count) < failure(affairs.world, month, who, product)
    tested = items()
    slot = (rng.random(count)[:, None] >= np.cumsum(tested.weight[product], axis=1)).sum(axis=1)
    item = tested.of[product, np.minimum(slot, tested.of.shape[1] - 1)]
    makes = city.population[who] == PRODUCER
    elsewhere = rng.integers(1, len(WORDS["stage"]), count)
    affairs.enter(
        "lot",
        who,
        number=affairs.numbers("lot", count),
        product=product,
        item=np.where(failed, item, -1),
        level=np.where(rng.random(count) < LEVELS[0], 0, 1),
        stage=np.where(makes & (rng.random(count) < 0.7), place("stage", "production"), elsewhere),
        counterfeit=failed & makes & (rng.random(count) < COUNTERFEIT * 5),
        occurred=days,
        known=entered(rng, (days + 30).astype(np.int32), 25),
    )


def review(affairs: Affairs) -> None:
    """Review places before they are licensed: makers always, others often; by points."""
    rng, state = affairs.rng["end"], affairs.world.state
    told = affairs.heard.told("licence", "sort", "serial", "products", "occurred")
    told = told.take((told["sort"] == PRODUCTION) | (rng.random(len(told)) < REVIEWED))
    who = told.who
    made = told["sort"] == PRODUCTION
    full = np.where(made, FULL["production"], FULL["operation"])
    share = np.clip(0.86 + 0.05 * state.quality[who] + rng.normal(0, 0.06, len(who)), 0.5, 1)
    days = (told["occurred"].astype(np.int64) - rng.integers(3, 25, len(who))).astype(np.int32)
    affairs.enter(
        "review",
        who,
        number=affairs.numbers("review", len(who)),
        sort=told["sort"],
        serial=told["serial"],
        products=told["products"],
        score=np.round(share * full),
        full=full,
        occurred=days,
        known=entered(rng, days, 4),
    )
