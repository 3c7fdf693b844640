"""What the market shows: complaints and reports, samples of food, accidents and recalls."""

import numpy as np

from .arrays import Days, Floats, Mask, Who
from .catalogue import items
from .city import PRODUCER
from .inspectors import probability
from .leads import Leads
from .months import Month, entered, weekdays
from .vocabulary import WORDS, place
from .world import World

__all__ = [
    "CHECKED",
    "REPORTS",
    "complain",
    "complaint_rate",
    "concerns_food",
    "failure",
    "incident_rate",
    "sample",
    "sampled",
    "suffer",
]

REPORTS, CHECKED, PLACES, NOWHERE = 0.15, 0.6, 0.010, 0.004
MOBBED, SICKENED, TALKED = 12.0, 0.02, 0.5
FOOD_TOPICS = ("food_quality", "hygiene", "foreign_matter", "label", "price", "service")
GENERAL_TOPICS = ("contract", "price", "service", "label")
SAFETY_TOPICS = ("food_quality", "hygiene", "foreign_matter", "label")
NUISANCES = ("fumes", "rubbish", "rats", "street_vendor")
MOST_LOTS = 3
INCIDENT = 0.00015
LAST, DEATHS = (0.85, 0.97), 0.03
SEVERE = ("nonfood_substance", "pathogen", "acute_toxin", "banned_drug")
GRAVE = ("contaminant", "mycotoxin", "pesticide", "veterinary_drug")


def illness(world: World, month: Month, who: Who) -> Floats:
    """Return the factor by which outbreaks raise illness and complaints of each."""
    made = world.city.products[who]
    factor = world.outbreaks.illness[month.number][made]
    return np.asarray(np.where(made >= 0, factor, 1).max(axis=1), np.float64)


def complaint_rate(world: World, month: Month, who: Who) -> Floats:
    """Return how many complaints each draws in a month, on average."""
    law, city, state = world.laws.complaint, world.city, world.state
    base = np.where(city.food[who], law.rate, law.general)
    rate = base * np.exp(0.4 * city.risk[who] - law.quality * state.quality[who])
    rate *= np.where(city.mobbed[who], MOBBED, 1) * (1 + TALKED * state.penalised[who])
    return np.minimum(rate + SICKENED * (illness(world, month, who) - 1), 6.0)


def concerns_food(food: Mask, topic: Who) -> Mask:
    """Tell which complaints about food businesses or others concern food safety."""
    return np.asarray(food & np.isin(topic, [place("topic", word) for word in SAFETY_TOPICS]))


def complain(world: World, month: Month, active: Who) -> tuple[Leads, Leads]:
    """Draw a month's complaints; return the reports that are looked into, and those verified."""
    city, state, rng = world.city, world.state, world.rng["trade"]
    who = np.repeat(active, rng.poisson(complaint_rate(world, month, active)))
    days = rng.integers(month.first, month.after, len(who)).astype(np.int32)
    report = rng.random(len(who)) < REPORTS
    verified = rng.random(len(who)) < probability(-1.0 - 0.6 * state.quality[who])
    food = city.food[who]
    topic = np.where(
        food, _topics(rng, FOOD_TOPICS, len(who)), _topics(rng, GENERAL_TOPICS, len(who))
    )
    about = food & (rng.random(len(who)) < 0.5)
    sick = about & (illness(world, month, who) > 1.5)
    topic = np.where(sick, place("topic", "food_quality"), topic)
    world.records.add(
        "complaint",
        enterprise=who + city.first,
        number=world.records.numbers("complaint", len(who)),
        report=report,
        food=concerns_food(food, topic),
        topic=topic,
        product=np.where(about, _spreading(world, month, who), -1),
        occurred=days,
        known=entered(rng, days, 2),
        verified=verified,
        closed=days + rng.integers(10, 60, len(who)),
        longitude=np.nan,
        latitude=np.nan,
    )
    _nuisances(world, month, len(active))
    state.suspect(who, np.where(report, 0.3, 0.1))
    leads = Leads(who, days)
    return leads.take(report & (rng.random(len(who)) < CHECKED)), leads.take(report & verified)


def _topics(rng: np.random.Generator, topics: tuple[str, ...], count: int) -> Who:
    places = np.array([place("topic", topic) for topic in topics])
    return places[np.minimum(rng.geometric(0.3, count) - 1, len(places) - 1)]


def _spreading(world: World, month: Month, who: Who) -> Who:
    """Return the product of each in which an outbreak spreads most, its first where none does."""
    made = world.city.products[who]
    factor = np.where(made >= 0, world.outbreaks.illness[month.number][made], 0)
    return np.asarray(made[np.arange(len(who)), factor.argmax(axis=1)], np.int64)


def _nuisances(world: World, month: Month, active: int) -> None:
    """Add complaints about places; a few say neither who nor where."""
    city, rng = world.city, world.rng["trade"]
    count = rng.poisson(PLACES * active)
    near = rng.integers(0, len(city), count)
    nowhere = rng.random(count) < NOWHERE
    days = rng.integers(month.first, month.after, count).astype(np.int32)
    at = {
        name: np.where(nowhere, np.nan, np.round(axis[near] + rng.normal(0, 0.004, count), 5))
        for name, axis in (("longitude", city.longitude), ("latitude", city.latitude))
    }
    world.records.add(
        "complaint",
        enterprise=np.full(count, -1),
        number=world.records.numbers("complaint", count),
        report=False,
        food=False,
        topic=rng.choice([place("topic", topic) for topic in NUISANCES], size=count),
        product=-1,
        occurred=days,
        known=entered(rng, days, 2),
        verified=rng.random(count) < 0.5,
        closed=days + rng.integers(3, 30, count),
        **at,
    )


def sampled(world: World, who: Who) -> Floats:
    """Return the chance of each to be sampled in a month."""
    law, population = world.laws.sampling, world.city.population[who]
    return np.where(population == PRODUCER, law.producer, law.operator) * world.city.food[who]


def failure(world: World, month: Month, who: Who, product: Who) -> Floats:
    """Return the chance of a lot of each one's product to fail."""
    law, city, state = world.laws.sampling, world.city, world.state
    supplied = city.supplier[who] >= 0
    supplier = np.where(supplied, -0.25 * state.quality[city.supplier[who]], 0)
    odds = law.failure + 0.3 * city.risk[who] - law.quality * state.quality[who] + supplier
    return probability(odds + world.outbreaks.sampling[month.number][product])


def sample(world: World, month: Month, active: Who) -> Leads:
    """Take and test lots; return those that failed. Results are final weeks later."""
    city, state, rng = world.city, world.state, world.rng["trade"]
    taken = active[rng.random(len(active)) < sampled(world, active)]
    who = np.repeat(taken, rng.integers(1, MOST_LOTS + 1, len(taken)))
    days = weekdays(rng, month.first, month.after, len(who))
    made = city.products[who]
    held = (made >= 0).sum(axis=1)
    product = made[np.arange(len(who)), rng.integers(0, 12, len(who)) % held].astype(np.int64)
    failed = np.flatnonzero(rng.random(len(who)) < failure(world, month, who, product))
    known = entered(rng, (days + 25).astype(np.int32), 20)
    lot = world.records.numbers("sampling", len(who))
    item = np.full(len(who), -1)
    item[failed] = _item(world, month, who[failed], product[failed])
    second = failed[rng.random(len(failed)) < 0.12]
    rows = np.concatenate([np.arange(len(who)), second])
    item = np.concatenate([item, _other(item[second], product[second])])
    fresh = (rows < len(who)) & ~((np.arange(len(rows)) >= len(who)) & (item == item[rows]))
    rows, item = rows[fresh], item[fresh]
    world.records.add(
        "sampling",
        enterprise=who[rows] + city.first,
        number=lot[rows],
        product=product[rows],
        item=item,
        occurred=days[rows],
        known=known[rows],
    )
    state.suspect(who[failed], 0.8)
    state.found[who[failed]] = True
    _recall(world, who[failed], product[failed], item[failed], known[failed])
    return Leads(who[failed], known[failed])


def _item(world: World, month: Month, who: Who, product: Who) -> Who:
    """Return what fails: what spreads, or the habit of the enterprise, or any of the product's."""
    tested, rng = items(), world.rng["trade"]
    drawn = np.where(rng.random(len(who)) < 0.5, (who * 7919 % 997) / 997, rng.random(len(who)))
    slot = (drawn[:, None] >= np.cumsum(tested.weight[product], axis=1)).sum(axis=1)
    usual = tested.of[product, np.minimum(slot, tested.of.shape[1] - 1)]
    spreads = world.outbreaks.item[month.number][product]
    bump = world.outbreaks.sampling[month.number][product]
    due = (spreads >= 0) & (rng.random(len(who)) < 1 - np.exp(-bump))
    return np.asarray(np.where(due, spreads, usual), np.int64)


def _other(item: Who, product: Who) -> Who:
    """Return the first item of a product that is not the given one."""
    of = items().of[product]
    return np.asarray(of[np.arange(len(item)), (of != item[:, None]).argmax(axis=1)], np.int64)


def _recall(world: World, who: Who, product: Who, item: Who, known: Days) -> None:
    """Recall what failed: most makers do, the worse ones late or only when ordered."""
    city, rng = world.city, world.rng["trade"]
    chance = np.where(city.population[who] == PRODUCER, 0.75, 0.12)
    chosen = rng.random(len(who)) < chance
    who, product, item, known = who[chosen], product[chosen], item[chosen], known[chosen]
    hazards = np.array(items().hazards)[item]
    level = np.where(np.isin(hazards, SEVERE), 1, np.where(np.isin(hazards, GRAVE), 2, 3))
    quality = world.state.quality[who]
    started = known + rng.integers(1, 6, len(who))
    world.records.add(
        "recall",
        enterprise=who + city.first,
        number=world.records.numbers("recall", len(who)),
        product=product,
        level=level,
        ordered=rng.random(len(who)) < probability(-1.2 - 0.6 * quality),
        late=rng.random(len(who)) < probability(-1.6 - 0.8 * quality),
        finished=started + rng.integers(8, 45, len(who)),
        occurred=started,
        known=entered(rng, started.astype(np.int32), 5),
    )


def incident_rate(world: World, month: Month, who: Who) -> Floats:
    """Return the chance of each for a food-safety accident in a month."""
    city, state = world.city, world.state
    season = 1 + world.laws.violation.season * np.cos(
        2 * np.pi * (month.calendar - world.laws.violation.peak - 1) / 12
    )
    odds = city.risk[who] - state.quality[who]
    rate = INCIDENT * np.exp(0.7 * odds) * np.maximum(0.3 + season, 0.1)
    return np.asarray(np.minimum(rate * illness(world, month, who), 1) * city.food[who])


def suffer(world: World, month: Month, active: Who) -> Leads:
    """Draw food-safety accidents; return where they happened."""
    rng = world.rng["trade"]
    who = active[rng.random(len(active)) < incident_rate(world, month, active)]
    days = rng.integers(month.first, month.after, len(who)).astype(np.int32)
    grade = np.searchsorted(LAST, rng.random(len(who)))
    ill = np.where(grade == place("grade", "mass"), 30, 2) + rng.poisson(6, len(who))
    world.records.add(
        "incident",
        enterprise=who + world.city.first,
        number=world.records.numbers("incident", len(who)),
        grade=grade,
        product=_spreading(world, month, who),
        ill=ill,
        deaths=np.where(grade == len(WORDS["grade"]) - 1, 1, 0),
        occurred=days,
        known=entered(rng, (days + 3).astype(np.int32), 20),
    )
    world.state.suspect(who, 2.0)
    world.state.found[who] = True
    return Leads(who, days)
