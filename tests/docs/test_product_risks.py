"""docs/product-risks.md says what the package ships."""

from .productpage import PAGE, PARTS, render


def test_the_tables_are_what_the_package_ships() -> None:
    text = PAGE.read_text("utf-8")
    assert [name for name in PARTS if f"<!-- {name} -->" not in text] == []
    assert render(text) == text, "run .venv/bin/python -m tests.docs.productpage"
