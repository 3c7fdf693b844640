"""What was told of records between two grades, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from xinheng.core.time import day
from xinheng.features.hindsight import known_before
from xinheng.grading.dynamic.telling import mixed, tellings

from ..world import events_of, record

BEFORE, NOW = day("2026-02-01"), day("2026-03-01")
FEB = day("2026-02-10")


def told_of(*records: dict) -> list[str]:
    events = events_of(*records)
    known, heard = known_before(events, BEFORE), known_before(events, NOW)
    found = tellings(known, heard, (BEFORE, NOW))
    return found.loc[found["enterprise"] == 1, "told"].to_list()


@pytest.mark.parametrize(
    ("record_", "told"),
    [
        (record(1, "penalty:market.food.label", "2026-02-05"), ["new"]),
        (record(1, "penalty:market.food.label", "2020-01-01", available=FEB), ["new"]),
        (record(1, "penalty:market.food.label", "2025-01-01"), []),
        (record(1, "penalty:market.food.label", "2025-01-01", withdrawn=FEB), ["withdrawn"]),
        (record(1, "penalty:market.food.label", "2025-01-01", withdrawn=NOW), []),
        (record(1, "list_entry:abnormal.x", "2025-01-01", ended=FEB - 3, ended_available=FEB),
         ["ended"]),
        # When it ends was known from the beginning: nothing is told, time passes.
        (record(1, "licence:food_operation.", "2025-01-01", ended=FEB,
                ended_available=day("2025-01-01")), []),
        # It came and was withdrawn between the two: nothing of it ever counted.
        (record(1, "incident:death", "2026-02-03", withdrawn=FEB), ["new"]),
    ],
)  # fmt: skip
def test_ways_by_hand(record_: dict, told: list[str]) -> None:
    assert told_of(record_) == told


def test_a_record_that_is_repaired_has_a_new_span_and_is_not_new() -> None:
    events = events_of(
        record(1, "penalty:market.food.label", "2025-01-01", withdrawn=FEB),
        record(1, "penalty:market.food.label", "2025-01-01", available=FEB, repaired=FEB),
    )
    same_record = np.where(events.enterprise == 1, 7, events.record)
    events = replace(events, record=same_record)
    known, heard = known_before(events, BEFORE), known_before(events, NOW)
    found = tellings(known, heard, (BEFORE, NOW))
    assert found[["record", "told"]].to_numpy().tolist() == [[7, "repaired"]]
    back = mixed(known, heard, found, "repaired")
    for name in ("record", "available", "withdrawn", "repaired"):
        assert getattr(back, name).tolist() == getattr(known, name).tolist()
    same = mixed(known, heard, found, "new")
    assert same.repaired.tolist() == heard.repaired.tolist()
