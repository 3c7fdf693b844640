"""How enterprises stand with others: disclosure, bills, associations, certificates, shops."""

import numpy as np

from .affairs import Affairs, rarely
from .arrays import Who
from .catalogue import trades
from .city import PRODUCER
from .inspectors import probability
from .market import illness
from .months import Month, entered
from .vocabulary import WORDS, place

__all__ = ["certify_again", "disclose", "judge", "owe", "sell_in_groups"]

DISCLOSED, WITHIN = 0.005, 28
ITEMS = (0.3, 0.15, 0.35, 0.08, 0.02, 0.1)
LATE, NEVER = -2.2, 0.3
OWED, UTILITIES = 0.0014, (0.5, 0.35, 0.15)
ASSESSED, HONOURED = 0.0025, 0.015
SCHEMES = ("iso22000", "haccp")
TERM = 1096
SHOPS = 4


def disclose(affairs: Affairs, month: Month, active: Who) -> None:
    """Publish what has to be published within twenty working days; the unsound do so late."""
    rng, city = affairs.rng["standing"], affairs.city
    who = active[city.company[active]]
    who = who[rng.random(len(who), np.float32) < DISCLOSED]
    count = len(who)
    due = rng.integers(month.first, month.after, count) + WITHIN
    late = rng.random(count) < probability(LATE - 0.6 * affairs.finance(who))
    never = late & (rng.random(count) < NEVER)
    done = np.where(late, due + rng.integers(1, 120, count), due - rng.integers(0, WITHIN, count))
    affairs.enter(
        "disclosure",
        who,
        number=affairs.numbers("disclosure", count),
        item=rng.choice(len(WORDS["item"]), size=count, p=ITEMS),
        due=due,
        disclosed=np.where(never, -1, done),
        occurred=due,
        known=due + rng.integers(1, 4, count),
    )


def owe(affairs: Affairs, month: Month, active: Who) -> None:
    """Owe power, water or gas for more than two months; most pay in the end."""
    rng = affairs.rng["standing"]
    who = rarely(rng, active, OWED, lambda them: np.exp(-0.9 * affairs.finance(them) - 0.2))
    days, count = rng.integers(month.first, month.after, len(who)).astype(np.int32), len(who)
    affairs.enter(
        "arrears",
        who,
        number=affairs.numbers("arrears", count),
        utility=rng.choice(len(UTILITIES), size=count, p=UTILITIES),
        amount=np.round(1500 * rng.lognormal(0, 1, count), 2),
        paid=np.where(rng.random(count) < 0.85, days + rng.integers(5, 240, count), -1),
        occurred=days,
        known=entered(rng, days, 5),
    )


def judge(affairs: Affairs, month: Month, active: Who) -> None:
    """Let the industry association assess its members, and honour some of them in June."""
    rng, city, state = affairs.rng["standing"], affairs.city, affairs.world.state
    members = active[city.food[active] & ((active + city.first) % 5 == 0)]
    who = members[rng.random(len(members)) < 5 * ASSESSED]
    days = rng.integers(month.first, month.after, len(who)).astype(np.int32)
    score = 3.4 + 0.45 * state.quality[who] + rng.normal(0, 0.5, len(who))
    affairs.enter(
        "assessment",
        who,
        number=affairs.numbers("assessment", len(who)),
        score=np.clip(np.round(score, 1), 1, 5),
        valid_to=days + 365,
        occurred=days,
        known=entered(rng, days, 10),
    )
    if month.calendar == 6:
        chance = 5 * HONOURED * np.exp(0.7 * state.quality[members])
        best = members[rng.random(len(members)) < chance]
        given = np.full(len(best), month.first + 14, np.int32)
        affairs.enter(
            "honour",
            best,
            number=affairs.numbers("honour", len(best)),
            occurred=given,
            known=entered(rng, given, 10),
        )


def sell_in_groups(affairs: Affairs, month: Month, active: Who) -> None:
    """Report the month's trade of those who sell food through the group-buying platform."""
    rng, city, state = affairs.rng["standing"], affairs.city, affairs.world.state
    who = active[city.online[active] & ((active + city.first) % SHOPS == 1)]
    orders = rng.poisson(120 * np.exp(0.2 * state.finance[who]))
    adverse = 0.005 * np.exp(0.5 * city.risk[who] - 0.6 * state.quality[who])
    adverse = np.minimum(adverse * illness(affairs.world, month, who), 0.5)
    stars = 4.4 + 0.2 * state.quality[who] + rng.normal(0, 0.2, len(who))
    affairs.enter(
        "group_shop",
        who,
        orders=orders,
        rating=np.clip(np.round(stars, 1), 1, 5),
        adverse=rng.binomial(orders, adverse),
        occurred=month.after - 1,
        known=month.after + rng.integers(2, 6, len(who)),
    )


def certify_again(affairs: Affairs, first: int, end: int) -> None:
    """Certify more management systems, by a second body."""
    rng, city, state = affairs.rng["end"], affairs.city, affairs.world.state
    catered = (trades()["name"] == "集体配餐").to_numpy()[city.trade]
    for scheme in SCHEMES:
        level = np.where((city.population == PRODUCER) | catered, -2.2, -5.2)
        slope = affairs.world.laws.paper.certified
        chance = city.food * probability(level + slope * city.quality)
        who = np.flatnonzero(rng.random(len(city)) < chance)
        day = np.maximum(city.established[who] + 120, first - 200) + rng.integers(0, 900, len(who))
        kept = day < np.minimum(end, state.closed[who])
        who, day = who[kept], day[kept]
        lost = rng.random(len(who)) < 0.08 * np.exp(-state.quality[who])
        affairs.enter(
            "system",
            who,
            number=affairs.numbers("system", len(who)),
            scheme=place("scheme", scheme),
            valid_to=day + TERM - 1,
            withdrawn=np.where(lost, day + rng.integers(100, TERM, len(who)), -1),
            occurred=day,
            known=entered(rng, day.astype(np.int32), 10),
        )
