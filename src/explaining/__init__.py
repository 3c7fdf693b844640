"""Why an enterprise has its grade: exact contributions, sentences, and the records behind."""

from .actions import Action, Actions
from .contributions import contributions
from .explanation import Explanation, SharedRecord, Usual, explain
from .reasons import DimensionSum, Reason, State, figure, reason, sum_by_dimension
from .remedies import Outcome, Remedies, find_remedies
from .steps import Step
from .text import render, to_text

__all__ = [
    "Action",
    "Actions",
    "DimensionSum",
    "Explanation",
    "Outcome",
    "Reason",
    "Remedies",
    "SharedRecord",
    "State",
    "Step",
    "Usual",
    "contributions",
    "explain",
    "figure",
    "find_remedies",
    "reason",
    "render",
    "sum_by_dimension",
    "to_text",
]
