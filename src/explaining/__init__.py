"""Why an enterprise has its grade: exact contributions, sentences, and the records behind."""

from .attribution import contributions, write_contributions
from .explanation import Decisive, Explanation, Override, explain, level_of
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
from .law import Action, Actions, Clocks, Publicity, Step
from .movement import Change, Movement, Part, Standpoint, Standpoints, explain_movement
from .overview import Overview, overview
from .pdf import print_pdf
from .reasons import DimensionSum, Reason, State, figure, reason, sum_by_dimension
from .records import MissedDeadline, SharedRecord, Usual
from .remedies import Outcome, Remedies, find_remedies
from .sheet import Subject, render_sheet
from .stability import Stability, Variant, stability
from .text import render, render_movement, render_remedies, to_text
from .warning import DowngradeWarning
from .words import Sentences

__all__ = [
    "Action",
    "Actions",
    "Change",
    "Clocks",
    "Decisive",
    "DimensionSum",
    "DowngradeWarning",
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
    "level_of",
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
