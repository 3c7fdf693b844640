"""Training: cohorts, labels, temporal folds, learners, comparison, bundle, promotion."""

from .additive import Additive, Steps, varying
from .assessment import Assessment, assess
from .audit import Audit, Observed, Truth, TruthRow, audit, compare_with_truth, observe, reliability
from .baselines import Constant, Logistic, PriorRate
from .bins import OptimalBins
from .boosted import Binned, Boosted
from .boosting import Boosting
from .bootstrap import Bootstrap, Estimate, bootstrap, draw_counts
from .breakdown import Breakdown, Gap, Group, breakdown
from .candidates import Candidates, Presence, present
from .capacity import CAPACITIES, CapacityCurve, capacity_curve
from .carded import SCORE_CARD, Carded
from .cells import Leak
from .census import Census, census
from .cohort import Cohort
from .contrasts import differences_plot, measure_plot, migration_plot, reasons_plot
from .evaluation import Comparison, Scores, evaluate, evaluate_groups, pooled
from .example import Example, choose_example
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment, Progress, learners, run_experiment
from .explainable import Explainable
from .figures import capacity_plot, reliability_plot, strength_plot
from .folds import Fold, Window, blocks, check, fold, latest, rolling
from .following import REGIMES, Follower, followed, regimes
from .forecast import CALENDAR, FORECAST, OWN, STRICT, SURROUNDINGS, Forecast, run_forecast
from .forecastreport import render_forecast
from .groupfigures import auc_by_group, rate_by_group
from .inputs import Inputs, read_cohort, read_inputs, read_reference, read_references
from .inspections import CohortRule, LabelRule, inspections
from .judged import Judged, read_judged
from .leaks import Altered, Leaks, compare_archives, find_leaks
from .learner import Candidate, Fitted, Learner, Margin, Sample, Staged, choose, choose_additive
from .level import levelled, shift
from .lines import fit_lines
from .measures import (
    auc,
    auc_among,
    average_precision,
    brier,
    calibration_error,
    days_earlier,
    found,
    gains,
    log_loss,
)
from .migration import Migration, migration
from .model import Model, fit_model, with_nuisance
from .modelpage import render_assessment
from .outcome import Outcome, OutcomeRule, last_heard
from .page import Page, render_page
from .panel import PanelRule, panel
from .plans import SAME_INSPECTOR, Plan, compare_plans
from .plots import Plot, figure_of
from .promotion import gather_parts, make_card, make_parts, open_key, promote, store_bundle
from .randomshare import random_share, scores_of
from .recalibration import Recalibrated, recalibrate
from .registration import Registration, registration
from .report import render
from .rescoring import rescore
from .scheduling import PLANNER, SchedulingResult, train_forecast
from .section import marks, write_report
from .selection import Correction, Weights, chances_of_a_check, weights_of
from .specialist import Specialism, Specialty, marker_of, specialize
from .spreads import coverage_plot, lateness_plot, spread_plot
from .strength import Strength, strengths
from .task import Published, ReferenceFile, Task, Thinning, find_task, read_task
from .timelines import file_plot, folds_plot
from .tracking import Tracked, Tracker
from .train import MODEL, TrainingResult, train
from .traits import TRAITS, SizeBands, traits
from .tuning import Search, Tuned, tune
from .verdict import Verdict, verdicts
from .visits import Visits, plan_starts, read_visits

__all__ = [
    "CALENDAR",
    "CAPACITIES",
    "CHAMPION",
    "FORECAST",
    "MODEL",
    "OWN",
    "PLANNER",
    "REGIMES",
    "SAME_INSPECTOR",
    "SCORE_CARD",
    "STRICT",
    "SURROUNDINGS",
    "TRAITS",
    "WITH_INSPECTOR",
    "Additive",
    "Altered",
    "Assessment",
    "Audit",
    "Binned",
    "Boosted",
    "Boosting",
    "Bootstrap",
    "Breakdown",
    "Candidate",
    "Candidates",
    "CapacityCurve",
    "Carded",
    "Census",
    "Cohort",
    "CohortRule",
    "Comparison",
    "Constant",
    "Correction",
    "Estimate",
    "Example",
    "Experiment",
    "Explainable",
    "Fitted",
    "Fold",
    "Follower",
    "Forecast",
    "Gap",
    "Group",
    "Inputs",
    "Judged",
    "LabelRule",
    "Leak",
    "Leaks",
    "Learner",
    "Logistic",
    "Margin",
    "Migration",
    "Model",
    "Observed",
    "OptimalBins",
    "Outcome",
    "OutcomeRule",
    "Page",
    "PanelRule",
    "Plan",
    "Plot",
    "Presence",
    "PriorRate",
    "Progress",
    "Published",
    "Recalibrated",
    "ReferenceFile",
    "Registration",
    "Sample",
    "SchedulingResult",
    "Scores",
    "Search",
    "SizeBands",
    "Specialism",
    "Specialty",
    "Staged",
    "Steps",
    "Strength",
    "Task",
    "Thinning",
    "Tracked",
    "Tracker",
    "TrainingResult",
    "Truth",
    "TruthRow",
    "Tuned",
    "Verdict",
    "Visits",
    "Weights",
    "Window",
    "assess",
    "auc",
    "auc_among",
    "auc_by_group",
    "audit",
    "average_precision",
    "blocks",
    "bootstrap",
    "breakdown",
    "brier",
    "calibration_error",
    "capacity_curve",
    "capacity_plot",
    "census",
    "chances_of_a_check",
    "check",
    "choose",
    "choose_additive",
    "choose_example",
    "compare_archives",
    "compare_plans",
    "compare_with_truth",
    "coverage_plot",
    "days_earlier",
    "differences_plot",
    "draw_counts",
    "evaluate",
    "evaluate_groups",
    "figure_of",
    "file_plot",
    "find_leaks",
    "find_task",
    "fit_lines",
    "fit_model",
    "fold",
    "folds_plot",
    "followed",
    "found",
    "gains",
    "gather_parts",
    "inspections",
    "last_heard",
    "lateness_plot",
    "latest",
    "learners",
    "levelled",
    "log_loss",
    "make_card",
    "make_parts",
    "marker_of",
    "marks",
    "measure_plot",
    "migration",
    "migration_plot",
    "observe",
    "open_key",
    "panel",
    "plan_starts",
    "pooled",
    "present",
    "promote",
    "random_share",
    "rate_by_group",
    "read_cohort",
    "read_inputs",
    "read_judged",
    "read_reference",
    "read_references",
    "read_task",
    "read_visits",
    "reasons_plot",
    "recalibrate",
    "regimes",
    "registration",
    "reliability",
    "reliability_plot",
    "render",
    "render_assessment",
    "render_forecast",
    "render_page",
    "rescore",
    "rolling",
    "run_experiment",
    "run_forecast",
    "scores_of",
    "shift",
    "specialize",
    "spread_plot",
    "store_bundle",
    "strength_plot",
    "strengths",
    "train",
    "train_forecast",
    "traits",
    "tune",
    "varying",
    "verdicts",
    "weights_of",
    "with_nuisance",
    "write_report",
]
