"""The assessment of one model: everything that its report says, measured once."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..archive import Archive
from ..core import time
from ..grading import Bundle, Edition, ModelCard, Scorer
from .breakdown import Breakdown, breakdown
from .cohorts import Days, PanelRule, Texts, band_names, traits
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment
from .inputs import Inputs
from .measuring import (
    Audit,
    CapacityCurve,
    Comparison,
    Draws,
    Observed,
    Scores,
    Strength,
    Truth,
    audit,
    capacity_curve,
    reliability,
    strengths,
)
from .task import Task
from .verdict import Verdict, verdicts

__all__ = ["Assessment", "assess"]

POPULATIONS = ("entity", "operator", "producer")
STRONGEST = 15
MOST_DRAWS = 500


@dataclass(frozen=True, slots=True, eq=False)
class Assessment:
    """What was measured of a model.

    Attributes
    ----------
    task, card, digest
        What was asked, the model's card, and its bundle's digest.
    edition
        The policy in force at the test.
    thinned
        How many training rows were left out by drawing enterprises.
    test, rolling, unbiased
        The models compared on the test window, the rolling windows, and on the test rows that
        were drawn at random.
    kept
        The champion on the rolling windows, by how it is kept true.
    verdicts
        The champion against logistic regression; empty where that was not fitted.
    capacity
        The capacity curves on the test window, without who inspected; of visits by what was known
        when it began.
    reliability
        What came, by tenths of the predicted probability: on the rolling windows, or on the test
        window where there are none. The same rows are those of `groups` and `over_time`.
    groups
        By population, district, category, staff and capital.
    over_time, earlier
        By quarter; and by those quarters of the training window that come before: of them only
        the order counts, for their probabilities were moved to the base rate of their time.
    audit
        What came, level by level; None where the policy's cut points are not for this label.
    strengths, sampled
        The strongest indicators, and over how many test rows.
    truth
        The models against the hidden truth, where the city is made up.
    simulated
        Whether it is.
    """

    task: Task
    card: ModelCard
    digest: str
    edition: Edition
    thinned: int
    test: Comparison
    rolling: Comparison | None
    unbiased: Comparison | None
    kept: Comparison | None
    verdicts: tuple[Verdict, ...]
    capacity: CapacityCurve
    reliability: tuple[Observed, ...]
    groups: tuple[Breakdown, ...]
    over_time: Breakdown
    earlier: Breakdown | None
    audit: Audit | None
    strengths: tuple[Strength, ...]
    sampled: int
    truth: Truth | None = None
    simulated: bool = False

    @property
    def judged(self) -> Comparison:
        """The comparison on the rows that tell the most: the rolling windows, or the test."""
        return self.rolling or self.test


def assess(
    archive: Archive,
    task: Task,
    inputs: Inputs,
    experiment: Experiment,
    bundle: Bundle,
    *,
    threads: int = 1,
) -> Assessment:
    """Measure everything that the report of a model says.

    Parameters
    ----------
    archive
        Names districts and categories.
    task, inputs, experiment
        What was asked, read and found.
    bundle
        The champion's.
    threads
        How many threads share the rows.
    """
    scorer, judged = Scorer(bundle, threads=threads), experiment.further or experiment.scores
    cohort = inputs.cohort.take(judged.rows)
    found, sampled = strengths(scorer, inputs.matrix.iloc[inputs.test.test])
    return Assessment(
        task=task,
        card=bundle.card,
        digest=bundle.digest,
        edition=bundle.policy.on(inputs.test.cut),
        thinned=inputs.thinned,
        test=experiment.test,
        rolling=experiment.rolling,
        unbiased=experiment.unbiased,
        kept=experiment.kept,
        verdicts=verdicts(experiment),
        capacity=capacity_curve(
            inputs.cohort,
            _gradable(experiment.scores),
            planning=task.planning,
            draws=task.bootstrap,
        ),
        reliability=reliability(cohort.label, judged.probability[CHAMPION], cohort.enterprise),
        groups=_groups(archive, task, inputs, judged, threads),
        over_time=_by_quarter(task, inputs, judged),
        earlier=_earlier(task, inputs, experiment.earlier, judged),
        audit=_audit(task, inputs, scorer),
        strengths=found[:STRONGEST],
        sampled=sampled,
    )


def _gradable(scores: Scores) -> Scores:
    """Leave out the models that know who inspected."""
    kept = {k: v for k, v in scores.probability.items() if not k.endswith(WITH_INSPECTOR)}
    return Scores(scores.rows, kept, scores.frozen)


def _groups(
    archive: Archive, task: Task, inputs: Inputs, judged: Scores, threads: int
) -> tuple[Breakdown, ...]:
    rows, bands = judged.rows, task.sizes
    cohort = inputs.cohort
    named: Mapping[str, Texts] = {
        "population": inputs.population[rows],
        **traits(
            archive,
            inputs.events,
            cohort.enterprise[rows],
            cohort.as_of[rows],
            bands,
            threads=threads,
        ),
    }
    order = {
        "population": POPULATIONS,
        "staff": band_names(bands.staff),
        "capital": band_names(bands.capital),
    }
    return tuple(
        breakdown(by, group, cohort, judged, order=order.get(by, ()), draws=_draws(task))
        for by, group in named.items()
    )


def _by_quarter(task: Task, inputs: Inputs, scores: Scores) -> Breakdown:
    quarter = _quarters(inputs.cohort.as_of[scores.rows])
    return breakdown(
        "quarter",
        quarter,
        inputs.cohort,
        scores,
        order=sorted(set(quarter.tolist())),
        weight=inputs.stands_for[scores.rows],
        draws=_draws(task),
    )


def _earlier(task: Task, inputs: Inputs, scores: Scores, judged: Scores) -> Breakdown | None:
    """Take those quarters that are not judged on later rows; None if there is none."""
    quarters, later = (_quarters(inputs.cohort.as_of[each.rows]) for each in (scores, judged))
    fresh = ~np.isin(quarters.astype(str), later.astype(str))
    return _by_quarter(task, inputs, scores.among(fresh)) if fresh.any() else None


def _draws(task: Task) -> Draws:
    """Return how the intervals of groups are drawn: as in the task, but at most 500 times."""
    draws = task.bootstrap
    return draws.model_copy(update={"draws": min(draws.draws, MOST_DRAWS)})


def _quarters(days: Days) -> Texts:
    """Name the quarter of each day.

    Examples
    --------
    >>> _quarters(np.array([time.day("2024-09-30"), time.day("2024-10-01")], np.int32)).tolist()
    ['2024-Q3', '2024-Q4']
    """
    dates, member = np.unique(days, return_inverse=True)
    shown = (time.show(day) for day in dates.tolist())
    names = [f"{day[:4]}-Q{(int(day[5:7]) + 2) // 3}" for day in shown]
    return np.array(names, object)[member]


def _audit(task: Task, inputs: Inputs, scorer: Scorer) -> Audit | None:
    """Hold the levels of the test rows to what came, where the policy is one for this label."""
    if task.policy is None and not isinstance(task.cohort, PanelRule):
        return None
    rows = inputs.test.test
    cohort = inputs.cohort.take(rows)
    conditions = scorer.bundle.rules.conditions(inputs.events, cohort.rows())
    cards = scorer.cards(inputs.events, cohort.rows())
    grades = scorer.grades(inputs.matrix.iloc[rows], conditions, cards=cards)
    return audit(grades, cohort.label, cohort.enterprise, inputs.population[rows])
