"""The calendar: days that policy names, and whom something named was told of."""

from collections.abc import Iterable

import numpy as np
import pytest

from xinheng.core.time import day, show
from xinheng.features import Events
from xinheng.grading import Policy
from xinheng.grading.dynamic.calendar import Told, due, monthly, named, told, told_late
from xinheng.grading.dynamic.turns import turns_of

from ..world import events_of, record

SHIPPED = Policy.default()
TEXT = SHIPPED.text.split("[[edition]]")
TWO = Policy.parse(
    "[[edition]]".join([
        TEXT[0],
        TEXT[1].replace("effective_from =", "effective_to = 2026-03-15\neffective_from ="),
        TEXT[1]
        .split("[edition.updates]")[0]
        .replace("2000-01-01", "2026-03-16")
        .replace("design-1", "design-2")
        + "[edition.updates]\nday_of_month = 10\n",
    ]),
    "two.toml",
)  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "after", "until", "days"),
    [
        (SHIPPED, "2026-01-01", "2026-01-31", []),
        (SHIPPED, "2025-12-31", "2026-02-01", ["2026-01-01", "2026-02-01"]),
        (SHIPPED, "2024-02-01", "2024-02-29", []),
        (TWO, "2026-02-15", "2026-05-01", ["2026-03-01", "2026-04-10"]),
    ],
)
def test_months_by_hand(policy: Policy, after: str, until: str, days: list[str]) -> None:
    assert [show(each) for each in monthly(policy, day(after), day(until))] == days


def found(events: Events, policy: Policy, after: str, until: str) -> list[tuple[str, str, list]]:
    turns = turns_of(named(policy), events)
    return listed(policy, told(policy, turns, day(after), day(until)), after, until)


def listed(policy: Policy, found: Iterable[Told], after: str, until: str) -> list[tuple]:
    return [
        (show(run.as_of), run.reason, [] if run.enterprises is None else run.enterprises.tolist())
        for run in due(policy, found, day(after), day(until))
    ]


EVENTS = events_of(
    record(1, "incident:death", "2026-01-10"),
    record(2, "incident:mass", "2026-01-10"),  # not named
    record(3, "incident:death", "2026-01-05", available=day("2026-01-31")),  # known on the eve
    record(4, "list_entry:serious_dishonesty.fake", "2026-01-10"),
    record(5, "list_entry:serious_dishonesty.fake", "2025-01-10", withdrawn=day("2026-01-20")),
    record(6, "list_entry:serious_dishonesty.fake", "2025-01-10", ended=day("2026-01-21"),
           ended_available=day("2026-01-22")),
    record(7, "sampling:fail.0401.lead", "2026-01-12", severity=2.0),  # too light
    record(8, "sampling:fail.0401.lead", "2026-01-12", severity=3.0),
    record(9, "incident:death", "2026-03-20"),  # the next edition names nothing
)  # fmt: skip


def test_events_lead_to_a_run_on_the_day_after_they_were_told() -> None:
    assert found(EVENTS, TWO, "2026-01-01", "2026-04-10") == [
        ("2026-01-11", "fatal_food_accident serious_dishonesty", [1, 4]),
        ("2026-01-13", "unsafe_sample", [8]),
        ("2026-01-21", "serious_dishonesty", [5]),
        ("2026-01-23", "serious_dishonesty", [6]),
        ("2026-02-01", "monthly", []),
        ("2026-03-01", "monthly", []),
        ("2026-04-10", "monthly", []),
    ]


@pytest.mark.parametrize("stop", ["2026-01-10", "2026-01-11", "2026-01-31", "2026-02-01"])
def test_two_stretches_have_the_runs_of_the_whole(stop: str) -> None:
    first = found(EVENTS, SHIPPED, "2026-01-01", stop)
    assert [*first, *found(EVENTS, SHIPPED, stop, "2026-04-01")] == found(
        EVENTS, SHIPPED, "2026-01-01", "2026-04-01"
    )


def test_nobody_is_told_of_without_events() -> None:
    nothing = Told("accident", np.empty(0, np.int32), np.empty(0, np.int32))
    [run] = due(SHIPPED, [nothing], day("2026-01-01"), day("2026-02-02"))
    assert (show(run.as_of), run.enterprises) == ("2026-02-01", None)


def test_what_is_told_late_counts_on_the_day_that_is_given() -> None:
    after, until = "2026-01-23", "2026-02-02"
    turns = turns_of(named(SHIPPED), EVENTS)
    past = turns[turns["day"] < day(after)]
    late = [*told_late(SHIPPED, past, day(after) + 1)]
    assert listed(SHIPPED, late, after, until) == [
        ("2026-01-24", "fatal_food_accident serious_dishonesty unsafe_sample", [1, 4, 5, 6, 8]),
        ("2026-02-01", "monthly", []),
    ]
    none = told_late(SHIPPED, turns[:0], day(after) + 1)
    assert listed(SHIPPED, none, after, "2026-01-31") == []


def test_the_edition_of_the_day_says_whether_what_is_told_late_counts() -> None:
    turns = turns_of(named(TWO), EVENTS)
    for after, when in (("2026-03-15", []), ("2026-03-14", ["2026-03-15"])):
        past = turns[turns["day"] < day(after)]
        found = listed(TWO, told_late(TWO, past, day(after) + 1), after, "2026-03-31")
        assert [each[0] for each in found] == when
