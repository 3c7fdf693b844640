"""Calls to the consumers' hotline 12315: its own, and those that the city's hotline hands on."""

import numpy as np

from .affairs import Affairs
from .arrays import Floats, Mask, Who
from .inspectors import probability
from .market import FOOD_TOPICS, GENERAL_TOPICS, REPORTS, complaint_rate, concerns_food
from .months import Month, entered
from .vocabulary import WORDS, place

__all__ = ["call"]

OWN, HANDED_ON = 0.30, 0.18
CHANNELS = (0.45, 0.3, 0.2, 0.05)
ACCEPTED = 0.85


def call(affairs: Affairs, month: Month, active: Who) -> None:
    """Draw a month's calls and take over some of the city hotline's."""
    rng, state = affairs.rng["calls"], affairs.world.state
    rate = OWN * complaint_rate(affairs.world, month, active)
    who = np.repeat(active, rng.poisson(rate))
    days = rng.integers(month.first, month.after, len(who)).astype(np.int64)
    told = affairs.heard.told(
        "complaint", "number", "report", "food", "topic", "product", "verified", "occurred",
        "known", "closed",
    )  # fmt: skip
    told = told.take((told.who >= 0) & (rng.random(len(told)) < HANDED_ON))
    count, handed = len(who), len(told)
    food = affairs.city.food[who]
    verified = rng.random(count) < probability(-1.0 - 0.6 * state.quality[who])
    joined = np.concatenate([days, told["occurred"].astype(np.int64)])
    known = np.concatenate([
        entered(rng, days.astype(np.int32), 2),
        told["known"].astype(np.int64) + rng.integers(1, 6, handed),
    ])  # fmt: skip
    closed = np.concatenate([
        days + rng.integers(10, 60, count),
        np.maximum(told["closed"].astype(np.int64), known[count:]),
    ])  # fmt: skip
    taken = rng.random(count + handed) < ACCEPTED
    made = affairs.city.products[who, 0].astype(np.int64)
    about = food & (rng.random(count) < 0.4)
    report, topic = rng.random(count) < REPORTS, _topics(rng, food)
    affairs.enter(
        "call",
        np.concatenate([who, told.who]),
        number=affairs.numbers("call", count + handed),
        report=_joined(report, told["report"].astype(bool)),
        food=_joined(concerns_food(food, topic), told["food"].astype(bool)),
        topic=np.concatenate([topic, told["topic"].astype(np.int64)]),
        product=np.concatenate([np.where(about, made, -1), told["product"].astype(np.int64)]),
        channel=rng.choice(len(WORDS["channel"]), size=count + handed, p=CHANNELS),
        verified=_joined(verified, told["verified"].astype(bool)),
        accepted=np.where(taken, known + rng.integers(0, 8, count + handed), -1),
        closed=closed,
        hotline=np.concatenate([np.full(count, -1), told["number"].astype(np.int64)]),
        occurred=joined,
        known=known,
    )


def _joined(one: Mask, other: Mask) -> Mask:
    return np.concatenate([one, other]).astype(bool)


def _topics(rng: np.random.Generator, food: Mask) -> Who:
    drawn: Floats = rng.random(len(food))
    topics = []
    for words in (FOOD_TOPICS, GENERAL_TOPICS):
        places = np.array([place("topic", word) for word in words])
        topics.append(places[np.minimum((-np.log1p(-drawn) / 0.36).astype(int), len(places) - 1)])
    return np.asarray(np.where(food, *topics), np.int64)
