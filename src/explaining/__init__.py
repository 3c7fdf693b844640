"""Why an enterprise has its grade: exact contributions, sentences, and the records behind."""

from .actions import Action, Actions
from .changes import Change
from .clocks import Clocks
from .contributions import contributions
from .everybody import write_contributions
from .explanation import Decisive, Explanation, Override, explain
from .figures import (
    Given,
    Plot,
    describe,
    plot_dependence,
    plot_dimensions,
    plot_importance,
    plot_interactions,
    plot_movement,
    plot_reliability,
    plot_timeline,
    plot_waterfall,
)
from .movement import Movement, Part, explain_movement
from .overview import Overview, overview
from .pdf import print_pdf
from .publicity import Publicity
from .reasons import DimensionSum, Reason, State, figure, reason, sum_by_dimension
from .records import MissedDeadline, SharedRecord, Usual
from .remedies import Outcome, Remedies, find_remedies
from .sentences import Sentences
from .sheet import Subject, render_sheet
from .sides import Standpoint
from .stability import Stability, Variant, stability
from .standpoints import Standpoints
from .steps import Step
from .text import render, render_movement, render_remedies, to_text

__all__ = [
    "Action",
    "Actions",
    "Change",
    "Clocks",
    "Decisive",
    "DimensionSum",
    "Explanation",
    "Given",
    "MissedDeadline",
    "Movement",
    "Outcome",
    "Override",
    "Overview",
    "Part",
    "Plot",
    "Publicity",
    "Reason",
    "Remedies",
    "Sentences",
    "SharedRecord",
    "Stability",
    "Standpoint",
    "Standpoints",
    "State",
    "Step",
    "Subject",
    "Usual",
    "Variant",
    "contributions",
    "describe",
    "explain",
    "explain_movement",
    "figure",
    "find_remedies",
    "overview",
    "plot_dependence",
    "plot_dimensions",
    "plot_importance",
    "plot_interactions",
    "plot_movement",
    "plot_reliability",
    "plot_timeline",
    "plot_waterfall",
    "print_pdf",
    "reason",
    "render",
    "render_movement",
    "render_remedies",
    "render_sheet",
    "stability",
    "sum_by_dimension",
    "to_text",
    "write_contributions",
]
