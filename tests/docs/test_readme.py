"""The README's figures are those of the pages and the demo that commands make."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from xinheng.demo import demo

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CHICAGO = (ROOT / "docs" / "chicago.md").read_text("utf-8")

PRODUCERS = 300  # as `xinheng demo` has them
TITLES = ("without who inspected", "by scores frozen on its first day")
POPULATIONS = {
    "all": "all market entities",
    "entity": "entities that sell no food",
    "operator": "licensed food operators",
    "producer": "food producers",
}


def test_the_figures_are_lines_of_the_chicago_page() -> None:
    own_day, frozen = (CHICAGO.split(f"**Test window, {title}")[1] for title in TITLES)
    models = ("| lightgbm ", "| logistic ", "| lightgbm_24 ", "| logistic_10 ")
    shown = [line for line in README.splitlines() if line.startswith(models)]
    assert len(shown) == len(models) + 2
    assert set(shown[:4]) <= set(own_day.split("\n\n")[1].splitlines())
    assert set(shown[4:]) <= set(frozen.split("\n\n")[1].splitlines())


def test_every_file_that_the_readme_links_exists() -> None:
    links = [part.split(")")[0] for part in README.split("](")[1:]]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


@pytest.mark.slow
def test_the_figures_of_the_city_are_those_of_the_demo(tmp_path: Path) -> None:
    moment = datetime(2026, 6, 1, tzinfo=UTC)
    sources = ROOT / "data" / "sources"
    found = demo(tmp_path / "demo", at=moment, sources=sources, producers=PRODUCERS)
    assert set(found.auc) == set(POPULATIONS)
    for population, words in POPULATIONS.items():
        model, best = found.auc[population]
        assert f"| {words} | {model:.3f} | {best:.3f} |" in README
    assert f"/v1/enterprises/{found.explained}/explanation?as_of={found.as_of}" in README
