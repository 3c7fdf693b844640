"""The page of the score card: every line stands on it, and it says what the file says."""

from pathlib import Path

import pytest

from xinheng.grading import ScoreCard, render_score_card

CARD = ScoreCard.default()
PAGE = render_score_card(CARD)
FILE = Path(__file__).parents[2] / "docs" / "score-card.md"
COMMAND = "xinheng indicators score-card --output docs/score-card.md"


def test_the_page_is_up_to_date() -> None:
    assert FILE.read_text(encoding="utf-8") == PAGE, f"run: {COMMAND}"
    assert COMMAND in PAGE


@pytest.mark.parametrize("edition", CARD.editions, ids=lambda edition: edition.version)
def test_every_line_and_grade_stands_on_it(edition) -> None:
    for line in edition.lines:
        assert f"| {line.zh} | {line.en} |" in PAGE
    for grade in edition.grades:
        assert f"| {grade.name} | {grade.zh} | {grade.en} |" in PAGE
    assert all(note in PAGE for note in CARD.notes)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("unknown = 90", "unknown = 88.5", "88.5 points where no licensed food group is known"),
        ("half_life = 12", "half_life = 24", "has lost half of its points after 24 months"),
        ("nothing_after = 36", "nothing_after = 48", "fades 递减<br>for 48 months"),
        ("least = 80", "least = 85", "| B | 基本守信 | mostly trustworthy | 85 |"),
        ("5 = 25", "5 = 30", "severity from 5: 30"),
        ("by = 1.5", "by = 1.25", "× 1.25 国家级、省级抽检"),
        ("within = 12", "within = 6", "`sampling:fail.?*.?*` within 6 months"),
        ("points = 15", "points = 18", "at most 上限 18 of one record"),
        ("points = 8\nper", "points = 7\nper", "at most 上限 7 of all"),
        ("points = 20", "points = 21", "| on the list of judgment defaulters | 21 |"),
        ("turn = [7, 1]", "turn = [5, 1]", "in the year before 05-01"),
        ("effective_from = 2000-01-01", "effective_from = 2000-01-01\neffective_to = 2030-12-31",
         "## Edition 版本 design-1 (design), from 2000-01-01 to 2030-12-31"),
        ('"operation_revoked"', '"operation_revoked"\nstate = "open"',
         "存续期间<br>repaired or not 修复后仍计<br>until"),
    ],
)  # fmt: skip
def test_another_card_has_another_page(old: str, new: str, says: str) -> None:
    assert old in CARD.text
    assert says not in PAGE
    assert says in render_score_card(ScoreCard.parse(CARD.text.replace(old, new, 1), "card.toml"))
