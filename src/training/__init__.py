"""Training: cohorts, labels, temporal folds, learners, comparison, bundle, promotion."""

from .baselines import Constant, Logistic, PriorRate
from .boosting import Boosted, Boosting
from .bootstrap import Bootstrap, Estimate, bootstrap, draw_counts
from .cohort import Cohort, CohortRule, LabelRule, inspections
from .evaluation import Comparison, Scores, evaluate, pooled
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment, Progress, learners, run_experiment
from .folds import Fold, Window, blocks, check, fold, latest, rolling
from .inputs import Inputs, read_inputs, read_reference
from .learner import Fitted, Learner, Margin, Sample, choose
from .measures import auc, brier, calibration_error, days_earlier, found, log_loss
from .model import Model, fit_model, with_nuisance
from .promotion import make_card, make_parts, open_key, promote, store_bundle
from .report import render, write_report
from .task import Published, ReferenceFile, Task, find_task, read_task
from .tracking import Tracked, Tracker
from .train import MODEL, TrainingResult, train

__all__ = [
    "CHAMPION",
    "MODEL",
    "WITH_INSPECTOR",
    "Boosted",
    "Boosting",
    "Bootstrap",
    "Cohort",
    "CohortRule",
    "Comparison",
    "Constant",
    "Estimate",
    "Experiment",
    "Fitted",
    "Fold",
    "Inputs",
    "LabelRule",
    "Learner",
    "Logistic",
    "Margin",
    "Model",
    "PriorRate",
    "Progress",
    "Published",
    "ReferenceFile",
    "Sample",
    "Scores",
    "Task",
    "Tracked",
    "Tracker",
    "TrainingResult",
    "Window",
    "auc",
    "blocks",
    "bootstrap",
    "brier",
    "calibration_error",
    "check",
    "choose",
    "days_earlier",
    "draw_counts",
    "evaluate",
    "find_task",
    "fit_model",
    "fold",
    "found",
    "inspections",
    "latest",
    "learners",
    "log_loss",
    "make_card",
    "make_parts",
    "open_key",
    "pooled",
    "promote",
    "read_inputs",
    "read_reference",
    "read_task",
    "render",
    "rolling",
    "run_experiment",
    "store_bundle",
    "train",
    "with_nuisance",
    "write_report",
]
