"""The pages of what is decided by rule: each is up to date, and says what its file says."""

from pathlib import Path

import pytest

from xinheng.grading import (
    STATUTES,
    InspectionPolicy,
    Policy,
    RiskTable,
    render_inspection_policy,
    render_risk_table,
    render_statutes,
)

DOCS = Path(__file__).parents[2] / "docs"
POLICY, TABLE, PLAN = Policy.default(), RiskTable.default(), InspectionPolicy.default()
PAGES = {
    "statutory-rules.md": ("statutory", render_statutes(STATUTES, POLICY)),
    "risk-grade.md": ("risk-grade", render_risk_table(TABLE)),
    "inspection-policy.md": ("inspections", render_inspection_policy(PLAN)),
}
STATUTE_PAGE, RISK_PAGE, PLAN_PAGE = (page for _, page in PAGES.values())


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_up_to_date(name: str) -> None:
    word, page = PAGES[name]
    command = f"xinheng rulebook {word} --output docs/{name}"
    assert (DOCS / name).read_text(encoding="utf-8") == page, f"run: {command}"
    assert command in page


def test_every_rule_stands_on_its_page_with_basis_dates_and_effect() -> None:
    for rule in STATUTES:
        assert f"### `{rule.id}` {rule.zh}" in STATUTE_PAGE
        assert f"- Basis 依据: {rule.basis}" in STATUTE_PAGE
        effect = POLICY.editions[0].rules[rule.id]
        assert f"| {rule.zh} | {rule.en} | {effect} | from " in STATUTE_PAGE
    assert "from 2021-08-09; after 2024-08-08 continued 沿用" in STATUTE_PAGE
    assert all(reason in STATUTE_PAGE for reason in POLICY.editions[0].continued.values())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('prepaid_evasion = "2 worse', 'prepaid_evasion = "1 worse', "| 1 worse, not beyond D |"),
        ('mass_food_accident = "at least D"\n', "", "Not applied 未适用: `mass_food_accident`."),
        ("effective_from = 2000-01-01", "effective_from = 2020-01-01",
         "(design), from 2020-01-01\n"),
        ("[[edition.continued]]", "[[edition.ignored]]", ""),
    ],
)  # fmt: skip
def test_another_policy_has_another_page(old: str, new: str, says: str) -> None:
    assert old in POLICY.text
    if not says:  # nothing goes on after its basis
        text = POLICY.text[: POLICY.text.index("# Rules that go on")]
        page = render_statutes(STATUTES, Policy.parse(text, "own.toml"))
        assert "from 2021-08-09 to 2024-08-08 |" in page
        assert "沿用" not in page
        return
    assert says not in STATUTE_PAGE
    assert says in render_statutes(STATUTES, Policy.parse(POLICY.text.replace(old, new, 1), "x"))


def test_every_line_and_grade_stands_on_the_page_of_risk_points() -> None:
    for edition in TABLE.editions:
        for line in edition.lines:
            assert f"| {line.zh} | {line.en} |" in RISK_PAGE
        for band in edition.bands:
            assert f"| {band.grade} | {band.zh} | {band.en} | {band.most:g} |" in RISK_PAGE
    assert all(note in RISK_PAGE for note in TABLE.notes)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("most = 45", "most = 50", "| rather low risk | 50 |"),
        ("unknown = 34", "unknown = 21", "21 static points where no licensed category is known"),
        ("500 = 3", "500 = 4", "value from 500: 4"),
        ("3 = 5 }", "3 = 7 }", "severity from 3: 7<br>× value"),
        ("after = 36", "after = 48", "from 48 months on"),
        ('day = "same"', 'day = "later"', "on that day or later 当日或之后"),
        ("steps = 2", "steps = 1", "| production stopped or the like for food safety | 1 |"),
        ('streams = ["inspection"]', 'streams = ["inspection"]\nwithin = 6',
         "unless 除非 `inspection` within 6 months"),
    ],
)  # fmt: skip
def test_another_table_has_another_page(old: str, new: str, says: str) -> None:
    assert old in TABLE.text
    assert says not in RISK_PAGE
    assert says in render_risk_table(RiskTable.parse(TABLE.text.replace(old, new, 1), "x"))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("least = 3, most = 4", "least = 3, most = 5", "| D | 3 | 5 |"),
        ('"E" = { share = 1.0', '"E" = { share = 0.9', "| E | 90% | most | targeted |"),
        ("full_check = 24", "full_check = 12", "Everything is checked once in 12 months."),
        ("gap = 3", "gap = 6", "至少间隔月数: 6"),
        ('["C", "D"]', '["D"]', "producers of risk grade D, or"),
    ],
)
def test_another_inspection_policy_has_another_page(old: str, new: str, says: str) -> None:
    assert old in PLAN.text
    assert says not in PLAN_PAGE
    own = InspectionPolicy.parse(PLAN.text.replace(old, new, 1), "x")
    assert says in render_inspection_policy(own)
