"""What all figures have in common: Plotly takes them, the same makes the same, and words tell."""

import json
import re
from collections.abc import Iterator
from importlib.resources import files

import plotly.graph_objects as go
import pytest

from xinheng.core.errors import NotFoundError
from xinheng.explaining import (
    Plot,
    describe,
    plot_dependence,
    plot_dimensions,
    plot_importance,
    plot_interactions,
    plot_movement,
    plot_reliability,
    plot_timeline,
    plot_waterfall,
)
from xinheng.explaining.figures.palette import BLUE, INK, LEVELS, LINE, ORANGE, PALE, SOFT

from ...grading.world import CATALOGUE
from .drawn import FOUND, GIVEN, TENTHS, between, look, moved

COUNT = 12


def figures(language: str) -> Iterator[Plot]:
    for found in (FOUND, between()):
        yield plot_waterfall(found, language)
        yield plot_dimensions(found, language)
        yield plot_timeline(GIVEN, found, language)
    yield plot_movement(moved(), language)
    yield plot_importance(look(), CATALOGUE, language)
    yield plot_interactions(look(), language)
    yield plot_dependence(look(), CATALOGUE["IH01"], language)
    yield plot_dependence(look(), CATALOGUE["EA01"], language)
    yield plot_reliability(TENTHS, language)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_plotly_takes_every_figure_as_it_is_and_adds_no_style(language: str) -> None:
    made = list(figures(language))
    assert len(made) == COUNT
    for plot in made:
        figure = go.Figure(plot)  # refuses what it does not know
        assert figure.layout.template.layout.colorway is None
        assert figure.layout.font.color == INK
        assert json.loads(json.dumps(plot, allow_nan=False)) == plot


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_same_makes_the_same_bytes(language: str) -> None:
    first, second = (json.dumps(list(figures(language))) for _ in range(2))
    assert first == second


def test_every_figure_is_told_in_words_of_its_language() -> None:
    for zh, en in zip(figures("zh"), figures("en"), strict=True):
        assert re.search("[一-鿿]", describe(zh))
        assert re.search("^[A-Z].*[.)0-9]$", describe(en).strip())
        assert "{" not in describe(zh) + describe(en)


def test_no_label_of_a_figure_is_wider_than_a_telephone() -> None:
    for plot in (*figures("zh"), *figures("en")):
        for note in plot["layout"].get("annotations", ()):
            for line in re.sub("</?b>", "", note["text"]).split("<br>"):
                wide = sum(1 + (ord(letter) > 0x2E80) for letter in line)
                assert wide <= 54, line


def test_what_records_say_is_no_tag() -> None:
    said = [
        each
        for mark in plot_timeline(GIVEN, FOUND)["data"][1:]
        for each in mark.get("hovertext", ())
    ]
    assert any("区局 &lt;b&gt;" in each for each in said)
    assert not any("<b>" in each for each in said)


@pytest.mark.parametrize("language", ["fr", "", "ZH"])
def test_another_language_is_refused(language: str) -> None:
    with pytest.raises(NotFoundError, match="no language"):
        plot_waterfall(FOUND, language)


def test_pages_and_sheets_have_the_colours_of_figures() -> None:
    page = files("xinheng.training.pages").joinpath("templates", "page.css").read_text("utf-8")
    sheet = files("xinheng.explaining").joinpath("templates", "sheet.css").read_text("utf-8")
    for place, color in enumerate(LEVELS):
        assert f"--l{place}: {color};" in page
    assert f"--up: {ORANGE}; --down: {BLUE};" in sheet
    shared = f"--ink: {INK}; --soft: {SOFT}; --line: {LINE}; --pale: {PALE};"
    assert shared in page
    assert shared in sheet
