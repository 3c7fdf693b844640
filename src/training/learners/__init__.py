"""What learns a margin from a sample, and what makes it a model that gives probabilities."""

from .additive import Additive, Steps, varying
from .baselines import Constant, Logistic, PriorRate
from .bins import OptimalBins
from .boosted import Binned, Boosted
from .boosting import Boosting
from .carded import SCORE_CARD, Carded
from .counts import Outcomes
from .explainable import Explainable
from .following import DEFAULT, Follower, follow, followed, matured
from .learner import Candidate, Fitted, Learner, Margin, Sample, Staged, choose, choose_additive
from .level import levelled, shift
from .lines import fit_lines
from .model import Model, fit_model, with_nuisance
from .selection import Correction, Weights, chances_of_a_check, weights_of
from .specialist import Specialism, Specialty, marker_of, specialize
from .tuning import Search, Tuned, tune

__all__ = [
    "DEFAULT",
    "SCORE_CARD",
    "Additive",
    "Binned",
    "Boosted",
    "Boosting",
    "Candidate",
    "Carded",
    "Constant",
    "Correction",
    "Explainable",
    "Fitted",
    "Follower",
    "Learner",
    "Logistic",
    "Margin",
    "Model",
    "OptimalBins",
    "Outcomes",
    "PriorRate",
    "Sample",
    "Search",
    "Specialism",
    "Specialty",
    "Staged",
    "Steps",
    "Tuned",
    "Weights",
    "chances_of_a_check",
    "choose",
    "choose_additive",
    "fit_lines",
    "fit_model",
    "follow",
    "followed",
    "levelled",
    "marker_of",
    "matured",
    "shift",
    "specialize",
    "tune",
    "varying",
    "weights_of",
    "with_nuisance",
]
