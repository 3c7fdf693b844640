"""The comparison of models for grades as Markdown."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from ..experiment import CHAMPION, WITH_INSPECTOR, Experiment
from ..inputs import Inputs
from ..learners import Weights
from ..measuring import PLANNED, Comparison
from ..task import Task
from ..verdict import SMALLER_IS_BETTER, verdicts
from .tables import (
    NOTHING,
    RANKING,
    Heads,
    cell,
    choices,
    differences,
    heads_of,
    markdown,
    shown,
    table,
)

__all__ = ["render"]

PLANNING = ("auc", "days_earlier", "found", "log_loss")
OWN_DAY = "each row scored as of its own day"
NO_PLAN = (
    "; days earlier and found are published so, but no plan knows that much on its first day: what "
    "one could have reached is in the table by frozen scores"
)
NOT_GRADABLE = (
    f"**Test window, with who inspected**, {OWN_DAY} (not gradable: no bundle for grades can hold "
    "it; `constant` and `prior_rate` do not see it, `nothing` sees nothing else)"
)
VERDICTS = {
    "worse": "**On {where} LightGBM orders worse than logistic regression**: AUC {shown}.",
    "better": "On {where} LightGBM orders better than logistic regression: AUC {shown}.",
    "open": "On {where} LightGBM and logistic regression cannot be told apart: AUC {shown}.",
}
WINDOWS = {"rolling": "the rolling windows", "test": "the test window"}
FROZEN = (
    "**Test window, by scores frozen on its first day**: what a plan made on that day could have "
    "used"
)


def render(inputs: Inputs, task: Task, experiment: Experiment) -> str:
    """Return the comparison of an experiment as Markdown."""
    heads = heads_of(task.capacity)
    parts = [*_opening(inputs, task, experiment), *_on_test(task, experiment.test, heads)]
    if experiment.weights is not None:
        parts.append(_on_weights(experiment.weights))
    if experiment.unbiased is not None:
        parts += _on_random(experiment.unbiased, heads)
    if len(experiment.populations) > 1:
        parts += _by_population(experiment.populations)
    if experiment.rolling is not None:
        parts += _on_rolling(len(inputs.rolling), experiment.rolling, heads)
    if experiment.kept is not None:
        parts += _on_keeping(experiment.kept, heads)
    return "\n\n".join([*parts, choices(experiment.chosen)])


def _opening(inputs: Inputs, task: Task, experiment: Experiment) -> list[str]:
    fold, test, drawn = inputs.test, experiment.test, task.bootstrap
    what = (
        f"Label: {task.label}. Training {_span(inputs, fold.train)}: {fold.train.size:,} rows. "
        f"Test {_span(inputs, fold.test)}: {test.rows:,} rows of {test.enterprises:,} "
        f"enterprises, {test.positives:,} positive. In brackets: {100 * drawn.level:g} % "
        f"intervals of {drawn.draws:,} bootstrap draws of enterprises."
    )
    if inputs.thinned and task.thinning:
        what += (
            f" Training rows are of at most {task.thinning.rows_per_date:,} enterprises of each "
            f"population and date, drawn at random ({inputs.thinned:,} rows from before the test "
            "left out)."
        )
    return [what, _verdict(experiment)]


def _on_test(task: Task, test: Comparison, heads: Heads) -> list[str]:
    gradable = [name for name in test.models if not name.endswith(WITH_INSPECTOR)]
    marked = [name for name in test.models if name.endswith(WITH_INSPECTOR)]
    blind = [row for row in task.published if not row.inspector]
    seeing = [row for row in task.published if row.inspector]
    measures = PLANNING if task.planning else RANKING
    title = f"**Test window**, {OWN_DAY}"
    if task.planning:
        title = f"**Test window, without who inspected**, {OWN_DAY}{NO_PLAN}"
    parts = [
        title,
        table(test, gradable, measures, heads, blind),
    ]
    if marked or seeing:
        parts += [NOT_GRADABLE, table(test, marked, measures, heads, seeing)]
    frozen = [name for name in gradable if test.measured(name, PLANNED[0])]
    if frozen:
        parts += [FROZEN, table(test, frozen, PLANNED, heads)]
    low = ", ".join(heads[name] for name in measures if name in SMALLER_IS_BETTER)
    pairs = (
        f"**Paired differences on the test window**, {OWN_DAY}: {CHAMPION} less the other; above "
        f"0 is better, for {low} below 0"
    )
    return [*parts, pairs, differences(test, CHAMPION, gradable, measures, heads)]


def _on_weights(weights: Weights) -> str:
    low, high = np.quantile(weights.chance, [0.01, 0.99])
    return (
        "**Corrected for who was looked at**: each training row counts by the inverse of its "
        f"chance, {low:.1%} to {high:.1%} for 98 % of them. They count as {weights.effective:.0%} "
        f"as many of equal weight; {weights.bounded:,} were held back by the bound."
    )


def _on_random(unbiased: Comparison, heads: Heads) -> list[str]:
    title = (
        f"**Test rows that were drawn at random** ({unbiased.rows:,} of "
        f"{unbiased.enterprises:,} enterprises, {unbiased.positives:,} positive): nobody chose "
        "them, so they stand for all"
    )
    return [title, table(unbiased, unbiased.models, RANKING, heads)]


def _by_population(populations: Mapping[str, Comparison]) -> list[str]:
    models = next(iter(populations.values())).models
    rows = [
        [
            name,
            f"{each.rows:,}",
            f"{each.enterprises:,}",
            f"{each.positives:,}",
            f"{each.positives / each.rows:.1%}",
            *(cell(each, model, "auc") if each.telling else NOTHING for model in models),
        ]
        for name, each in populations.items()
    ]
    head = ["population", "rows", "enterprises", "positive", "rate", *(f"AUC {m}" for m in models)]
    title = (
        "**Test window by population.** An AUC over several populations with different rates of "
        "violation is flattered by telling the populations apart; these are not. A dash: fewer "
        "than ten rows of either outcome, too few to say."
    )
    return [title, markdown(head, rows)]


def _on_rolling(windows: int, rolled: Comparison, heads: Heads) -> list[str]:
    title = (
        f"**Rolling windows** ({windows}, each trained on everything known before it; together "
        f"{rolled.rows:,} rows of {rolled.enterprises:,} enterprises, {rolled.positives:,} of them "
        "positive)"
    )
    return [
        title,
        table(rolled, rolled.models, RANKING, heads),
        "**Paired differences on the rolling windows**",
        differences(
            rolled, CHAMPION, rolled.models, ("auc", "average_precision", "log_loss"), heads
        ),
    ]


def _on_keeping(kept: Comparison, heads: Heads) -> list[str]:
    title = (
        f"**Keeping a model true** (rolling windows from the second on, {kept.rows:,} rows): "
        "`never` touched since the first window, its calibration followed `monthly`, refitted "
        "`quarterly` (each window), or `both`"
    )
    return [title, table(kept, kept.models, RANKING, heads)]


def _verdict(experiment: Experiment) -> str:
    """Say whether the champion earns its place against logistic regression."""
    found = verdicts(experiment)
    if not found:
        return "Logistic regression was not fitted, so whether LightGBM earns its place is open."
    first = found[0]
    told = shown(first.difference, 3, signed=True)
    return VERDICTS[first.outcome].format(where=WINDOWS[first.where], shown=told)


def _span(inputs: Inputs, rows: npt.NDArray[np.intp]) -> str:
    return " to ".join(inputs.cohort.window(rows))
