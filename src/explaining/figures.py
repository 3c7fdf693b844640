"""Figures: an explanation drawn, as Plotly's own JSON.

One set of functions for notebooks, reports and the console: each returns `data` and `layout`, which
`plotly.graph_objects.Figure` takes as they are, and so does Plotly's script in a browser. Nothing
is drawn at random, so that the same grade makes the same bytes.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..core import time
from ..grading import Level
from .explanation import Explanation
from .movement import Movement
from .reasons import Reason
from .sheet import words_of

__all__ = [
    "Given",
    "Plot",
    "plot_dimensions",
    "plot_movement",
    "plot_timeline",
    "plot_waterfall",
]

UP, DOWN, INK, SOFT, LINE = "#a8420d", "#2c6fb3", "#1a1e23", "#48515b", "#d3d9df"
SHOWN, ROW, FRAME, BELOW = 10, 26, 110, 0.5
Plot = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """A level that was given as of a day."""

    as_of: int
    level: Level


def plot_waterfall(explanation: Explanation, language: str = "zh") -> Plot:
    """Draw how reasons lead from the base to the risk score, between the next two cut points.

    Parameters
    ----------
    explanation
        Of one grade.
    language
        `zh` or `en`.
    """
    words, grade = words_of(language), explanation.grade
    strong = explanation.reasons[:SHOWN]
    rest = explanation.reasons[SHOWN:]
    labels = [_name(each, language) for each in strong]
    values = [each.contribution for each in strong]
    if rest:
        labels.append(words["rest"].format(count=len(rest)))
        values.append(sum(each.contribution for each in rest))
    bars = {
        "type": "waterfall",
        "orientation": "h",
        "base": 0,
        "measure": ["absolute", *["relative"] * len(values), "total"],
        "y": [words["base"], *labels, words["total"]],
        "x": [explanation.base, *values, grade.margin],
        "text": [_signed(each) for each in (explanation.base, *values, grade.margin)],
        "textposition": "outside",
        "increasing": {"marker": {"color": UP}},
        "decreasing": {"marker": {"color": DOWN}},
        "totals": {"marker": {"color": SOFT}},
        "connector": {"line": {"color": LINE, "width": 1}},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }
    cuts = [each for each in (grade.better, grade.worse) if each is not None]
    shapes = [
        {
            "type": "line", "xref": "x", "yref": "paper", "x0": each.cut, "x1": each.cut,
            "y0": 0, "y1": 1, "line": {"color": INK, "width": 1, "dash": "dot"},
        }
        for each in cuts
    ]  # fmt: skip
    notes = [
        {
            "x": each.cut, "y": 1, "xref": "x", "yref": "paper", "text": str(each.level),
            "showarrow": False, "yanchor": "bottom",
        }
        for each in cuts
    ]  # fmt: skip
    layout = _layout(len(values) + 2, words["total"]) | {"shapes": shapes, "annotations": notes}
    return {"data": [bars], "layout": layout}


def plot_dimensions(explanation: Explanation, language: str = "zh") -> Plot:
    """Draw what the indicators of each dimension add to the risk score together."""
    sums = explanation.dimensions
    labels = [each.zh if language == "zh" else each.en for each in sums]
    bars = _bars(labels, [each.contribution for each in sums])
    return {"data": [bars], "layout": _layout(len(labels), words_of(language)["effect"])}


def plot_movement(movement: Movement, language: str = "zh") -> Plot:
    """Draw what each cause of a movement adds to the log-odds, and to the level in steps."""
    words = words_of(language)
    labels = [words["causes"][each.cause] for each in movement.parts]
    bars = _bars(labels, [each.log_odds for each in movement.parts])
    steps = [f"{_signed(each.steps)} {words['steps']}" for each in movement.parts]
    told = bars | {
        "customdata": steps,
        "hovertemplate": "%{y}: %{text}, %{customdata}<extra></extra>",
    }
    return {"data": [told], "layout": _layout(len(labels), words["effect"])}


def plot_timeline(given: Sequence[Given], explanation: Explanation, language: str = "zh") -> Plot:
    """Draw the levels over time, and the records behind the present one.

    Parameters
    ----------
    given
        Levels that were given, in order of their days.
    explanation
        Of the present grade: its records reach from where they occurred to where they age out.
    language
        `zh` or `en`.
    """
    words, levels = words_of(language), [str(level) for level in Level]
    steps = {
        "type": "scatter",
        "mode": "lines+markers",
        "line": {"shape": "hv", "color": INK, "width": 2},
        "marker": {"size": 6, "color": INK},
        "name": words["level"],
        "x": [time.show(each.as_of) for each in given],
        "y": [str(each.level) for each in given],
        "hovertemplate": "%{x}: %{y}<extra></extra>",
    }
    marks = [*_marks(explanation, language)]
    layout = _layout(SHOWN + len(marks), "") | {
        "xaxis": {"type": "date", "gridcolor": LINE, "linecolor": INK, "showline": True},
        "yaxis": {
            "type": "category",
            "categoryorder": "array",
            "categoryarray": levels,
            "range": [-0.5, len(levels) - 0.5],
            "domain": [0, BELOW],
            "gridcolor": LINE,
        },
        "yaxis2": {
            "type": "category",
            "autorange": "reversed",
            "automargin": True,
            "domain": [BELOW + 0.08, 1],
            "gridcolor": LINE,
        },
    }
    return {"data": [steps, *marks], "layout": layout}


def _marks(explanation: Explanation, language: str) -> Iterable[Plot]:
    """Yield the records of each reason in a row of their own, coloured by what they do."""
    last = explanation.grade.as_of
    for each in explanation.reasons[: len(explanation.records)]:
        records = [r for r in explanation.records[each.indicator.id] if r.share]
        if not records:
            continue
        places: list[str | None] = []
        for record in records:
            until = record.clocks.ages_out or last
            places += [time.show(record.occurred), time.show(until), None]
        yield {
            "type": "scatter",
            "mode": "lines+markers",
            "name": _name(each, language),
            "x": places,
            "y": [_name(each, language) if place else None for place in places],
            "yaxis": "y2",
            "marker": {"size": 7, "color": _color(each.contribution)},
            "line": {"width": 2, "color": _color(each.contribution)},
            "opacity": 0.7,
            "hovertemplate": "%{x}<extra>%{fullData.name}</extra>",
        }


def _bars(labels: Sequence[str], values: Sequence[float]) -> dict[str, Any]:
    return {
        "type": "bar",
        "orientation": "h",
        "y": list(labels),
        "x": list(values),
        "text": [_signed(each) for each in values],
        "marker": {"color": [_color(each) for each in values]},
        "hovertemplate": "%{y}: %{text}<extra></extra>",
    }


def _layout(rows: int, title: str) -> dict[str, Any]:
    return {
        "height": FRAME + ROW * max(rows, 3),
        "margin": {"l": 8, "r": 48, "t": 28, "b": 40},
        "paper_bgcolor": "#fff",
        "plot_bgcolor": "#fff",
        "font": {"color": INK, "size": 12},
        "showlegend": False,
        "xaxis": {"title": {"text": title}, "zerolinecolor": INK, "gridcolor": LINE},
        "yaxis": {"autorange": "reversed", "automargin": True},
    }


def _color(value: float) -> str:
    return UP if value > 0 else DOWN


def _name(reason: Reason, language: str) -> str:
    return reason.indicator.zh if language == "zh" else reason.indicator.en


def _signed(value: float) -> str:
    return f"{value:+z.2f}".replace("-", "−")
