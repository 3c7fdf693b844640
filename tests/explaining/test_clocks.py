"""Clocks of records: held against a look at every day."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.calendar import add_working_days
from xinheng.core.errors import PolicyError
from xinheng.core.time import months
from xinheng.explaining import Actions, Publicity
from xinheng.explaining.clocks import ages_out, repairable
from xinheng.explaining.steps import possible_steps
from xinheng.features import Events, Indicator, count, evidence, standard_catalogue
from xinheng.features.aggregate import Aggregate
from xinheng.features.expression import leaves_of
from xinheng.features.shares import counting

from ..grading.world import TODAY, events_of, indicator, record
from .spans import events_with

CATALOGUE = standard_catalogue()
ACTIONS = Actions.default().on(TODAY).actions
PUBLICITY = Publicity.default().on(TODAY)
FOOD_FINE, DUE = "penalty.kind:market.food.fine", "penalty.due:market.food"
THEN = TODAY - 100
STREAMS = {
    "PN06": "penalty:market.food.label",
    "PN09": "penalty:market.food.label",
    "PN02": "list_entry:abnormal.address",
    "PN12": "penalty.due:market.food",
    "CC07": "rectification",
    "IH_CRITICAL_1Y": "inspection.critical:routine",
    "IH_CRITICAL_ALL": "inspection.critical:routine",
    "EA01": "certificate:haccp",
}


def counts(declared: Indicator, own: Events, number: int, as_of: int) -> bool:
    leaves = [leaf for leaf in leaves_of(declared.expression) if isinstance(leaf, Aggregate)]
    return any(number in own.record[counting(leaf, own, as_of)] for leaf in leaves)


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(sorted(STREAMS)),
    st.integers(1, 1200),
    st.one_of(st.none(), st.integers(-200, 900)),
    st.one_of(st.none(), st.integers(-100, 100)),
)
def test_a_record_ages_out_on_the_first_day_it_does_not_count(
    name: str, ago: int, ends: int | None, repaired: int | None
) -> None:
    more = {} if ends is None else {"ended": TODAY + ends, "ended_available": TODAY - ago}
    more |= {} if repaired is None else {"repaired": TODAY + repaired}
    own = events_of(record(7, STREAMS[name], TODAY - ago, severity=2.0, value=30.0, **more)).of(7)
    [number] = own.record.tolist()
    declared = CATALOGUE[name]
    if not counts(declared, own, number, TODAY):
        return
    days = (day for day in range(TODAY, TODAY + 1500) if not counts(declared, own, number, day))
    assert ages_out(declared, own, number, TODAY) == next(days, None)


def test_every_record_behind_every_indicator_has_clocks() -> None:
    own = events_of(
        *(record(7, stream, TODAY - 90, severity=2.0, value=1.0) for stream in STREAMS.values())
    ).of(7)
    for declared in CATALOGUE.select(use="grade"):
        if any(not isinstance(leaf, Aggregate) for leaf in leaves_of(declared.expression)):
            continue
        found = evidence(CATALOGUE, declared.id, own, 7, TODAY)
        for number in found.events.record.tolist():
            last = ages_out(declared, own, number, TODAY)
            assert last is None or last > TODAY


def test_no_day_is_worked_out_where_a_window_ends_at_the_turn_of_a_year() -> None:
    turning = count("penalty", window=365, cycle=(7, 1)) + count("penalty", window=730)
    own = events_of(record(7, "penalty:market.food.label", TODAY - 300)).of(7)
    declared = indicator("T", "处罚", "Penalties", expression=turning)
    assert ages_out(declared, own, int(own.record[0]), TODAY) is None


def one(stream: str, **more: int) -> tuple[Events, int]:
    own = events_of(record(7, stream, TODAY - 100, **more)).of(7)
    return own, int(own.record[0])


GONE = {"ended": TODAY - 5, "ended_available": TODAY - 5}
STOPS = add_working_days(TODAY - 5, 3)


@pytest.mark.parametrize(
    ("stream", "ago", "more", "public"),
    [
        (FOOD_FINE, 100, {"repaired": TODAY - 5}, STOPS),
        (FOOD_FINE, 100, {"withdrawn": TODAY - 5}, STOPS),
        (FOOD_FINE, 100, GONE, TODAY - 100 + months(36)),  # performed, which ends no publicity
        (FOOD_FINE, 1090, {"repaired": TODAY - 5}, min(STOPS, TODAY - 1090 + months(36))),
        (FOOD_FINE, 1099, {"repaired": TODAY - 5}, TODAY - 1099 + months(36)),
        ("list_entry:serious_dishonesty.food", 500, GONE, STOPS),
        ("list_entry:judgment_defaulter.able", 500, GONE, STOPS),
    ],
)
def test_what_is_cleared_is_public_no_longer(
    stream: str, ago: int, more: dict[str, int], public: int
) -> None:
    own = events_of(record(7, stream, TODAY - ago, **more)).of(7)
    assert list(PUBLICITY.until(own, TODAY).values()) == [public]


def test_a_record_repaired_in_a_later_span_is_public_no_longer() -> None:
    fine = record(7, FOOD_FINE, THEN, record=1)
    before = fine | {"withdrawn": TODAY - 5}
    after = fine | {"available": TODAY - 5, "repaired": TODAY - 5}
    assert PUBLICITY.until(events_with(before, after).of(7), TODAY) == {1: STOPS}
    back = fine | {"available": TODAY - 5}  # withdrawn and reinstated
    assert PUBLICITY.until(events_with(before, back).of(7), TODAY) == {1: THEN + months(36)}


@pytest.mark.parametrize(
    ("stream", "more", "repairable_after", "public"),
    [
        ("penalty.kind:market.food.fine", {}, months(12), months(36)),
        ("penalty.kind:market.general.fine", {}, months(6), months(36)),
        ("penalty.kind:market.food.criticism", {}, None, months(3)),
        ("penalty.kind:market.food.warning", {}, None, None),
        ("penalty.kind:market.food.revocation", {}, None, months(36)),
        ("list_entry:abnormal.address", {}, 0, None),
        ("list_entry:abnormal.address", GONE, None, None),
        ("list_entry:serious_dishonesty.food", {}, months(12), months(36)),
        ("inspection.critical:routine", {}, None, None),
    ],
)  # fmt: skip
def test_when_repair_may_be_asked_for_and_publicity_ends(
    stream: str, more: dict[str, int], repairable_after: int | None, public: int | None
) -> None:
    own, number = one(stream, **more)
    day = TODAY - 100
    asked = None if repairable_after is None else day + repairable_after
    assert repairable(own, TODAY, ACTIONS).get(number) == asked
    assert PUBLICITY.until(own, TODAY).get(number) == (None if public is None else day + public)


def asked(*rows: dict[str, Any]) -> dict[int, int]:
    own = events_with(*(each | {"record": 1} for each in rows)).of(7)
    return {number: day - THEN for number, day in repairable(own, TODAY, ACTIONS).items()}


def test_a_penalty_that_is_due_can_be_repaired_no_sooner() -> None:
    due = record(7, DUE, THEN, value=15.0)
    assert asked(record(7, FOOD_FINE, THEN), due) == {1: months(12)}
    assert asked(record(7, "penalty.kind:market.food.stoppage", THEN), due) == {}
    assert asked(record(7, "rectification", THEN, value=30.0)) == {}


def test_a_penalty_that_was_performed_can_be_repaired() -> None:
    done = {"ended": TODAY - 60, "ended_available": TODAY - 60}
    rows = [
        each | {"record": 1} | span
        for each in (record(7, FOOD_FINE, THEN), record(7, DUE, THEN, value=15.0))
        for span in ({"withdrawn": TODAY - 60}, {"available": TODAY - 60} | done)
    ]
    assert asked(*rows) == {1: months(12)}
    steps = possible_steps(ACTIONS, events_with(*rows).of(7), TODAY, frozenset())
    assert [step.action.id for step in steps] == ["repair_food_penalty"]


def test_a_repaired_record_of_two_spans_can_be_asked_for_no_more() -> None:
    fine = record(7, FOOD_FINE, THEN)
    before = fine | {"withdrawn": TODAY - 50}
    after = fine | {"available": TODAY - 50, "repaired": TODAY - 50}
    assert asked(before) == {}
    assert asked(before, after) == {}
    assert asked(before, after | {"withdrawn": TODAY - 9}, fine | {"available": TODAY - 9}) == {
        1: months(12)
    }


def test_terms_that_cannot_be_used_say_why() -> None:
    text = Publicity.default().text
    for old, new, says in (
        ("months = 3\n", "months = 0\n", "at least 1"),
        ("days = 3 ", "days = -3 ", "0 or more"),
        ('"penalty.kind:*"', '"penalties"', "streams of records"),
    ):
        assert old in text
        with pytest.raises(PolicyError, match=says):
            Publicity.parse(text.replace(old, new), "publicity.toml")
