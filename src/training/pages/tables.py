"""Tables: measures of models with their intervals, and what each model chose, as Markdown."""

from collections.abc import Iterable, Mapping, Sequence

from ..learners import Candidate
from ..measuring import SAME_INSPECTOR, Comparison, Estimate
from ..task import Published

__all__ = [
    "NOTHING",
    "RANKING",
    "Heads",
    "cell",
    "choices",
    "differences",
    "heads_of",
    "markdown",
    "shown",
    "table",
]

NOTHING = "–"
RANKING = ("auc", "average_precision", "log_loss", "brier", "calibration_error")
DIGITS = {"days_earlier": 2, "log_loss": 4, "brier": 4, "calibration_error": 4}
HEADS = {
    "auc": "AUC",
    "average_precision": "average precision",
    SAME_INSPECTOR: "AUC within one inspector",
    "days_earlier": "days earlier",
    "log_loss": "log loss",
    "brier": "Brier score",
    "calibration_error": "calibration error",
}

Heads = Mapping[str, str]


def heads_of(capacity: float) -> Heads:
    """Return what stands above the column of each measure."""
    share = "the first half" if capacity == 0.5 else f"the first {capacity:.0%}"
    return {**HEADS, "found": f"found in {share}"}


def table(
    comparison: Comparison,
    models: Iterable[str],
    measures: Sequence[str],
    heads: Heads,
    published: Iterable[Published] = (),
) -> str:
    """Return a row for each model, and for figures that were published."""
    rows = [
        [model, *(cell(comparison, model, measure) for measure in measures)] for model in models
    ]
    for row in published:
        cells = (_figure(getattr(row, measure), measure) for measure in measures)
        rows.append([f"*{row.name}, as published*", *cells])
    return markdown(["model", *(heads[_plain(name)] for name in measures)], rows)


def differences(
    comparison: Comparison,
    model: str,
    others: Iterable[str],
    measures: Sequence[str],
    heads: Heads,
) -> str:
    """Return a row for each other model: the model less the other, in pairs."""
    rows = []
    for other in others:
        if other == model:
            continue
        cells = [
            shown(comparison.difference(model, other, name), _digits(name), signed=True)
            for name in measures
        ]
        rows.append([f"{model} – {other}", *cells])
    return markdown(["pair", *(heads[name] for name in measures)], rows)


def cell(comparison: Comparison, model: str, measure: str) -> str:
    """Return a measure with its interval, or a dash where it was not taken."""
    if not comparison.measured(model, measure):
        return NOTHING
    return shown(comparison.estimate(model, measure), _digits(measure))


def choices(chosen: Mapping[str, Candidate]) -> str:
    """Return in a sentence what each model chose; models that left nothing open are not named.

    Examples
    --------
    >>> choices({"constant": {}, "lightgbm": {"depth": 2.0, "rounds": 50.0}})
    'Chosen out of time inside the training window: lightgbm depth 2, rounds 50.'
    """
    told = "; ".join(
        f"{name} " + ", ".join(f"{setting} {value:g}" for setting, value in each.items())
        for name, each in chosen.items()
        if each
    )
    return f"Chosen out of time inside the training window: {told}."


def shown(estimate: Estimate, digits: int, *, signed: bool = False) -> str:
    """Return a number with its interval.

    Examples
    --------
    >>> shown(Estimate(0.5, 0.25, 0.75), 2)
    '0.50 (0.25 to 0.75)'
    """
    sign = "+" if signed else ""
    value, lower, upper = (f"{number:{sign}.{digits}f}" for number in estimate)
    return f"{value} ({lower} to {upper})"


def markdown(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table.

    Examples
    --------
    >>> print(markdown(["a", "b"], [["1", "2"]]))
    | a | b |
    | --- | --- |
    | 1 | 2 |
    """
    lines = ["| " + " | ".join(row) + " |" for row in (head, ["---"] * len(head), *rows)]
    return "\n".join(lines)


def _figure(value: float | None, measure: str) -> str:
    return NOTHING if value is None else f"{value:.{_digits(measure)}f}"


def _digits(measure: str) -> int:
    return DIGITS.get(_plain(measure), 3)


def _plain(measure: str) -> str:
    return measure.removeprefix("frozen_")
