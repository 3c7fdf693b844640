"""Clocks of records: held against a look at every day."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from xinheng.core.calendar import add_working_days
from xinheng.core.errors import PolicyError
from xinheng.core.time import day, show
from xinheng.explaining import Actions, Publicity
from xinheng.explaining.law.clocks import Repair, ages_out, repairable
from xinheng.explaining.law.steps import possible_steps
from xinheng.features import (
    Catalogue,
    Events,
    Indicator,
    Missed,
    Rate,
    build_references,
    count,
    evidence,
    largest,
    latest,
    peaks,
    previous,
    recurrent,
    repeat,
    smallest,
    standard_catalogue,
)
from xinheng.features.aggregate import Aggregate
from xinheng.features.expression import leaves_of
from xinheng.features.shares import counting

from ..grading.world import TODAY, events_of, indicator, record
from .duties import SERIOUS, UNREPORTED
from .spans import events_with

CATALOGUE = standard_catalogue()
ACTIONS = Actions.default().on(TODAY).actions
PUBLICITY = Publicity.default().on(TODAY)
FOOD_FINE, DUE = "penalty.kind:market.food.fine", "penalty.due:market.food"
THEN = day("2025-11-21")
IN_THREE_YEARS = day("2028-11-21")
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


@settings(max_examples=25, deadline=None)
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
    assert ages_out(declared, own, TODAY).get(number) == next(days, None)


KINDS = ("penalty:market.food.label", "penalty:market.food.date")
WINDOWED = {
    "repeat": repeat("penalty", gap=20, window=45),
    "repeat of all time": repeat("penalty", gap=15),
    "repeat unless repaired": repeat("penalty", gap=25, window=40, repaired="leaves"),
    "recurrent": recurrent("penalty", window=50),
    "previous": previous("penalty", window=50),
    "peaks": peaks("penalty", by="case", window=40),
    "largest that is open": largest("penalty", field="severity", window=60, state="open"),
    "latest of before": latest("penalty", window=30, lag=20),
    "smallest end": smallest("penalty", field="ended", state="open"),
    "now and before": count("penalty", window=20) / (count("penalty", window=30, lag=20) + 1),
    "those that ended": count("penalty", window=70, state="closed"),
    "overdue": count("penalty", state="overdue", window=90),
    "share": count("penalty", window=9)
    + Rate(group="city", streams=("penalty",), positive=(KINDS[0],), window=50),
    "by case": count("penalty", window=9)
    + Rate(group="city", streams=("penalty",), unit="case", window=50),
}
YEARLY = {
    "cycle": count("penalty", window=365, cycle=(7, 1)) + count("penalty", window=730),
    "cycle before": count("penalty", window=365, lag=365, cycle=(7, 1)),
    "latest of a cycle": latest("penalty", window=365, cycle=(1, 1), repaired="leaves"),
    "cycle of all time": count("penalty", cycle=(3, 2), state="open"),
    "deadlines": Missed(streams=("penalty",), years=2, turn=(7, 1), start=latest("licence")),
}


def penalties(seen: list[tuple[int, ...]]) -> Events:
    """Penalties by how long ago, kind, case, severity, days until they end and are repaired."""
    records = [
        record(
            7, KINDS[kind], TODAY - ago, record=number, case=case, severity=float(severity),
            value=float(severity * 10),
            **({} if ends is None else {"ended": TODAY + ends, "ended_available": TODAY - ago}),
            **({} if repaired is None else {"repaired": TODAY + repaired}),
        )
        for number, (ago, kind, case, severity, ends, repaired) in enumerate(seen)
    ]  # fmt: skip
    licence = record(7, "licence:food_production.0104", TODAY - 3000, record=99, value=9000.0)
    return events_with(*records, licence)


def by_looking(declared: Indicator, events: Events, days: range) -> dict[int, int]:
    """The day after the last one on which each record is evidence; none for those to the end."""
    catalogue = Catalogue((declared,))
    references = build_references(catalogue, events)
    last: dict[int, int] = {}
    for when in days:
        found = evidence(catalogue, declared.id, events, 7, when, references=references)
        last |= dict.fromkeys(found.events.record.tolist(), when)
    return {number: when + 1 for number, when in last.items() if when < days[-1]}


some_penalties = st.lists(
    st.tuples(
        st.integers(1, 80), st.integers(0, 1), st.integers(1, 2), st.integers(1, 4),
        st.one_of(st.none(), st.integers(1, 40)), st.one_of(st.none(), st.integers(1, 40)),
    ), min_size=2, max_size=5,
)  # fmt: skip


@settings(max_examples=3)
@pytest.mark.parametrize("name", WINDOWED)
@given(some_penalties)
def test_a_record_ages_out_when_it_is_evidence_no_longer(
    name: str, seen: list[tuple[int, ...]]
) -> None:
    events = penalties(seen)
    declared = indicator("T", "处罚", "Penalties", expression=WINDOWED[name])
    assert ages_out(declared, events.of(7), TODAY) == by_looking(
        declared, events, range(TODAY, TODAY + 110)
    )


@pytest.mark.parametrize("name", YEARLY)
def test_a_record_ages_out_when_years_turn(name: str) -> None:
    events = penalties(
        [(300, 0, 1, 2, None, None), (20, 1, 1, 3, 200, 90), (500, 0, 2, 1, None, None)]
    )
    declared = indicator("T", "处罚", "Penalties", expression=YEARLY[name])
    assert ages_out(declared, events.of(7), TODAY) == by_looking(
        declared, events, range(TODAY, TODAY + 1150)
    )


TOLD = (
    *STREAMS.values(),
    "penalty.violation:food.label", "complaint:food.quality", "complaint.accepted:food.quality",
    "sampling:fail.2401.mould", "sampling:pass", "annual_report.due:on_time",
    "list_entry:serious_dishonesty.other_harm", "award:city", "encumbrance:freeze",
    "inspection:routine.fail", "inspection.key", "self_control:report.on_time", "insurance",
    "opinion:food.negative.press", "change:shareholder", "recall:level1.ordered.late",
)  # fmt: skip


def test_every_record_behind_every_indicator_ages_out_when_it_is_told_to() -> None:
    events = events_with(
        record(7, "enterprise.established", TODAY - 3000, record=1, value=float(TODAY - 3000)),
        *(
            record(7, stream, TODAY - ago, record=10 * place + number, case=10 * place + number,
                   severity=2.0, value=1.0)
            for place, stream in enumerate(TOLD, 1) for number, ago in enumerate((40, 130, 700))
        ),
    )  # fmt: skip
    own, some = events.of(7), 0
    for declared in CATALOGUE.select(use="grade"):
        leaves = set(leaves_of(declared.expression))
        if not all(isinstance(leaf, Aggregate | Missed) for leaf in leaves):
            continue

        def behind(when: int, declared: Indicator = declared) -> set[int]:
            return set(evidence(CATALOGUE, declared.id, own, 7, when).events.record.tolist())

        ends = ages_out(declared, own, TODAY)
        for number in behind(TODAY):
            last = ends.get(number)
            if last is None:
                assert number in behind(TODAY + 5000)
                continue
            assert number in behind(last - 1), declared.id
            assert all(number not in behind(last + more) for more in (0, 1, 100, 400, 2000))
            some += 1
    assert some > 50


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
        (FOOD_FINE, 100, GONE, IN_THREE_YEARS),  # performed, which ends no publicity
        (FOOD_FINE, 1090, {"repaired": TODAY - 5}, STOPS),  # and not 2026-03-07
        (FOOD_FINE, 1099, {"repaired": TODAY - 5}, day("2026-02-26")),
        ("list_entry:serious_dishonesty.food", 500, GONE, STOPS),
        ("list_entry:judgment_defaulter.able", 500, GONE, STOPS),
    ],
)
def test_what_is_cleared_is_public_no_longer(
    stream: str, ago: int, more: dict[str, int], public: int
) -> None:
    own = events_of(record(7, stream, TODAY - ago, **more)).of(7)
    assert list(PUBLICITY.of(own, TODAY).until().values()) == [public]


def test_a_record_repaired_in_a_later_span_is_public_no_longer() -> None:
    fine = record(7, FOOD_FINE, THEN, record=1)
    before = fine | {"withdrawn": TODAY - 5}
    after = fine | {"available": TODAY - 5, "repaired": TODAY - 5}
    assert PUBLICITY.of(events_with(before, after).of(7), TODAY).until() == {1: STOPS}
    back = fine | {"available": TODAY - 5}  # withdrawn and reinstated
    assert PUBLICITY.of(events_with(before, back).of(7), TODAY).until() == {1: IN_THREE_YEARS}


@pytest.mark.parametrize(
    ("stream", "more", "repairable_after", "public"),
    [
        ("penalty.kind:market.food.fine", {}, "2026-11-22", "2028-11-21"),
        ("penalty.kind:market.general.fine", {}, "2026-05-22", "2028-11-21"),
        ("penalty.kind:market.food.criticism", {}, None, "2026-02-21"),
        ("penalty.kind:market.food.warning", {}, None, None),
        ("penalty.kind:market.food.revocation", {}, None, "2028-11-21"),
        ("list_entry:abnormal.address", {}, "2025-11-21", None),
        ("list_entry:abnormal.address", GONE, None, None),
        ("list_entry:serious_dishonesty.food", {}, "2026-11-22", "2028-11-21"),
        ("inspection.critical:routine", {}, None, None),
    ],
)  # fmt: skip
def test_when_repair_may_be_asked_for_and_publicity_ends(
    stream: str, more: dict[str, int], repairable_after: str | None, public: str | None
) -> None:
    own, number = one(stream, **more)
    repair = None if repairable_after is None else Repair(day(repairable_after), None)
    assert repairable(own, TODAY, ACTIONS).get(number) == repair
    until = PUBLICITY.of(own, TODAY).until().get(number)
    assert until == (None if public is None else day(public))


def asked(*rows: dict[str, Any]) -> dict[int, str]:
    """From when on repair can be asked for, or what has to end first, by number."""
    own = events_with(*({"record": 1} | each for each in rows)).of(7)
    found = repairable(own, TODAY, ACTIONS, PUBLICITY.of(own, TODAY).until())
    return {
        number: str(each.awaits) if each.day is None else show(each.day)
        for number, each in found.items()
    }


ONE_YEAR = {1: "2026-11-22"}  # the year is over with its 21 November


def test_a_penalty_that_is_due_can_be_repaired_no_sooner() -> None:
    due = record(7, DUE, THEN, value=15.0)
    assert asked(record(7, FOOD_FINE, THEN), due) == {1: "penalty.due"}
    paid = {"ended": day("2027-02-01"), "ended_available": THEN}
    assert asked(record(7, FOOD_FINE, THEN), due | paid) == {1: "2027-02-02"}
    assert asked(record(7, "penalty.kind:market.food.stoppage", THEN), due) == {}
    assert asked(record(7, "rectification", THEN, value=30.0)) == {}


def test_a_penalty_that_was_performed_can_be_repaired() -> None:
    done = {"ended": TODAY - 60, "ended_available": TODAY - 60}
    rows = [
        each | {"record": 1} | span
        for each in (record(7, FOOD_FINE, THEN), record(7, DUE, THEN, value=15.0))
        for span in ({"withdrawn": TODAY - 60}, {"available": TODAY - 60} | done)
    ]
    assert asked(*rows) == ONE_YEAR
    steps = possible_steps(ACTIONS, events_with(*rows).of(7), TODAY, frozenset())
    assert [step.action.id for step in steps] == ["repair_food_penalty"]


def test_a_repaired_record_of_two_spans_can_be_asked_for_no_more() -> None:
    fine = record(7, FOOD_FINE, THEN)
    before = fine | {"withdrawn": TODAY - 50}
    after = fine | {"available": TODAY - 50, "repaired": TODAY - 50}
    assert asked(before) == {}
    assert asked(before, after) == {}
    assert asked(before, after | {"withdrawn": TODAY - 9}, fine | {"available": TODAY - 9}) == (
        ONE_YEAR
    )


def test_what_stands_open_is_told_where_repair_is() -> None:
    """An entry in the way is waited for until its known end, or named where there is none."""
    fine, listed = record(7, FOOD_FINE, THEN), record(7, UNREPORTED, "2025-07-10", record=2)
    filed = record(7, "annual_report.due:late", "2025-06-30", record=3, available=TODAY - 3)
    assert asked(fine, listed) == {1: "list_entry", 2: "annual_report.due"}
    assert asked(fine, listed, filed) == {1: "list_entry", 2: "2025-07-10"}
    known = {"ended": day("2027-01-15"), "ended_available": TODAY - 3}
    assert asked(fine, listed | known, filed)[1] == "2027-01-16"
    suspended = record(7, "penalty.kind:market.food.suspension", THEN)
    assert asked(suspended) == {1: "penalty.kind"}
    assert asked(suspended | GONE) == ONE_YEAR


def test_nobody_asks_for_what_is_over() -> None:
    """Of penalties of three years ago, and of an entry whose three years end sooner."""
    for decided, told in (
        ("2023-02-28", {}),  # over for a day
        ("2023-03-10", {}),  # ends before it could be decided
        ("2023-04-01", {1: "2024-04-02"}),
    ):
        assert asked(record(7, FOOD_FINE, decided)) == told
    assert asked(record(7, SERIOUS, "2023-03-10")) == {}
    assert asked(record(7, SERIOUS, "2023-04-01")) == {1: "2024-04-02"}


def test_an_entry_of_the_serious_list_ends_with_its_term() -> None:
    ahead, past, gone = (
        record(7, SERIOUS, when, record=number, **more)
        for number, (when, more) in enumerate(
            [("2023-08-31", {}), ("2022-08-31", {}), ("2023-08-31", GONE)]
        )
    )
    other = record(7, "list_entry:judgment_defaulter.able", "2024-08-31", record=4)
    found = PUBLICITY.of(events_with(ahead, past, gone, other).of(7), TODAY).lapsed()
    ends = {int(each): show(int(end)) for each, end in zip(found.record, found.ended, strict=True)}
    assert ends == {0: "2026-08-31", 1: "never", 2: show(TODAY - 5), 4: "never"}
    for until, lapses in (("2026-08-31", True), ("2026-09-01", False)):
        ban = record(7, "ban:five_years", "2023-08-31", record=5, ended=day(until),
                     ended_available=TODAY - 5)  # fmt: skip
        found = PUBLICITY.of(events_with(ahead, ban).of(7), TODAY).lapsed()
        assert (int(found.ended[found.record == 0][0]) == day("2026-08-31")) == lapses
    fine = record(7, FOOD_FINE, "2025-01-10")
    own = PUBLICITY.of(events_with(fine | {"record": 1}, ahead).of(7), TODAY).lapsed()
    assert repairable(own, TODAY, ACTIONS)[1] == Repair(day("2026-09-01"), None)


def test_a_restriction_is_public_for_as_long_as_it_is_told_to_run() -> None:
    ban = record(7, "penalty.kind:market.food.occupation_ban", THEN, record=1)
    for ends, public in (("2030-11-20", "2030-11-20"), ("2026-11-20", "2028-11-21")):
        told = ban | {"ended": day(ends), "ended_available": THEN}
        assert PUBLICITY.of(events_with(told).of(7), TODAY).until() == {1: day(public)}
    fine = record(7, FOOD_FINE, THEN, record=1, ended=day("2030-11-20"), ended_available=THEN)
    assert PUBLICITY.of(events_with(fine).of(7), TODAY).until() == {1: IN_THREE_YEARS}


SMALL = """
[[edition.term]]
id = "small_fine"
streams = ["penalty.kind:market.*.fine"]
below = 0.5
months = 3
basis = "made up"
"""


@pytest.mark.parametrize(
    ("kind", "amount", "public"),
    [
        ("fine", 0.4, "2026-02-21"),
        ("fine", 0.5, "2028-11-21"),
        ("stoppage", 0.4, "2028-11-21"),
        ("criticism", 0.0, "2026-02-21"),
    ],
)
def test_a_small_fine_is_told_apart_where_a_file_says_what_is_small(
    kind: str, amount: float, public: str
) -> None:
    own = events_with(
        record(7, "penalty:market.food.label", THEN, record=1, value=amount),
        record(7, f"penalty.kind:market.food.{kind}", THEN, record=1),
        record(7, FOOD_FINE, THEN, record=2),
    ).of(7)
    first = '[[edition.term]]\nid = "criticism"'
    text = Publicity.default().text.replace(first, f"{SMALL}\n{first}")
    terms = Publicity.parse(text, "publicity.toml").on(TODAY)
    assert terms.of(own, TODAY).until() == {1: day(public), 2: IN_THREE_YEARS}


def test_other_departments_penalties_are_public_since_there_is_a_term() -> None:
    own, number = one("penalty.kind:other.general.fine")
    before, after = (Publicity.default().on(day(d)) for d in ("2023-04-30", "2023-05-01"))
    assert before.of(own, TODAY).until() == {}
    assert after.of(own, TODAY).until() == {number: IN_THREE_YEARS}


def test_terms_that_cannot_be_used_say_why() -> None:
    text = Publicity.default().text
    for old, new, says in (
        ("months = 3\n", "months = 0\n", "at least 1"),
        ("days = 3 ", "days = -3 ", "0 or more"),
        ('"penalty.kind:market.*"', '"penalties"', "streams of records"),
        ("months = 24", "months = 24\nbelow = 0.0", "an amount over 0"),
        ('follows = "2021"', 'follows = "2020"', "one of: 2021"),
    ):
        assert old in text
        with pytest.raises(PolicyError, match=says):
            Publicity.parse(text.replace(old, new), "publicity.toml")
