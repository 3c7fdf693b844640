"""The city: who does business there, where, in what line, and how good they really are."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ..core.codes import CodeTable
from .codes import credit_codes
from .names import enterprise_names, trade_words

__all__ = ["TRADES", "City", "Trade", "found_city"]

YEAR = 365.25
FOUNDED_BEFORE = 0.85
CHAIN, CHAIN_SIZE = 0.3, 8
SHARED_SITE, SITE_SIZE = 0.4, 10
QUALITY, BRAND, SITE = 0.85, 0.3, 0.25

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
# What producers make, and how often.
PRODUCTS = {
    "0104": 0.18,
    "2401": 0.16,
    "0404": 0.12,
    "0401": 0.10,
    "2501": 0.10,
    "0601": 0.08,
    "1102": 0.08,
    "0305": 0.07,
    "1405": 0.06,
    "0501": 0.03,
    "2701": 0.02,
}


@dataclass(frozen=True, slots=True)
class Trade:
    """A line of business: how common, how risky (log-odds), how seasonal, and what it is called."""

    name: str
    population: str
    ending: str
    share: float
    risk: float
    summer: float
    tier: int
    company: float
    capital: float


TRADES = (
    Trade("小型餐馆", "operator", "餐饮店", 0.32, 0.30, 0.35, 2, 0.10, 8),
    Trade("大型餐馆", "operator", "餐饮有限公司", 0.09, 0.10, 0.30, 3, 1.0, 120),
    Trade("饮品店", "operator", "饮品店", 0.13, -0.15, 0.45, 1, 0.15, 10),
    Trade("食品销售", "operator", "食品商行", 0.21, -0.45, 0.15, 1, 0.20, 20),
    Trade("学校食堂", "operator", "饮食服务有限公司", 0.06, -0.30, 0.25, 3, 1.0, 60),
    Trade("集体配餐", "operator", "配餐服务有限公司", 0.03, 0.15, 0.50, 3, 1.0, 300),
    Trade("网络餐饮", "operator", "小吃店", 0.06, 0.40, 0.30, 2, 0.05, 5),
    Trade("食品生产", "producer", "食品有限公司", 0.10, 0.00, 0.30, 3, 1.0, 400),
)


@dataclass(frozen=True, slots=True)
class City:
    """The enterprises of a city on its first day, and those that will be founded later.

    Attributes
    ----------
    enterprises
        One row each: code, name, trade (place in `TRADES`), population, tier, district,
        longitude, latitude, brand, site, established (day), capital (万元), products.
    risk
        Log-odds of a critical violation that do not change: trade, brand and site.
    summer
        How much more (log-odds) a hot month brings.
    quality
        Hidden quality on the first day, in log-odds; the larger the better.
    finance
        Hidden financial health, related to quality.
    """

    enterprises: pd.DataFrame
    risk: npt.NDArray[np.float64]
    summer: npt.NDArray[np.float64]
    quality: npt.NDArray[np.float64]
    finance: npt.NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.enterprises)


def found_city(rng: np.random.Generator, count: int, start: int, end: int) -> City:
    """Draw a city of `count` food enterprises that live at some time from `start` to `end`."""
    trade = rng.choice(len(TRADES), size=count, p=[each.share for each in TRADES])
    site, brand = (
        _groups(rng, count, SHARED_SITE, SITE_SIZE),
        _groups(rng, count, CHAIN, CHAIN_SIZE),
    )
    brand = np.where(_of(trade, "population") == "producer", -1, brand)
    company = rng.random(count) < _of(trade, "company").astype(float)
    before = rng.random(count) < FOUNDED_BEFORE
    age = rng.exponential(5 * YEAR, count)
    established = np.where(before, start - 30 - age, rng.uniform(start, end - 60, count))
    quality = rng.normal(0, QUALITY, count)
    enterprises = pd.DataFrame(
        {
            "code": credit_codes(count, company),
            "trade": trade,
            "population": _of(trade, "population"),
            "tier": _of(trade, "tier").astype(int),
            "established": established.astype(int),
            "capital": np.round(
                _of(trade, "capital").astype(float) * rng.lognormal(0, 0.7, count) + 0.5, 1
            ),
            "products": _products(rng, _of(trade, "population") == "producer"),
            **_places(rng, site),
            **_names(rng, trade, brand),
        }
    )
    enterprises["site"] = [f"S{n:06d}" if n >= 0 else None for n in site]
    return City(
        enterprises,
        risk=_of(trade, "risk").astype(float)
        + _shared(rng, brand, BRAND)
        + _shared(rng, site, SITE),
        summer=_of(trade, "summer").astype(float),
        quality=quality,
        finance=0.5 * quality + rng.normal(0, 0.8, count),
    )


def _of(trade: npt.NDArray[np.int64], what: str) -> npt.NDArray[np.object_]:
    return np.array([getattr(each, what) for each in TRADES], dtype=object)[trade]


def _groups(rng: np.random.Generator, count: int, share: float, size: int) -> npt.NDArray[np.int64]:
    """Return the group of each enterprise, -1 for one that is in none."""
    groups = rng.integers(0, max(1, round(count * share / size)), count)
    return np.where(rng.random(count) < share, groups, -1)


def _shared(
    rng: np.random.Generator, groups: npt.NDArray[np.int64], spread: float
) -> npt.NDArray[np.float64]:
    effects = np.append(rng.normal(0, spread, groups.max(initial=0) + 1), 0.0)
    return effects[groups]


def _places(rng: np.random.Generator, site: npt.NDArray[np.int64]) -> dict[str, npt.ArrayLike]:
    """Return district, longitude and latitude; those of one site stand side by side."""
    places = np.where(site >= 0, site, site.max(initial=0) + 1 + np.arange(len(site)))
    total = int(places.max()) + 1
    codes = np.array(list(DISTRICTS), dtype=object)
    district = rng.choice(codes, size=total, p=list(DISTRICTS.values()))
    table = CodeTable.load("district")
    centre = [table.numbers(axis, district, 0) for axis in ("longitude", "latitude")]
    longitude, latitude = (axis + rng.normal(0, 0.025, total) for axis in centre)
    return {
        "district": district[places],
        "longitude": np.round(longitude[places], 5),
        "latitude": np.round(latitude[places], 5),
    }


def _names(
    rng: np.random.Generator, trade: npt.NDArray[np.int64], brand: npt.NDArray[np.int64]
) -> dict[str, npt.ArrayLike]:
    chains = int(brand.max(initial=-1)) + 1
    words = trade_words(rng, chains + len(trade))
    word = np.where(brand >= 0, words[brand], words[chains + np.arange(len(trade))])
    branch = np.where(brand >= 0, pd.Series(brand).groupby(brand).cumcount() + 1, 0)
    return {
        "name": enterprise_names(word, _of(trade, "ending"), branch),
        "brand": pd.Series(word).where(brand >= 0, None),
    }


def _products(rng: np.random.Generator, producer: npt.NDArray[np.bool_]) -> npt.NDArray[np.object_]:
    """Return what each makes as 4-digit food categories joined by `;`, nothing for operators."""
    made = np.full(len(producer), "", dtype=object)
    for place in np.flatnonzero(producer):
        kinds = min(1 + rng.poisson(0.7), 4)
        chosen = rng.choice(list(PRODUCTS), size=kinds, replace=False, p=list(PRODUCTS.values()))
        made[place] = ";".join(sorted(chosen))
    return made
