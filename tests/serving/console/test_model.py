"""The model in pages: its card, how it keeps its promises, and the handbook of indicators."""

import html

import pytest

from ..signing import entered, running

MODEL = "/console/model"


@pytest.fixture(scope="module")
def li(tmp_path_factory):
    with running(tmp_path_factory) as service:
        browser = service.anew().browser()
        entered(browser)
        yield browser


def page(browser, path):
    """Return what a person reads of a page."""
    response = browser.get(path)
    assert response.status_code == 200, response.text
    return response.text


def test_the_card_is_told_in_words_with_who_promoted_the_model(li):
    told = page(li, MODEL)
    found = li.get("/v1/model").json()
    assert found["bundle"][:12] in told
    assert found["card"]["label"] in told
    assert "0.7000" in told
    assert "0.6500–0.7500" in told
    assert "直接指定" in told
    assert "没有检验" in told


def test_the_figure_shows_each_tenth_with_its_interval(li):
    figure = li.get(f"{MODEL}/figures/calibration.json").json()
    tenths = [
        each for each in li.get("/v1/model").json()["card"]["groups"] if each["by"] == "probability"
    ]
    even, marks = figure["data"]
    assert marks["y"] == [each["observed"] for each in tenths]
    assert even["x"] == even["y"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", {"IH01", "IH02", "PN08", "EA01"}),
        ("?q=pn08", {"PN08"}),
        ("?dimension=IH", {"IH01", "IH02"}),
        ("?q=ih02&dimension=IH", {"IH02"}),
        ("?q=nothing+like+it", set()),
    ],
)
def test_indicators_are_looked_for_by_a_word_and_by_dimension(li, query, found):
    told = page(li, f"{MODEL}/indicators{query}")
    assert {
        name for name in ("IH01", "IH02", "PN08", "EA01") if f'<tr id="{name}">' in told
    } == found
    assert ("没有这样的指标" in told) == (not found)


def test_an_indicator_is_told_with_formula_window_and_direction(li):
    [one] = [
        each
        for each in li.get("/v1/indicators?lang=en").json()["indicators"]
        if each["id"] == "IH01"
    ]
    told = page(li, f"{MODEL}/indicators?lang=en")
    for name in ("name", "formula", "window", "basis"):
        assert one[name] in html.unescape(told)
