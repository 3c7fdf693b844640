"""The city: who does business there, where, in what line, and how good they really are.

A large city is founded in parts that know nothing of each other, so that several can be lived at
once and none needs much memory; chains, sites, owners and suppliers stay within a part.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..core.codes import CodeTable
from .arrays import Days, Floats, Mask, Places, Singles, Who
from .catalogue import products, trades
from .laws import Laws
from .parts import Part
from .vocabulary import place

__all__ = ["DISTRICTS", "FOOD", "City", "found_city"]

YEAR = 365.25
FOUNDED_BEFORE, OLDEST = 0.78, 40
CHAIN, CHAIN_SIZE = 0.25, 8
SHARED_SITE, SITE_SIZE = 0.4, 10
SHARED_OWNER, OWNED = 0.12, 3
BRAND, SITE, OWNER = 0.3, 0.25, 0.3
KINDS = 3
# Share of the food producers of a district: the proposal of the design, for want of a figure.
DISTRICTS = {
    "440306": 0.24,
    "440307": 0.22,
    "440309": 0.14,
    "440311": 0.11,
    "440310": 0.09,
    "440305": 0.08,
    "440303": 0.05,
    "440304": 0.04,
    "440308": 0.03,
}
ENTITY, OPERATOR, PRODUCER = (
    place("population", name) for name in ("entity", "operator", "producer")
)
FOOD = (OPERATOR, PRODUCER)


@dataclass(frozen=True, slots=True)
class City:
    """The enterprises of a part on its first day, and those that will be founded later.

    Columns have one value for each enterprise; groups (`site`, `brand`, `owner`) and enterprises
    (`supplier`) are places in the part, -1 for none.

    Attributes
    ----------
    first
        Number of the first enterprise in the whole city.
    trade, population, district
        Places in `trades`, in the word list and in `DISTRICTS`.
    products
        Up to three places in `products`, -1 behind the last; shape (enterprises, 3).
    risk
        Log-odds of a critical violation that do not change: trade, brand, site and owner.
    summer
        How much more (log-odds) the worst season brings.
    quality, finance
        Hidden quality and financial health on the first day; the larger the better.
    mobbed
        Whether it draws complaints whatever it does.
    """

    first: int
    trade: npt.NDArray[np.int8]
    population: npt.NDArray[np.int8]
    company: Mask
    district: npt.NDArray[np.int8]
    longitude: Floats
    latitude: Floats
    site: Places
    brand: Places
    owner: Places
    supplier: Places
    established: Days
    capital: Floats
    heads: Singles
    online: Mask
    products: npt.NDArray[np.int16]
    risk: Singles
    summer: Singles
    quality: Singles
    finance: Singles
    mobbed: Mask

    def __len__(self) -> int:
        return len(self.trade)

    @property
    def food(self) -> Mask:
        """Which of them need a food licence."""
        return np.asarray(self.population != ENTITY)

    @property
    def tier(self) -> Who:
        """The authority's own static risk tier."""
        return np.asarray(trades()["tier"].to_numpy()[self.trade], np.int64)


def found_city(rng: np.random.Generator, laws: Laws, part: Part, start: int, end: int) -> City:
    """Draw the enterprises of a part that live at some time from `start` to `end`."""
    count, table = part.count, trades()
    trade = _trades(rng, part)
    of = {name: table[name].to_numpy()[trade] for name in table.columns}
    population = np.array([place("population", name) for name in table["population"]], np.int8)
    food = population[trade] != ENTITY
    site = _groups(rng, count, SHARED_SITE, SITE_SIZE)
    owner = _groups(rng, count, SHARED_OWNER, OWNED)
    chained = (population[trade] == OPERATOR) | (of["name"] == "零售商店")
    brand = np.where(chained, _groups(rng, count, CHAIN, CHAIN_SIZE), -1).astype(np.int32)
    before = rng.random(count) < FOUNDED_BEFORE
    age = np.minimum(rng.exponential(5 * YEAR, count), OLDEST * YEAR)
    established = np.where(before, start - 30 - age, rng.uniform(start, end - 60, count))
    quality = _quality(rng, laws, count)
    district, longitude, latitude = _places(rng, site)
    made = _products(rng, trade)
    return City(
        first=part.first,
        trade=trade,
        population=population[trade],
        company=rng.random(count) < of["company"],
        district=district,
        longitude=longitude,
        latitude=latitude,
        site=site,
        brand=brand,
        owner=owner,
        supplier=_suppliers(rng, population[trade], made),
        established=established.astype(np.int32),
        capital=np.round(of["capital"] * rng.lognormal(0, 0.7, count) + 0.5, 1),
        heads=(of["heads"] * rng.lognormal(0, 0.5, count) + 1).astype(np.float32),
        online=(rng.random(count) < of["online"]) & food,
        products=made,
        risk=(
            of["risk"]
            + _shared(rng, brand, BRAND)
            + _shared(rng, site, SITE)
            + _shared(rng, owner, OWNER)
        ).astype(np.float32),
        summer=of["summer"].astype(np.float32),
        quality=quality,
        finance=(0.5 * quality + rng.normal(0, 0.8, count)).astype(np.float32),
        mobbed=rng.random(count) < laws.complaint.mobbed,
    )


def _trades(rng: np.random.Generator, part: Part) -> npt.NDArray[np.int8]:
    """Draw the line of business of each; as many make food as the part shall have."""
    table = trades()
    maker = int(np.flatnonzero(table["population"] == "producer")[0])
    trade = rng.choice(len(table), size=part.count, p=table["share"])
    trade[rng.permutation(part.count)[: part.producers]] = maker
    return trade.astype(np.int8)


def _quality(rng: np.random.Generator, laws: Laws, count: int) -> Singles:
    law = laws.quality
    drawn = rng.standard_t(law.tails, count) if law.tails else rng.standard_normal(count)
    return (law.spread * drawn).astype(np.float32)


def _groups(rng: np.random.Generator, count: int, share: float, size: int) -> Places:
    """Return the group of each enterprise, -1 for one that is in none."""
    groups = rng.integers(0, max(1, round(count * share / size)), count)
    return np.where(rng.random(count) < share, groups, -1).astype(np.int32)


def _shared(rng: np.random.Generator, groups: Places, spread: float) -> Floats:
    effects = np.append(rng.normal(0, spread, int(groups.max(initial=0)) + 1), 0.0)
    return effects[groups]


def _places(rng: np.random.Generator, site: Places) -> tuple[npt.NDArray[np.int8], Floats, Floats]:
    """Return district, longitude and latitude; those of one site stand side by side."""
    places = np.where(site >= 0, site, int(site.max(initial=0)) + 1 + np.arange(len(site)))
    total = int(places.max()) + 1
    district = rng.choice(len(DISTRICTS), size=total, p=list(DISTRICTS.values())).astype(np.int8)
    table = CodeTable.load("district")
    codes = np.array(list(DISTRICTS), dtype=object)
    longitude, latitude = (
        np.round(table.numbers(axis, codes, 0)[district] + rng.normal(0, 0.025, total), 5)
        for axis in ("longitude", "latitude")
    )
    return district[places], longitude[places], latitude[places]


def _products(rng: np.random.Generator, trade: npt.NDArray[np.int8]) -> npt.NDArray[np.int16]:
    """Return what each makes or sells: different products, one at least for food enterprises."""
    table, chosen = products(), np.full((len(trade), KINDS), -1, np.int16)
    populations = trades()["population"].to_numpy()[trade]
    for population, column in (("operator", "sold"), ("producer", "made")):
        who = np.flatnonzero(populations == population)
        weight = table[column].to_numpy(float)
        drawn = rng.choice(len(table), size=(len(who), KINDS), p=weight / weight.sum())
        drawn[:, 1][drawn[:, 1] == drawn[:, 0]] = -1
        drawn[:, 2][(drawn[:, 2] == drawn[:, 0]) | (drawn[:, 2] == drawn[:, 1])] = -1
        drawn[rng.random(len(who)) < 0.45, 1] = -1
        drawn[(rng.random(len(who)) < 0.5) | (drawn[:, 1] < 0), 2] = -1
        chosen[who] = drawn
    return chosen


def _suppliers(
    rng: np.random.Generator, population: npt.NDArray[np.int8], made: npt.NDArray[np.int16]
) -> Places:
    """Return who supplies each operator: a maker of its first product, where there is one."""
    supplier = np.full(len(population), -1, np.int32)
    makers = np.flatnonzero(population == PRODUCER)
    buyers = np.flatnonzero(population == OPERATOR)
    if len(makers):
        wanted = made[buyers, 0]
        for product in np.unique(wanted):
            fitting = makers[(made[makers] == product).any(axis=1)]
            if len(fitting):
                who = buyers[wanted == product]
                supplier[who] = rng.choice(fitting, size=len(who))
    return supplier
