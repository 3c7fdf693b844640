"""What the market shows: complaints and reports, samples of food, and accidents."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from .records import weekdays
from .state import Month, entered
from .truth import probability
from .world import World

__all__ = ["complain", "sample", "suffer"]

COMPLAINTS, REPORTS, PLACES, NOWHERE = 0.036, 0.15, 0.012, 0.004
TOPICS = ("food_quality", "hygiene", "foreign_matter", "label", "price", "service")
NUISANCES = ("fumes", "rubbish", "rats", "street_vendor")
LOTS = {"producer": 0.12, "operator": 0.02}
FAILURE = -4.1
CATERING = ""
# Failed items by what is sampled: item and hazard class, the likely ones first.
ITEMS = {
    "0104": (("脱氢乙酸", "additive"), ("柠檬黄", "additive"), ("铅", "contaminant")),
    "2401": (("过氧化值", "quality"), ("霉菌", "hygiene_microbe"), ("脱氢乙酸", "additive")),
    "0404": (("过氧化值", "quality"), ("山梨酸", "additive"), ("N-二甲基亚硝胺", "contaminant")),
    "0401": (("菌落总数", "hygiene_microbe"), ("山梨酸", "additive"), ("沙门氏菌", "pathogen")),
    "2501": (("山梨酸", "additive"), ("大肠菌群", "hygiene_microbe"), ("苯甲酸", "additive")),
    "0601": (("铜绿假单胞菌", "hygiene_microbe"), ("溴酸盐", "contaminant"), ("耗氧量", "quality")),
    "1102": (("菌落总数", "hygiene_microbe"), ("过氧化值", "quality"), ("山梨酸", "additive")),
    "0305": (("二氧化硫", "additive"), ("氨基酸态氮", "quality"), ("标签", "label")),
    "1405": (("霉菌", "hygiene_microbe"), ("草甘膦", "pesticide"), ("二氧化硫", "additive")),
    "0501": (("蛋白质", "quality"), ("菌落总数", "hygiene_microbe"), ("黄曲霉毒素M₁", "mycotoxin")),
    "2701": (("标签", "label"), ("霉菌", "hygiene_microbe"), ("铅", "contaminant")),
    CATERING: (
        ("大肠菌群", "hygiene_microbe"),
        ("恩诺沙星", "veterinary_drug"),
        ("铝", "additive"),
    ),
}

Days = npt.NDArray[np.int64]


def complain(
    rng: np.random.Generator, world: World, month: Month
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw a month's complaints; return the reports that are looked into, and those verified."""
    city, state = world.city, world.state
    active = state.active(city, month)
    rate = COMPLAINTS * np.exp(0.4 * city.risk[active] - 0.55 * state.quality[active])
    who = np.repeat(active, rng.poisson(rate))
    days = rng.integers(month.first, month.after, len(who))
    report = rng.random(len(who)) < REPORTS
    verified = rng.random(len(who)) < probability(-1.0 - 0.6 * state.quality[who])
    closed = days + rng.integers(10, 60, len(who))
    world.records.add(
        "complaint",
        enterprise=who,
        number=state.number("TS", month, len(who)),
        type=np.where(report, "report", "complaint"),
        topic=rng.choice(TOPICS, size=len(who), p=[0.3, 0.2, 0.12, 0.13, 0.1, 0.15]),
        occurred=days,
        known=entered(rng, days, 2),
        verified=verified,
        closed=closed,
        longitude=np.nan,
        latitude=np.nan,
    )
    _nuisances(rng, world, month)
    state.suspect(who, np.where(report, 0.3, 0.1))
    leads = pd.DataFrame({"enterprise": who, "occurred": days})
    return leads[report & (rng.random(len(who)) < 0.6)], leads[report & verified]


def _nuisances(rng: np.random.Generator, world: World, month: Month) -> None:
    """Add complaints about places; a few say neither who nor where."""
    city, state = world.city, world.state
    count = rng.poisson(PLACES * len(city))
    near = rng.integers(0, len(city), count)
    nowhere = rng.random(count) < NOWHERE
    days = rng.integers(month.first, month.after, count)
    at = {
        axis: np.where(
            nowhere,
            np.nan,
            np.round(city.enterprises[axis].to_numpy()[near] + rng.normal(0, 0.004, count), 5),
        )
        for axis in ("longitude", "latitude")
    }
    world.records.add(
        "complaint",
        enterprise=np.full(count, -1),
        number=state.number("TS", month, count),
        type="complaint",
        topic=rng.choice(NUISANCES, size=count),
        occurred=days,
        known=entered(rng, days, 2),
        verified=rng.random(count) < 0.5,
        closed=days + rng.integers(3, 30, count),
        **at,
    )


def sample(rng: np.random.Generator, world: World, month: Month) -> pd.DataFrame:
    """Take and test lots; return those that failed. Results are final weeks later."""
    city, state = world.city, world.state
    active = state.active(city, month)
    population = city.enterprises["population"].to_numpy()
    rate = np.where(population[active] == "producer", LOTS["producer"], LOTS["operator"])
    who = np.repeat(active, (rng.random(len(active)) < rate) * rng.integers(1, 4, len(active)))
    days = weekdays(rng, month.first, month.after, len(who))
    chance = probability(FAILURE + 0.3 * city.risk[who] - 0.7 * state.quality[who])
    failed = rng.random(len(who)) < chance
    made = [text.split(";") for text in city.enterprises["products"].to_numpy()[who]]
    picked = rng.integers(0, 12, len(who))
    category = [kinds[n % len(kinds)] for kinds, n in zip(made, picked, strict=True)]
    lot, known = state.number("CJ", month, len(who)), entered(rng, days + 25, 20)
    rows = []
    for place in range(len(who)):
        items = ITEMS[category[place]]
        habit = int(who[place]) % len(items)
        picks = [habit if rng.random() < 0.5 else int(rng.integers(0, len(items)))]
        picks += [(picks[0] + 1) % len(items)] * (rng.random() < 0.12)
        for pick in picks if failed[place] else [-1]:
            item, hazard = items[pick] if pick >= 0 else (None, None)
            rows.append((who[place], lot[place], category[place], days[place], known[place],
                         pick < 0, item, hazard))  # fmt: skip
    columns = ["enterprise", "lot", "category", "occurred", "known", "passed", "item", "hazard"]
    if rows:
        world.records.add("sampling", **pd.DataFrame(rows, columns=columns))
    state.suspect(who[failed], 0.8)
    return pd.DataFrame({"enterprise": who[failed], "occurred": known[failed]})


def suffer(rng: np.random.Generator, world: World, month: Month) -> pd.DataFrame:
    """Draw food-safety accidents; return where they happened."""
    city, state = world.city, world.state
    active = state.active(city, month)
    odds = city.risk[active] - state.quality[active]
    summer = 1 + np.cos(2 * np.pi * (month.calendar - 8) / 12)
    rate = 0.00018 * np.exp(0.7 * odds) * (0.5 + summer)
    who = active[rng.random(len(active)) < rate]
    days = rng.integers(month.first, month.after, len(who))
    world.records.add(
        "incident",
        enterprise=who,
        number=state.number("SG", month, len(who)),
        grade=rng.choice(["outbreak", "mass", "death"], size=len(who), p=[0.85, 0.12, 0.03]),
        occurred=days,
        known=entered(rng, days + 3, 20),
    )
    state.suspect(who, 2.0)
    return pd.DataFrame({"enterprise": who, "occurred": days})
