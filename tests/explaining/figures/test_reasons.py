"""Reasons drawn: bars are the contributions, and lead from the base to the margin."""

from dataclasses import replace
from itertools import accumulate

import pytest

from xinheng.explaining import (
    Explanation,
    Plot,
    Reason,
    State,
    describe,
    plot_dimensions,
    plot_waterfall,
    reason,
)
from xinheng.explaining.words.amounts import percent
from xinheng.features import standard_catalogue
from xinheng.grading import Level

from .drawn import FOUND, between

BOTH = pytest.mark.parametrize("found", [FOUND, between()], ids=["at the end", "in between"])


def bars(plot: Plot) -> dict[str, list[float]]:
    [found] = [each for each in plot["data"] if each["type"] == "bar"]
    return found


def noted(plot: Plot) -> list[str]:
    return [each["text"] for each in plot["layout"]["annotations"]]


@BOTH
def test_bars_are_the_contributions_each_from_where_the_last_one_ended(found: Explanation) -> None:
    drawn = bars(plot_waterfall(found))
    strong = [each.contribution for each in found.reasons if abs(each.contribution) >= 0.005]
    assert drawn["x"][: len(strong)] == pytest.approx(strong, abs=1e-6)
    ends = [*accumulate(drawn["x"], initial=found.base)]
    assert drawn["base"] == pytest.approx(ends[:-1], abs=1e-5)
    assert ends[-1] == pytest.approx(found.grade.margin, abs=1e-5)
    points = plot_waterfall(found)["data"][2]
    assert points["x"] == pytest.approx([found.base, found.grade.margin], abs=1e-6)


@BOTH
def test_cut_points_of_the_next_levels_are_drawn_named_and_on_the_axis(found: Explanation) -> None:
    plot, grade = plot_waterfall(found, "en"), found.grade
    ways = [each for each in (grade.better, grade.worse) if each is not None]
    lines = [each["x0"] for each in plot["layout"]["shapes"] if each["type"] == "line"]
    assert lines == pytest.approx([each.cut for each in ways], abs=1e-6)
    low, high = plot["layout"]["xaxis"]["range"]
    assert all(low < each.cut < high for each in ways)
    for each in ways:
        assert any(f"<b>{each.level}</b>" in text for text in noted(plot))
        assert percent(each.probability, 4) in describe(plot)
    assert f"<b>{grade.model_level}</b>" in noted(plot)


def test_a_cut_point_is_told_as_policy_sets_it() -> None:
    grade = between().grade
    set_by_policy = replace(grade, worse=replace(grade.worse, probability=0.0625))
    plot = plot_waterfall(replace(between(), grade=set_by_policy), "en")
    assert "(a probability of 6.25%)" in describe(plot)


def test_what_raises_the_risk_points_to_the_worse_level() -> None:
    plot = plot_waterfall(between())
    better, worse = between().grade.better, between().grade.worse
    assert better.cut < between().grade.margin < worse.cut
    [left, right] = [each for each in plot["layout"]["shapes"] if each["type"] == "rect"]
    assert left["x1"] < left["x0"] < right["x0"] < right["x1"]


def test_another_level_that_counts_is_told() -> None:
    ruled = replace(FOUND, grade=replace(FOUND.grade, model_level=Level.D, level=Level.E))
    assert "<b>风险分（模型等级D）；最终等级为E</b>" in noted(plot_waterfall(ruled))


def test_one_row_stands_for_all_that_are_weak() -> None:
    weak = tuple(replace(each, contribution=0.001) for each in FOUND.reasons[1:])
    texts = noted(plot_waterfall(replace(FOUND, reasons=(FOUND.reasons[0], *weak)), "en"))
    assert f"the other {len(weak)} indicators together" in texts
    names = noted(plot_waterfall(replace(FOUND, reasons=FOUND.reasons[:1] + weak[:1]), "en"))
    assert weak[0].indicator.en in names  # one alone has its name


def said_of(reason: Reason, language: str) -> str:
    """What the pointer says of the only bar of a waterfall."""
    [said] = bars(plot_waterfall(replace(FOUND, reasons=(reason,)), language))["hovertext"]
    return said.replace("<br>", " " if language == "en" else "")


def test_the_pointer_says_the_sentence_of_a_reason() -> None:
    first = FOUND.reasons[0]
    name = first.indicator
    assert said_of(first, "en") == f"<b>{name.en}</b> {name.id} {first.en}"
    assert said_of(first, "zh") == f"<b>{name.zh}</b>{name.id}{first.zh}"


@pytest.mark.parametrize("state", [State.NOT_APPLICABLE, State.MISSING])
def test_a_value_that_stands_in_for_nothing_is_not_told_as_one(state: State) -> None:
    tier = standard_catalogue()["IH_TIER"]
    value = float("nan") if state is State.NOT_APPLICABLE else 2.0
    said = said_of(reason(tier, value, state, 0.3), "en")
    assert ("does not apply" if value != 2 else "has set no risk tier, which counts as 2") in said
    assert "value:" not in said


def test_nothing_at_all_is_drawn_as_well() -> None:
    bare = replace(FOUND, reasons=(), dimensions=(), records={})
    assert bars(plot_waterfall(bare))["x"] == []
    assert bars(plot_dimensions(bare))["x"] == []
    assert noted(plot_dimensions(bare)) == ["没有影响"]
    assert ": level of the model E. To D: " in describe(plot_waterfall(bare, "en"))


def test_dimensions_add_up() -> None:
    drawn = bars(plot_dimensions(between()))
    assert drawn["x"] == pytest.approx(
        [each.contribution for each in between().dimensions], abs=1e-6
    )
    assert sum(drawn["x"]) == pytest.approx(between().grade.margin - between().base, abs=1e-5)
    low, high = plot_dimensions(between())["layout"]["xaxis"]["range"]
    assert low == -high
