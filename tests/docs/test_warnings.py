"""docs/enterprise-warnings.md says what the code does."""

from xinheng.earlywarning.enterprises import WARNINGS, WarningPolicy

from .warningpage import PAGE, PARTS, render

TEXT = PAGE.read_text("utf-8")


def test_the_tables_are_those_of_the_code() -> None:
    assert all(f"<!-- {name} -->" in TEXT for name in PARTS)
    assert render(TEXT) == TEXT, "run: .venv/bin/python -m tests.docs.warningpage"
    assert all(f"| `{rule}` |" in TEXT for rule in WARNINGS.ids)


def test_the_numbers_of_the_text_are_those_of_the_policy() -> None:
    [edition] = WarningPolicy.default().editions
    assert f"{edition.defence_days} working days" in TEXT
    assert f"by the factor {edition.rise_odds:g}" in TEXT
    assert f"within {edition.rise_days} days" in TEXT
