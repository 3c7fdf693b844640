"""Remedies: every set of steps on every day, tried by brute force."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from itertools import chain, combinations
from typing import Any

import numpy as np
import pytest
from scipy.special import expit

from xinheng.core.calendar import add_working_days, covered_years
from xinheng.core.errors import InvalidError, PolicyError
from xinheng.core.time import NEVER, day, months
from xinheng.explaining import Actions, find_remedies
from xinheng.explaining.clocks import repairable
from xinheng.explaining.remedies import Outcome
from xinheng.explaining.steps import Step, in_turn, possible_steps, taken
from xinheng.features import Catalogue, Events, compute, count, days_since, minimum
from xinheng.grading import Blend, Bundle, Level, Reference, Scorer, fit_calibrator
from xinheng.grading.dynamic.calendar import monthly

from ..grading.world import TODAY, events_of, indicator, parts, record, rows_of, train
from .spans import events_with

ACTIONS = Actions.default().on(TODAY).actions
BY_ID = {action.id: action for action in ACTIONS}
FINE = "penalty.kind:market.food.fine"
LAST_ANNOUNCED = day(f"{covered_years()[-1]}-12-31")
CATALOGUE = Catalogue((
    indicator("A", "未整改", "Open orders", expression=count("rectification", state="open"),
              direction=1),
    indicator("B", "处罚", "Penalties",
              expression=count("penalty.kind", window=1096, repaired="leaves"), direction=1),
    indicator("C", "异常", "Abnormal", expression=count("list_entry:abnormal.*", state="open"),
              direction=1),
    indicator("D", "认证", "Certificates", direction=-1,
              expression=minimum(count("certificate:haccp", state="open"), 1)),
    indicator("E", "距处罚", "Days since a penalty", missing=3650.0, direction=-1,
              expression=days_since("penalty.kind")),
    indicator("F", "关键项", "Critical items",
              expression=count("inspection.critical", window=365), direction=1),
))  # fmt: skip


def enterprise(number: int, rng: np.random.Generator) -> list[dict[str, Any]]:
    """Records of one: orders, penalties, list entries, critical items, now and then a licence."""
    found = []
    for stream, often, more in (
        ("rectification:", 0.8, {"value": 30.0}),
        (FINE, 0.7, {"severity": 2.0}),
        ("list_entry:abnormal.address", 0.5, {}),
        ("inspection.critical:routine", 0.8, {"value": 1.0}),
        ("penalty.due:market.food", 0.2, {"value": 15.0}),
    ):
        for _ in range(rng.poisson(often)):
            when = int(TODAY - rng.integers(5, 900))
            found.append(record(number, stream.rstrip(":"), when, **more))
    if rng.random() < 0.5:
        found.append(record(number, "enterprise.population:producer", TODAY - 1000))
    return found or [record(number, "award:city", TODAY - 100)]


@cache
def town(many: int = 300) -> Events:
    rng = np.random.default_rng(4)
    records = chain.from_iterable(enterprise(number, rng) for number in range(1, many + 1))
    return events_of(*records)


@cache
def scorer() -> Scorer:
    rows = rows_of(*((number, TODAY) for number in range(1, 301)))
    matrix = compute(CATALOGUE, town(), rows)
    risk = matrix["A"] + matrix["B"] + matrix["C"] + matrix["F"] - matrix["D"] - 2.5
    outcomes = np.random.default_rng(6).random(len(matrix)) < expit(1.5 * risk)
    booster = train(matrix, outcomes, list(CATALOGUE.monotone_constraints()))
    margins = np.asarray(booster.predict(matrix.to_numpy(), raw_score=True))
    made = replace(
        parts(),
        blend=Blend(booster),
        catalogue=CATALOGUE,
        calibrator=fit_calibrator(margins, outcomes, replicates=20, seed=1),
        reference=Reference.of(matrix, margins),
    )
    fields = {name: getattr(made, name) for name in made.__dataclass_fields__}
    return Scorer(Bundle(**fields, digest="d" * 64, key="k"))


def deeds(steps: Iterable[Step]) -> set[tuple[str, int]]:
    return {(step.action.id, step.record) for step in steps}


def own_of(*records: dict[str, Any]) -> Events:
    return events_of(*(each | {"enterprise": 7} for each in records)).of(7)


def one(*steps: Step) -> dict[str, Step]:
    return {step.action.id: step for step in steps}


def test_what_can_be_done_and_when_it_counts() -> None:
    own = own_of(
        record(7, "rectification", TODAY - 20, value=30.0),
        record(7, FINE, TODAY - 100),
        record(7, FINE, TODAY - 500, repaired=TODAY - 3),
        record(7, "list_entry:abnormal.address", TODAY - 40),
        record(7, "list_entry:abnormal.report", TODAY - 400, ended=TODAY - 9,
               ended_available=TODAY - 9),
        record(7, "licence:food_production.0104", TODAY - 1700, ended=TODAY + 90,
               ended_available=TODAY - 1700),
        record(7, "licence:food_production.0101", TODAY - 100, ended=TODAY + 900,
               ended_available=TODAY - 100),
    )  # fmt: skip
    found = one(*possible_steps(ACTIONS, own, TODAY, frozenset({"entity"})))
    assert found.keys() == {
        "rectify",
        "repair_food_penalty",
        "leave_abnormal_list",
        "renew_licence",
    }
    assert found["rectify"].done == add_working_days(TODAY, 10)
    assert found["rectify"].day == found["rectify"].done + 1
    eligible = TODAY - 100 + months(12)
    assert found["repair_food_penalty"].done >= eligible + 17
    assert found["leave_abnormal_list"].done == add_working_days(TODAY, 7)
    producer = possible_steps(ACTIONS, own, TODAY, frozenset({"entity", "producer"}))
    assert {"haccp", "iso22000", "gmp"} <= one(*producer).keys()


def test_steps_change_the_records_they_are_about_and_no_other() -> None:
    own = own_of(
        record(7, "rectification", TODAY - 20),
        record(7, "rectification", TODAY - 10),
        record(7, FINE, TODAY - 600),
        record(7, "licence:food_production.0104", TODAY - 99, ended=TODAY + 90,
               ended_available=TODAY - 99),
    )  # fmt: skip
    steps = possible_steps(ACTIONS, own, TODAY, frozenset({"producer"}))
    by = one(*steps)
    rectified = [step for step in steps if step.action.id == "rectify"]
    assert len(rectified) == 2
    later = taken(own, 7, [rectified[0]])
    changed = later.record[later.ended != own.ended]
    assert changed.tolist() == [rectified[0].record]
    assert (later.ended_available == later.ended)[later.record == rectified[0].record].all()
    repaired = taken(own, 7, [by["repair_food_penalty"]])
    assert (repaired.repaired < NEVER).sum() == 1
    longer = taken(own, 7, [by["renew_licence"]])
    assert (longer.ended - own.ended).max() == months(60)
    with_more = taken(own, 7, [by["haccp"], by["gmp"]])
    assert len(with_more) == len(own) + 2
    with_more.check()
    assert set(with_more.enterprise) == {7}
    assert taken(own, 7, []).record.tolist() == own.record.tolist()


def test_steps_of_an_enterprise_without_records_are_its_own() -> None:
    steps = possible_steps(ACTIONS, Events.none(), TODAY, frozenset({"producer"}))
    assert taken(Events.none(), 7, steps).enterprise.tolist() == [7, 7, 7]


CLEARING = {"perform_penalty", "leave_abnormal_list"}


def put_off(chosen: tuple[Step, ...]) -> tuple[Step, ...]:
    """Steps that may not be taken while something is open, after those that clear it."""
    cleared = [step.done + 1 for step in chosen if step.action.id in CLEARING]
    found = []
    for step in chosen:
        begins = max([step.start, *cleared]) if step.action.unless_open else step.start
        try:
            done = add_working_days(begins, step.action.working_days)
        except InvalidError:
            offset = np.busday_offset(
                np.datetime64(begins, "D"), step.action.working_days, roll="forward"
            )
            done = int(offset.astype(int))
        found.append(replace(step, start=begins, done=done, estimated=done > LAST_ANNOUNCED))
    return tuple(found)


def naive(number: int, most: int, horizon: int) -> set[tuple[frozenset[Step], int, Level]]:
    """Every set of steps as of every day, and of these the ones that none beats."""
    own = town().of(number)
    listed = ("list_entry:abnormal.*", "list_entry:serious_dishonesty.*")
    rule = count("penalty.due", *listed, state="open")
    grading = scorer()

    def level(steps: tuple[Step, ...], when: int, previous: list[int] | None) -> Level:
        grades = grading.run(taken(own, number, steps), rows_of((number, when)), previous=previous)
        return Level.of(grades["level"].iloc[0])

    now = level((), TODAY, None)
    start = grading.run(own, rows_of((number, TODAY)))["model_level"].cat.codes.tolist()
    mine = {"entity"} | (
        {"producer"} if ("enterprise.population", "producer") in
        {own.vocabulary[s] for s in own.stream} else set()
    )  # fmt: skip
    steps = possible_steps(ACTIONS, own, TODAY, frozenset(mine))
    found = []
    for when in monthly(grading.bundle.policy, TODAY, TODAY + horizon):
        for size in range(most + 1):
            for chosen in map(put_off, combinations(steps, size)):
                if any(step.day > when for step in chosen):
                    continue
                left = taken(own, number, chosen)
                forbidden = compute(
                    Catalogue((indicator("R", "阻", "Bars", expression=rule),)), left,
                    rows_of((number, max(when, 0))),
                ).iloc[0, 0]  # fmt: skip
                if forbidden and any(step.action.unless_open for step in chosen):
                    continue
                reached = level(chosen, when, start)
                if reached < now:
                    found.append((frozenset(chosen), when, reached))
    return {
        each
        for each in found
        if not any(
            other != each
            and deeds(other[0]) <= deeds(each[0])
            and other[1] <= each[1]
            and other[2] <= each[2]
            for other in found
        )
    }


@pytest.mark.parametrize("number", [3, 17, 42, 88, 140, 199, 230, 271])
def test_no_smaller_set_exists_and_none_is_left_out(number: int) -> None:
    found = find_remedies(scorer(), town(), number, TODAY, horizon=400, most=2)
    assert not found.refused
    told = {(frozenset(each.steps), each.day, each.level) for each in found.outcomes}
    assert told == naive(number, 2, 400)


def test_some_enterprises_have_remedies_and_some_have_none() -> None:
    found = [find_remedies(scorer(), town(), number, TODAY, most=2) for number in range(1, 25)]
    assert any(not each.outcomes for each in found)
    assert any(not outcome.steps for each in found for outcome in each.outcomes)  # to wait
    assert any(outcome.steps for each in found for outcome in each.outcomes)


def test_a_step_against_a_direction_is_refused() -> None:
    text = Actions.default().text.replace(
        'streams = ["certificate:haccp"]\npopulations = ["operator", "producer"]\nwait_months = 6',
        'streams = ["inspection.critical:routine"]\nwait_months = 1',
    )
    assert text != Actions.default().text
    actions = Actions.parse(text, "changed.toml")
    number = next(
        number
        for number in range(1, 300)
        if find_remedies(scorer(), town(), number, TODAY, actions=actions, most=0).refused
    )
    found = find_remedies(scorer(), town(), number, TODAY, actions=actions, most=2)
    assert [step.action.id for step in found.refused] == ["haccp"]
    assert all(step.action.id != "haccp" for each in found.outcomes for step in each.steps)


def test_a_holiday_that_is_not_announced_is_told() -> None:
    own = own_of(record(7, FINE, TODAY))
    far = TODAY + 4 * 365
    [step] = possible_steps(ACTIONS, own, far, frozenset())
    assert step.estimated
    assert step.done >= far + 17


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(InvalidError, match="give 0 or more of each"):
        find_remedies(scorer(), town(), 3, TODAY, most=-1)
    with pytest.raises(PolicyError, match="file of remedies 'remedies' says nothing about 2000"):
        find_remedies(scorer(), town(), 3, day("2000-01-01"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('does = "repair"', 'does = "forget"', "one of: end, repair, extend, add"),
        ("asks = true", 'asks = "yes"', "asks = 'yes': expected true or false"),
        ("working_days = 20", "working_days = -1", "0 or more"),
        ("before_working_days = 30", "before_working_days = -1", "0 or more"),
        ("extend_months = 60", "extend_months = 0", "over 0 where a record is extended"),
        ('["certificate:gmp"]', '["certificate:g*"]', "the one stream of the record"),
        ('["rectification"]', '["rectifications"]', "streams of records"),
        ('id = "gmp"', 'id = "haccp"', "ids that differ"),
        ('populations = ["producer"]', 'populations = ["farmer"]', "some of"),
    ],
)
def test_a_file_of_actions_that_cannot_be_used_says_why(old: str, new: str, says: str) -> None:
    text = Actions.default().text
    assert old in text
    with pytest.raises(PolicyError, match=says):
        Actions.parse(text.replace(old, new), "actions.toml")


def test_an_outcome_is_beaten_by_fewer_steps_or_an_earlier_day_only() -> None:
    first, second = (Step(BY_ID["rectify"], number, 1, 10) for number in (1, 2))
    plain = Outcome((first,), 40, Level.B, 0.2)
    assert plain.beats(Outcome((first, second), 40, Level.B, 0.2))
    assert plain.beats(Outcome((first,), 70, Level.C, 0.2))
    assert not plain.beats(plain)
    assert not plain.beats(Outcome((second,), 70, Level.B, 0.2))
    assert not plain.beats(Outcome((first, second), 70, Level.A, 0.1))


def test_what_forbids_a_step_is_ended_before_it_begins() -> None:
    own = own_of(
        record(7, FINE, TODAY - 400, severity=2.0),
        record(7, "list_entry:abnormal.address", TODAY - 30),
        record(7, "list_entry:serious_dishonesty.food", TODAY - 1000, ended=TODAY + 60,
               ended_available=TODAY - 1000),
    )  # fmt: skip
    by = one(*possible_steps(ACTIONS, own, TODAY, frozenset()))
    repair, leave = by["repair_food_penalty"], by["leave_abnormal_list"]
    assert in_turn(own, 7, (repair,), TODAY) is None
    for steps in ((repair, leave), (leave, repair)):
        found = one(*in_turn(own, 7, steps, TODAY) or ())
        assert found["leave_abnormal_list"] == leave
        assert found["repair_food_penalty"].start == TODAY + 61
        assert found["repair_food_penalty"].done == add_working_days(TODAY + 61, 17)
    few = own.take(np.flatnonzero(own.ended == NEVER))
    found = one(*in_turn(few, 7, (repair, leave), TODAY) or ())
    assert found["repair_food_penalty"].done == add_working_days(leave.done + 1, 17)


@pytest.mark.parametrize(
    ("ends", "renewed"),
    [
        ("2026-03-04", False),
        ("2026-04-14", False),  # 2026-03-02 is the first of 30 working days before it
        ("2026-04-15", True),
        ("2026-08-20", True),
        ("2026-09-20", False),  # too early
    ],
)
def test_a_licence_is_renewed_while_there_is_time(ends: str, *, renewed: bool) -> None:
    as_of, end = day("2026-03-03"), day(ends)
    licence = record(7, "licence:food_production.0104", end - 1826, ended=end,
                     ended_available=end - 1826)  # fmt: skip
    steps = possible_steps(ACTIONS, own_of(licence), as_of, frozenset())
    assert [step.action.id for step in steps] == ["renew_licence"] * renewed


def test_a_licence_far_ahead_is_counted_by_weekdays() -> None:
    friday = day("2035-03-30")
    licence = record(7, "licence:food_production.0104", TODAY, ended=friday, ended_available=TODAY)
    for back, renewed in ((42, True), (41, False)):  # 30 weekdays are six weeks
        steps = possible_steps(ACTIONS, own_of(licence), friday - back, frozenset())
        assert [step.action.id for step in steps] == ["renew_licence"] * renewed


def test_lists_of_courts_and_other_departments_have_their_ways() -> None:
    own = own_of(
        record(7, "list_entry:judgment_defaulter.able", TODAY - 30),
        record(7, "penalty.kind:other.general.fine", TODAY - 30),
        record(7, "list_entry:serious_dishonesty.food", TODAY - 400),
        record(7, "penalty.due:market.food", TODAY - 400, value=15.0),
    )
    by = one(*possible_steps(ACTIONS, own, TODAY, frozenset()))
    assert by["perform_judgment"].done == add_working_days(TODAY, 3)
    assert by["repair_other_penalty"].start == TODAY - 30 + months(3)
    assert repairable(own, TODAY, ACTIONS).keys() == {
        by["repair_other_penalty"].record,
        by["leave_serious_list"].record,
    }
    perform, leave = by["perform_penalty"], by["leave_serious_list"]
    assert in_turn(own, 7, (leave,), TODAY) is None
    found = one(*in_turn(own, 7, (perform, leave), TODAY) or ())
    assert found["leave_serious_list"].start == perform.done + 1


def test_of_many_steps_those_that_do_something_are_tried() -> None:
    """A penalty that is due does nothing by itself; once it is performed another is repaired."""
    some = [
        record(7, FINE, TODAY - 400, record=1, severity=2.0),
        record(7, "penalty.due:market.food", TODAY - 50, record=2, value=15.0),
        record(7, "inspection.critical:routine", TODAY - 60, record=3, value=1.0),
        record(7, "inspection.critical:routine", TODAY - 61, record=4, value=1.0),
    ]
    idle = [record(7, FINE, TODAY - 1500, record=10 + each) for each in range(14)]
    few = find_remedies(scorer(), events_with(*some), 7, TODAY, most=2)
    many = find_remedies(scorer(), events_with(*some, *idle), 7, TODAY, most=2)
    assert (few.left_out, len(many.steps), many.left_out) == (0, 16, 14)
    assert any(len(each.steps) == 2 for each in many.outcomes)
    assert [(each.steps, each.day, each.level) for each in many.outcomes] == [
        (each.steps, each.day, each.level) for each in few.outcomes
    ]


def test_to_perform_a_penalty_ends_the_record_as_in_the_archive() -> None:
    streams = ("penalty.kind:market.food.stoppage", "penalty.due:market.food")
    rows = [record(7, stream, TODAY - 50, record=1, value=15.0) for stream in streams]
    own = events_with(*rows).of(7)
    [step] = possible_steps(ACTIONS, own, TODAY, frozenset())
    assert taken(own, 7, [step]).ended.tolist() == [step.done, step.done]


def test_no_more_than_twelve_steps_are_tried() -> None:
    orders = [record(7, "rectification", TODAY - 20 - each, value=30.0) for each in range(15)]
    listed = record(7, "list_entry:abnormal.address", TODAY - 90)
    found = find_remedies(scorer(), events_of(*orders, listed), 7, TODAY, most=1)
    assert (len(found.steps), found.left_out) == (16, 4)
