"""The comparison as Markdown, put between two marks of a page so that the rest stays as written."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ..core import time
from ..core.errors import InvalidError
from .bootstrap import Estimate
from .evaluation import Comparison
from .experiment import CHAMPION, WITH_INSPECTOR, Experiment
from .inputs import Inputs
from .task import Published, Task
from .verdict import SMALLER_IS_BETTER, verdicts

__all__ = ["BEGIN", "END", "render", "write_report"]

BEGIN = "<!-- begin of what `xinheng train` writes -->"
END = "<!-- end of what `xinheng train` writes -->"
PLANNING = ("auc", "days_earlier", "found", "log_loss")
RANKING = ("auc", "average_precision", "log_loss", "brier", "calibration_error")
DIGITS = {"days_earlier": 2, "log_loss": 4, "brier": 4, "calibration_error": 4}
NOTHING = "–"
HEADS = {
    "auc": "AUC",
    "average_precision": "average precision",
    "days_earlier": "days earlier",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}
NOT_GRADABLE = (
    "**Test window, with who inspected** (not gradable: no bundle for grades can hold it; "
    "`constant` and `prior_rate` do not see it, `nothing` sees nothing else)"
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
    share = "the first half" if task.capacity == 0.5 else f"the first {task.capacity:.0%}"
    heads = {**HEADS, "found": f"found in {share}"}
    parts = [*_opening(inputs, task, experiment), *_on_test(task, experiment.test, heads)]
    if experiment.unbiased is not None:
        parts += _on_random(experiment.unbiased, heads)
    if len(experiment.populations) > 1:
        parts += _by_population(experiment.populations)
    if experiment.rolling is not None:
        parts += _on_rolling(len(inputs.rolling), experiment.rolling, heads)
    if experiment.kept is not None:
        parts += _on_keeping(experiment.kept, heads)
    chosen = "; ".join(
        f"{name} " + ", ".join(f"{setting} {value:g}" for setting, value in each.items())
        for name, each in experiment.chosen.items()
        if each
    )
    parts.append(f"Chosen out of time inside the training window: {chosen}.")
    return "\n\n".join(parts)


def write_report(path: Path, report: str, command: str) -> None:
    """Put a report between the marks of a page, with the command that makes it.

    Parameters
    ----------
    path
        The page; made when missing. Where it has no marks, they are added at its end.
    report
        From `render`.
    command
        The command line.

    Raises
    ------
    InvalidError
        If the page has one mark, or several of a kind, or in the wrong order.
    """
    text = path.read_text("utf-8") if path.exists() else f"# {path.stem.title()}\n"
    block = f"{BEGIN}\n\nMade by:\n\n```\n{command}\n```\n\n{report}\n\n{END}"
    counts = text.count(BEGIN), text.count(END)
    if counts == (0, 0):
        text = f"{text.rstrip()}\n\n{block}\n"
    elif counts == (1, 1) and text.index(BEGIN) < text.index(END):
        before, rest = text.split(BEGIN)
        text = before + block + rest.split(END)[1]
    else:
        raise InvalidError(
            f"{path} has {counts[0]} lines {BEGIN!r} and {counts[1]} lines {END!r}; leave one of "
            "each, in this order, or none"
        )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def _opening(inputs: Inputs, task: Task, experiment: Experiment) -> list[str]:
    fold, test, drawn = inputs.test, experiment.test, task.bootstrap
    what = (
        f"Label: {task.label}. Training {_window(inputs, fold.train)}: {fold.train.size:,} rows. "
        f"Test {_window(inputs, fold.test)}: {test.rows:,} rows of {test.enterprises:,} "
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


def _on_test(task: Task, test: Comparison, heads: dict[str, str]) -> list[str]:
    gradable = [name for name in test.models if not name.endswith(WITH_INSPECTOR)]
    marked = [name for name in test.models if name.endswith(WITH_INSPECTOR)]
    blind = [row for row in task.published if not row.inspector]
    seeing = [row for row in task.published if row.inspector]
    measures = PLANNING if task.planning else RANKING
    when = "each row scored as of its own day"
    blind_to = ", without who inspected" if task.planning else ""
    parts = [
        f"**Test window{blind_to}**, {when}",
        _table(test, gradable, measures, heads, blind),
    ]
    if marked or seeing:
        parts += [NOT_GRADABLE, _table(test, marked, measures, heads, seeing)]
    frozen = [name for name in gradable if test.measured(name, "frozen_auc")]
    if frozen:
        names = [f"frozen_{name}" for name in PLANNING[:3]]
        parts += [FROZEN, _table(test, frozen, names, heads)]
    low = ", ".join(heads[name] for name in measures if name in SMALLER_IS_BETTER)
    pairs = (
        f"**Paired differences on the test window**, {CHAMPION} less the other; above 0 is "
        f"better, for {low} below 0"
    )
    return [*parts, pairs, _differences(test, gradable, measures, heads)]


def _on_random(unbiased: Comparison, heads: dict[str, str]) -> list[str]:
    title = (
        f"**Test rows that were drawn at random** ({unbiased.rows:,} of "
        f"{unbiased.enterprises:,} enterprises, {unbiased.positives:,} positive): nobody chose "
        "them, so they stand for all"
    )
    return [title, _table(unbiased, unbiased.models, RANKING, heads)]


def _by_population(populations: Mapping[str, Comparison]) -> list[str]:
    models = next(iter(populations.values())).models
    rows = [
        [
            name,
            f"{each.rows:,}",
            f"{each.enterprises:,}",
            f"{each.positives:,}",
            f"{each.positives / each.rows:.1%}",
            *(_cell(each, model, "auc") if each.telling else NOTHING for model in models),
        ]
        for name, each in populations.items()
    ]
    head = ["population", "rows", "enterprises", "positive", "rate", *(f"AUC {m}" for m in models)]
    title = (
        "**Test window by population.** An AUC over several populations with different rates of "
        "violation is flattered by telling the populations apart; these are not. A dash: fewer "
        "than ten rows of either outcome, too few to say."
    )
    return [title, _markdown(head, rows)]


def _on_rolling(windows: int, rolled: Comparison, heads: dict[str, str]) -> list[str]:
    title = (
        f"**Rolling windows** ({windows}, each trained on everything known before it; together "
        f"{rolled.rows:,} rows of {rolled.enterprises:,} enterprises, {rolled.positives:,} of them "
        "positive)"
    )
    return [
        title,
        _table(rolled, rolled.models, RANKING, heads),
        "**Paired differences on the rolling windows**",
        _differences(rolled, rolled.models, ("auc", "average_precision", "log_loss"), heads),
    ]


def _on_keeping(kept: Comparison, heads: dict[str, str]) -> list[str]:
    title = (
        f"**Keeping a model true** (rolling windows from the second on, {kept.rows:,} rows): "
        "`never` touched since the first window, its calibration followed `monthly`, refitted "
        "`quarterly` (each window), or `both`"
    )
    return [title, _table(kept, kept.models, RANKING, heads)]


def _verdict(experiment: Experiment) -> str:
    """Say whether the champion earns its place against logistic regression."""
    found = verdicts(experiment)
    if not found:
        return "Logistic regression was not fitted, so whether LightGBM earns its place is open."
    first = found[0]
    shown = _shown(first.difference, 3, signed=True)
    return VERDICTS[first.outcome].format(where=WINDOWS[first.where], shown=shown)


def _window(inputs: Inputs, rows: npt.NDArray[np.intp]) -> str:
    days = inputs.cohort.as_of[rows]
    return f"{time.show(int(days.min()))} to {time.show(int(days.max()))}"


def _table(
    comparison: Comparison,
    models: Iterable[str],
    measures: Sequence[str],
    heads: dict[str, str],
    published: Iterable[Published] = (),
) -> str:
    rows = [
        [model, *(_cell(comparison, model, measure) for measure in measures)] for model in models
    ]
    for row in published:
        cells = (_figure(getattr(row, measure), measure) for measure in measures)
        rows.append([f"*{row.name}, as published*", *cells])
    return _markdown(["model", *(heads[_plain(name)] for name in measures)], rows)


def _differences(
    comparison: Comparison, models: Iterable[str], measures: Sequence[str], heads: dict[str, str]
) -> str:
    rows = []
    for other in models:
        if other == CHAMPION:
            continue
        cells = [
            _shown(comparison.difference(CHAMPION, other, name), _digits(name), signed=True)
            for name in measures
        ]
        rows.append([f"{CHAMPION} – {other}", *cells])
    return _markdown(["pair", *(heads[name] for name in measures)], rows)


def _cell(comparison: Comparison, model: str, measure: str) -> str:
    if not comparison.measured(model, measure):
        return NOTHING
    return _shown(comparison.estimate(model, measure), _digits(measure))


def _shown(estimate: Estimate, digits: int, *, signed: bool = False) -> str:
    sign = "+" if signed else ""
    value, lower, upper = (f"{number:{sign}.{digits}f}" for number in estimate)
    return f"{value} ({lower} to {upper})"


def _figure(value: float | None, measure: str) -> str:
    return NOTHING if value is None else f"{value:.{_digits(measure)}f}"


def _digits(measure: str) -> int:
    return DIGITS.get(_plain(measure), 3)


def _plain(measure: str) -> str:
    return measure.removeprefix("frozen_")


def _markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)
