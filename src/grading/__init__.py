"""From a margin to a grade: calibration, six levels, policy, statutory rules, the bundle."""

from ..core.keys import (
    Keyring,
    TrustedKeys,
    create_key,
    key_id,
    load_key,
    load_revoked,
    load_trusted_keys,
    publish_key,
    revoke_key,
)
from .blend import Blend, Specialist
from .bundle import Bundle, Parts, check_columns, read_bundle, write_bundle
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
    card_levels,
    check_card_levels,
    entries,
    render_score_card,
    score,
)
from .catering import CateringState, catering_grades
from .champion import open_book, read_champion
from .daygrades import DayGrades
from .effects import AtLeast, Effect, Worse, combine, parse_effect
from .grade import Distance, Grade
from .gradebook import GradeBook
from .gradetypes import CateringGrade, GradeType, RiskGrade
from .gradings import Gradings, gradings_of, side_by_side
from .inspections import (
    CreditLine,
    InspectionEdition,
    InspectionPolicy,
    PopulationPlan,
    Visits,
    inspection_dossier,
    plan_inspections,
    render_inspection_policy,
    tally_inspections,
)
from .linear import Line, Linear
from .manifest import sign_bundle
from .monotonicity import Reversal, reversals
from .policy import Combination, Edition, Policy
from .proposal import LevelOutlook, Wanted, migration, outlook, propose_cuts, told_apart
from .reference import Checks, Histogram, Months, Reference
from .riskgrades import (
    RiskBand,
    RiskEdition,
    RiskPart,
    RiskTable,
    render_risk_table,
    risk_entries,
    risk_grades,
)
from .rules import AppliedRule, Rule, Rules
from .scale import Hysteresis, Level, Placement, Scale
from .scorer import Scorer
from .statutepage import render_statutes
from .statutes import STATUTES
from .stored import digest_of, find_any, find_bundle, stored_digests, trusted_keys
from .updates import NamedEvent, Updates
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
    "CateringGrade",
    "CateringState",
    "Checks",
    "Combination",
    "CreditLine",
    "DayGrades",
    "Difference",
    "Distance",
    "Edition",
    "Effect",
    "Entry",
    "Grade",
    "GradeBook",
    "GradeType",
    "Gradings",
    "Histogram",
    "Hysteresis",
    "InspectionEdition",
    "InspectionPolicy",
    "Keyring",
    "Level",
    "LevelOutlook",
    "Line",
    "Linear",
    "ModelCard",
    "Months",
    "NamedEvent",
    "Parts",
    "Placement",
    "Policy",
    "PopulationPlan",
    "Purpose",
    "Reference",
    "Reversal",
    "RiskBand",
    "RiskEdition",
    "RiskGrade",
    "RiskPart",
    "RiskTable",
    "Rule",
    "Rules",
    "Scale",
    "ScoreCard",
    "Scorer",
    "Specialist",
    "TrustedKeys",
    "Updates",
    "Verification",
    "Visits",
    "Wanted",
    "Worse",
    "card_html",
    "card_levels",
    "card_markdown",
    "catering_grades",
    "check_card_levels",
    "check_columns",
    "combine",
    "create_key",
    "diff_bundles",
    "digest_of",
    "entries",
    "find_any",
    "find_bundle",
    "fit_calibrator",
    "gradings_of",
    "inspection_dossier",
    "key_id",
    "load_key",
    "load_revoked",
    "load_trusted_keys",
    "migration",
    "open_book",
    "order_visits",
    "outlook",
    "parse_effect",
    "plan_inspections",
    "propose_cuts",
    "publish_key",
    "read_bundle",
    "read_champion",
    "render_inspection_policy",
    "render_risk_table",
    "render_score_card",
    "render_statutes",
    "reversals",
    "revoke_key",
    "risk_entries",
    "risk_grades",
    "score",
    "side_by_side",
    "sign_bundle",
    "stored_digests",
    "tally_inspections",
    "told_apart",
    "trusted_keys",
    "verify_bundle",
    "write_bundle",
]
