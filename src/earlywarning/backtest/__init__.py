"""Backtests: how soon detectors would have found what spread, had they stood where it began."""

from .alarms import SILENCE, Alarms, alarms, thresholds
from .backtest import Backtest, backtest
from .comparison import Difference, Span, Tried, clusters, difference, try_out
from .delays import FOUND_WITHIN, Found, at_budget, at_threshold
from .onsets import Onsets, Rule, label
from .runs import Runs, daily, weekly

__all__ = [
    "FOUND_WITHIN",
    "SILENCE",
    "Alarms",
    "Backtest",
    "Difference",
    "Found",
    "Onsets",
    "Rule",
    "Runs",
    "Span",
    "Tried",
    "alarms",
    "at_budget",
    "at_threshold",
    "backtest",
    "clusters",
    "daily",
    "difference",
    "label",
    "thresholds",
    "try_out",
    "weekly",
]
