"""Training: cohorts, labels, temporal folds, learners, comparison, bundle, promotion."""

from .audit import Audit, Observed, Truth, TruthRow, audit, compare_with_truth, observe
from .baselines import Constant, Logistic, PriorRate
from .boosted import Binned, Boosted
from .boosting import Boosting
from .bootstrap import Bootstrap, Estimate, bootstrap, draw_counts
from .carded import SCORE_CARD, Carded
from .cells import Leak
from .census import Census, census
from .cohort import Cohort
from .evaluation import Comparison, Scores, evaluate, evaluate_groups, pooled
from .example import Example, choose_example
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment, Progress, learners, run_experiment
from .folds import Fold, Window, blocks, check, fold, latest, rolling
from .following import REGIMES, Follower, followed, regimes, shift
from .inputs import Inputs, read_cohort, read_inputs, read_reference, read_references
from .inspections import CohortRule, LabelRule, inspections
from .leaks import Altered, Leaks, compare_archives, find_leaks
from .learner import Candidate, Fitted, Learner, Margin, Sample, Staged, choose
from .lines import fit_lines
from .measures import auc, brier, calibration_error, days_earlier, found, log_loss
from .model import Model, fit_model, with_nuisance
from .outcome import Outcome, OutcomeRule, last_heard
from .page import Page, render_page
from .panel import PanelRule, panel
from .promotion import make_card, make_parts, open_key, promote, store_bundle
from .recalibration import Recalibrated, recalibrate
from .registration import Registration, registration
from .report import render, write_report
from .selection import Correction, chances_of_a_check, weights_of
from .specialist import Specialism, Specialty, marker_of, specialize
from .strength import Strength, strengths
from .task import Published, ReferenceFile, Task, Thinning, find_task, read_task
from .tracking import Tracked, Tracker
from .train import MODEL, TrainingResult, train
from .tuning import Search, Tuned, tune

__all__ = [
    "CHAMPION",
    "MODEL",
    "REGIMES",
    "SCORE_CARD",
    "WITH_INSPECTOR",
    "Altered",
    "Audit",
    "Binned",
    "Boosted",
    "Boosting",
    "Bootstrap",
    "Candidate",
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
    "Fitted",
    "Fold",
    "Follower",
    "Inputs",
    "LabelRule",
    "Leak",
    "Leaks",
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
    "Recalibrated",
    "ReferenceFile",
    "Registration",
    "Sample",
    "Scores",
    "Search",
    "Specialism",
    "Specialty",
    "Staged",
    "Strength",
    "Task",
    "Thinning",
    "Tracked",
    "Tracker",
    "TrainingResult",
    "Truth",
    "TruthRow",
    "Tuned",
    "Window",
    "auc",
    "audit",
    "blocks",
    "bootstrap",
    "brier",
    "calibration_error",
    "census",
    "chances_of_a_check",
    "check",
    "choose",
    "choose_example",
    "compare_archives",
    "compare_with_truth",
    "days_earlier",
    "draw_counts",
    "evaluate",
    "evaluate_groups",
    "find_leaks",
    "find_task",
    "fit_lines",
    "fit_model",
    "fold",
    "followed",
    "found",
    "inspections",
    "last_heard",
    "latest",
    "learners",
    "log_loss",
    "make_card",
    "make_parts",
    "marker_of",
    "observe",
    "open_key",
    "panel",
    "pooled",
    "promote",
    "read_cohort",
    "read_inputs",
    "read_reference",
    "read_references",
    "read_task",
    "recalibrate",
    "regimes",
    "registration",
    "render",
    "render_page",
    "rolling",
    "run_experiment",
    "shift",
    "specialize",
    "store_bundle",
    "strengths",
    "train",
    "tune",
    "weights_of",
    "with_nuisance",
    "write_report",
]
