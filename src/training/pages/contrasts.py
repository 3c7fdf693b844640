"""Contrasts: models beside each other, and one model taking the place of another."""

from collections.abc import Sequence

from ...explaining.figures.palette import BLUE
from ...explaining.figures.parts import Plot, axis, dots, plot, rows_axis, rule
from ...grading import Level
from ..measuring import Comparison, Estimate, Migration
from .names import MEASURES, MODELS, Name

__all__ = ["differences_plot", "measure_plot", "migration_plot"]

FRAME, ROW, SQUARE = 110, 34, 420
SCALE = ((0.0, "#ffffff"), (1.0, BLUE))


def measure_plot(comparison: Comparison, measure: str) -> Plot:
    """Draw a measure of every model with its interval."""
    models = [name for name in comparison.models if comparison.measured(name, measure)]
    found = [comparison.estimate(name, measure) for name in models]
    return _row_by_row(models, found, _both(MEASURES[measure]))


def differences_plot(comparison: Comparison, model: str, measure: str) -> Plot:
    """Draw how much a model has over each other one, pair by pair on the same rows.

    Where the interval leaves out zero, the dotted line, the two differ beyond chance.
    """
    others = [
        name for name in comparison.models if name != model and comparison.measured(name, measure)
    ]
    found = [comparison.difference(model, other, measure) for other in others]
    zh, en = MEASURES[measure]
    less = _both(MODELS.get(model, (model, "")))
    title = f"{zh}之差 difference in {en}: {less}, less the other"
    return _row_by_row(others, found, title, zero=True)


def migration_plot(found: Migration) -> Plot:
    """Draw how many enterprises go from which level (rows) to which (columns)."""
    levels, bare = [str(level) for level in Level], {"type": "category", "showgrid": False}
    heat = {
        "type": "heatmap",
        "x": levels,
        "y": levels,
        "z": [[count**0.5 for count in row] for row in found.counts.tolist()],
        "text": [[f"{count:,}" if count else "" for count in row] for row in found.counts.tolist()],
        "texttemplate": "%{text}",
        "colorscale": [list(step) for step in SCALE],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hovertemplate": "%{y} → %{x}: %{text}<extra></extra>",
    }
    return plot(
        [heat],
        axis("换用后 level after", **{**bare, "side": "top", "categoryarray": levels}),
        {**rows_axis(levels), **bare, "title": {"text": "换用前 level before"}},
        height=SQUARE,
        width=SQUARE + 80,
    )


def _row_by_row(
    models: Sequence[str], found: Sequence[Estimate], title: str, *, zero: bool = False
) -> Plot:
    texts = [f"{value:.4f} ({lower:.4f} to {upper:.4f})" for value, lower, upper in found]
    return plot(
        [dots("", models, found, texts, color=BLUE, across=True)],
        axis(title),
        rows_axis(models, [_both(MODELS.get(name, (name, "")), "<br>") for name in models]),
        height=FRAME + ROW * len(models),
        showlegend=False,
        shapes=[dict(rule("x", 0.0))] if zero else [],
    )


def _both(name: Name, between: str = " ") -> str:
    """Write a name in Chinese and in English, or once where one holds the other."""
    zh, en = name
    return zh if en in zh else f"{zh}{between}{en}"
