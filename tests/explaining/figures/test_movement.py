"""Movement drawn: from the log-odds before to those after."""

from dataclasses import replace

import pytest

from xinheng.explaining import describe, plot_movement

from .drawn import moved


def test_bars_lead_from_before_to_after() -> None:
    plot, found = plot_movement(moved()), moved()
    joints, bars, points = plot["data"]
    assert bars["x"] == pytest.approx([each.log_odds for each in found.parts], abs=1e-6)
    assert points["x"] == pytest.approx(list(found.log_odds), abs=1e-6)
    assert bars["base"][0] == pytest.approx(found.log_odds[0], abs=1e-6)
    assert joints["x"][-2] == pytest.approx(found.log_odds[1], abs=1e-6)


def test_levels_and_steps_are_told() -> None:
    texts = [each["text"] for each in plot_movement(moved(), "en")["layout"]["annotations"]]
    before, after = moved().levels
    assert f"<b>2025-12-01: {before}</b>" in texts
    assert f"<b>2026-03-01: {after}</b>" in texts
    steps = [each.steps for each in moved().parts if abs(each.steps) >= 0.005]
    assert sum("levels" in text for text in texts) == len(steps)
    assert f"From {before} on 2025-12-01 to {after}" in describe(plot_movement(moved(), "en"))


def test_how_indicators_moved_is_told_under_the_pointer() -> None:
    for language in ("zh", "en"):
        bars = plot_movement(moved(), language)["data"][1]
        for part, said in zip(moved().parts, bars["hovertext"], strict=True):
            told = said.replace("<br>", "").replace(" ", "")
            for each in part.changes[:3]:
                assert getattr(each, language).replace(" ", "") in told
    assert moved().parts[0].changes
    assert f"{len(moved().parts[0].records)} records" in bars["hovertext"][0]


def test_nothing_that_moved_is_drawn_as_well() -> None:
    odds = moved().log_odds[0]
    plot = plot_movement(replace(moved(), parts=(), log_odds=(odds, odds)))
    low, high = plot["layout"]["xaxis"]["range"]
    assert high - low == pytest.approx(0.5)  # makes not much of little
    assert low < odds < high
