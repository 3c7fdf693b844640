"""How good scores are: measures, their intervals, and models set beside each other."""

from .audit import Audit, Observed, Truth, TruthRow, audit, compare_with_truth, observe, reliability
from .bootstrap import (
    DRAWS,
    Bootstrap,
    Computation,
    Draws,
    Estimate,
    bootstrap,
    draw_counts,
)
from .capacity import CAPACITIES, CapacityCurve, capacity_curve
from .census import Census, census
from .evaluation import FEWEST, PLANNED, Comparison, Scores, evaluate, evaluate_groups, pooled
from .measures import (
    Counts,
    auc,
    auc_among,
    average_precision,
    brier,
    calibration_error,
    days_earlier,
    found,
    gains,
    log_loss,
    losses,
)
from .migration import Migration, migration
from .plans import SAME_INSPECTOR, Plan, compare_plans
from .strength import Strength, strengths

__all__ = [
    "CAPACITIES",
    "DRAWS",
    "FEWEST",
    "PLANNED",
    "SAME_INSPECTOR",
    "Audit",
    "Bootstrap",
    "CapacityCurve",
    "Census",
    "Comparison",
    "Computation",
    "Counts",
    "Draws",
    "Estimate",
    "Migration",
    "Observed",
    "Plan",
    "Scores",
    "Strength",
    "Truth",
    "TruthRow",
    "auc",
    "auc_among",
    "audit",
    "average_precision",
    "bootstrap",
    "brier",
    "calibration_error",
    "capacity_curve",
    "census",
    "compare_plans",
    "compare_with_truth",
    "days_earlier",
    "draw_counts",
    "evaluate",
    "evaluate_groups",
    "found",
    "gains",
    "log_loss",
    "losses",
    "migration",
    "observe",
    "pooled",
    "reliability",
    "strengths",
]
