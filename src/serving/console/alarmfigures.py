"""Figures of alarms: how many cases each source told of, beside the usual."""

from collections.abc import Mapping
from typing import Any

from .downgradeacts import SOURCES

__all__ = ["evidence_figure"]

TOLD, USUAL = "#a8420d", "#3d454c"


def evidence_figure(evidence: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Return bars of what sources told of in each window, each with a mark at the usual.

    Examples
    --------
    >>> told = {"opinion": {"cases": 2, "usual": 0.2}}
    >>> bars, marks = evidence_figure({"windows": {"4": {"told": told}}}, "en")["data"]
    >>> bars["x"], bars["y"], marks["y"]
    ([['4 weeks'], ['opinion']], [2], [0.2])
    """
    zh, at = language == "zh", 0 if language == "zh" else 1
    cells = [
        (f"近 {weeks} 周" if zh else f"{weeks} weeks", SOURCES.get(name, (name, name))[at], cell)
        for weeks, window in evidence.get("windows", {}).items()
        for name, cell in window["told"].items()
    ]
    places = [[weeks for weeks, _, _ in cells], [name for _, name, _ in cells]]
    bars = {
        "type": "bar",
        "name": "实际" if zh else "told",
        "x": places,
        "y": [cell["cases"] for _, _, cell in cells],
        "marker": {"color": TOLD},
    }
    marks = {
        "type": "scatter",
        "mode": "markers",
        "name": "往常" if zh else "usual",
        "x": places,
        "y": [cell["usual"] for _, _, cell in cells],
        "marker": {"symbol": "line-ew-open", "size": 18, "color": USUAL, "line": {"width": 3}},
    }
    layout = {
        "legend": {"orientation": "h", "y": 1.15},
        "xaxis": {"automargin": True, "fixedrange": True},
        "yaxis": {"title": {"text": "起数" if zh else "cases"}, "rangemode": "tozero",
                  "automargin": True, "gridcolor": "#e4e8ec", "fixedrange": True},
        "height": 260,
    }  # fmt: skip
    return {"data": [bars, marks], "layout": layout}
