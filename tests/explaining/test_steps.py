"""Steps: what can be done about which records, when, and what it changes."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from xinheng.core.calendar import add_working_days
from xinheng.core.time import NEVER, day, show
from xinheng.explaining import Actions
from xinheng.explaining.law.clocks import repairable
from xinheng.explaining.law.steps import Step, possible_steps
from xinheng.explaining.remedies.taking import taken
from xinheng.explaining.remedies.turn import Turn
from xinheng.features import Events, compute, standard_catalogue

from ..grading.world import TODAY, events_of, record, rows_of
from .duties import DUE, FINE, IN_TIME, LABEL, SERIOUS, UNREPORTED
from .spans import events_with

ACTIONS = Actions.default().on(TODAY).actions


RENEWED = day("2031-03-26")  # five years from the decision of 2026-03-27, its last day included


def own_of(*records: dict[str, Any]) -> Events:
    return events_of(*(each | {"enterprise": 7} for each in records)).of(7)


def one(*steps: Step) -> dict[str, Step]:
    return {step.action.id: step for step in steps}


def in_turn(own: Events, steps: tuple[Step, ...]) -> tuple[Step, ...] | None:
    return Turn(own, steps, TODAY).of(steps)


def able(*records: dict[str, Any], as_of: int = TODAY) -> dict[str, Step]:
    actions = Actions.default().on(as_of).actions
    return one(*possible_steps(actions, events_with(*records).of(7), as_of, frozenset()))


def test_what_can_be_done_and_when_it_counts() -> None:
    own = own_of(
        record(7, "rectification", TODAY - 20, value=30.0),
        record(7, FINE, TODAY - 100),
        record(7, FINE, TODAY - 500, repaired=TODAY - 3),
        record(7, "list_entry:abnormal.address", TODAY - 40),
        record(7, "list_entry:abnormal.report", TODAY - 400, ended=TODAY - 9,
               ended_available=TODAY - 9),
        record(7, "licence:food_production.0104", TODAY - 1700, ended=TODAY + 90, case=1,
               ended_available=TODAY - 1700),
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
    assert found["repair_food_penalty"].start == day("2026-11-22")
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
    longer.check()
    assert {*longer.ended.tolist()} - {*own.ended.tolist()} == {RENEWED}
    with_more = taken(own, 7, [by["haccp"], by["gmp"]])
    assert len(with_more) == len(own) + 2
    with_more.check()
    assert set(with_more.enterprise) == {7}
    assert taken(own, 7, []).record.tolist() == own.record.tolist()


def test_steps_of_an_enterprise_without_records_are_its_own() -> None:
    actions = [replace(each, while_open=()) for each in ACTIONS]
    steps = possible_steps(actions, Events.none(), TODAY, frozenset({"producer"}))
    assert taken(Events.none(), 7, steps).enterprise.tolist() == [7, 7, 7]


def test_a_holiday_that_is_not_announced_is_told() -> None:
    own = own_of(record(7, FINE, TODAY))
    far = TODAY + 4 * 365
    [step] = possible_steps(ACTIONS, own, far, frozenset())
    assert step.estimated
    assert step.done >= far + 17


def test_what_forbids_a_step_is_ended_before_it_begins() -> None:
    own = own_of(
        record(7, FINE, TODAY - 400, severity=2.0),
        record(7, "list_entry:abnormal.address", TODAY - 30),
        record(7, "list_entry:serious_dishonesty.food", TODAY - 1000, ended=TODAY + 60,
               ended_available=TODAY - 1000),
    )  # fmt: skip
    by = one(*possible_steps(ACTIONS, own, TODAY, frozenset()))
    repair, leave = by["repair_food_penalty"], by["leave_abnormal_list"]
    assert in_turn(own, (repair,)) is None
    for steps in ((repair, leave), (leave, repair)):
        found = one(*in_turn(own, steps) or ())
        assert found["leave_abnormal_list"] == leave
        assert found["repair_food_penalty"].start == TODAY + 61
        assert found["repair_food_penalty"].done == add_working_days(TODAY + 61, 17)
    few = own.take(np.flatnonzero(own.ended == NEVER))
    found = one(*in_turn(few, (repair, leave)) or ())
    assert found["repair_food_penalty"].done == add_working_days(leave.done + 1, 17)


@pytest.mark.parametrize(
    ("ends", "start"),
    [
        ("2026-03-04", None),
        ("2026-04-14", None),  # 2026-03-02 is the first of 30 working days before it
        ("2026-04-15", "2026-03-03"),
        ("2026-08-20", "2026-03-03"),
        ("2026-09-20", "2026-03-24"),  # 180 days before
    ],
)
def test_a_licence_is_renewed_while_there_is_time(ends: str, start: str | None) -> None:
    as_of, end = day("2026-03-03"), day(ends)
    licence = record(7, "licence:food_production.0104", end - 1826, ended=end,
                     ended_available=end - 1826)  # fmt: skip
    steps = possible_steps(ACTIONS, own_of(licence), as_of, frozenset())
    assert [show(step.start) for step in steps] == ([] if start is None else [start])


def licence(number: int, ends: int = 90, ago: int = 1700, **more: Any) -> list[dict[str, Any]]:
    """One category of a licence, as the archive tells of it."""
    told = {"record": number, "case": 9, "ended": TODAY + ends, "ended_available": TODAY - 1700}
    streams = f"licence:food_production.0{number}01", f"licence.category:0{number}01"
    return [record(7, stream, TODAY - ago, **told | more) for stream in streams]


def test_a_licence_is_renewed_with_all_its_categories() -> None:
    rows = [*licence(1), *licence(2), *licence(3), *licence(4, case=10)]
    own = events_with(*rows).of(7)
    steps = possible_steps(ACTIONS, own, TODAY, frozenset())
    assert [(step.record, step.records) for step in steps] == [(1, (1, 2, 3)), (4, (4,))]
    assert steps[0].about is not None
    assert steps[0].about.others == 2
    later = taken(own, 7, steps[:1])
    assert set(later.record[later.ended == RENEWED].tolist()) == {1, 2, 3}
    assert set(later.ended[later.record == 4].tolist()) == {TODAY + 90}


def test_a_licence_has_its_old_end_until_it_is_renewed_and_a_new_term_from_then_on() -> None:
    own = events_with(*licence(1), record(7, "enterprise.population:producer", 0, record=5)).of(7)
    [step] = possible_steps(ACTIONS, own, TODAY, frozenset())
    days = TODAY + 5, step.done, step.day
    catalogue = standard_catalogue().select(ids=["RL03", "RL04", "RL06"])
    found = compute(catalogue, taken(own, 7, [step]), rows_of(*((7, each) for each in days)))
    assert found["RL04"].tolist() == [85, 90 - (step.done - TODAY), RENEWED - step.day]
    assert found[["RL03", "RL06"]].to_numpy().tolist() == [[0, 1]] * 3


@pytest.mark.parametrize(
    ("event", "ago", "renewed"),
    [("revoked", 30, False), ("cancelled", 30, False), ("withdrawn", 30, False),
     ("suspended", 30, True), ("revoked", 1800, True)],
)  # fmt: skip
def test_nothing_renews_a_licence_that_is_gone(event: str, ago: int, *, renewed: bool) -> None:
    told = record(7, f"licence_event:production.{event}", TODAY - ago, record=5, case=9)
    assert ("renew_licence" in able(*licence(1), told)) == renewed
    other = told | {"case": 10}
    assert "renew_licence" in able(*licence(1), other)


def test_a_licence_that_was_renewed_is_not_renewed_again_for_its_old_end() -> None:
    renewed = licence(2, ends=90 + 1826, ago=-91, available=TODAY - 10)
    step = able(*licence(1), *renewed)["renew_licence"]
    assert (step.record, step.start) == (2, TODAY + 90 + 1826 - 180)


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
    assert by["repair_other_penalty"].start == day("2026-05-01")  # of 2026-01-30
    assert repairable(own, TODAY, ACTIONS).keys() == {
        by["repair_other_penalty"].record,
        by["leave_serious_list"].record,
    }
    perform, leave = by["perform_penalty"], by["leave_serious_list"]
    assert in_turn(own, (leave,)) is None
    found = one(*in_turn(own, (perform, leave)) or ())
    assert found["leave_serious_list"].start == perform.done + 1


STOPPAGE = "penalty.kind:market.food.stoppage"


@pytest.mark.parametrize(
    ("streams", "performed"),
    [
        ((DUE,), True),
        ((FINE, DUE), True),
        ((STOPPAGE, DUE), False),
        (("penalty.kind:market.general.suspension", DUE), False),
        (("penalty.kind:market.food.revocation", DUE), False),
        (("penalty.kind:market.food.downgrade", DUE), False),
    ],
)
def test_what_runs_over_a_time_is_not_performed(
    streams: tuple[str, ...], *, performed: bool
) -> None:
    rows = [record(7, each, TODAY - 50, record=1, value=15.0) for each in streams]
    found = able(*rows)
    assert ("perform_penalty" in found) == performed
    if performed:
        later = taken(events_with(*rows).of(7), 7, [found["perform_penalty"]])
        assert set(later.ended.tolist()) == {found["perform_penalty"].done}


def test_a_fine_beside_a_stoppage_is_paid_and_the_stoppage_runs_on() -> None:
    def told(amount: float, kind: str) -> list[dict[str, Any]]:
        streams = ((kind, 4.0), ("penalty:market.food.label", amount), (DUE, 15.0))
        return [record(7, each, TODAY - 400, record=1, value=value) for each, value in streams]

    listed = record(7, SERIOUS, TODAY - 400, record=2)
    own = events_with(*told(20.0, STOPPAGE), listed).of(7)
    by = one(*possible_steps(ACTIONS, own, TODAY, frozenset()))
    assert by.keys() == {"pay_fine", "leave_serious_list"}
    later = taken(own, 7, [by["pay_fine"]])
    changed = later.ended != own.ended
    [stream] = later.stream[changed].tolist()
    assert later.vocabulary[stream] == ("penalty.due", "market.food")
    found = one(*in_turn(own, (by["pay_fine"], by["leave_serious_list"])) or ())
    assert found["leave_serious_list"].start == by["pay_fine"].done + 1
    assert able(*told(0.0, STOPPAGE)).keys() == set()
    assert able(*told(20.0, FINE)).keys() == {"perform_penalty", "repair_food_penalty"}


def test_no_step_puts_off_an_end_that_is_known() -> None:
    """An entry that ends in three days is not removed on application, which takes longer."""
    entry = record(7, "list_entry:abnormal.address", TODAY - 100, record=1,
                   ended=TODAY + 3, ended_available=TODAY - 1)  # fmt: skip
    assert able(entry) == {}
    later = entry | {"ended": TODAY + 60}
    step = able(later)["leave_abnormal_list"]
    own = events_with(entry, record(7, "rectification", TODAY - 9, record=1)).of(7)
    ended = {int(s): int(e) for s, e in zip(
        *(getattr(taken(own, 7, [step]), name) for name in ("stream", "ended")), strict=True
    )}  # fmt: skip
    assert sorted(ended.values()) == [TODAY + 3, step.done]


def test_what_a_record_said_before_it_was_corrected_is_past() -> None:
    """First no end was told of it, then one in three days."""
    entry = record(7, "list_entry:abnormal.address", TODAY - 100, record=1, withdrawn=TODAY - 5)
    told = {"withdrawn": NEVER, "available": TODAY - 5, "ended_available": TODAY - 5}
    assert able(entry, entry | told | {"ended": TODAY + 3}) == {}
    own = events_with(entry, entry | told | {"ended": TODAY + 60}).of(7)
    step = able(entry, entry | told | {"ended": TODAY + 60})["leave_abnormal_list"]
    assert sorted(taken(own, 7, [step]).ended.tolist()) == [step.done, NEVER]


def test_none_is_repaired_after_another_of_its_kind() -> None:
    first, second, other = (
        [record(7, stream, TODAY - ago, record=number) for stream in (FINE, violation)]
        for number, (ago, violation) in enumerate(
            [(500, LABEL), (400, LABEL), (450, "penalty.violation:food.date")], 1
        )
    )

    def repaired(*records: dict[str, Any]) -> list[int]:
        own = events_with(*records).of(7)
        steps = possible_steps(ACTIONS, own, TODAY, frozenset())
        assert sorted(repairable(own, TODAY, ACTIONS)) == [step.record for step in steps]
        return [step.record for step in steps]

    assert repaired(*first, *other) == [1, 3]
    assert repaired(*first, *second, *other) == [2, 3]
    unknown = [each | {"available": TODAY} for each in second]
    withdrawn = [each | {"withdrawn": TODAY - 5} for each in second]
    assert repaired(*first, *unknown) == repaired(*first, *withdrawn) == [1]


@pytest.mark.parametrize("stream", ["ban:five_years", "penalty.kind:market.food.restriction"])
def test_nobody_leaves_the_serious_list_while_a_restriction_runs(stream: str) -> None:
    entry = record(7, SERIOUS, TODAY - 400, record=1)
    ban = record(7, stream, TODAY - 400, record=2)
    own = events_with(entry, ban).of(7)
    step = able(entry, ban)["leave_serious_list"]
    assert in_turn(own, (step,)) is None
    ends = {"ended": TODAY + 30, "ended_available": TODAY - 1}
    [turned] = in_turn(events_with(entry, ban | ends).of(7), (step,)) or ()
    assert turned.start == TODAY + 31


def test_what_is_over_before_it_could_be_decided_is_no_step() -> None:
    fine = record(7, FINE, TODAY - 1000, record=1)
    own = events_with(fine, record(7, "list_entry:abnormal.address", TODAY - 9, record=2)).of(7)
    for over, steps in ((TODAY + 20, 1), (TODAY + 29, 2)):
        found = possible_steps(ACTIONS, own, TODAY, frozenset(), over={1: over})
        assert len(found) == steps
    [leave, repair] = found  # which is put off by the entry, until the fine is over
    assert (repair.action.id, repair.in_time) == ("repair_food_penalty", True)
    assert in_turn(own, (leave, repair)) is None


def test_nobody_leaves_the_serious_list_after_a_heavier_penalty() -> None:
    entry = record(7, SERIOUS, TODAY - 400, record=1)
    for stream, ago, leaves in (
        (STOPPAGE, 400, True),  # decided together with the entry
        (STOPPAGE, 300, False),
        ("penalty.kind:market.food.fine", 300, True),
    ):
        found = able(entry, record(7, stream, TODAY - ago, record=2))
        assert ("leave_serious_list" in found) == leaves


@pytest.mark.parametrize(
    ("as_of", "stream", "action"),
    [
        ("2023-04-30", "penalty.kind:other.general.fine", None),
        ("2023-05-01", "penalty.kind:other.general.fine", "repair_other_penalty"),
        ("2023-05-01", "penalty.kind:other.food.fine", "repair_other_food_penalty"),
        ("2022-03-01", "penalty.kind:market.general.fine", "repair_penalty"),
        ("2021-09-01", "rectification", "rectify"),
    ],
)
def test_a_past_day_knows_the_ways_of_its_time(as_of: str, stream: str, action: str | None) -> None:
    found = able(record(7, stream, day(as_of) - 100, record=1), as_of=day(as_of))
    assert list(found) == ([] if action is None else [action])


def test_an_order_is_complied_with_by_the_rule_of_the_day() -> None:
    basis = {
        when: able(record(7, "rectification", day("2021-09-01"), record=1), as_of=day(when))[
            "rectify"
        ].action.basis
        for when in ("2022-03-14", "2022-03-15", "2024-01-01")
    }
    assert "第49号" not in basis["2022-03-14"]
    assert basis["2022-03-15"] == basis["2024-01-01"]
    assert "第49号" in basis["2024-01-01"]


# Reports, of a firm that told what it has of 2021 to 2023 and nothing since.
SAID = {"annual_report.paid_in": 100.0, "annual_report.revenue": 50.0,
        "annual_report.leverage": 0.5, "annual_report.year": float("nan")}  # fmt: skip
FIRM = [
    record(7, "enterprise.established", "2015-03-01", record=1, value=float(day("2015-03-01"))),
    record(7, "enterprise.capital", "2015-03-01", record=1, value=200.0),
    *(
        record(7, stream, f"{year}-12-31", record=year, case=year, value=value,
               available=day(f"{year + 1}-05-04"))
        for year in (2021, 2022, 2023) for stream, value in SAID.items()
    ),
    *(
        record(7, IN_TIME, f"{year + 1}-06-30", record=year, case=year,
               available=day(f"{year + 1}-05-04"))
        for year in (2021, 2022, 2023)
    ),
    record(7, UNREPORTED, "2025-07-10", record=60, severity=1.0),
]  # fmt: skip
OWN_VALUES = standard_catalogue().select(
    ids=["RL01", "BC01", "BC02", "BC03", "BC10", "BC11", "PN01", "PN02", "EA08", "CC07"]
)


def moved(steps: list[Step], when: str) -> dict[str, tuple[float, float]]:
    own = events_with(*FIRM).of(7)
    before, after = (
        compute(OWN_VALUES, events, rows_of((7, day(when)))).iloc[0]
        for events in (own, taken(own, 7, steps))
    )
    return {name: (before[name], after[name]) for name in before.index
            if before[name] != after[name]}  # fmt: skip


def test_a_report_in_time_keeps_a_deadline_from_being_missed() -> None:
    step = able(*FIRM)["file_report"]
    assert (step.done, step.day) == (day("2026-06-30"), day("2026-07-01"))
    assert moved([step], "2026-06-30") == {}
    assert moved([step], "2026-07-05") == {
        "RL01": (2.0, 1.0), "BC03": (0.0, 0.5), "BC10": (2.0, 0.5)
    }  # fmt: skip


def test_a_late_report_undoes_no_deadline_and_tells_its_figures() -> None:
    step = able(*FIRM)["file_late_report"]
    assert (step.done, step.deadlines) == (TODAY, (day("2025-06-30"),))
    found = moved([step], "2026-03-02")
    assert found == {"BC03": (0.0, 0.5), "BC10": (2.0, 0.5), "BC11": (-1.0, 0.0)}


def test_the_list_is_left_once_the_report_is_filed() -> None:
    by, own = able(*FIRM), events_with(*FIRM).of(7)
    late, leave = by["file_late_report"], by["leave_list_of_reports"]
    assert in_turn(own, (leave,)) is None
    found = one(*in_turn(own, (late, leave)) or ())
    assert found["leave_list_of_reports"].start == TODAY + 1
    assert found["leave_list_of_reports"].done == add_working_days(TODAY + 1, 7)
    assert moved([*found.values()], show(found["leave_list_of_reports"].day))["PN01"] == (1, 0)
    filed = record(7, "annual_report.due:late", "2025-06-30", record=70, available=TODAY - 9)
    again = able(*FIRM, filed)
    assert "file_late_report" not in again
    assert again["leave_list_of_reports"].after == ()


def test_filing_reaches_back_to_the_deadline_of_an_entry() -> None:
    """Of an entry of 2021; what was filed since does not stand for what was not."""
    entry = record(7, UNREPORTED, "2021-07-08", record=60)
    since = [
        record(7, IN_TIME, f"{year}-06-30", record=year, available=day(f"{year}-05-04"))
        for year in (2022, 2023, 2024, 2025)
    ]
    began = record(7, "enterprise.established", "2015-03-01", record=1,
                   value=float(day("2015-03-01")))  # fmt: skip
    for some, told, days in (
        ([began], since, ["2021-06-30"]),
        ([began], since[:1] + since[2:], ["2021-06-30", "2023-06-30"]),
        ([], since, ["2021-06-30"]),  # an entry tells so of who is not known to have begun
    ):
        found = able(*some, entry, *told)
        assert [show(each) for each in found["file_late_report"].deadlines] == days
        assert found["leave_list_of_reports"].after == (found["file_late_report"].deed,)
    filed = record(7, "annual_report.due:late", "2021-06-30", record=70, available=TODAY - 9)
    assert able(entry, *since, filed)["leave_list_of_reports"].after == ()


@pytest.mark.parametrize(
    ("as_of", "deadline"),
    [("2026-06-29", "2026-06-30"), ("2026-06-30", "2026-06-30"), ("2026-07-01", "2027-06-30")],
)
def test_the_next_deadline_is_that_which_has_not_passed(as_of: str, deadline: str) -> None:
    step = able(*FIRM, as_of=day(as_of))["file_report"]
    assert step.deadlines == (step.done,) == (day(deadline),)


def test_a_report_is_filed_once_its_year_is_over() -> None:
    found = [able(*FIRM, as_of=day(when))["file_report"] for when in ("2026-07-05", "2027-03-01")]
    assert [show(step.start) for step in found] == ["2027-01-01", "2027-03-01"]
    assert {show(step.done) for step in found} == {"2027-06-30"}


def test_who_was_closed_pays_and_performs_and_nothing_else() -> None:
    told = [
        *FIRM,
        *licence(1),
        record(7, FINE, TODAY - 400, record=20),
        record(7, DUE, TODAY - 400, record=21, value=15.0),
        record(7, "rectification", TODAY - 40, record=22),
        record(7, "list_entry:judgment_defaulter.able", TODAY - 30, record=23),
    ]
    status = [record(7, f"enterprise.status:{each}", TODAY - ago, record=24 + ago)
              for each, ago in (("active", 800), ("revoked", 30), ("active", 10))]  # fmt: skip
    assert able(*told, *status[:2]).keys() == {"perform_penalty", "perform_judgment"}
    assert able(*told, *status).keys() == able(*told, status[0]).keys() > {"rectify", "file_report"}


def certified(*records: dict[str, Any]) -> list[str]:
    own = events_with(*records).of(7)
    steps = possible_steps(ACTIONS, own, TODAY, frozenset({"producer"}))
    return [show(step.start) for step in steps if step.action.id == "haccp"]


def test_a_certificate_is_for_who_holds_a_licence() -> None:
    began = record(7, "enterprise.population:producer", TODAY - 3000, record=50)
    lost = record(7, "licence_event:production.revoked", TODAY - 30, record=51, case=9)
    assert certified(began) == []
    assert certified(began, *licence(1)) == ["2026-09-01"]
    assert certified(began, *licence(1), lost) == []


@pytest.mark.parametrize(
    ("ends", "again"),
    [("2026-05-01", ["2026-09-01"]), ("2026-12-14", ["2026-12-14"]), (None, [])],
)
def test_a_certificate_is_obtained_again_when_it_ends(ends: str | None, again: list[str]) -> None:
    until = {} if ends is None else {"ended": day(ends), "ended_available": TODAY - 900}
    held = record(7, "certificate:haccp", TODAY - 900, record=60, **until)
    assert certified(*licence(1), held) == again


def test_nobody_files_twice_or_for_a_year_before_the_firm() -> None:
    early = record(7, IN_TIME, "2026-06-30", record=80, available=TODAY - 9)
    assert "file_report" not in able(*FIRM, early)
    new = record(7, "enterprise.established", "2025-11-01", record=1, value=float(TODAY - 120))
    assert able(new).keys() == {"file_report"}
    this_year = record(7, "enterprise.established", TODAY - 9, record=1, value=float(TODAY - 9))
    assert able(this_year) == {}


def test_what_is_late_once_the_others_have_had_their_turn_is_left_out() -> None:
    """The fine is repaired after the list is left, and that after a penalty is performed."""
    own = own_of(
        record(7, FINE, TODAY - 400), record(7, DUE, TODAY - 400, value=15.0),
        record(7, SERIOUS, TODAY - 400),
    )  # fmt: skip
    by = one(*possible_steps(ACTIONS, own, TODAY, frozenset()))
    soon = by["repair_food_penalty"].put_off(by["leave_serious_list"].day)
    over = {soon.record: soon.done + 1}
    steps = possible_steps(ACTIONS, own, TODAY, frozenset(), over=over)
    turn = Turn(own, steps, TODAY)
    assert turn.of(steps) is None
    assert one(*turn.most(steps)).keys() == {"perform_penalty", "leave_serious_list"}
