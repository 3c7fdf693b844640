"""Remedies: who has some, what is refused, and how many steps are tried."""

from dataclasses import replace

import pytest

from xinheng.archive import Lineage
from xinheng.core.errors import InvalidError, PolicyError
from xinheng.core.time import day
from xinheng.explaining import Actions, DowngradeWarning, find_remedies
from xinheng.explaining.law.steps import Step
from xinheng.explaining.remedies.remedies import Outcome, _outcomes
from xinheng.grading import Level, Policy, Scorer

from ..grading.world import TODAY, events_of, record
from .duties import ABNORMAL, DUE, IN_TIME
from .duties import scorer as steady
from .spans import events_with
from .town import FINE, scorer, town

BY_ID = {action.id: action for action in Actions.default().on(TODAY).actions}


def test_some_enterprises_have_remedies_and_some_have_none() -> None:
    found = [find_remedies(scorer(), town(), number, TODAY, most=2) for number in range(1, 13)]
    assert any(not each.outcomes for each in found)
    assert any(not outcome.steps for each in found for outcome in each.outcomes)  # to wait
    assert any(outcome.steps for each in found for outcome in each.outcomes)


def test_nothing_better_than_a_downgrade_warning_is_promised_while_it_counts() -> None:
    number = next(
        each for each in range(1, 13)
        if find_remedies(scorer(), town(), each, TODAY, most=1).outcomes
    )  # fmt: skip
    held = DowngradeWarning(3, Level.E, TODAY, TODAY + 2_000, "design")
    found = find_remedies(scorer(), town(), number, TODAY, most=1, warning=held)
    assert (found.level, found.outcomes) == (Level.E, ())
    ends = DowngradeWarning(3, Level.E, TODAY, TODAY + 40, "design")
    some = find_remedies(scorer(), town(), number, TODAY, most=1, warning=ends).outcomes
    assert some
    assert min(each.day for each in some) > TODAY + 40


def test_a_step_against_a_direction_is_refused() -> None:
    text = Actions.default().text.replace(
        'streams = ["certificate:haccp"]\npopulations = ["operator", "producer"]\nwait_months = 6',
        'streams = ["inspection.critical:routine"]\nwait_months = 1',
    )
    text = text.replace('while_open = ["licence", "filing"]\n', "")
    assert text != Actions.default().text
    actions = Actions.parse(text, "changed.toml")
    found = next(
        found
        for number in range(1, 300)
        if (found := find_remedies(scorer(), town(), number, TODAY, actions=actions)).outcomes
        and "haccp" in [step.action.id for step in found.refused]
    )
    assert all(step.action.id != "haccp" for each in found.outcomes for step in each.steps)


def test_what_cannot_be_asked_is_refused() -> None:
    with pytest.raises(InvalidError, match="give 0 or more of each"):
        find_remedies(scorer(), town(), 3, TODAY, most=-1)
    with pytest.raises(PolicyError, match="file of remedies 'remedies' says nothing about 2000"):
        find_remedies(scorer(), town(), 3, day("2000-01-01"))


def test_an_outcome_is_beaten_by_fewer_steps_or_an_earlier_day_only() -> None:
    first, second = (Step(BY_ID["rectify"], number, 1, 10) for number in (1, 2))
    plain = Outcome((first,), 40, Level.B, 0.2)
    assert plain.beats(Outcome((first, second), 40, Level.B, 0.2))
    assert plain.beats(Outcome((first,), 70, Level.C, 0.2))
    assert not plain.beats(plain)
    assert not plain.beats(Outcome((second,), 70, Level.B, 0.2))
    assert not plain.beats(Outcome((first, second), 70, Level.A, 0.1))


def test_of_many_steps_those_that_do_something_are_tried() -> None:
    """A penalty that is due does nothing by itself; once it is performed it is repaired."""
    some = [
        record(7, FINE, TODAY - 400, record=1, severity=2.0),
        record(7, DUE, TODAY - 400, record=1, value=15.0),
        record(7, "inspection.critical:routine", TODAY - 60, record=3, value=1.0),
        record(7, "inspection.critical:routine", TODAY - 61, record=4, value=1.0),
    ]
    idle = [record(7, DUE, TODAY - 300, record=10 + each, value=1.0) for each in range(14)]
    few = find_remedies(scorer(), events_with(*some), 7, TODAY, most=2)
    many = find_remedies(scorer(), events_with(*some, *idle), 7, TODAY, most=2)
    assert (few.left_out, len(many.steps), many.left_out) == (0, 16, 14)
    assert any(len(each.steps) == 2 for each in many.outcomes)
    assert [(each.steps, each.day, each.level) for each in many.outcomes] == [
        (each.steps, each.day, each.level) for each in few.outcomes
    ]


def test_no_more_than_twelve_steps_are_tried() -> None:
    orders = [record(7, "rectification", TODAY - 20 - each, value=30.0) for each in range(15)]
    listed = record(7, "list_entry:abnormal.address", TODAY - 90)
    found = find_remedies(scorer(), events_of(*orders, listed), 7, TODAY, most=1)
    assert (len(found.steps), found.left_out) == (16, 4)


CHECK = "inspection.critical:routine"


def test_that_routine_checks_stop_coming_improves_nothing() -> None:
    """Three critical items leave the window in June, when the next checks find what they find."""
    events = events_with(
        *(record(7, CHECK, TODAY - 250 - each, record=each, value=1.0) for each in range(3))
    )
    text = Actions.default().text
    without = Actions.parse(text.replace('    "inspection.*",\n', ""), "changed.toml")
    assert find_remedies(scorer(), events, 7, TODAY, most=0).outcomes == ()
    [found] = find_remedies(scorer(), events, 7, TODAY, most=0, actions=without).outcomes
    assert (found.steps, found.day) == ((), day("2026-07-01"))


@pytest.mark.parametrize(
    ("levels", "lasting", "found"),
    [
        ("CBBBB", 90, {31: None, 61: None, 92: None, 122: None}),
        ("CBBCB", 60, {31: 92, 122: None}),
        ("CBBCB", 61, {122: None}),
        ("BBBCB", 90, {0: 92, 122: None}),
        ("BBBCB", 91, {0: 92, 122: None}),
        ("BBBCB", 92, {122: None}),
        ("ABBBC", 90, {0: 31, 31: 122}),
        ("DDDDD", 0, {}),
    ],
)
def test_a_level_that_does_not_last_is_no_remedy(
    levels: str, lasting: int, found: dict[int, int | None]
) -> None:
    """Of runs on the first of months, by an enterprise whose level is C now."""
    days = (0, 31, 61, 92, 122)
    runs = [(when, Level.of(each), 0.2) for when, each in zip(days, levels, strict=True)]
    told = _outcomes((), runs, Level.C, lasting)
    assert {each.day: each.until for each in told} == found


def test_until_when_a_level_lasts_is_told() -> None:
    """An entry ends by itself, and in July a report is missed if none is filed by then."""
    firm = [
        record(7, "enterprise.established", TODAY - 3000, record=50, value=float(TODAY - 3000)),
        *(
            record(7, IN_TIME, f"{year}-06-30", record=year, available=day(f"{year}-05-04"))
            for year in (2023, 2024, 2025)
        ),
    ]
    told = {"ended": day("2026-03-21"), "ended_available": TODAY - 10}
    events = events_with(record(7, ABNORMAL, TODAY - 60, record=1, **told), *firm)
    wait, file, *_ = find_remedies(steady(), events, 7, TODAY, most=1).outcomes
    assert (wait.steps, wait.to_dict()["until"]) == ((), "2026-07-01")
    assert [each.action.id for each in file.steps] == ["file_report"]
    assert (wait.level, file.level, file.until) == (Level.A_PLUS, Level.A_PLUS, day("2027-07-01"))


def test_which_record_a_step_is_about_is_told_whatever_its_sign() -> None:
    origin = Lineage("rectification", "2026-17", "district bureau", 4, "orders", 9)
    told = [record(7, "rectification", TODAY - 30, record=-(2**62))]
    told += [record(7, "enterprise.established", TODAY - 3000, record=5, value=float(TODAY - 3000))]
    asked = find_remedies(
        scorer(), events_with(*told), 7, TODAY, origins={-(2**62): origin}, most=0
    )
    by = {each["action"]: each for each in asked.to_dict()["steps"]}
    assert by["rectify"]["record"] == str(-(2**62))
    assert by["rectify"]["about"] == {
        "kind": "rectification", "code": "", "occurred": "2026-01-30", "number": "2026-17",
        "others": 0,
    }  # fmt: skip
    assert (by["file_report"]["record"], by["file_report"]["about"]) == (None, None)


@pytest.mark.parametrize(("ends", "some"), [("2026-03-20", False), ("2026-08-29", True)])
def test_what_comes_after_policy_ends_is_not_told(ends: str, *, some: bool) -> None:
    """A level has to be known to last for ninety days."""
    text = Policy.default().text.replace(
        "effective_from = 2000-01-01", f"effective_to = {ends}\neffective_from = 2000-01-01"
    )
    made = replace(scorer().bundle, policy=Policy.parse(text, "ends.toml"))
    found = [
        each.day
        for number in range(1, 13)
        for each in find_remedies(Scorer(made), town(), number, TODAY, most=1).outcomes
    ]
    assert bool(found) == some
    assert all(when <= day("2026-05-31") for when in found)


def test_steps_are_told_as_soon_as_the_others_make_way_for_them() -> None:
    """A fine is repaired once an entry is left, and not told where nothing ends what forbids it."""
    rows = [
        record(7, FINE, TODAY - 400, record=1, severity=2.0),
        record(7, "list_entry:abnormal.address", TODAY - 30, record=2),
    ]
    found = find_remedies(scorer(), events_with(*rows), 7, TODAY)
    by = {step.action.id: step for step in found.steps}
    assert by["repair_food_penalty"].start == by["leave_abnormal_list"].day
    bar = record(7, "list_entry:serious_dishonesty.food", TODAY - 30, record=3)
    ban = record(7, "ban:five_years", TODAY - 30, record=4)
    found = find_remedies(scorer(), events_with(*rows, bar, ban), 7, TODAY)
    assert "repair_food_penalty" not in {step.action.id for step in found.steps}
