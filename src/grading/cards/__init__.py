"""Score cards: by rule, from records to points and a grade, beside the model."""

from .edition import CardEdition, CardGrade
from .entry import Entry
from .levels import card_levels, check_card_levels
from .line import CardLine, CardPart
from .page import render_score_card
from .score import entries, score
from .scorecard import ScoreCard

__all__ = [
    "CardEdition",
    "CardGrade",
    "CardLine",
    "CardPart",
    "Entry",
    "ScoreCard",
    "card_levels",
    "check_card_levels",
    "entries",
    "render_score_card",
    "score",
]
