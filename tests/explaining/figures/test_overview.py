"""Overviews drawn: the numbers of the overview, and nothing else."""

import numpy as np
import pytest

from xinheng.core.errors import NotFoundError
from xinheng.explaining import describe, plot_dependence, plot_importance, plot_interactions
from xinheng.features import DIMENSIONS, standard_catalogue

from ...grading.world import CATALOGUE
from .drawn import look


def test_bars_are_mean_effects_the_strongest_first() -> None:
    [bars] = plot_importance(look(), CATALOGUE, most=3)["data"]
    wanted = look().importance["mean_abs"].head(3)
    assert bars["x"] == pytest.approx(wanted.tolist(), abs=1e-6)
    assert bars["y"] == sorted(bars["y"])
    assert [each.split("</b>")[0] for each in bars["hovertext"]] == [
        f"<b>{name}" for name in wanted.index
    ]
    assert f"占{look().importance['share'].iloc[0]:.1%}" in bars["hovertext"][0]


def test_a_line_is_the_mean_and_a_band_reaches_from_the_least_to_the_most() -> None:
    least, most, mean = plot_dependence(look(), CATALOGUE["IH01"])["data"]
    lines = look().dependence[look().dependence["id"] == "IH01"]
    for drawn, name in ((least, "least"), (most, "most"), (mean, "mean")):
        assert drawn["x"] == pytest.approx(lines["value"].tolist(), abs=1e-6)
        assert drawn["y"] == pytest.approx(lines[name].tolist(), abs=1e-6)
    assert f"n = {lines['rows'].iloc[0]:,}" in mean["hovertext"][0]


def test_those_to_whom_it_does_not_apply_stand_apart() -> None:
    plot = plot_dependence(look(), CATALOGUE["EA01"], "en")
    apart = plot["data"][-1]
    lines = look().dependence[look().dependence["id"] == "EA01"]
    absent = lines[lines["low"].isna()].iloc[0]
    assert apart["xaxis"] == "x2"
    assert apart["y"] == pytest.approx([absent["mean"]], abs=1e-6)
    assert f"n = {absent['rows']}" in apart["text"][0]
    assert plot["layout"]["xaxis2"]["domain"][1] < plot["layout"]["xaxis"]["domain"][0]


def test_an_indicator_that_the_model_does_not_have_is_refused() -> None:
    with pytest.raises(NotFoundError, match="no indicator 'PN06'"):
        plot_dependence(look(), standard_catalogue()["PN06"])


def test_interactions_are_drawn_once_each_with_both_halves_of_a_pair() -> None:
    plot = plot_interactions(look(), "en")
    [heat] = plot["data"]
    sizes = look().interactions.to_numpy()
    drawn = np.array([[np.nan if each is None else each for each in row] for row in heat["z"]])
    below = np.tri(len(sizes), dtype=bool)
    wanted = np.where(np.eye(len(sizes), dtype=bool), sizes, 2 * sizes)
    assert drawn[below] == pytest.approx(wanted[below], abs=1e-6)
    assert np.isnan(drawn[~below]).all()
    assert np.nansum(drawn) == pytest.approx(sizes.sum(), abs=1e-5)
    assert heat["y"] == list(look().interactions.index)
    row, column = heat["y"].index("IH"), heat["x"].index("EA")
    assert heat["text"][row][column] == f"{wanted[row, column]:.3f}"
    said = heat["hovertext"][row][column].replace("<br>", " ")
    assert f"because of each other: {wanted[row, column]:.3f}" in said
    assert "Inspection history among themselves" in heat["hovertext"][row][row].replace("<br>", " ")


def test_the_strongest_pair_of_dimensions_is_told_in_words() -> None:
    plot = plot_interactions(look(), "en")
    sizes = look().interactions
    pairs = {
        (one, other): 2 * sizes.loc[one, other]
        for one in sizes.index
        for other in sizes.index
        if one < other
    }
    first = max(pairs, key=pairs.__getitem__)
    assert f"{pairs[first]:.3f}" in describe(plot)
    assert all(DIMENSIONS[each][1] in describe(plot) for each in first)
