"""What happens in the city: worse enterprises are seen more, and cases take their course."""

import numpy as np
import pandas as pd

from xinheng.simulation.cases import PAYABLE, payable
from xinheng.simulation.city import ENTITY, OPERATOR, PRODUCER
from xinheng.simulation.records import SCHEMAS
from xinheng.simulation.vocabulary import WORDS, place

from .conftest import COUNT, KNOWN_SEED, Lived

ROUTINE, RANDOM, AGAIN = (
    place("purpose", name) for name in ("routine", "random_general", "reinspection")
)


def quarters(lived: Lived) -> tuple[np.ndarray, np.ndarray]:
    """Return who of the food operators is among the worst and the best quarter at first."""
    city = lived.city
    here = (city.established < lived.months[0].first) & (city.population == OPERATOR)
    low, high = np.quantile(city.quality[here], [0.25, 0.75])
    return here & (city.quality < low), here & (city.quality > high)


def test_worse_enterprises_are_inspected_more_where_the_policy_goes_by_suspicion(
    lived: Lived,
) -> None:
    seen = lived.frame("inspection")
    early = seen[(seen["occurred"] < lived.months[24].first) & (seen["purpose"] == ROUTINE)]
    visits = np.bincount(early["enterprise"], minlength=COUNT)
    worst, best = quarters(lived)
    ratio = visits[worst].mean() / visits[best].mean()
    spread = 4.5 * ratio * np.sqrt(1 / visits[worst].sum() + 1 / visits[best].sum())
    expected = 1.2 if lived.laws.name == "standard" else 1.0
    assert abs(ratio - expected) < spread
    if lived.laws.name == "standard" and lived.seed == KNOWN_SEED:
        assert ratio > 1.1


def test_the_random_draw_takes_no_account_of_quality(lived: Lived) -> None:
    seen = lived.frame("inspection")
    drawn = np.bincount(seen.loc[seen["purpose"] == RANDOM, "enterprise"], minlength=COUNT)
    worst, best = quarters(lived)
    spread = np.sqrt(max(drawn.mean(), 0.05) / min(worst.sum(), best.sum()) * 2)
    assert abs(drawn[worst].mean() - drawn[best].mean()) < 4.5 * spread
    months = lived.laws.inspection.random * len(lived.months)
    assert 0.4 * months * COUNT < drawn.sum() < months * COUNT


def test_violations_come_as_often_as_the_truth_says(lived: Lived) -> None:
    seen = lived.frame("inspection").query("critical >= 0")
    for part in (seen, seen[seen["purpose"] == ROUTINE], seen[seen["found"] > 0.4]):
        expected, spread = part["found"].sum(), np.sqrt((part["found"] * (1 - part["found"])).sum())
        assert abs((part["critical"] > 0).sum() - expected) < 4.5 * spread
    assert abs(seen["found"].mean() - seen["probability"].mean()) < 0.01


def test_the_season_is_that_of_the_law(lived: Lived) -> None:
    seen = lived.frame("inspection").query("purpose == @ROUTINE")
    seen = seen[np.isin(lived.city.population[seen["enterprise"]], [OPERATOR, PRODUCER])]
    month = pd.to_datetime(seen["occurred"], unit="D").dt.month
    found = seen["found"].groupby(month.to_numpy()).mean()
    peak = lived.laws.violation.peak
    around = [(peak + step - 1) % 12 + 1 for step in (-1, 0, 1)]
    opposite = [(each + 5) % 12 + 1 for each in around]
    assert found[around].mean() > 1.1 * found[opposite].mean()


def test_the_base_rate_drifts_and_the_reform_is_seen(lived: Lived) -> None:
    law = lived.laws.violation
    seen = lived.frame("inspection").query("purpose == @ROUTINE")
    day = seen["occurred"].to_numpy()
    reform = lived.months[law.reform_month].first
    before = seen["found"][(day < reform) & (day >= reform - 365)].mean()
    after = seen["found"][(day >= reform) & (day < reform + 365)].mean()
    assert np.sign(after - before) == np.sign(law.reform + law.yearly)
    assert abs(after - before) > 0.005


def test_every_record_is_known_no_earlier_than_it_happened(lived: Lived) -> None:
    for kind in SCHEMAS:
        table = lived.frame(kind)
        assert len(table), kind
        assert (table["known"] >= table["occurred"]).all(), kind
        assert table["enterprise"].between(-1, COUNT - 1).all(), kind
        if "number" in table and kind not in ("penalty", "list_entry", "sampling", "certificate"):
            each = ["organ", "number"] if kind == "sanction" else "number"
            assert not table.duplicated(each).any(), kind


def test_a_complaint_concerns_food_safety_by_its_topic_and_of_a_food_business(lived: Lived) -> None:
    calls = lived.frame("complaint").query("enterprise >= 0")
    topics = {WORDS["topic"][topic] for topic in calls.query("food")["topic"]}
    assert topics == {"food_quality", "hygiene", "foreign_matter", "label"}
    assert lived.city.food[calls.query("food")["enterprise"]].all()
    labels = calls[calls["topic"] == place("topic", "label")]
    assert (labels["food"] == lived.city.food[labels["enterprise"]]).all()
    assert not lived.frame("complaint").query("enterprise < 0")["food"].any()


def test_complaints_gather_around_violations(lived: Lived) -> None:
    """Among those with a violation at a random draw, more complain before it and after it."""
    calls = lived.frame("complaint").query("enterprise >= 0")
    seen = lived.frame("inspection").query("purpose == @ROUTINE and critical >= 0")
    rate = {}
    for bad, part in seen.groupby(seen["critical"] > 0):
        pairs = part.merge(calls, on="enterprise", suffixes=("", "_call"))
        gap = pairs["occurred_call"] - pairs["occurred"]
        rate[bad] = [(gap.between(*span)).sum() / len(part) for span in ((-365, -1), (1, 365))]
    assert rate[True][0] > 1.05 * rate[False][0]
    assert rate[True][1] > 1.05 * rate[False][1]


def test_a_penalty_follows_its_course(lived: Lived) -> None:
    penalties = lived.frame("penalty")
    assert set(penalties["organ"]) == set(range(len(WORDS["organ"])))
    for later in ("withdrawn", "repaired", "performed"):
        come = penalties[penalties[later] >= 0]
        assert len(come), later
        assert (come[later] > come["known"]).all(), later
    assert not ((penalties["withdrawn"] >= 0) & (penalties["repaired"] >= 0)).any()
    back = penalties[penalties["reinstated"] >= 0]
    assert (back["reinstated"] > back["withdrawn"]).all()
    food = penalties[(penalties["repaired"] >= 0) & lived.city.food[penalties["enterprise"]]]
    assert (food["repaired"] - food["known"] > 365).all()
    owed = penalties[payable(penalties["penalty"].to_numpy())]
    late = owed["performed"] - owed["occurred"] > PAYABLE
    assert 0.02 < late.mean() < 0.25
    assert 0 < (owed["performed"] < 0).mean() < 0.1
    decided = penalties[penalties["organ"] == 0]
    assert not decided.duplicated("number").any()
    assert (penalties.loc[penalties["penalty"] == 0, "fine"] == 0).all()


def test_nobody_is_inspected_as_planned_before_it_opens_or_after_it_closes(lived: Lived) -> None:
    seen = lived.frame("inspection").query("purpose <= @RANDOM")
    assert (seen["occurred"] >= lived.city.established[seen["enterprise"]]).all()
    closed = lived.frame("register").query("status == 2").set_index("enterprise")["occurred"]
    last = seen.groupby("enterprise")["occurred"].max().reindex(closed.index).dropna()
    assert len(last)
    assert (last < closed.reindex(last.index) + 31).all()


def test_items_add_up_to_what_the_inspection_counts(lived: Lived) -> None:
    items = lived.frame("inspection_item")
    counts = items.pivot_table(
        index="inspection", columns="severity", values="count", aggfunc="sum", fill_value=0
    )
    seen = lived.frame("inspection").set_index("number")
    for number, severity in enumerate(WORDS["severity"]):
        assert (counts[number] == seen.loc[counts.index, severity]).all()
    assert not items.duplicated(["inspection", "severity", "item"]).any()


def test_populations_have_the_shares_they_should(lived: Lived) -> None:
    counts = np.bincount(lived.city.population, minlength=3)
    assert counts[PRODUCER] == 400
    assert 0.07 < counts[OPERATOR] / COUNT < 0.10
    assert counts[ENTITY] > 0.8 * COUNT
    assert (lived.city.products[lived.city.food, 0] >= 0).all()
    assert (lived.city.products[~lived.city.food] == -1).all()


def test_licences_are_held_by_food_enterprises_and_share_no_number(lived: Lived) -> None:
    held = lived.frame("licence")
    assert lived.city.food[held["enterprise"]].all()
    each = held.drop_duplicates(["sort", "serial", "enterprise"])
    assert not each.duplicated(["sort", "serial"]).any()
    assert not held.duplicated(["enterprise", "term"]).any()
    assert ((held["products"] > 0) == (held["sort"] == 1)).all()
    gone = held[held["lapsed"] >= 0]
    assert len(gone)
    assert (gone["lapsed"] <= gone["valid_to"]).all()


def test_ties_join_two_enterprises(lived: Lived) -> None:
    ties = lived.frame("relation")
    assert set(ties["role"]) == set(range(len(WORDS["role"])))
    assert (ties["enterprise"] != ties["other"]).all()
    supply = ties[ties["role"] == place("role", "supply")]
    assert (lived.city.population[supply["other"]] == PRODUCER).all()
    shares = ties.groupby("role")["share"].apply(lambda part: part.notna().all())
    assert shares.to_dict() == {role: role == 0 for role in range(len(WORDS["role"]))}


def test_names_and_codes_are_different_and_of_a_city_that_does_not_exist(lived: Lived) -> None:
    register = lived.register()
    assert register["code"].is_unique
    assert register["name"].is_unique
    assert register["name"].str.startswith("信衡市").all()


def test_a_failed_visit_is_followed_by_another(lived: Lived) -> None:
    seen = lived.frame("inspection")
    failed = seen[seen["result"].isin([2, 3]) & (seen["purpose"] != AGAIN)]
    again = seen[seen["purpose"] == AGAIN].groupby("enterprise")["occurred"].max()
    later = again.reindex(failed["enterprise"]).to_numpy()
    assert (later > failed["occurred"].to_numpy()).all()


def test_capital_changes_join_on_and_who_stops_stays_so(lived: Lived) -> None:
    changes = lived.frame("change").query("item == 5").sort_values(["enterprise", "occurred"])
    same = changes["enterprise"].to_numpy()[1:] == changes["enterprise"].to_numpy()[:-1]
    assert same.any()
    assert (changes["before"].to_numpy()[1:] == changes["after"].to_numpy()[:-1])[same].all()
    register = lived.frame("register").sort_values(["enterprise", "occurred"], kind="stable")
    last = register.groupby("enterprise")["status"].transform("last")
    stopped = register["status"] == 2
    assert stopped.any()
    assert (last[stopped] == 2).all()
    assert not register[stopped].duplicated("enterprise").any()


def test_who_pauses_resumes_and_is_left_alone_in_between(lived: Lived) -> None:
    register = lived.frame("register").sort_values(["enterprise", "occurred"], kind="stable")
    follows = register.groupby("enterprise")[["status", "occurred"]].shift(-1)
    paused = (register["status"] == 1) & follows["status"].notna()
    assert paused.sum() > 20
    assert (follows["status"][paused] == 0).all()
    gap = follows["occurred"][paused] - register["occurred"][paused]
    assert gap.between(60, 300).all()
    seen = lived.frame("inspection").query("purpose <= @RANDOM")
    spans = register[paused].assign(until=follows["occurred"])
    pairs = seen.merge(spans, on="enterprise", suffixes=("", "_pause"))
    within = pairs["occurred"].between(pairs["occurred_pause"] + 31, pairs["until"] - 31)
    assert not within.any()
