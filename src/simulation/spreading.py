"""Spreading: a market in which hazards spread, without the city around it.

The records of it alone: lots that were tested, and complaints and opinion about products. What
spreads does so as in the city (`outbreaks`): it raises the odds that lots fail, for kin products
less than for its own, and how often people complain. It may be borne by one supplier. There are as
many products and lots as asked for, and what spread, and since when, is known.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from .arrays import Floats
from .outbreaks import KIN

__all__ = ["NOBODY", "Market", "Spread", "Spreading", "spread_in"]

Days = npt.NDArray[np.int32]

TESTING = (25, 20)
"""Days from a sample to its result: least, and how many more there may be."""
FAILING = 0.025
NOBODY = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class Spreading:
    """How large a market is, and how much spreads in it; `design` throughout.

    Parameters
    ----------
    products, items, suppliers, districts
        How many there are.
    kinds
        Items that are tested in a product: at least, at most.
    lots, complaints, opinion
        Of a product in a week, on average; products differ by a lognormal factor.
    yearly
        Hazards that begin to spread in a year.
    strength
        Log-odds added to the failing of a lot at the peak: at least, at most.
    weeks
        From the begin to the peak, and from the peak to the end: at least, at most.
    borne
        Share of what spreads that one supplier bears, in whatever product it supplies.
    """

    products: int = 200
    items: int = 200
    suppliers: int = 400
    districts: int = 11
    kinds: tuple[int, int] = (3, 8)
    lots: float = 15.0
    complaints: float = 6.0
    opinion: float = 1.5
    yearly: float = 6.0
    strength: tuple[float, float] = (1.2, 2.8)
    weeks: tuple[int, int] = (6, 24)
    borne: float = 0.3


class Spread(NamedTuple):
    """A hazard that spreads in a product.

    Attributes
    ----------
    outbreak
        Its number; what spreads to kin products has the same.
    product, item
        What spreads where.
    first, peak, last
        Days.
    strength
        Log-odds added at the peak.
    supplier
        Who bears it, `NOBODY` for none.
    kin
        Whether it spilt over from another product.
    """

    outbreak: int
    product: int
    item: int
    first: int
    peak: int
    last: int
    strength: float
    supplier: int
    kin: bool

    def on(self, day: npt.NDArray[np.integer]) -> Floats:
        """Return the log-odds that it adds on some days."""
        up = (day - self.first) / max(self.peak - self.first, 1)
        down = (self.last - day) / max(self.last - self.peak, 1)
        return np.asarray(self.strength * np.clip(np.minimum(up, down), 0, 1), np.float64)


@dataclass(frozen=True, slots=True, eq=False)
class Market:
    """Records of a market, and what truly spread in it.

    Attributes
    ----------
    lots
        One row each: sampled, known (days), product, supplier, district, item (-1 where it passed).
    told
        Complaints and opinion: a table of known, product, district by name.
    truth
        What spread in which product.
    """

    lots: pd.DataFrame
    told: dict[str, pd.DataFrame]
    truth: tuple[Spread, ...]


@dataclass(frozen=True, slots=True, eq=False)
class _Goods:
    """What is sold: items tested in products, usual odds of failing, and whose products they are.

    `of` is padded by -1 and `share` by 0; shape (products, kinds).
    """

    of: npt.NDArray[np.int32]
    share: Floats
    odds: Floats
    often: Floats
    supplier: npt.NDArray[np.int32]


def spread_in(rng: np.random.Generator, days: int, size: Spreading | None = None) -> Market:
    """Draw a market of so many days, from day 0 on.

    Examples
    --------
    >>> market = spread_in(np.random.default_rng(7), 700, Spreading(products=20))
    >>> bool((market.lots["known"] > market.lots["sampled"]).all()), sorted(market.told)
    (True, ['complaint', 'opinion'])
    """
    size = size or Spreading()
    goods = _goods(rng, size)
    truth = _truth(rng, days, size, goods)
    lots = _lots(rng, days, size, goods, truth)
    told = {
        name: _told(rng, days, size, rate * goods.often, goods, truth)
        for name, rate in (("complaint", size.complaints), ("opinion", size.opinion))
    }
    return Market(lots, told, tuple(truth))


def _goods(rng: np.random.Generator, size: Spreading) -> _Goods:
    count = rng.integers(*size.kinds, size.products, endpoint=True)
    of = np.argsort(rng.random((size.products, size.items)), axis=1)[:, : size.kinds[1]]
    none = np.arange(size.kinds[1]) >= count[:, None]
    share = np.where(none, 0, rng.gamma(1.0, size=none.shape))
    often = rng.lognormal(-0.32, 0.8, size.products)
    return _Goods(
        np.where(none, -1, of).astype(np.int32),
        share / share.sum(axis=1, keepdims=True),
        np.log(FAILING / (1 - FAILING)) + rng.normal(0, 0.5, size.products),
        often,
        rng.integers(0, size.suppliers, (size.products, 12)).astype(np.int32),
    )


def _truth(rng: np.random.Generator, days: int, size: Spreading, goods: _Goods) -> list[Spread]:
    found = []
    for number in range(rng.poisson(size.yearly * days / 365)):
        product = int(rng.integers(0, size.products))
        item = int(rng.choice(goods.of[product], p=goods.share[product]))
        first, (rise, fade) = int(rng.integers(0, days)), 7 * rng.integers(*size.weeks, 2)
        strength, borne = float(rng.uniform(*size.strength)), rng.random() < size.borne
        supplier = int(rng.choice(goods.supplier[product])) if borne else NOBODY
        peak, last = first + int(rise), first + int(rise + fade)
        for other in np.flatnonzero((goods.of == item).any(axis=1)).tolist():
            if borne and supplier not in goods.supplier[other]:
                continue
            felt = strength * (1.0 if borne or other == product else KIN)
            found.append(
                Spread(number, other, item, first, peak, last, felt, supplier, other != product)
            )
    return found


def _lots(
    rng: np.random.Generator, days: int, size: Spreading, goods: _Goods, truth: Sequence[Spread]
) -> pd.DataFrame:
    rate = size.lots * goods.often * days / 7
    product = np.repeat(np.arange(size.products), rng.poisson(rate)).astype(np.int32)
    count = len(product)
    sampled = rng.integers(0, days, count).astype(np.int32)
    chosen = np.minimum(rng.geometric(0.25, count) - 1, goods.supplier.shape[1] - 1)
    supplier = goods.supplier[product, chosen]
    spreads, bump = _bump(truth, product, sampled, supplier)
    odds = goods.odds[product] + bump
    failed = rng.random(count) < 1 / (1 + np.exp(-odds))
    drawn = rng.random(count)[:, None] >= np.cumsum(goods.share, axis=1)[product]
    usual = goods.of[product, np.minimum(drawn.sum(axis=1), goods.of.shape[1] - 1)]
    due = (spreads >= 0) & (rng.random(count) < 1 - np.exp(-bump))
    least, more = TESTING
    lots = pd.DataFrame(
        {
            "sampled": sampled,
            "known": sampled + least + rng.integers(0, more + 1, count).astype(np.int32),
            "product": product,
            "supplier": supplier,
            "district": rng.integers(0, size.districts, count).astype(np.int32),
            "item": np.where(failed, np.where(due, spreads, usual), -1).astype(np.int32),
        }
    )
    return lots.sort_values("known", kind="stable", ignore_index=True)


def _told(
    rng: np.random.Generator,
    days: int,
    size: Spreading,
    weekly: Floats,
    goods: _Goods,
    truth: Sequence[Spread],
) -> pd.DataFrame:
    """Draw what people say of products: more in some weeks, and more of what spreads."""
    weeks = -(-days // 7)
    factor = rng.gamma(10, 0.1, (size.products, weeks))
    middle = np.arange(weeks) * 7 + 3
    for each in truth:
        held = 1.0 if each.supplier == NOBODY else _held(goods, each.product, each.supplier)
        factor[each.product] *= 1 + held * np.expm1(each.on(middle))
    count = rng.poisson(weekly[:, None] * factor)
    product, week = (
        np.repeat(each, count.ravel()) for each in np.indices(count.shape).reshape(2, -1)
    )
    known = np.minimum(week * 7 + rng.integers(0, 7, len(week)), days - 1)
    district = rng.integers(0, size.districts, len(week))
    told = pd.DataFrame({"known": known, "product": product, "district": district}, dtype=np.int32)
    return told.sort_values("known", kind="stable", ignore_index=True)


def _held(goods: _Goods, product: int, supplier: int) -> float:
    """Return the share of the lots of a product that are a supplier's."""
    share = 0.25 * 0.75 ** np.arange(goods.supplier.shape[1])
    share[-1] *= 4
    return float(share[goods.supplier[product] == supplier].sum())


def _bump(
    truth: Sequence[Spread], product: Days, day: Days, supplier: Days
) -> tuple[npt.NDArray[np.int32], Floats]:
    """Return what spreads in each lot, -1 for nothing, and the log-odds that it adds."""
    spreads, bump = np.full(len(product), NOBODY, np.int32), np.zeros(len(product))
    bounds = np.searchsorted(product, [[each.product, each.product + 1] for each in truth])
    for each, bound in zip(truth, bounds.reshape(-1, 2).tolist(), strict=True):
        of = np.arange(*bound)
        added = each.on(day[of])
        if each.supplier != NOBODY:
            added[supplier[of] != each.supplier] = 0
        more = added > bump[of]
        spreads[of[more]], bump[of[more]] = each.item, added[more]
    return spreads, bump
