"""Backtests: how soon detectors would have found what spread, had they stood where it began."""

from .alarms import SILENCE, Alarms, alarms, thresholds
from .delays import FOUND_WITHIN, Found, at_budget, at_threshold
from .onsets import Onsets, Rule, label
from .runs import Runs, daily, weekly

__all__ = [
    "FOUND_WITHIN",
    "SILENCE",
    "Alarms",
    "Found",
    "Onsets",
    "Rule",
    "Runs",
    "alarms",
    "at_budget",
    "at_threshold",
    "daily",
    "label",
    "thresholds",
    "weekly",
]
