"""Figures: what answers show, as data and layout for Plotly."""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["COLOURS", "history_figure", "timeline_figure", "waterfall_figure"]

LEVELS = ("A+", "A", "B", "C", "D", "E")
COLOURS = dict(
    zip(LEVELS, ("#164a85", "#2f6fae", "#8fb5da", "#e0b252", "#e08a3c", "#9c3a08"), strict=True)
)
UP, DOWN, QUIET = "#a8420d", "#2c6fb3", "#5c6670"
Figure = dict[str, Any]
Values = Mapping[str, Any]


def waterfall_figure(explanation: Values, language: str) -> Figure:
    """Return how the margin comes about: the usual one, what each dimension adds, the sum.

    Lines show where the neighbouring levels begin.
    """
    zh, grade = language == "zh", explanation["grade"]
    dimensions = [each for each in explanation["dimensions"] if each["contribution"]]
    names = ["平均水平" if zh else "Usual", *(_folded(each["name"]) for each in dimensions)]
    steps = [explanation["base"], *(each["contribution"] for each in dimensions)]
    total = "本企业" if zh else "This enterprise"
    waterfall = {
        "type": "waterfall",
        "x": [*names, total],
        "y": [*steps, grade["margin"]],
        "measure": ["absolute", *("relative" for _ in dimensions), "total"],
        "text": [f"{value:+.2f}" for value in steps] + [f"{grade['margin']:.2f}"],
        "textposition": "outside",
        "hovertemplate": "%{x}: %{text}<extra></extra>",
        "increasing": {"marker": {"color": UP}},
        "decreasing": {"marker": {"color": DOWN}},
        "totals": {"marker": {"color": QUIET}},
        "cliponaxis": False,
    }
    shapes, notes = [], []
    for way in ("better", "worse"):
        if next_level := grade[way]:
            shapes.append(_line(next_level["cut"], COLOURS[next_level["level"]]))
            words = f"{next_level['level']} 级界线" if zh else f"bound of {next_level['level']}"
            notes.append(_note(next_level["cut"], words))
    layout = {
        "showlegend": False,
        "xaxis": {"tickangle": 0, "automargin": True, "fixedrange": True},
        "yaxis": {"title": {"text": "风险分" if zh else "margin"}, "automargin": True,
                  "gridcolor": "#e4e8ec", "zerolinecolor": "#c3cad1", "fixedrange": True},
        "shapes": shapes,
        "annotations": notes,
        "height": 320,
    }  # fmt: skip
    return {"data": [waterfall], "layout": layout}


def timeline_figure(entries: Sequence[Values], language: str) -> Figure:
    """Return records by the day they occurred: what each adds, and until when it counts."""
    zh = language == "zh"
    told = [each for each in entries if each["contribution"]]
    until: Figure = {"x": [], "y": []}
    for each in told:
        if each["ages_out"]:
            until["x"] += [each["occurred"], each["ages_out"], None]
            until["y"] += [each["contribution"], each["contribution"], None]
    spans = {
        "type": "scatter",
        "mode": "lines",
        **until,
        "line": {"color": "#b9c2ca", "width": 1},
        "hoverinfo": "skip",
    }
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": [each["occurred"] for each in told],
        "y": [each["contribution"] for each in told],
        "text": [
            f"{each['origin']['number'] or each['kind']}<br>{each['origin']['department']}"
            for each in told
        ],
        "customdata": [each["ages_out"] or "—" for each in told],
        "hovertemplate": "%{x}<br>%{text}<br>%{y:+.3f}<br>"
        + ("计入至 %{customdata}" if zh else "counts until %{customdata}")
        + "<extra></extra>",
        "marker": {"color": [UP if each["contribution"] > 0 else DOWN for each in told], "size": 9},
    }
    layout = {
        "showlegend": False,
        "xaxis": {"automargin": True, "gridcolor": "#eef1f4"},
        "yaxis": {"title": {"text": "对风险分的影响" if zh else "effect on the margin"},
                  "automargin": True, "gridcolor": "#e4e8ec", "zerolinecolor": "#8a939c"},
        "height": 320,
    }  # fmt: skip
    return {"data": [spans, marks], "layout": layout}


def history_figure(grades: Sequence[Values], language: str) -> Figure:
    """Return the levels that runs gave over time, as steps."""
    days = [each["run"]["as_of"] for each in grades]
    levels = [each["level"] for each in grades]
    steps = {
        "type": "scatter",
        "mode": "lines+markers",
        "x": days,
        "y": levels,
        "line": {"shape": "hv", "color": QUIET, "width": 2},
        "marker": {"color": [COLOURS.get(level, QUIET) for level in levels], "size": 11},
        "customdata": [each["probability"] for each in grades],
        "hovertemplate": "%{x}: %{y} (%{customdata:.1%})<extra></extra>",
    }
    layout = {
        "showlegend": False,
        "xaxis": {"automargin": True, "gridcolor": "#eef1f4"},
        "yaxis": {"type": "category", "categoryorder": "array", "automargin": True,
                  "categoryarray": list(reversed(LEVELS)), "range": [-0.5, 5.5],
                  "title": {"text": "等级" if language == "zh" else "level"},
                  "gridcolor": "#e4e8ec"},
        "height": 280,
    }  # fmt: skip
    return {"data": [steps], "layout": layout}


def _folded(name: str) -> str:
    """Return a name in lines that fit under a bar.

    Examples
    --------
    >>> _folded("评价与表彰记录"), _folded("Complaints and cases")
    ('评价与表彰<br>记录', 'Complaints<br>and cases')
    """
    return "<br>".join(textwrap.wrap(name, 5 if not name.isascii() else 12))


def _line(value: float, colour: str) -> Figure:
    return {
        "type": "line",
        "xref": "paper",
        "x0": 0,
        "x1": 1,
        "y0": value,
        "y1": value,
        "line": {"color": colour, "width": 2, "dash": "dot"},
    }


def _note(value: float, words: str) -> Figure:
    return {
        "xref": "paper",
        "x": 0,
        "y": value,
        "text": words,
        "showarrow": False,
        "xanchor": "left",
        "yanchor": "bottom",
        "font": {"size": 12},
    }
