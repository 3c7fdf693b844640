"""The README's figures are those of the page that a command makes."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")
CHICAGO = (ROOT / "docs" / "chicago.md").read_text("utf-8")


def test_the_figures_are_lines_of_the_chicago_page() -> None:
    models = ("| lightgbm ", "| logistic ", "| lightgbm_24 ", "| logistic_10 ")
    shown = [line for line in README.splitlines() if line.startswith(models)]
    assert len(shown) == len(models)
    assert set(shown) <= set(CHICAGO.splitlines())


def test_every_file_that_the_readme_links_exists() -> None:
    links = [part.split(")")[0] for part in README.split("](")[1:]]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []
