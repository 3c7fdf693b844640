"""Successors: who may follow a champion without undoing what was decided since."""

from dataclasses import replace

import pytest

from xinheng.core.errors import InvalidError, PolicyError
from xinheng.core.time import day
from xinheng.grading import ScoreCard
from xinheng.training.promotion.promote import _check_successor

from ...grading.dynamic.test_scorecard import bundle_of, carded

TODAY = day("2026-01-01")
CHAMPION = carded()


def test_a_card_that_says_otherwise_of_days_that_have_passed_is_refused() -> None:
    text = CHAMPION.score_card.text.replace("points = 25", "points = 1")
    other = replace(CHAMPION, score_card=ScoreCard.parse(text, "other.toml"))
    with pytest.raises(PolicyError, match=r"lacks or changes the edition .*--score-card"):
        _check_successor(bundle_of(CHAMPION), bundle_of(other), TODAY)


def test_a_model_under_another_card_does_not_undo_a_recalibration() -> None:
    start = "effective_from = 2000-01-01"
    head, body = CHAMPION.score_card.text.split("[[edition]]", 1)
    ended = body.replace(start, f"effective_to = 2039-12-31\n{start}")
    later = body.replace(start, "effective_from = 2040-01-01").replace("design-1", "design-2")
    card = ScoreCard.parse(f"{head}[[edition]]{ended}[[edition]]{later}", "later.toml")
    adopted = replace(CHAMPION, score_card=card)
    _check_successor(bundle_of(CHAMPION), bundle_of(adopted), TODAY)
    followed = replace(CHAMPION, calibrator=CHAMPION.calibrator.shifted(0.3))
    with pytest.raises(InvalidError, match="recalibrated since, which this would undo"):
        _check_successor(bundle_of(followed), bundle_of(adopted), TODAY)
    _check_successor(bundle_of(CHAMPION), bundle_of(followed), TODAY)
