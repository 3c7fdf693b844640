"""Promotion: challenger against champion, gate by gate, sign-off, and the way back."""

from .gate import Gate, Status, held_back
from .moving import Moves, moves
from .promote import Decision, promote, rollback
from .trial import hold_trial, recalibration_gates

__all__ = [
    "Decision",
    "Gate",
    "Moves",
    "Status",
    "held_back",
    "hold_trial",
    "moves",
    "promote",
    "recalibration_gates",
    "rollback",
]
