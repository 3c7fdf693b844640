"""The hidden truth is the truth: what it says will happen, happens as often."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from xinheng.core.time import day
from xinheng.simulation import expected_auc, life
from xinheng.simulation.city import found_city
from xinheng.simulation.hazard import chances_within, hazard
from xinheng.simulation.laws import read_laws
from xinheng.simulation.parts import Part
from xinheng.simulation.records import Nowhere
from xinheng.simulation.vocabulary import WORDS, place
from xinheng.simulation.world import World, open_world

from .conftest import HIDDEN, MONTHS, Lived, live

AGAIN, RANDOM = (place("purpose", name) for name in ("reinspection", "random_general"))


def confirmed(lived: Lived) -> pd.DataFrame:
    """Return enterprise and day of every confirmed violation, as a label would count it."""
    seen = lived.frame("inspection").query("critical > 0 and purpose != @AGAIN")
    failed = lived.frame("sampling").query("item >= 0")
    parts = [part[["enterprise", "occurred"]] for part in (seen, failed, lived.frame("incident"))]
    return pd.concat(parts)


def test_violations_within_a_year_are_as_many_as_the_truth_says(lived: Lived) -> None:
    chances = lived.chances()
    assert day(chances["as_of"].iloc[0]) == FIRST
    came = confirmed(lived)
    bad = came.query("@FIRST <= occurred < @FIRST + 365")["enterprise"]
    chances["came"] = chances["enterprise"].isin(bad)
    # By what stood before the trial lives: sorted by their own mean, the lowest quarter is the one
    # in which they came out too low by chance.
    before = came.query("@FIRST - 730 <= occurred < @FIRST")["enterprise"].value_counts()
    times = chances["enterprise"].map(before).fillna(0).clip(upper=2)
    risk = pd.Series(lived.city.risk[chances["enterprise"]], chances.index)
    groups = (chances["population"], times, pd.qcut(risk.rank(method="first"), 4))
    parts = [part for by in groups for _, part in chances.groupby(by)]
    for part in [chances, *parts]:
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


def test_random_checks_find_as_much_as_the_truth_says(often: Lived) -> None:
    chances = often.chances()
    year = often.frame("inspection").query("@OFTEN_FIRST <= occurred < @OFTEN_FIRST + 365")
    checks = year.query("purpose == @RANDOM and critical >= 0").merge(chances, on="enterprise")
    assert len(checks) > 2_000
    found = checks["critical"].gt(0) - checks["if_checked"]
    risk = pd.Series(often.city.risk[checks["enterprise"]], checks.index).rank(method="first")
    parts = [checks.index, *checks.groupby("population").groups.values()]
    parts += checks.groupby(pd.qcut(risk, 4)).groups.values()
    for part in parts:
        # What is found at one enterprise hangs together, so errors are those of enterprises.
        missed = found[part].groupby(checks["enterprise"][part]).sum()
        assert abs(missed.sum()) < 4.5 * np.sqrt((missed**2).sum())


def test_what_a_check_would_find_is_told_of_everybody_checked_or_not(often: Lived) -> None:
    told = often.chances().set_index("enterprise")["if_checked"]
    assert told.between(0, 1, inclusive="neither").all()
    seen = often.frame("inspection").query("occurred >= @OFTEN_FIRST")
    assert 0.5 < told.index.isin(seen["enterprise"]).mean() < 0.9
    drawn = seen[(seen["purpose"] == RANDOM) & seen["enterprise"].isin(told.index)]["enterprise"]
    assert abs(told[drawn].mean() - told.mean()) < 4.5 * told.std() / np.sqrt(len(drawn))


def test_working_out_the_truth_changes_nothing_that_happens(tmp_path: Path) -> None:
    told = lived_often(tmp_path / "told", "standard", 5, count=200, truths=[OFTEN_TOLD])
    untold = lived_often(tmp_path / "untold", "standard", 5, count=200, truths=[])
    names = {path.name for path in untold.folder.iterdir()}
    assert {path.name for path in told.folder.iterdir()} == names | {life.CHANCES}
    assert len(names) > 20
    for name in names:
        assert (told.folder / name).read_bytes() == (untold.folder / name).read_bytes()


@pytest.fixture(scope="module", params=["standard", "contrary"])
def often(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("often")
    return lived_often(folder, request.param, HIDDEN, count=3_000, truths=[OFTEN_TOLD])


def lived_often(folder: Path, name: str, seed: int, *, count: int, truths: list[int]) -> Lived:
    """Live a city in which nearly everybody is drawn at random once a year."""
    laws, part = read_laws(name), Part(0, 0, count, count // 20, 0)
    drawn = laws.inspection.model_copy(update={"random": 0.08})
    laws = laws.model_copy(update={"inspection": drawn})
    return live(folder, laws, seed, part, OFTEN_MONTHS, truths)


def test_a_trial_life_leaves_the_world_as_it_was() -> None:
    world = opened(seed=4, count=500)
    before = world.state.copy()
    draws = {name: rng.bit_generator.state["state"] for name, rng in world.rng.items()}
    one = chances_within(world, MONTHS[:3], life._live, [[1, 2]])
    again = chances_within(world, MONTHS[:3], life._live, [[1, 2]])
    np.testing.assert_array_equal(one.confirmed, again.confirmed)
    np.testing.assert_array_equal(one.checked, again.checked)
    for name in before.__slots__:
        np.testing.assert_array_equal(getattr(before, name), getattr(world.state, name))
    assert draws == {name: rng.bit_generator.state["state"] for name, rng in world.rng.items()}


def opened(seed: int, count: int) -> World:
    from xinheng.simulation.outbreaks import break_out

    laws, first = read_laws(), MONTHS[0].first
    part = Part(0, 0, count, count // 20, 0)
    city = found_city(np.random.default_rng(seed), laws, part, first, MONTHS[-1].after)
    outbreaks = break_out(np.random.default_rng(seed), len(MONTHS))
    return open_world([seed, 0], laws, city, outbreaks, first, Nowhere())


FIRST = MONTHS[57].first
OFTEN_TOLD, OFTEN_MONTHS = 3, MONTHS[:15]
OFTEN_FIRST = MONTHS[OFTEN_TOLD].first
