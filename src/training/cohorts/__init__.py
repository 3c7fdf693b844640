"""Whom to learn from and what came out: rows of enterprises and days, outcomes, folds in time."""

from .candidates import Candidates, Presence, present
from .cohort import Array, Cohort, Days, Texts
from .folds import Fold, Rows, Window, blocks, check, fold, latest, rolling
from .inspections import CohortRule, LabelRule, inspections
from .outcome import Outcome, OutcomeRule, last_heard
from .panel import PanelRule, panel
from .registration import Registration, registration
from .traits import TRAITS, SizeBands, band_names, traits

__all__ = [
    "TRAITS",
    "Array",
    "Candidates",
    "Cohort",
    "CohortRule",
    "Days",
    "Fold",
    "LabelRule",
    "Outcome",
    "OutcomeRule",
    "PanelRule",
    "Presence",
    "Registration",
    "Rows",
    "SizeBands",
    "Texts",
    "Window",
    "band_names",
    "blocks",
    "check",
    "fold",
    "inspections",
    "last_heard",
    "latest",
    "panel",
    "present",
    "registration",
    "rolling",
    "traits",
]
