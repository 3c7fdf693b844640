"""Each law by itself: what it does is seen, and the hazard knows every way to be found out."""

from dataclasses import replace

import numpy as np
import pytest

from xinheng.simulation import life, market
from xinheng.simulation.catalogue import products
from xinheng.simulation.city import DISTRICTS, found_city
from xinheng.simulation.hazard import hazard
from xinheng.simulation.inspectors import Inspectors, probability
from xinheng.simulation.laws import Laws, read_laws
from xinheng.simulation.outbreaks import Outbreaks, break_out
from xinheng.simulation.parts import Part
from xinheng.simulation.records import Nowhere
from xinheng.simulation.world import World, open_world

from .conftest import MONTHS, Lived

QUIET = {
    "inspection": {"entity": 0, "operator": 0, "producer": 0, "key": 0, "random": 0},
    "complaint": {"rate": 0, "general": 0},
    "sampling": {"producer": 0, "operator": 0},
}


def laws_with(**changes: dict[str, float]) -> Laws:
    laws = read_laws()
    parts = {name: getattr(laws, name).model_copy(update=new) for name, new in changes.items()}
    return laws.model_copy(update=parts)


def opened(laws: Laws, count: int = 3_000, seed: int = 7, *, calm: bool = True) -> World:
    first = MONTHS[0].first
    part = Part(0, 0, count, count // 3, 0)
    city = found_city(np.random.default_rng(seed), laws, part, first, MONTHS[-1].after)
    outbreaks = break_out(np.random.default_rng(seed), len(MONTHS))
    if calm:
        outbreaks = still(outbreaks)
    return open_world([seed, 0], laws, city, outbreaks, first, Nowhere())


def still(outbreaks: Outbreaks) -> Outbreaks:
    return replace(
        outbreaks,
        sampling=np.zeros_like(outbreaks.sampling),
        illness=np.ones_like(outbreaks.illness),
        item=np.full_like(outbreaks.item, -1),
    )


@pytest.mark.parametrize(
    "loud",
    [
        {"inspection": {"operator": 0.5, "producer": 0.5}},
        {"inspection": {"key": 0.4}},
        {"inspection": {"random": 0.4}},
        {"complaint": {"rate": 2.0, "general": 2.0}},
        {"sampling": {"producer": 0.9, "operator": 0.9, "failure": -2.0}},
        {},
    ],
    ids=["routine", "key", "random", "complaints", "samples", "accidents"],
)
def test_the_hazard_knows_every_way_to_be_found_out(loud, monkeypatch) -> None:
    if not loud:
        monkeypatch.setattr(market, "INCIDENT", 0.03)
    changes = {name: QUIET[name] | loud.get(name, {}) for name in QUIET}
    world = opened(laws_with(**changes))
    expected, came = 0.0, 0
    spread = 0.0
    for month in MONTHS[:8]:
        world.state.found[:] = False
        active = world.active(month)
        chance = hazard(world, month, active)
        life._live(world, month)
        expected += chance.sum()
        spread += (chance * (1 - chance)).sum()
        came += int(world.state.found[active].sum())
    assert expected > 150
    assert abs(came - expected) < 4.5 * np.sqrt(spread)


def test_the_chance_before_it_is_known_who_inspects_is_the_mean_over_inspectors() -> None:
    strictness = np.array([-1.0, 0.5, 2.0, 0.3])
    inspectors = Inspectors(np.array([0, 3]), np.array([3, 1]), strictness, 0)
    odds = np.array([-2.0, 0.7, -2.0])
    district = np.array([0, 0, 1], np.int8)
    expected = [probability(odds[n] + strictness[:3]).mean() for n in (0, 1)]
    found = inspectors.chance(odds, district)
    np.testing.assert_allclose(found, [*expected, probability(-2.0 + 0.3)], atol=1e-6)


def test_an_outbreak_raises_illness_complaints_and_failures() -> None:
    calm = opened(read_laws())
    outbreaks, month = still(calm.outbreaks), MONTHS[5]
    product = int(calm.city.products[calm.city.food][0, 0])
    outbreaks.illness[month.number, product] = 8.0
    outbreaks.sampling[month.number, product] = 2.0
    sick = replace(calm, outbreaks=outbreaks)
    who = np.flatnonzero((calm.city.products == product).any(axis=1))
    others = np.flatnonzero(calm.city.food & ~(calm.city.products == product).any(axis=1))
    ratio = market.incident_rate(sick, month, who) / market.incident_rate(calm, month, who)
    np.testing.assert_allclose(ratio, 8.0)
    more = market.complaint_rate(sick, month, who) - market.complaint_rate(calm, month, who)
    np.testing.assert_allclose(more, 7 * market.SICKENED, atol=1e-6)
    np.testing.assert_allclose(
        market.incident_rate(sick, month, others), market.incident_rate(calm, month, others)
    )
    made = np.full(len(who), product)
    odds = [
        np.log(p / (1 - p)) for p in (market.failure(w, month, who, made) for w in (sick, calm))
    ]
    np.testing.assert_allclose(odds[0] - odds[1], 2.0, atol=1e-5)


def test_a_bad_supplier_makes_lots_fail() -> None:
    world, month = opened(read_laws()), MONTHS[0]
    who = np.flatnonzero(world.city.supplier >= 0)
    made = world.city.products[who, 0].astype(np.int64)
    before = market.failure(world, month, who, made)
    world.state.quality[np.unique(world.city.supplier[who])] -= 2
    assert (market.failure(world, month, who, made) > 1.3 * before).all()


def test_suppliers_make_what_they_supply() -> None:
    city = opened(read_laws()).city
    who = np.flatnonzero(city.supplier >= 0)
    assert len(who) > 40
    makes = (city.products[city.supplier[who]] == city.products[who, :1]).any(axis=1)
    assert makes.all()
    assert (products()["made"].to_numpy()[city.products[who, 0]] > 0).all()


def test_quality_jumps_where_the_law_says_so() -> None:
    world = opened(laws_with(quality={"jumps": 1.0, "jump": 9.0, "spread": 0.01}))
    before = world.state.quality.copy()
    world.drift()
    assert (np.abs(world.state.quality - before) > 8).all()


def test_bad_quality_counts_more_above_a_threshold() -> None:
    plain, bent = opened(read_laws()), opened(laws_with(violation={"threshold": 0.7}))
    who, quality = np.arange(len(plain.city)), plain.state.quality
    np.testing.assert_array_equal(quality, bent.state.quality)
    more = bent.odds(MONTHS[0], who) - plain.odds(MONTHS[0], who)
    np.testing.assert_allclose(more, -0.7 * np.minimum(quality, 0), atol=1e-5)


def test_some_are_complained_about_whatever_they_do() -> None:
    world = opened(laws_with(complaint={"mobbed": 0.5}))
    who, mobbed = np.arange(len(world.city)), world.city.mobbed
    rate = market.complaint_rate(world, MONTHS[0], who)
    calm = market.complaint_rate(
        replace(world, city=replace(world.city, mobbed=np.zeros_like(mobbed))), MONTHS[0], who
    )
    np.testing.assert_allclose(rate[~mobbed], calm[~mobbed])
    assert (rate[mobbed] > np.minimum(10 * calm[mobbed], 5.9)).all()


@pytest.mark.parametrize(("coupling", "low", "high"), [(0.9, 0.3, 1.0), (0.0, -0.35, 0.35)])
def test_finance_follows_quality_as_far_as_the_law_couples_them(coupling, low, high) -> None:
    world = opened(laws_with(paper={"coupling": coupling}))
    world.state.finance[:] = 0
    for _ in range(60):
        world.drift()
    assert low < np.corrcoef(world.state.finance, world.state.quality)[0, 1] < high


def test_districts_follow_their_prior(lived: Lived) -> None:
    prior = np.array(list(DISTRICTS.values()))
    shares = np.bincount(lived.city.district, minlength=len(DISTRICTS)) / len(lived.city)
    site = lived.city.site
    together = np.append(np.bincount(site[site >= 0]), np.ones((site < 0).sum()))
    error = np.sqrt(prior * (1 - prior) * (together**2).sum()) / len(site)
    assert (np.abs(shares - prior) < 5 * error).all()
    assert error.max() < 0.015


def test_clocks_of_licences_lists_and_penalties(lived: Lived) -> None:
    held = lived.frame("licence")
    assert (held["valid_to"] - held["occurred"] == 1825).all()
    entries = lived.frame("list_entry").query("list == 1")
    term = entries["removed"] - entries["known"]
    assert (term.between(370, 405) | term.between(1100, 1135)).all()
    penalties = lived.frame("penalty").query("organ == 0")
    seen = lived.frame("inspection").query("result == 2 or result == 3")
    failed = lived.frame("sampling").query("item >= 0")
    calls = lived.frame("complaint").query("report and verified")
    causes = [each[["enterprise", "occurred"]] for each in (seen, calls, lived.frame("incident"))]
    causes.append(failed[["enterprise"]].assign(occurred=failed["known"]))
    for row in penalties.sample(min(60, len(penalties)), random_state=1).itertuples():
        days = np.concatenate(
            [c.loc[c["enterprise"] == row.enterprise, "occurred"] for c in causes]
        )
        gap = row.occurred - days
        assert ((gap >= 18) & (gap <= 105)).any()
