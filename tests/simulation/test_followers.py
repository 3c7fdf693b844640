"""The other departments see what is hidden: worse enterprises fail, sue, owe and are told of."""

import numpy as np
import pandas as pd
import pytest

from xinheng.simulation.affairs import HEARD, rarely
from xinheng.simulation.areas import AREAS, areas_of
from xinheng.simulation.city import PRODUCER, found_city
from xinheng.simulation.follow import Followers
from xinheng.simulation.laws import read_laws
from xinheng.simulation.outbreaks import break_out
from xinheng.simulation.overheard import Overheard
from xinheng.simulation.parts import Part
from xinheng.simulation.roster import organs
from xinheng.simulation.vocabulary import place
from xinheng.simulation.world import open_world

from .conftest import COUNT, HIDDEN, MONTHS, Lived


class Ledger:
    """Keeps what it is told as tables."""

    def __init__(self) -> None:
        self.told: dict[str, list[pd.DataFrame]] = {}
        self.counts: dict[str, int] = {}

    def add(self, kind: str, /, **columns: object) -> None:
        self.told.setdefault(kind, []).append(pd.DataFrame(columns))

    def numbers(self, kind: str, count: int) -> np.ndarray:
        start = self.counts.get(kind, 0)
        self.counts[kind] = start + count
        return np.arange(start, start + count)


@pytest.fixture(scope="module", params=[("standard", HIDDEN), ("contrary", HIDDEN)], ids=str)
def halves(request: pytest.FixtureRequest) -> dict[str, pd.DataFrame]:
    """Return a year's records of a part half of whose enterprises are bad, half good."""
    name, seed = request.param
    laws, part = read_laws(name), Part(0, 0, 20_000, 1_000, 0)
    outbreaks = break_out(np.random.default_rng([seed, 0, 1]), len(MONTHS))
    start, end = MONTHS[0].first, MONTHS[-1].after
    city = found_city(np.random.default_rng([seed, 0, 0]), laws, part, start, end)
    ledger = Ledger()
    heard = Overheard(ledger, HEARD, 0)
    world = open_world([seed, 0], laws, city, outbreaks, start, heard)
    bad = np.arange(len(city)) // 60 % 2 == 0
    for hidden in (world.state.quality, world.state.finance):
        hidden[:] = np.where(bad, -1.2, 1.2)
    followers = Followers([seed, 0], world, heard)
    for month in MONTHS[12:24]:
        followers.follow(month, world.active(month))
    followers.conclude(start, end)
    frames = {kind: pd.concat(parts) for kind, parts in ledger.told.items()}
    return {
        kind: frame.assign(bad=frame["enterprise"] // 60 % 2 == 0) for kind, frame in frames.items()
    }


def odds(frame: pd.DataFrame) -> float:
    """Return how many records of bad enterprises there are for each of a good one."""
    assert len(frame) > 30
    return float(frame["bad"].sum() / max(1, (~frame["bad"]).sum()))


def test_who_keeps_rules_badly_is_punished_and_obstructs_more(
    halves: dict[str, pd.DataFrame],
) -> None:
    assert odds(halves["sanction"]) > 2
    assert odds(halves["case"]) > 1.3
    checks = halves["random_check"]
    assert odds(checks[checks["result"] >= 2]) > 2
    assert 0.6 < odds(checks[checks["selection"] == 0]) < 1.6
    assert odds(checks[checks["selection"] == 1]) > 1.5


def test_the_unsound_are_sued_default_owe_and_publish_late(
    halves: dict[str, pd.DataFrame],
) -> None:
    for kind in ("suit", "judgment", "arrears"):
        assert odds(halves[kind]) > 2, kind
    told = halves["disclosure"]
    assert odds(told[(told["disclosed"] < 0) | (told["disclosed"] > told["due"])]) > 1.5
    assert 0.7 < odds(told) < 1.4


def test_staff_of_bad_enterprises_fail_and_their_places_stay_empty(
    halves: dict[str, pd.DataFrame],
) -> None:
    exams = halves["exam"]
    assert odds(exams[~exams["passed"]]) > 4
    assert 0.7 < odds(exams) < 1.4
    assert (exams["passed"] == (exams["score"] >= 60)).all()


def test_bad_food_is_graded_and_sampled_as_bad(halves: dict[str, pd.DataFrame]) -> None:
    grades = halves["catering_grade"]
    assert odds(grades[grades["grade"] == 2]) > 3
    assert odds(grades[grades["grade"] == 0]) < 0.5
    shops, stars = halves["group_shop"], halves["assessment"]
    assert shops[~shops["bad"]]["rating"].mean() > shops[shops["bad"]]["rating"].mean() + 0.2
    assert stars[~stars["bad"]]["score"].mean() > stars[stars["bad"]]["score"].mean() + 0.3
    lots = halves["lot"]
    assert 0.5 < odds(lots) < 2
    assert (lots[lots["counterfeit"]]["item"] >= 0).all()


def test_a_department_punishes_in_its_own_lines_of_business(lived: Lived) -> None:
    found = lived.frame("sanction")
    for number, organ in enumerate(organs()):
        mine = found[found["organ"] == number]
        assert bool(len(mine)) == bool(organ.rate), organ.name
        assert organ.trades[lived.city.trade[mine["enterprise"]]].all()
        assert set(mine["violation"]) <= set(organ.violations)


def test_opinion_follows_accidents_and_outbreaks(lived: Lived) -> None:
    stories = lived.frame("opinion")
    sick = stories[stories["story"] == place("story", "poisoning")]
    assert len(sick) > 30
    assert sick["food"].all()
    assert 0.7 < (sick["polarity"] == place("polarity", "negative")).mean() < 1
    months = pd.Series({month.first: month.number for month in lived.months})
    month = months.to_numpy()[np.searchsorted(months.index, sick["occurred"], side="right") - 1]
    about = sick["product"].to_numpy()
    rising = [
        lived.outbreaks.illness[max(0, m - 1) : m + 1, product].max() > 1.5
        for m, product in zip(month, about, strict=True)
        if product >= 0
    ]
    assert np.mean(rising) > 0.5
    accidents = set(lived.frame("incident")["enterprise"])
    assert accidents <= set(sick["enterprise"])


def test_a_story_is_told_several_times_in_both_services(lived: Lived) -> None:
    clusters = lived.frame("opinion").groupby("cluster")
    assert 1.3 < clusters.size().mean() < 5
    assert clusters["enterprise"].nunique().max() == 1
    assert (clusters["service"].nunique() == 2).any()


def test_every_food_enterprise_has_staff_and_every_one_a_representative(lived: Lived) -> None:
    staff, posts = lived.frame("staff"), lived.frame("post")
    food = set(np.flatnonzero(lived.city.food))
    assert set(staff["enterprise"]) <= food
    assert len(set(staff["enterprise"])) > 0.9 * len(food)
    makers = set(np.flatnonzero(lived.city.population == PRODUCER))
    directors = staff[staff["role"] == place("staff", "director")]
    assert len(makers & set(directors["enterprise"])) > 0.9 * len(makers)
    heads = posts[posts["role"] == place("post", "legal_representative")]
    assert set(heads["enterprise"]) == set(range(COUNT))
    ordered = heads.sort_values(["enterprise", "occurred"])
    same = ordered["enterprise"].eq(ordered["enterprise"].shift(-1))
    assert (ordered["until"][same] == ordered["occurred"].shift(-1)[same]).all()
    assert (heads["until"].eq(-1) | heads["until"].gt(heads["occurred"])).all()


def test_owners_of_several_firms_are_one_person(lived: Lived) -> None:
    heads = lived.frame("post").query(f"role == {place('post', 'legal_representative')}")
    first = heads.sort_values("occurred").drop_duplicates("enterprise").set_index("enterprise")
    owner = pd.Series(lived.city.owner)
    person = first["person"].reindex(owner.index)
    assert person[owner >= 0].groupby(owner[owner >= 0]).nunique().max() == 1
    assert person[owner < 0].is_unique


def test_bans_are_of_those_who_represented_the_enterprise(lived: Lived) -> None:
    bans, posts = lived.frame("ban"), lived.frame("post")
    known = set(zip(posts["enterprise"], posts["person"], strict=True))
    assert len(bans) > 5
    assert set(zip(bans["enterprise"], bans["person"], strict=True)) <= known


def test_a_repair_is_of_a_penalty_that_was_decided_before(lived: Lived) -> None:
    repairs, penalties = lived.frame("repair"), lived.frame("penalty")
    penalties = penalties[penalties["organ"] == place("organ", "market")].set_index("number")
    sanctions = lived.frame("sanction").set_index(["organ", "number"])
    for row in repairs.itertuples():
        target = (
            penalties.loc[row.target] if row.organ < 0 else sanctions.loc[(row.organ, row.target)]
        )
        assert target["enterprise"] == row.enterprise
        assert target["known"] < row.decided
    granted = repairs[(repairs["organ"] < 0) & (repairs["decision"] == 0)]
    assert set(granted["decided"]) == set(penalties["repaired"]) - {-1}
    assert (repairs["undone"] >= 0).any()


def test_every_case_of_the_regulator_is_filed_before_it_is_decided(lived: Lived) -> None:
    cases = lived.frame("case").set_index("number")
    penalties = lived.frame("penalty").query(f"organ == {place('organ', 'market')}")
    assert set(penalties["case"]) <= set(cases.index)
    assert cases.index.is_unique
    decided = cases[cases["decided"] >= 0]
    assert (decided["decided"] > decided["occurred"]).all()
    referred = cases[cases["referred"] >= 0]
    assert len(referred) > 0
    assert (referred["referred_known"] >= referred["decided_known"]).all()


def test_calls_handed_on_are_those_of_the_hotline(lived: Lived) -> None:
    calls = lived.frame("call").query("hotline >= 0").set_index("hotline")
    hotline = lived.frame("complaint").set_index("number").loc[calls.index]
    named = lived.frame("complaint").query("enterprise >= 0")
    assert 0.14 < len(calls) / len(named) < 0.22
    for column in ("enterprise", "food", "topic", "product", "report", "verified", "occurred"):
        assert (calls[column] == hotline[column]).all(), column
    assert (calls["known"] > hotline["known"]).all()


def test_one_building_has_several_firms_and_a_market_has_many(lived: Lived) -> None:
    register = lived.register()
    assert register["address"].nunique() > 0.97 * len(register)
    building = register["address"].str.replace(r"(\d+|\d+号铺)$", "", regex=True)
    assert 0.3 < (building.groupby(building).transform("size") > 1).mean() < 0.95
    stalls = register[register["site"].notna()]
    assert stalls["address"].str.fullmatch(r"信衡市..区.{2}街道.+\d+号.{2}市场[ABCD]\d+号铺").all()
    assert stalls.groupby("site")["street"].nunique().max() == 1
    pairs = zip(register["street"], register["address"], strict=True)
    assert all(street in address for street, address in pairs)


def test_areas_are_districts_and_what_is_cut_out_of_them(lived: Lived) -> None:
    city = lived.city
    areas = areas_of(city.district, city.longitude)
    assert set(areas) == set(range(len(AREAS)))
    kept = areas < 9
    assert (areas[kept] == city.district[kept]).all()
    assert 0.02 < (~kept).mean() < 0.06
    sites = pd.Series(areas[city.site >= 0]).groupby(city.site[city.site >= 0])
    assert sites.nunique().max() == 1


@pytest.mark.parametrize("rate", [0.001, 0.05, 0.4])
def test_whoever_is_drawn_rarely_is_drawn_by_his_own_chance(rate: float) -> None:
    rng, who = np.random.default_rng(7), np.arange(40_000)
    weight = np.where(who < 20_000, 2.0, 0.5)
    times = np.zeros(len(who))
    for _ in range(40):
        times[rarely(rng, who, rate, lambda them: weight[them])] += 1
    for half, expected in ((times[:20_000], 2 * rate), (times[20_000:], 0.5 * rate)):
        assert half.mean() / 40 == pytest.approx(expected, rel=0.08)
    assert len(rarely(rng, who[:0], rate, lambda them: weight[them])) == 0
