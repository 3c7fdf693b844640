"""What people read of a training: tables, figures, reports and pages."""

from .contrasts import differences_plot, measure_plot, migration_plot
from .example import Example, choose_example
from .figures import capacity_plot, reliability_plot, strength_plot
from .forecastreport import render_forecast
from .groupfigures import auc_by_group, rate_by_group
from .modelpage import render_assessment
from .page import Page, render_page
from .report import render
from .section import check_marks, marks, write_report
from .spreads import coverage_plot, lateness_plot, spread_plot
from .timelines import file_plot, folds_plot

__all__ = [
    "Example",
    "Page",
    "auc_by_group",
    "capacity_plot",
    "check_marks",
    "choose_example",
    "coverage_plot",
    "differences_plot",
    "file_plot",
    "folds_plot",
    "lateness_plot",
    "marks",
    "measure_plot",
    "migration_plot",
    "rate_by_group",
    "reliability_plot",
    "render",
    "render_assessment",
    "render_forecast",
    "render_page",
    "spread_plot",
    "strength_plot",
    "write_report",
]
