"""Grades under small changes."""

import numpy as np

from xinheng.explaining import stability
from xinheng.grading import Level, Scorer

from ..grading.world import TODAY, events_of, record, rows_of
from .test_remedies import FINE, scorer, town


def test_a_record_on_which_the_level_hangs_is_named() -> None:
    records = [record(7, FINE, TODAY - 30), record(7, "rectification", TODAY - 90)]
    events = events_of(*records, record(7, "award:city", TODAY - 700))
    found = stability(scorer(), events, 7, TODAY)
    levels = {each.record: each.level for each in found.variants if each.record is not None}
    assert len(levels) == 3
    for number, level in levels.items():
        left = events.of(7).take(np.flatnonzero(events.of(7).record != number))
        assert level is graded(scorer(), left)
        assert (number in found.decisive) == (level is not found.level)
    assert found.decisive


def graded(grading: Scorer, own) -> Level:
    return Level.of(grading.run(own, rows_of((7, TODAY)))["level"].iloc[0])


def test_shares_are_of_all_small_changes() -> None:
    found = stability(scorer(), town(), 3, TODAY, days=(-1, 1))
    assert {each.days for each in found.variants if each.record is None} == {-1, 1}
    same = [each.level is found.level for each in found.variants]
    assert found.kept == np.mean(same)
    assert 0 <= found.shared <= 1
    assert all(0 <= each.probability <= 1 for each in found.variants)


def test_what_moves_nothing_keeps_everything() -> None:
    events = events_of(record(7, "award:city", TODAY - 700))
    found = stability(scorer(), events, 7, TODAY, days=())
    assert (found.kept, found.shared, found.decisive) == (1.0, 1.0, ())


def test_days_before_anything_was_known_are_no_small_change() -> None:
    found = stability(scorer(), events_of(record(7, FINE, TODAY - 3)), 7, TODAY, days=(-7, -3, -1))
    assert [each.days for each in found.variants if each.record is None] == [-1]
