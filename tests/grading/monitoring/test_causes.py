"""Causes: which story is told of which signals, worked by hand."""

from typing import Any

import numpy as np
import pytest

from xinheng.grading.monitoring import Aspect, Cause, Key, Signal, explain

from ..world import CATALOGUE


def signal(aspect: Aspect, seen: float, expected: float, **more: Any) -> Signal:
    names = {
        name: more.pop(name) for name in ("source", "kind", "name", "population") if name in more
    }
    usual = {"months": 1, "whole": np.nan, "chance": 1e-9, "latest": seen, "usual": expected}
    return Signal(Key(aspect, **names), seen=seen, expected=expected, **{**usual, **more})


TAX = {"source": "tax", "kind": "tax_return"}
FEWER = signal(Aspect.COUNT, 0, 90, **TAX)
HALF = signal(Aspect.COUNT, 48, 90, **TAX)
MORE = signal(Aspect.COUNT, 150, 90, **TAX)
LATER = signal(Aspect.LATE, 40, 3, whole=45, **TAX)
GONE = signal(Aspect.CODE, 1, 60, name="on_time", **TAX)
INSTEAD = signal(Aspect.CODE, 57, 0.25, name="punctual", **TAX)
UNIT = signal(Aspect.VALUE, 7.4, 3.4, name="value", **TAX)
DEARER = signal(Aspect.VALUE, 3.8, 3.4, name="value", **TAX)
TENTH = signal(Aspect.VALUE, 3.1, 3.4, name="value", months=3, latest=2.4, usual=3.4, **TAX)
EMPTY = signal(Aspect.BLANK, 80, 2, name="value", whole=90, **TAX)
PARTLESS = signal(Aspect.PART, 5, 88, name="tax_return.due", whole=90, **TAX)
TWINS = signal(Aspect.TWIN, 60, 1, whole=150, **TAX)
REFUSED = signal(Aspect.QUARANTINE, 70, 1, source="tax", kind="*", whole=90)
FOUND = signal(Aspect.FOUND, 140, 90, population="all", whole=500)
CALLS = signal(Aspect.COUNT, 300, 200, source="hotline", kind="complaint")
INDICATOR = signal(Aspect.INDICATOR, 0.6, 0.5, name="PN08", population="entity")
SCORE = signal(Aspect.MARGIN, 0.6, 0.5, population="operator")
NEW = signal(Aspect.COUNT, 400, 200, source="registry", kind="enterprise")


@pytest.mark.parametrize(
    ("signals", "causes"),
    [
        ([], []),
        ([FEWER], [Cause.STOPPED]),
        ([HALF], [Cause.PARTIAL]),
        ([FEWER, LATER], [Cause.LATE]),
        ([LATER], [Cause.LATE]),
        ([LATER, MORE, TWINS], [Cause.LATE, Cause.TWINS]),
        ([FEWER, GONE, EMPTY], [Cause.STOPPED]),
        ([GONE, INSTEAD], [Cause.RENAMED]),
        ([GONE], [Cause.VANISHED]),
        ([INSTEAD], [Cause.NEW_CODE]),
        ([UNIT], [Cause.UNIT]),
        ([TENTH], [Cause.UNIT]),
        ([DEARER], [Cause.VALUES]),
        ([EMPTY], [Cause.BLANK]),
        ([PARTLESS], [Cause.BLANK]),
        ([MORE, TWINS], [Cause.TWINS]),
        ([MORE], [Cause.SURGE]),
        ([REFUSED], [Cause.QUARANTINE]),
        ([FOUND], [Cause.STRICTNESS]),
        ([FOUND, CALLS], [Cause.REAL]),
        ([CALLS], [Cause.SURGE]),
        ([INDICATOR], [Cause.DRIFT]),
        ([SCORE], [Cause.DRIFT]),
        ([INDICATOR, NEW], [Cause.SURGE, Cause.MIX]),
    ],
)
def test_a_story_is_told_once_and_by_its_cause(signals: list[Signal], causes: list[Cause]) -> None:
    stories = explain(signals, CATALOGUE)
    assert sorted(story.cause for story in stories) == sorted(causes)
    assert len({story.key for story in stories}) == len(stories)


def test_a_code_that_took_anothers_place_is_named_with_it() -> None:
    (story,) = explain([GONE, INSTEAD], CATALOGUE)
    assert story.names == ("on_time", "punctual")


def test_a_hint_names_the_other_code_but_tells_nothing_alone() -> None:
    hint = signal(Aspect.CODE, 1, 60, name="on_time", hint=True, chance=1.0, **TAX)
    assert explain([hint], CATALOGUE) == []
    (story,) = explain([INSTEAD, hint], CATALOGUE)
    assert (story.cause, story.names) == (Cause.RENAMED, ("on_time", "punctual"))


def test_what_checks_hint_at_makes_more_complaints_a_real_change() -> None:
    hint = signal(Aspect.FOUND, 120, 90, population="all", whole=500, hint=True)
    (story,) = explain([CALLS, hint], CATALOGUE)
    assert (story.cause, story.names, story.source) == (Cause.REAL, ("hotline",), "")
    fewer = signal(Aspect.FOUND, 60, 90, population="all", whole=500, hint=True)
    (story,) = explain([CALLS, fewer], CATALOGUE)
    assert story.cause is Cause.SURGE


def test_an_indicator_goes_to_the_story_about_the_records_that_it_reads() -> None:
    penalties = signal(Aspect.COUNT, 0, 40, source="market", kind="penalty")
    (story,) = explain([penalties, INDICATOR], CATALOGUE)
    assert (story.cause, story.indicators) == (Cause.STOPPED, ("PN08",))


def test_the_season_is_told_last_and_not_beside_an_alarm_of_the_same_records() -> None:
    season = signal(Aspect.COUNT, 300, 290, seasonal=True, **TAX)
    stories = explain([season, CALLS], CATALOGUE)
    assert [story.cause for story in stories] == [Cause.SURGE, Cause.SEASON]
    assert [story.cause for story in explain([season, FEWER], CATALOGUE)] == [Cause.STOPPED]
