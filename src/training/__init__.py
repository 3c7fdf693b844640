"""Training: cohorts, labels, temporal folds, learners, comparison, bundle, promotion."""

from .additive import Additive, Steps, varying
from .assessment import Assessment, assess
from .audit import (
    Audit,
    Observed,
    Truth,
    TruthRow,
    audit,
    compare_with_truth,
    observe,
    reliability,
)
from .baselines import Constant, Logistic, PriorRate
from .bins import OptimalBins
from .boosted import Binned, Boosted
from .boosting import Boosting
from .bootstrap import Bootstrap, Estimate, bootstrap, draw_counts
from .breakdown import Breakdown, Gap, Group, breakdown
from .capacity import CAPACITIES, CapacityCurve, capacity_curve
from .carded import SCORE_CARD, Carded
from .census import Census, census
from .cohort import Cohort
from .contrasts import differences_plot, measure_plot, migration_plot, reasons_plot
from .evaluation import Comparison, Scores, evaluate, evaluate_groups, pooled
from .example import Example, choose_example
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment, Progress, learners, run_experiment
from .explainable import Explainable
from .figures import capacity_plot, reliability_plot, strength_plot
from .folds import Fold, Window, blocks, check, fold, latest, rolling
from .following import REGIMES, Follower, followed, regimes, shift
from .groupfigures import auc_by_group, rate_by_group
from .inputs import Inputs, read_cohort, read_inputs, read_reference, read_references
from .inspections import CohortRule, LabelRule, inspections
from .judged import Judged, read_judged
from .learner import Candidate, Fitted, Learner, Margin, Sample, Staged, choose, choose_additive
from .lines import fit_lines
from .measures import (
    auc,
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
from .plots import Plot, figure_of
from .promotion import make_card, make_parts, open_key, promote, store_bundle
from .recalibration import Recalibrated, recalibrate
from .registration import Registration, registration
from .report import render, write_report
from .rescoring import rescore
from .selection import Correction, chances_of_a_check, weights_of
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

__all__ = [
    "CAPACITIES",
    "CHAMPION",
    "MODEL",
    "REGIMES",
    "SCORE_CARD",
    "TRAITS",
    "WITH_INSPECTOR",
    "Additive",
    "Assessment",
    "Audit",
    "Binned",
    "Boosted",
    "Boosting",
    "Bootstrap",
    "Breakdown",
    "Candidate",
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
    "Gap",
    "Group",
    "Inputs",
    "Judged",
    "LabelRule",
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
    "Plot",
    "PriorRate",
    "Progress",
    "Published",
    "Recalibrated",
    "ReferenceFile",
    "Registration",
    "Sample",
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
    "Window",
    "assess",
    "auc",
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
    "compare_with_truth",
    "coverage_plot",
    "days_earlier",
    "differences_plot",
    "draw_counts",
    "evaluate",
    "evaluate_groups",
    "figure_of",
    "file_plot",
    "find_task",
    "fit_lines",
    "fit_model",
    "fold",
    "folds_plot",
    "followed",
    "found",
    "gains",
    "inspections",
    "last_heard",
    "lateness_plot",
    "latest",
    "learners",
    "log_loss",
    "make_card",
    "make_parts",
    "marker_of",
    "measure_plot",
    "migration",
    "migration_plot",
    "observe",
    "open_key",
    "panel",
    "pooled",
    "promote",
    "rate_by_group",
    "read_cohort",
    "read_inputs",
    "read_judged",
    "read_reference",
    "read_references",
    "read_task",
    "reasons_plot",
    "recalibrate",
    "regimes",
    "registration",
    "reliability",
    "reliability_plot",
    "render",
    "render_assessment",
    "render_page",
    "rescore",
    "rolling",
    "run_experiment",
    "shift",
    "specialize",
    "spread_plot",
    "store_bundle",
    "strength_plot",
    "strengths",
    "train",
    "traits",
    "tune",
    "varying",
    "verdicts",
    "weights_of",
    "with_nuisance",
    "write_report",
]
