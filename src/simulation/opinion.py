"""What is told of the city's food in public, and of what the authority warns."""

import numpy as np

from .affairs import Affairs, rarely
from .arrays import Days, Who
from .catalogue import items
from .market import SEVERE
from .months import Month, entered

__all__ = ["tell", "warn"]

SERVICES, BACKGROUND, TOLD = 2, 0.00025, 0.012
FAILED, RUMOURS, DENIED = 0.25, 1.6, 0.04
WARNED, LEVELS = 0.35, (0.1, 0.3, 0.6)
# What a piece makes of the enterprise: ill, nothing, or well, as its own answer does.
POLARITIES = (0.85, 0.11, 0.04)
POISONING, FOREIGN, EXPIRED, HYGIENE, LABOUR, PRICES = range(6)
FOOD_STORIES = (FOREIGN, EXPIRED, HYGIENE)


def tell(affairs: Affairs, month: Month, active: Who) -> None:
    """Spread stories: after accidents, failed samples, complaints and outbreaks, and for no reason.

    A story is told several times, by several people and in both services.
    """
    rng, city, outbreaks = affairs.rng["opinion"], affairs.city, affairs.world.outbreaks
    sick = affairs.heard.told("incident", "product", "occurred")
    failed = affairs.heard.told("sampling", "product", "item", "known")
    failed = failed.take((failed["item"] >= 0) & (rng.random(len(failed)) < FAILED))
    called = affairs.heard.told("complaint", "product", "occurred")
    called = called.take((called.who >= 0) & (rng.random(len(called)) < TOLD))
    idle = rarely(rng, active, BACKGROUND, lambda them: np.exp(-0.5 * affairs.compliance(them)))
    rising = outbreaks.illness[month.number]
    spoken = np.flatnonzero(rising > 1.5)
    spoken = np.repeat(spoken, rng.poisson(_share(affairs) * RUMOURS * np.log(rising[spoken])))
    days = (
        sick["occurred"] + rng.integers(0, 4, len(sick)),
        failed["known"] + rng.integers(0, 5, len(failed)),
        called["occurred"] + rng.integers(0, 10, len(called)),
        rng.integers(month.first, month.after, len(idle)),
        rng.integers(month.first, month.after, len(spoken)),
    )
    food = rng.choice(FOOD_STORIES, size=len(failed) + len(called))
    other = np.where(city.food[idle], HYGIENE, rng.choice([LABOUR, PRICES], size=len(idle)))
    nobody = np.full(len(spoken), -1)
    _spread(
        affairs,
        np.concatenate([sick.who, failed.who, called.who, idle, nobody]).astype(np.int64),
        np.concatenate([
            sick["product"], failed["product"], called["product"], np.full(len(idle), -1), spoken
        ]).astype(np.int64),
        np.concatenate([
            np.full(len(sick), POISONING), food, other, np.full(len(spoken), POISONING)
        ]),
        np.concatenate([np.asarray(each, np.int64) for each in days]),
    )  # fmt: skip


def _share(affairs: Affairs) -> float:
    """Return the part of the city's rumours about products that is told by a part of its size."""
    return len(affairs.city) / 20_000


def _spread(affairs: Affairs, who: Who, product: Who, story: Who, days: Who) -> None:
    """Tell each story as often as it deserves; what is denied later was never quite credible."""
    rng = affairs.rng["opinion"]
    cluster = affairs.numbers("story", len(who))
    times = 1 + rng.poisson(np.where(story == POISONING, 3.0, 0.8))
    row = np.repeat(np.arange(len(who)), times)
    count = len(row)
    later = (days[row] + rng.geometric(0.35, count) - 1).astype(np.int32)
    denied = (rng.random(len(who)) < DENIED)[row]
    known = entered(rng, later, 1)
    affairs.enter(
        "opinion",
        np.where(who[row] >= 0, who[row], -1 - affairs.city.first),
        number=affairs.numbers("opinion", count),
        service=rng.integers(0, SERVICES, count),
        product=product[row],
        story=story[row],
        food=story[row] <= HYGIENE,
        credibility=np.round(np.where(denied, 0.15, rng.beta(4, 2, count)), 2),
        cluster=cluster[row],
        withdrawn=np.where(denied, known + rng.integers(2, 20, count), -1),
        polarity=rng.choice(len(POLARITIES), size=count, p=POLARITIES),
        occurred=later,
        known=known,
    )


def warn(affairs: Affairs, month: Month) -> None:
    """Warn of what spreads, and of enterprises whose samples held something severe."""
    rng, outbreaks = affairs.rng["opinion"], affairs.world.outbreaks
    failed = affairs.heard.told("sampling", "product", "item", "known")
    failed = failed.take(failed["item"] >= 0)
    severe = np.isin(np.array(items().hazards)[failed["item"].astype(np.int64)], SEVERE)
    failed = failed.take(severe | (rng.random(len(failed)) < WARNED / 4))
    table = outbreaks.table
    seen = table[(table["first"] + 1 == month.number) & ~table["hidden"]]
    seen = seen if affairs.city.first == 0 else seen.iloc[:0]
    days = (month.first + rng.integers(3, 25, len(seen))).astype(np.int64)
    who = np.concatenate([failed.who, np.full(len(seen), -1 - affairs.city.first)])
    occurred = np.concatenate([failed["known"] + rng.integers(1, 6, len(failed)), days])
    _issue(
        affairs,
        who.astype(np.int64),
        np.concatenate([failed["product"], seen["product"]]).astype(np.int64),
        np.concatenate([failed["item"], seen["item"]]).astype(np.int64),
        occurred.astype(np.int32),
    )


def _issue(affairs: Affairs, who: Who, product: Who, item: Who, days: Days) -> None:
    rng, count = affairs.rng["opinion"], len(who)
    affairs.enter(
        "alert",
        who,
        number=affairs.numbers("alert", count),
        product=product,
        item=item,
        level=rng.choice(len(LEVELS), size=count, p=LEVELS),
        lifted=np.where(rng.random(count) < 0.5, days + rng.integers(30, 300, count), -1),
        occurred=days,
        known=entered(rng, days, 2),
    )
