"""What was told of records between two grades, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from xinheng.core.time import day
from xinheng.features import Events
from xinheng.features.events import COLUMNS
from xinheng.features.hindsight import known_before
from xinheng.grading.dynamic.telling import TOLD, mixed, tellings

from ..world import events_of, record

BEFORE, NOW = day("2026-02-01"), day("2026-03-01")
FEB = day("2026-02-10")


def told_of(*records: dict) -> list[str]:
    events = events_of(*records)
    known, heard = known_before(events, BEFORE), known_before(events, NOW)
    found = tellings(known, heard, (BEFORE, NOW))
    return found.loc[found["enterprise"] == 1, "told"].to_list()


LABEL, LISTED = "penalty:market.food.label", "list_entry:abnormal.x"
OLD = day("2025-01-01")
ENDED = {"ended": OLD + 9, "ended_available": OLD + 9}


@pytest.mark.parametrize(
    ("record_", "told"),
    [
        (record(1, LABEL, "2026-02-05"), ["new"]),
        (record(1, LABEL, "2020-01-01", available=FEB), ["new"]),
        (record(1, LABEL, "2025-01-01"), []),
        (record(1, LABEL, "2025-01-01", withdrawn=FEB), ["withdrawn"]),
        (record(1, LABEL, "2025-01-01", withdrawn=NOW), []),
        (record(1, LISTED, "2025-01-01", ended=FEB - 3, ended_available=FEB), ["ended"]),
        # When it ends was known from the beginning: nothing is told, time passes.
        (record(1, "licence:food_operation.", OLD, ended=FEB, ended_available=OLD), []),
        # It came and was withdrawn between the two: it counts on neither day.
        (record(1, "incident:death", "2026-02-03", withdrawn=FEB), []),
    ],
)
def test_ways_by_hand(record_: dict, told: list[str]) -> None:
    assert told_of(record_) == told


@pytest.mark.parametrize(
    ("first", "then", "told"),
    [
        ({}, {"repaired": FEB}, ["repaired"]),
        ({"repaired": OLD + 9}, {}, ["reinstated"]),
        ({}, ENDED | {"ended_available": FEB}, ["ended"]),
        (ENDED, {}, ["reinstated"]),
        # An end that lay ahead, and one that had come: brought forward, and put off.
        ({"ended": NOW + 99, "ended_available": OLD}, ENDED | {"ended_available": FEB}, ["ended"]),
        (ENDED, {"ended": NOW + 99, "ended_available": FEB}, ["reinstated"]),
        ({"ended": NOW + 99, "ended_available": OLD},
         {"ended": NOW + 9, "ended_available": FEB}, ["corrected"]),
        (ENDED, ENDED | {"ended": OLD + 5}, ["corrected"]),
        ({}, {"severity": 2.0}, ["corrected"]),
        ({"value": 1.0}, {}, ["corrected"]),
        # Withdrawn and put back between the two, and put back after it had been withdrawn.
        ({}, {}, ["reinstated"]),
        ({"withdrawn": OLD + 5}, {}, ["reinstated"]),
        ({"withdrawn": OLD + 5}, {"withdrawn": FEB + 2}, []),
    ],
)  # fmt: skip
def test_ways_of_a_record_with_two_spans(first: dict, then: dict, told: list[str]) -> None:
    events = spans_of(first, then)
    known, heard = known_before(events, BEFORE), known_before(events, NOW)
    found = tellings(known, heard, (BEFORE, NOW))
    assert found["told"].to_list() == told
    assert found[["enterprise", "record"]].to_numpy().tolist() == [[1, 7]] * len(told)
    back = mixed(known, heard, found, told)
    same = mixed(known, heard, found, set(TOLD) - set(told))
    for name in COLUMNS:
        if told:
            np.testing.assert_array_equal(getattr(back, name), getattr(known, name))
        np.testing.assert_array_equal(getattr(same, name), getattr(heard, name))


def spans_of(first: dict, then: dict) -> Events:
    """Two spans of one record, of which the second begins between the two grades."""
    events = events_of(
        record(1, LABEL, OLD, **{"withdrawn": FEB} | first),
        record(1, LABEL, OLD, **{"available": FEB} | then),
    )
    own = events.take(np.flatnonzero(events.enterprise == 1))
    return replace(own, record=np.full(2, 7))


def test_a_result_that_is_corrected_is_neither_withdrawn_nor_new() -> None:
    """One that passed and failed after all: another stream, and further ones of what was found."""
    events = events_of(
        record(1, "inspection:routine.pass", OLD, withdrawn=FEB),
        record(1, "inspection:routine.fail", OLD, available=FEB),
        record(1, "inspection.critical:routine", OLD, available=FEB, value=1.0),
        record(1, LABEL, "2026-02-05"),
    )
    own = replace(events, record=np.where(events.occurred == OLD, 7, events.record))
    known, heard = known_before(own, BEFORE), known_before(own, NOW)
    found = tellings(known, heard, (BEFORE, NOW))
    assert sorted(found["told"]) == ["corrected", "new"]
    streams = [
        heard.vocabulary[stream][0] for stream in mixed(known, heard, found, ["corrected"]).stream
    ]
    assert sorted(streams) == ["award", "inspection", "penalty"]


def test_a_record_that_is_gone_is_withdrawn() -> None:
    events = events_of(record(1, LABEL, OLD))
    found = tellings(events, events.take(np.flatnonzero(events.enterprise == 0)), (BEFORE, NOW))
    assert found["told"].to_list() == ["withdrawn"]
