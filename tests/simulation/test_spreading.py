"""A market in which hazards spread: more lots fail, more people complain, and only of these."""

import numpy as np
import pytest

from xinheng.simulation.outbreaks import KIN
from xinheng.simulation.spreading import NOBODY, TESTING, Market, Spread, Spreading, spread_in

DAYS = 1_500
SIZE = Spreading(
    products=60, items=40, lots=60.0, complaints=30.0, yearly=20.0, strength=(2.4, 2.8)
)


@pytest.fixture(scope="module")
def market() -> Market:
    return spread_in(np.random.default_rng(11), DAYS, SIZE)


def during(each: Spread, days: np.ndarray) -> np.ndarray:
    return (days > (each.first + each.peak) / 2) & (days < (each.peak + each.last) / 2)


def rates(market: Market, *, borne: bool, kin: bool) -> tuple[float, float]:
    """Return the share of lots that fail by what spreads, at its height and else."""
    high, low = np.zeros(2), np.zeros(2)
    for each in market.truth:
        if (each.supplier != NOBODY) != borne or each.kin != kin:
            continue
        lots = market.lots[market.lots["product"] == each.product]
        hit = during(each, lots["sampled"].to_numpy())
        if borne:
            hit &= (lots["supplier"] == each.supplier).to_numpy()
        fails = (lots["item"] == each.item).to_numpy()
        high += [fails[hit].sum(), hit.sum()]
        low += [fails[~hit].sum(), (~hit).sum()]
    return high[0] / high[1], low[0] / low[1]


@pytest.mark.parametrize(
    ("borne", "kin", "least"), [(False, False, 5), (False, True, 2), (True, False, 4)]
)
def test_what_spreads_fails_more_often_and_less_in_kin(market, borne, kin, least):
    high, low = rates(market, borne=borne, kin=kin)
    assert high > least * low


def test_strength_is_less_in_kin_and_alike_where_a_supplier_bears_it(market: Market):
    own = {each.outbreak: each for each in market.truth if not each.kin}
    for each in market.truth:
        if each.kin:
            first = own[each.outbreak]
            share = 1.0 if each.supplier != NOBODY else KIN
            assert each.strength == pytest.approx(first.strength * share)
            assert (each.item, each.first, each.supplier) == (
                first.item,
                first.first,
                first.supplier,
            )
    assert {each.supplier != NOBODY for each in market.truth} == {True, False}


def test_people_complain_more_of_what_spreads(market: Market):
    calls = market.told["complaint"]
    ratios = []
    for each in market.truth:
        if each.kin or each.supplier != NOBODY:
            continue
        known = calls.loc[calls["product"] == each.product, "known"].to_numpy()
        days = np.arange(DAYS)
        hit, of = during(each, known).sum(), during(each, days).sum()
        ratios.append((hit / of) / ((len(known) - hit) / (DAYS - of)) if of else np.nan)
    assert np.nanmedian(ratios) > 3


def test_results_come_weeks_after_the_sample_in_order(market: Market):
    lots = market.lots
    wait = lots["known"] - lots["sampled"]
    assert (wait.min(), wait.max()) == (TESTING[0], sum(TESTING))
    assert lots["known"].is_monotonic_increasing
    assert all(each["known"].is_monotonic_increasing for each in market.told.values())


def test_what_spreads_rises_to_its_peak_and_fades():
    one = Spread(0, 0, 0, 10, 20, 40, 2.0, NOBODY, kin=False)
    assert one.on(np.array([0, 10, 15, 20, 30, 40, 50])).tolist() == [0, 0, 1, 2, 1, 0, 0]


def test_the_same_seed_gives_the_same_market(market: Market):
    again = spread_in(np.random.default_rng(11), DAYS, SIZE)
    assert again.lots.equals(market.lots)
    assert again.truth == market.truth
    assert all(again.told[name].equals(table) for name, table in market.told.items())
