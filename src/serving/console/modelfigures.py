"""Figures of the model: what it promised to groups of enterprises, beside what came."""

from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["calibration_figure"]

CAME, EVEN = "#17559b", "#8a939c"


def calibration_figure(groups: Sequence[Mapping[str, Any]], language: str) -> dict[str, Any]:
    """Return promised against observed shares with their intervals; on the line both are alike."""
    zh = language == "zh"
    promised = [each["promised"] for each in groups]
    observed = [each["observed"] for each in groups]
    most = 1.08 * max([*promised, *(each["upper"] for each in groups)], default=1.0)
    marks = {
        "type": "scatter",
        "mode": "markers",
        "x": promised,
        "y": observed,
        "error_y": {
            "type": "data",
            "symmetric": False,
            "array": [each["upper"] - each["observed"] for each in groups],
            "arrayminus": [each["observed"] - each["lower"] for each in groups],
            "color": CAME,
            "thickness": 1.5,
        },
        "marker": {"color": CAME, "size": 9},
        "customdata": [[each["name"], each["rows"]] for each in groups],
        "hovertemplate": (
            "第 %{customdata[0]} 组：预测 %{x:.1%}，实际 %{y:.1%}（%{customdata[1]} 行）"
            if zh
            else "group %{customdata[0]}: promised %{x:.1%}, came %{y:.1%} (%{customdata[1]} rows)"
        )
        + "<extra></extra>",
    }
    even = {
        "type": "scatter",
        "mode": "lines",
        "x": [0, most],
        "y": [0, most],
        "line": {"color": EVEN, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
    }
    axis = {"range": [0, most], "tickformat": ".0%", "automargin": True, "gridcolor": "#e4e8ec"}
    layout = {
        "showlegend": False,
        "xaxis": axis | {"title": {"text": "预测的违规率" if zh else "promised"}},
        "yaxis": axis | {"title": {"text": "实际的违规率" if zh else "came"}},
        "height": 340,
    }
    return {"data": [even, marks], "layout": layout}
