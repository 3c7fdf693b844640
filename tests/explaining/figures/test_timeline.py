"""Timelines: every level on its day, and every record as long as it counts."""

from dataclasses import replace

from xinheng.core import day, show
from xinheng.explaining import Given, describe, plot_timeline
from xinheng.grading import Level

from ...grading.world import TODAY
from .drawn import FOUND, GIVEN


def test_levels_stand_on_their_days_with_the_present_one_at_the_end() -> None:
    levels, *_ = plot_timeline(GIVEN, FOUND)["data"]
    assert levels["x"] == [show(each.as_of) for each in (*GIVEN, Given(TODAY, FOUND.level))]
    assert levels["y"] == ["A", "C", "C", str(FOUND.level)]
    assert levels["hovertext"][0] == "2025-12-01：A级"
    large, other, small, last = levels["marker"]["size"]
    assert large == other == last > small  # as before


def test_the_best_level_is_at_the_upper_end() -> None:
    axis = plot_timeline(GIVEN, FOUND)["layout"]["yaxis"]
    assert axis["categoryarray"] == ["A+", "A", "B", "C", "D", "E"]
    assert axis["range"][0] > axis["range"][1]  # the first one on top


def test_records_reach_to_the_last_day_on_which_they_count() -> None:
    spans = [each for each in plot_timeline((), FOUND)["data"] if each["mode"] == "lines"]
    shared = [
        [record for record in FOUND.records.get(each.indicator.id, ()) if record.share]
        for each in FOUND.reasons
    ]
    shared = [each for each in shared if each]
    assert [len(each["x"]) // 3 for each in spans] == [len(each) for each in shared]
    ending = 0
    for span, records in zip(spans, shared, strict=True):
        for place, record in enumerate(records):
            start, end = (day(each) for each in span["x"][3 * place : 3 * place + 2])
            assert start == record.occurred
            until = record.clocks.ages_out
            if until is not None and until - TODAY < 400:
                assert end == until - 1
                ending += 1
            else:
                assert end >= TODAY
    assert ending


def test_one_level_and_no_record_are_drawn_as_well() -> None:
    plot = plot_timeline((), replace(FOUND, records={}, reasons=()), "en")
    [levels] = plot["data"]
    assert levels["x"] == ["2026-03-01"]
    assert "yaxis2" not in plot["layout"]
    first, last = (day(each) for each in plot["layout"]["xaxis"]["range"])
    assert first < TODAY - 180
    assert last > TODAY
    assert describe(plot).startswith("Levels since 2026-03-01, E as of 2026-03-01")


def test_levels_after_the_day_are_not_known_yet() -> None:
    late = (*GIVEN, Given(TODAY + 30, Level.A))
    assert plot_timeline(late, FOUND) == plot_timeline(GIVEN, FOUND)
