"""From a margin to a grade: calibration, six levels, policy, statutory rules, the bundle."""

from .blend import Blend, Specialist
from .bundle import Bundle, Parts, read_bundle, write_bundle
from .bundlediff import Difference, diff_bundles
from .calibration import fit_calibrator
from .calibrator import Band, Calibrator
from .card import CardGroup, ModelCard, Purpose
from .cardpage import card_html, card_markdown
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
    Keyring,
    TrustedKeys,
    create_key,
    key_id,
    load_key,
    load_trusted_keys,
    publish_key,
    revoke_key,
)
from .linear import Line, Linear
from .manifest import sign_bundle
from .monotonicity import Reversal, reversals
from .policy import Combination, Edition, Policy
from .proposal import LevelOutlook, Wanted, migration, outlook, propose_cuts, told_apart
from .reference import Histogram, Reference
from .rules import AppliedRule, Rule, Rules
from .scale import Hysteresis, Level, Placement, Scale
from .scorer import Scorer
from .statutes import STATUTES
from .stored import digest_of, find_any, find_bundle, stored_digests, trusted_keys
from .verification import Verification, verify_bundle
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
    "CardGroup",
    "CardLine",
    "CardPart",
    "Combination",
    "Difference",
    "Distance",
    "Edition",
    "Effect",
    "Entry",
    "Grade",
    "GradeBook",
    "Histogram",
    "Hysteresis",
    "Keyring",
    "Level",
    "LevelOutlook",
    "Line",
    "Linear",
    "ModelCard",
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
    "Verification",
    "Wanted",
    "Worse",
    "card_html",
    "card_markdown",
    "combine",
    "create_key",
    "diff_bundles",
    "digest_of",
    "entries",
    "find_any",
    "find_bundle",
    "fit_calibrator",
    "key_id",
    "load_key",
    "load_trusted_keys",
    "migration",
    "open_book",
    "order_visits",
    "outlook",
    "parse_effect",
    "propose_cuts",
    "publish_key",
    "read_bundle",
    "read_champion",
    "render_score_card",
    "reversals",
    "revoke_key",
    "score",
    "sign_bundle",
    "stored_digests",
    "told_apart",
    "trusted_keys",
    "verify_bundle",
    "write_bundle",
]
