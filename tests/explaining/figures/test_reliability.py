"""Reliability: what was predicted against what came, on one scale."""

from math import log10, nan

import pytest

from xinheng.explaining import describe, plot_reliability
from xinheng.grading import CardGroup

from .drawn import TENTHS


def test_dots_are_rates_in_per_cent_with_their_intervals() -> None:
    straight, came = plot_reliability(TENTHS)["data"]
    assert came["x"][1:] == pytest.approx([4, 30])
    assert came["y"][1:] == pytest.approx([5, 45])
    assert came["error_y"]["array"][1:] == pytest.approx([4, 7])
    assert came["error_y"]["arrayminus"][1:] == pytest.approx([2, 7])
    assert came["text"][1] == "预测 4.0%<br>实际 5.0%（3.0–9.0%）<br>n = 200"
    assert straight["x"] == straight["y"]


def test_a_rate_of_nothing_stands_at_the_lower_end() -> None:
    plot = plot_reliability(TENTHS)
    low, high = plot["layout"]["xaxis"]["range"]
    assert plot["data"][1]["y"][0] == pytest.approx(10**low) == 0.1
    assert high == pytest.approx(log10(100))
    assert plot["layout"]["yaxis"]["range"] == [low, high]


def test_both_axes_name_the_unit_in_both_languages() -> None:
    layout = plot_reliability(TENTHS, "both")["layout"]
    assert layout["xaxis"]["title"]["text"] == "预测概率，% predicted probability, %"
    assert layout["yaxis"]["title"]["text"] == "实际违规比例，% observed share, %"


def test_how_many_groups_were_held_is_told() -> None:
    assert "in 2 of 3 groups" in describe(plot_reliability(TENTHS, "en"))


def test_a_few_named_groups_are_told_apart_and_many_by_the_pointer() -> None:
    few = plot_reliability(TENTHS, names=["甲", "乙", "丙"])["data"][1:]
    assert [each["name"] for each in few] == ["甲", "乙", "丙"]
    assert len({each["marker"]["symbol"] for each in few}) == len(few)
    groups = [CardGroup("district", f"{n}", 50, 5, 0.1 + n / 100, 0.1, 0.05, 0.2) for n in range(9)]
    _, together = plot_reliability(groups, names=[f"第{n}区" for n in range(9)])["data"]
    assert together["text"][8].startswith("<b>第8区</b>")


def test_groups_without_rows_are_left_out_and_none_is_drawn_as_well() -> None:
    empty = CardGroup("population", "producer", 0, 0, nan, nan, nan, nan)
    assert plot_reliability([empty, *TENTHS]) == plot_reliability(TENTHS)
    assert plot_reliability([empty])["data"][1]["x"] == []
