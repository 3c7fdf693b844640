"""From a margin to a grade: calibration, six levels, policy, statutory rules, the bundle."""

from .blend import Blend, Specialist
from .bundle import Bundle, Parts, read_bundle, write_bundle
from .calibration import fit_calibrator
from .calibrator import Band, Calibrator
from .card import ModelCard, Purpose
from .cards import (
    CardEdition,
    CardGrade,
    CardLine,
    CardPart,
    Entry,
    ScoreCard,
    entries,
    render_score_card,
    score,
)
from .champion import open_book, read_champion
from .effects import AtLeast, Effect, Worse, combine, parse_effect
from .grade import Distance, Grade
from .gradebook import GradeBook
from .keys import (
    TrustedKeys,
    create_key,
    key_id,
    load_key,
    load_trusted_keys,
    publish_key,
)
from .linear import Line, Linear
from .monotonicity import Reversal, reversals
from .policy import Combination, Edition, Policy
from .reference import Checks, Histogram, Months, Reference
from .rules import AppliedRule, Rule, Rules
from .scale import Hysteresis, Level, Placement, Scale
from .scorer import Scorer
from .statutes import STATUTES
from .stored import find_bundle
from .visitplan import order_visits

__all__ = [
    "STATUTES",
    "AppliedRule",
    "AtLeast",
    "Band",
    "Blend",
    "Bundle",
    "Calibrator",
    "CardEdition",
    "CardGrade",
    "CardLine",
    "CardPart",
    "Checks",
    "Combination",
    "Distance",
    "Edition",
    "Effect",
    "Entry",
    "Grade",
    "GradeBook",
    "Histogram",
    "Hysteresis",
    "Level",
    "Line",
    "Linear",
    "ModelCard",
    "Months",
    "Parts",
    "Placement",
    "Policy",
    "Purpose",
    "Reference",
    "Reversal",
    "Rule",
    "Rules",
    "Scale",
    "ScoreCard",
    "Scorer",
    "Specialist",
    "TrustedKeys",
    "Worse",
    "combine",
    "create_key",
    "entries",
    "find_bundle",
    "fit_calibrator",
    "key_id",
    "load_key",
    "load_trusted_keys",
    "open_book",
    "order_visits",
    "parse_effect",
    "publish_key",
    "read_bundle",
    "read_champion",
    "render_score_card",
    "reversals",
    "score",
    "write_bundle",
]
