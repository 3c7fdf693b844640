"""Figures: what they draw is what was explained, and Plotly takes it."""

import json

import plotly.graph_objects as go
import pytest

from xinheng.core.errors import NotFoundError
from xinheng.explaining import (
    Given,
    Plot,
    Standpoint,
    explain,
    explain_movement,
    plot_dimensions,
    plot_movement,
    plot_timeline,
    plot_waterfall,
)
from xinheng.grading import Level

from ..grading.world import TODAY
from .test_remedies import scorer
from .test_sheet import EVENTS

FOUND = explain(scorer(), EVENTS, 7, TODAY)
MOVED = explain_movement(
    Standpoint(scorer(), EVENTS, TODAY - 90), Standpoint(scorer(), EVENTS, TODAY), 7
)
GIVEN = (Given(TODAY - 90, Level.A), Given(TODAY - 60, Level.C), Given(TODAY, FOUND.grade.level))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_plotly_takes_every_figure_and_the_same_makes_the_same(language: str) -> None:
    for plot in (
        plot_waterfall(FOUND, language),
        plot_dimensions(FOUND, language),
        plot_movement(MOVED, language),
        plot_timeline(GIVEN, FOUND, language),
    ):
        go.Figure(plot)  # refuses what it does not know
        assert json.loads(json.dumps(plot)) == plot


def total(plot: Plot) -> float:
    [bars] = plot["data"]
    return sum(bars["x"])


def test_a_waterfall_leads_from_the_base_to_the_margin() -> None:
    [bars] = plot_waterfall(FOUND)["data"]
    base, *steps, margin = bars["x"]
    assert base + sum(steps) == pytest.approx(margin) == FOUND.grade.margin
    assert bars["measure"][0] == "absolute"
    assert bars["measure"][-1] == "total"
    cuts = [each["x0"] for each in plot_waterfall(FOUND)["layout"]["shapes"]]
    wanted = [each.cut for each in (FOUND.grade.better, FOUND.grade.worse) if each]
    assert cuts == wanted


def test_bars_add_up() -> None:
    assert total(plot_dimensions(FOUND)) == pytest.approx(FOUND.grade.margin - FOUND.base)
    assert total(plot_movement(MOVED)) == pytest.approx(MOVED.log_odds[1] - MOVED.log_odds[0])


def test_a_timeline_has_every_level_and_the_records_behind() -> None:
    levels, *marks = plot_timeline(GIVEN, FOUND)["data"]
    assert levels["y"] == ["A", "C", str(FOUND.grade.level)]
    drawn = sum(len(each["x"]) // 3 for each in marks)
    shared = [r for records in FOUND.records.values() for r in records if r.share]
    assert drawn == len(shared)


def test_another_language_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no language 'fr'"):
        plot_waterfall(FOUND, "fr")
