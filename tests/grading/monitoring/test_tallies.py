"""Tallies: what came in each month, counted by hand, and nothing that came later."""

from dataclasses import replace

import numpy as np

from xinheng.core.time import day
from xinheng.grading.monitoring import Aspect, arrivals_of, first_days
from xinheng.grading.monitoring.drift import found_by_checks
from xinheng.grading.monitoring.tallies import tallies
from xinheng.grading.reference import Checks

from ..world import events_of, record

DAYS = first_days(day("2026-01-01"), 13)


def arrivals(*records):
    events = events_of(*records)
    source = np.where(events.enterprise > 0, "market", "")
    return events, arrivals_of(events, source, events.available)


def series(found, aspect: Aspect, kind: str, name: str = "") -> list[float]:
    for bank in found:
        for row, key in enumerate(bank.keys):
            if (key.aspect, key.source, key.kind, key.name) == (aspect, "market", kind, name):
                return bank.values[row].tolist()
    return []


def monthly(stream: str, enterprise: int = 1, **more):
    return [record(enterprise, stream, f"2025-{month:02d}-10", **more) for month in range(1, 13)]


def test_counts_codes_twins_and_values_by_month() -> None:
    twice = record(1, "penalty:food.label", "2025-03-10", value=1_000.0)
    _, found = arrivals(
        *monthly("penalty:food.label", value=1_000.0), twice, record(2, "penalty:tax", "2025-05-02")
    )
    banks = tallies(found, DAYS)
    assert series(banks, Aspect.COUNT, "penalty") == [1, 1, 2, 1, 2, 1, 1, 1, 1, 1, 1, 1]
    assert series(banks, Aspect.CODE, "penalty", "tax")[4] == 1
    assert series(banks, Aspect.TWIN, "penalty") == [0, 0, 1, *[0] * 9]
    assert series(banks, Aspect.BLANK, "penalty", "value") == [0, 0, 0, 0, 1, *[0] * 7]


def test_a_part_of_a_record_is_counted_once_a_record() -> None:
    _, found = arrivals(*monthly("penalty:food.label"), *monthly("penalty.due:food.label"))
    assert series(tallies(found, DAYS), Aspect.COUNT, "penalty") == [1] * 12


def test_what_is_told_much_later_than_usual_is_late_in_the_month_in_which_it_came() -> None:
    late = record(2, "penalty:food.label", "2025-02-01", available=day("2025-11-20"))
    _, found = arrivals(*monthly("penalty:food.label"), late)
    assert series(tallies(found, DAYS), Aspect.LATE, "penalty") == [*[0] * 10, 1, 0]


def test_nothing_that_came_later_is_seen() -> None:
    _, found = arrivals(*monthly("penalty:food.label"))
    before = tallies(found.before(int(DAYS[-4])), DAYS[:-3])
    whole = series(tallies(found, DAYS), Aspect.COUNT, "penalty")
    assert series(before, Aspect.COUNT, "penalty") == whole[:-3]


def test_a_corrected_record_came_once() -> None:
    first = record(1, "penalty:food.label", "2025-03-10")
    events = events_of(first, {**first, "available": day("2025-06-01")})
    events = replace(events, record=np.where(events.enterprise == 1, 77, events.record))
    found = arrivals_of(events, np.full(len(events), "market"), events.available)
    assert (found.table["record"] == 77).sum() == 1
    assert found.table.loc[found.table["record"] == 77, "arrived"].tolist() == [day("2025-03-10")]


def test_a_check_finds_what_another_event_of_that_day_says() -> None:
    events, found = arrivals(
        record(1, "inspection:routine.pass", "2025-03-10"),
        record(2, "inspection:routine.pass", "2025-03-11"),
        record(2, "inspection.critical:routine", "2025-03-11", value=2.0),
        record(3, "inspection.critical:routine", "2025-03-12", value=0.0),
    )
    checks = Checks(("inspection:routine.*",), ((("inspection.critical",), 0.0),))
    checked = found_by_checks(found, events, checks, DAYS).sort_values("enterprise")
    assert checked["found"].tolist() == [False, True]
    assert checked["month"].tolist() == [2, 2]
    assert checked["as_of"].tolist() == [day("2025-03-01")] * 2


def test_how_many_records_of_an_enterprise_come_together_is_told() -> None:
    _, found = arrivals(
        *monthly("penalty:food.label"),
        *(record(2, "penalty:tax", f"2025-03-{day:02d}") for day in (2, 3, 9, 28)),
    )
    banks = tallies(found, DAYS)
    clumps = {key.name: c for b in banks if b.keys[0].aspect is Aspect.CODE
              for key, c in zip(b.keys, b.clump, strict=True)}  # fmt: skip
    assert clumps == {"food.label": 1.0, "tax": 4.0}
    (count,) = [bank for bank in banks if bank.keys[0].aspect is Aspect.COUNT]
    assert count.clump.tolist() == [(12 * 1 + 16) / 16]


def test_all_that_a_department_delivers_is_counted_and_each_kind_if_there_are_several() -> None:
    _, found = arrivals(*monthly("penalty:tax"), *monthly("complaint:food", 2))
    banks = [bank for bank in tallies(found, DAYS) if bank.keys[0].aspect is Aspect.COUNT]
    assert [[key.kind for key in bank.keys] for bank in banks] == [["*"], ["complaint", "penalty"]]
    assert banks[0].values.tolist() == [[2.0] * 12]
    _, found = arrivals(*monthly("penalty:tax"))
    (bank,) = [bank for bank in tallies(found, DAYS) if bank.keys[0].aspect is Aspect.COUNT]
    assert [key.kind for key in bank.keys] == ["penalty"]
