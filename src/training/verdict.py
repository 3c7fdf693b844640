"""The verdict: does the model earn its place against logistic regression on the same rows."""

from dataclasses import dataclass
from typing import Literal

from .experiment import CHAMPION, Experiment
from .measuring import Comparison, Estimate

__all__ = ["RIVAL", "SMALLER_IS_BETTER", "Verdict", "verdict", "verdicts"]

RIVAL = "logistic"
SMALLER_IS_BETTER = frozenset({"log_loss", "brier", "calibration_error"})
JUDGED = ("auc", "average_precision", "log_loss", "brier")

Standing = Literal["better", "worse", "open"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the champion stands against logistic regression in one measure.

    Attributes
    ----------
    where
        `test`, `rolling`, or a population of the test window.
    measure
        Its name.
    difference
        Champion less logistic regression, with the interval of the paired differences.
    """

    where: str
    measure: str
    difference: Estimate

    @property
    def outcome(self) -> Standing:
        """`better` or `worse` where the interval leaves out zero; else it is `open`.

        Examples
        --------
        >>> Verdict("test", "auc", Estimate(-0.01, -0.02, -0.001)).outcome
        'worse'
        >>> Verdict("test", "log_loss", Estimate(-0.01, -0.02, -0.001)).outcome
        'better'
        >>> Verdict("test", "auc", Estimate(0.01, -0.01, 0.03)).outcome
        'open'
        """
        _, lower, upper = self.difference
        if lower > 0:
            return "worse" if self.measure in SMALLER_IS_BETTER else "better"
        if upper < 0:
            return "better" if self.measure in SMALLER_IS_BETTER else "worse"
        return "open"


def verdict(where: str, comparison: Comparison, measure: str) -> Verdict:
    """Compare the champion with logistic regression in one measure."""
    return Verdict(where, measure, comparison.difference(CHAMPION, RIVAL, measure))


def verdicts(experiment: Experiment) -> tuple[Verdict, ...]:
    """Compare the champion with logistic regression, the rows that tell the most first.

    Those are the rolling windows, then the test window, then each of its populations that has
    enough rows of either outcome. Nothing where logistic regression was not fitted.
    """
    if RIVAL not in experiment.test.models:
        return ()
    windows = {"rolling": experiment.rolling, "test": experiment.test}
    found = [
        verdict(where, comparison, measure)
        for where, comparison in windows.items()
        if comparison is not None
        for measure in JUDGED
    ]
    several = experiment.populations if len(experiment.populations) > 1 else {}
    found += [verdict(name, each, "auc") for name, each in several.items() if each.telling]
    return tuple(found)
