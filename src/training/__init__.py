"""Training: cohorts, labels, temporal folds, learners, comparison, bundle, promotion."""

from .additive import Additive, Steps, varying
from .audit import Audit, Observed, Truth, TruthRow, audit, compare_with_truth, observe
from .baselines import Constant, Logistic, PriorRate
from .binning import Binned
from .boosting import Boosted, Boosting
from .bootstrap import Bootstrap, Estimate, bootstrap, draw_counts
from .census import Census, census
from .cohort import Cohort
from .evaluation import Comparison, Scores, evaluate, evaluate_groups, pooled
from .example import Example, choose_example
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment, Progress, learners, run_experiment
from .explainable import Explainable
from .folds import Fold, Window, blocks, check, fold, latest, rolling
from .inputs import Inputs, read_inputs, read_reference
from .inspections import CohortRule, LabelRule, inspections
from .learner import Fitted, Learner, Margin, Sample, choose, choose_additive
from .measures import auc, brier, calibration_error, days_earlier, found, log_loss
from .model import Model, fit_model, with_nuisance
from .page import Page, render_page
from .panel import Outcome, OutcomeRule, PanelRule, last_heard, panel
from .promotion import make_card, make_parts, open_key, promote, store_bundle
from .registration import Registration, registration
from .report import render, write_report
from .strength import Strength, strengths
from .task import Published, ReferenceFile, Task, Thinning, find_task, read_task
from .tracking import Tracked, Tracker
from .train import MODEL, TrainingResult, train

__all__ = [
    "CHAMPION",
    "MODEL",
    "WITH_INSPECTOR",
    "Additive",
    "Audit",
    "Binned",
    "Boosted",
    "Boosting",
    "Bootstrap",
    "Census",
    "Cohort",
    "CohortRule",
    "Comparison",
    "Constant",
    "Estimate",
    "Example",
    "Experiment",
    "Explainable",
    "Fitted",
    "Fold",
    "Inputs",
    "LabelRule",
    "Learner",
    "Logistic",
    "Margin",
    "Model",
    "Observed",
    "Outcome",
    "OutcomeRule",
    "Page",
    "PanelRule",
    "PriorRate",
    "Progress",
    "Published",
    "ReferenceFile",
    "Registration",
    "Sample",
    "Scores",
    "Steps",
    "Strength",
    "Task",
    "Thinning",
    "Tracked",
    "Tracker",
    "TrainingResult",
    "Truth",
    "TruthRow",
    "Window",
    "auc",
    "audit",
    "blocks",
    "bootstrap",
    "brier",
    "calibration_error",
    "census",
    "check",
    "choose",
    "choose_additive",
    "choose_example",
    "compare_with_truth",
    "days_earlier",
    "draw_counts",
    "evaluate",
    "evaluate_groups",
    "find_task",
    "fit_model",
    "fold",
    "found",
    "inspections",
    "last_heard",
    "latest",
    "learners",
    "log_loss",
    "make_card",
    "make_parts",
    "observe",
    "open_key",
    "panel",
    "pooled",
    "promote",
    "read_inputs",
    "read_reference",
    "read_task",
    "registration",
    "render",
    "render_page",
    "rolling",
    "run_experiment",
    "store_bundle",
    "strengths",
    "train",
    "varying",
    "with_nuisance",
    "write_report",
]
