"""What enterprises hold: licences, filings, certificates, awards, evaluations and products."""

from typing import Any

import numpy as np
import numpy.typing as npt

from .arrays import Who
from .catalogue import products, trades
from .city import PRODUCER
from .months import Month, entered
from .vocabulary import WORDS, place
from .world import World

__all__ = ["award", "certify", "declare_products", "evaluate", "file", "license_all"]

TERM, CERTIFIED, EVALUATED = 1826, 1096, 365
SCHEMES = {"haccp": -1.6, "iso22000": -1.3, "gmp": -2.4, "fssc22000": -2.8}
OPERATORS = -3.2
WITHDRAWN = 0.06
AWARDS = {"city": 0.02, "province": 0.005, "nation": 0.0012}
ISSUERS = 4
LATE_RENEWAL = 0.04
OPERATION, PRODUCTION = range(2)
GRANTED, RENEWED, CANCELLED, REVOKED = range(4)


def license_all(world: World, end: int) -> None:
    """Grant each food enterprise its licence, and renew it every five years.

    Some renew late and stand without for a while; who closed does not renew, and the licence
    lapses on that day.
    """
    city, state, rng = world.city, world.state, world.rng["paper"]
    who = np.flatnonzero(city.food)
    sort = (city.population[who] == PRODUCER).astype(np.int8)
    serial = np.empty(len(who), np.int64)
    for each in (OPERATION, PRODUCTION):
        serial[sort == each] = world.records.numbers(
            WORDS["licence"][each], int((sort == each).sum())
        )
    made = _bits(city.products[who]) * (sort == PRODUCTION)
    day = city.established[who] + rng.integers(5, 30, len(who))
    term = 0
    while len(who):
        held = day < np.minimum(end, state.closed[who])
        who, sort, serial, made, day = (each[held] for each in (who, sort, serial, made, day))
        closed, valid_to = state.closed[who], day + TERM - 1
        ends = (closed <= valid_to) & (closed < end)
        about = {"enterprise": who + city.first, "sort": sort, "serial": serial, "products": made}
        world.records.add(
            "licence",
            **about,
            term=term,
            occurred=day,
            known=entered(rng, day.astype(np.int32), 5),
            valid_to=valid_to,
            lapsed=np.where(ends, closed, -1),
        )
        _happened(world, about, RENEWED if term else GRANTED, day)
        word = np.where(state.lost[who], REVOKED, CANCELLED)
        _happened(
            world, {name: each[ends] for name, each in about.items()}, word[ends], closed[ends]
        )
        late = rng.random(len(who)) < LATE_RENEWAL * np.exp(-state.quality[who])
        day = valid_to + 1 + np.where(late, rng.integers(10, 90, len(who)), 0)
        term += 1


def _happened(
    world: World, about: dict[str, Who], event: npt.ArrayLike, day: npt.NDArray[Any]
) -> None:
    known = entered(world.rng["paper"], day.astype(np.int32), 5)
    world.records.add("licence_event", **about, event=event, occurred=day, known=known)


def _bits(made: npt.NDArray[np.int16]) -> Who:
    """Return products as one bit each."""
    bits: Who = np.where(made >= 0, np.int64(1) << np.maximum(made, 0).astype(np.int64), 0)
    return np.asarray(np.bitwise_or.reduce(bits, axis=1), np.int64)


def declare_products(world: World, first: int, end: int) -> None:
    """Declare what is made and sold under the names that each gives it; some of it ends again.

    Tagged products are declared by all; of the others only makers' are.
    """
    city, rng = world.city, world.rng["paper"]
    tagged = (products()["tag"] != "").to_numpy()
    others = products()["also"].str.count(r"\|").to_numpy() + 2
    for slot in city.products.T:
        maker = city.population == PRODUCER
        who = np.flatnonzero((slot >= 0) & (maker | tagged[slot]))
        product = slot[who]
        day = np.maximum(city.established[who], first - 400) + rng.integers(20, 900, len(who))
        ended = np.where(rng.random(len(who)) < 0.12, day + rng.integers(100, 1200, len(who)), -1)
        kept = day < np.minimum(end, world.state.closed[who])
        who, product, day, ended = who[kept], product[kept], day[kept], ended[kept]
        world.records.add(
            "product",
            enterprise=who + city.first,
            number=world.records.numbers("product", len(who)),
            product=product,
            name=np.where(rng.random(len(who)) < 0.6, 0, rng.integers(0, others[product])),
            occurred=day,
            known=entered(rng, day.astype(np.int32), 10),
            ended=ended,
        )


def certify(world: World, first: int, end: int) -> None:
    """Certify management systems for three years; a few certificates are withdrawn."""
    city, state, rng = world.city, world.state, world.rng["paper"]
    catered = (trades()["name"] == "集体配餐").to_numpy()[city.trade]
    slope = world.laws.paper.certified
    for scheme, base in SCHEMES.items():
        level = np.where((city.population == PRODUCER) | catered, base, base + OPERATORS)
        chance = city.food / (1 + np.exp(-level - slope * city.quality))
        who = np.flatnonzero(rng.random(len(city)) < chance)
        number = world.records.numbers(scheme, len(who))
        day = np.maximum(city.established[who] + 120, first - CERTIFIED)
        day = day + rng.integers(0, CERTIFIED, len(who))
        term = 0
        while len(who):
            valid_to = day + CERTIFIED - 1
            lost = rng.random(len(who)) < WITHDRAWN * np.exp(-state.quality[who])
            withdrawn = np.where(lost, day + rng.integers(100, CERTIFIED - 10, len(who)), -1)
            world.records.add(
                "certificate",
                enterprise=who + city.first,
                number=number,
                scheme=place("scheme", scheme),
                term=term,
                occurred=day,
                known=entered(rng, day.astype(np.int32), 10),
                valid_to=valid_to,
                withdrawn=withdrawn,
            )
            stays = ~lost & (valid_to < end) & (rng.random(len(who)) < 0.8)
            who, number, term = who[stays], number[stays], term + 1
            day = valid_to[stays] + 1 - rng.integers(5, 40, len(who))


def award(world: World, month: Month, active: Who) -> None:
    """Recognise some of the good food enterprises, once a year in December."""
    city, state, rng = world.city, world.state, world.rng["paper"]
    if month.calendar != 12:
        return
    active = active[city.food[active] & (city.established[active] < month.first - 365)]
    for level, rate in AWARDS.items():
        chance = rate * np.exp(world.laws.paper.certified * state.quality[active])
        who = active[rng.random(len(active)) < chance]
        days = (month.first + rng.integers(0, 20, len(who))).astype(np.int32)
        world.records.add(
            "award",
            enterprise=who + city.first,
            number=world.records.numbers("award", len(who)),
            level=place("level", level),
            occurred=days,
            known=entered(rng, days, 10),
        )


def evaluate(world: World, month: Month, active: Who) -> None:
    """Let outside bodies evaluate some food enterprises, each by its own method and scale."""
    city, state, rng = world.city, world.state, world.rng["paper"]
    chance = np.where(city.population[active] == PRODUCER, 0.02, 0.002) * city.food[active]
    who = active[rng.random(len(active)) < chance]
    days = rng.integers(month.first, month.after, len(who)).astype(np.int32)
    score = 78 + 7 * state.quality[who] + rng.normal(0, 6, len(who))
    world.records.add(
        "evaluation",
        enterprise=who + city.first,
        number=world.records.numbers("evaluation", len(who)),
        issuer=rng.integers(0, ISSUERS, len(who)),
        score=np.clip(np.round(score, 1), 0, 100),
        occurred=days,
        known=entered(rng, days, 15),
        valid_to=days + EVALUATED,
    )


def file(world: World, month: Month, active: Who) -> None:
    """File what needs no licence: pre-packaged sales, pauses, articles, online business 备案."""
    city, rng = world.city, world.rng["paper"]
    food, company = city.food[active], city.company[active]
    rates = {
        "prepackaged": 0.0008 * ~food,
        "pause": np.full(len(active), 0.0006),
        "articles": 0.004 * company,
        "online": 0.006 * city.online[active],
    }
    for sort, rate in rates.items():
        who = active[rng.random(len(active), np.float32) < rate]
        days = rng.integers(month.first, month.after, len(who)).astype(np.int32)
        pause = sort == "pause"
        world.records.add(
            "filing",
            enterprise=who + city.first,
            number=world.records.numbers("filing", len(who)),
            type=place("filing", sort),
            occurred=days,
            known=entered(rng, days, 3),
            valid_to=days + 365 if pause else -1,
            ended=np.where(rng.random(len(who)) < 0.4, days + rng.integers(30, 360, len(who)), -1)
            if pause
            else -1,
        )
