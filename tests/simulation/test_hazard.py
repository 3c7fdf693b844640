"""The hidden truth is the truth: what it says will happen, happens as often."""

import numpy as np
import pandas as pd

from xinheng.core.time import day
from xinheng.simulation import expected_auc, life
from xinheng.simulation.city import found_city
from xinheng.simulation.hazard import chance_within, hazard
from xinheng.simulation.parts import Part
from xinheng.simulation.records import Nowhere
from xinheng.simulation.vocabulary import WORDS, place
from xinheng.simulation.world import World, open_world

from .conftest import MONTHS, Lived

AGAIN = place("purpose", "reinspection")


def confirmed(lived: Lived) -> pd.DataFrame:
    """Return enterprise and day of every confirmed violation, as a label would count it."""
    seen = lived.frame("inspection").query("critical > 0 and purpose != @AGAIN")
    failed = lived.frame("sampling").query("item >= 0")
    parts = [part[["enterprise", "occurred"]] for part in (seen, failed, lived.frame("incident"))]
    return pd.concat(parts)


def test_violations_within_a_year_are_as_many_as_the_truth_says(lived: Lived) -> None:
    chances = lived.chances()
    assert day(chances["as_of"].iloc[0]) == FIRST
    bad = confirmed(lived).query("@FIRST <= occurred < @FIRST + 365")["enterprise"]
    chances["came"] = chances["enterprise"].isin(bad)
    parts = [chances, *(part for _, part in chances.groupby("population"))]
    parts += [part for _, part in chances.groupby(pd.qcut(chances["probability"], 4))]
    for part in parts:
        expected = part["probability"]
        spread = np.sqrt((expected * (1 - expected)).sum())
        assert abs(part["came"].sum() - expected.sum()) < 4.5 * spread + 0.03 * expected.sum()


def test_everybody_in_business_has_a_chance_and_nobody_else(lived: Lived) -> None:
    chances = lived.chances().set_index("enterprise")
    assert chances["probability"].between(0, 1).all()
    assert (chances["probability"] > 0).mean() > 0.999
    closed = lived.frame("register").query("status == 2 and occurred < @FIRST")
    assert not chances.index.isin(closed["enterprise"]).any()
    assert (lived.city.established[chances.index] <= FIRST).all()
    assert set(chances["population"]) == set(WORDS["population"])


def test_the_year_ahead_is_neither_too_easy_nor_hopeless(lived: Lived) -> None:
    chances = lived.chances()["probability"].to_numpy()
    assert 0.65 <= expected_auc(chances, chances) <= 0.80
    assert 0.03 <= chances.mean() <= 0.12


def test_a_month_at_a_time_the_hazard_is_exact() -> None:
    world = opened(seed=3, count=6_000)
    expected, came = [], []
    for month in MONTHS[:30]:
        world.state.found[:] = False
        active = world.active(month)
        expected.append(hazard(world, month, active))
        life._live(world, month)
        came.append(world.state.found[active])
    chance, found = np.concatenate(expected), np.concatenate(came)
    for part in np.array_split(np.argsort(chance), 5):
        spread = np.sqrt((chance[part] * (1 - chance[part])).sum())
        assert abs(found[part].sum() - chance[part].sum()) < 4 * spread


def test_a_trial_life_leaves_the_world_as_it_was() -> None:
    world = opened(seed=4, count=500)
    before = world.state.copy()
    draws = {name: rng.bit_generator.state["state"] for name, rng in world.rng.items()}
    one = chance_within(world, MONTHS[:3], life._live, [[1, 2]])
    again = chance_within(world, MONTHS[:3], life._live, [[1, 2]])
    np.testing.assert_array_equal(one, again)
    for name in before.__slots__:
        np.testing.assert_array_equal(getattr(before, name), getattr(world.state, name))
    assert draws == {name: rng.bit_generator.state["state"] for name, rng in world.rng.items()}


def opened(seed: int, count: int) -> World:
    from xinheng.simulation.laws import read_laws
    from xinheng.simulation.outbreaks import break_out

    laws, first = read_laws(), MONTHS[0].first
    part = Part(0, 0, count, count // 20, 0)
    city = found_city(np.random.default_rng(seed), laws, part, first, MONTHS[-1].after)
    outbreaks = break_out(np.random.default_rng(seed), len(MONTHS))
    return open_world([seed, 0], laws, city, outbreaks, first, Nowhere())


FIRST = MONTHS[57].first
