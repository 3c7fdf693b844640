"""Why an enterprise has its grade: exact contributions, sentences, and the records behind."""

from .contributions import contributions
from .explanation import Explanation, SharedRecord, Usual, explain
from .reasons import DimensionSum, Reason, State, figure, reason, sum_by_dimension
from .text import render, to_text

__all__ = [
    "DimensionSum",
    "Explanation",
    "Reason",
    "SharedRecord",
    "State",
    "Usual",
    "contributions",
    "explain",
    "figure",
    "reason",
    "render",
    "sum_by_dimension",
    "to_text",
]
