"""Plots: the parts that figures by Plotly are put together from, and what makes them alike.

A plot is Plotly's own JSON. Nothing in it is drawn at random or named by chance, so that the same
numbers make the same bytes.
"""

import json
from collections.abc import Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Any
from unicodedata import east_asian_width

from ..measuring import Estimate

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

__all__ = [
    "BLUE",
    "INK",
    "ORANGE",
    "SOFT",
    "Plot",
    "alone",
    "axis",
    "dots",
    "figure_of",
    "line",
    "note",
    "percent_of",
    "plot",
    "rows_axis",
    "rule",
    "short",
    "told",
]

INK, SOFT, LINE, BLUE, ORANGE = "#1a1e23", "#48515b", "#d3d9df", "#0b5394", "#b4530f"
DIGITS = 6
WIDEST = 26
FONT = (
    'system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", '
    '"Noto Sans SC", sans-serif'
)

Plot = Mapping[str, Any]
Numbers = Sequence[float]


def line(
    name: str, x: Numbers, y: Numbers, *, color: str, width: float = 2, dash: str = "solid"
) -> Plot:
    """Return a line through points."""
    return {
        "type": "scatter",
        "mode": "lines",
        "name": name,
        "x": list(x),
        "y": list(y),
        "line": {"color": color, "width": width, "dash": dash},
        "hovertemplate": "%{x:.4~g}: %{y:.3~g}<extra>%{fullData.name}</extra>",
    }


def dots(
    name: str,
    places: Sequence[str] | Numbers,
    estimates: Sequence[Estimate],
    texts: Sequence[str],
    *,
    color: str,
    across: bool = False,
    symbol: str = "circle",
) -> Plot:
    """Return dots with their intervals.

    Parameters
    ----------
    name
        For the legend.
    places
        Where each lies on the axis of categories or numbers.
    estimates
        What each shows; where the interval is NaN it is a dot alone.
    texts
        What is said of each under the pointer.
    color, symbol
        Of the dots; a symbol such as `circle-open` is hollow.
    across
        Whether values run from left to right, and `places` from bottom to top.
    """
    values = [each.value for each in estimates]
    interval = {
        "type": "data",
        "symmetric": False,
        "array": [_reach(each.upper - each.value) for each in estimates],
        "arrayminus": [_reach(each.value - each.lower) for each in estimates],
        "color": color,
        "thickness": 1.6,
        "width": 0,
    }
    value, place = ("x", "y") if across else ("y", "x")
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        value: values,
        place: list(places),
        "orientation": "h" if across else "v",
        "offsetgroup": color,
        f"error_{value}": interval,
        "marker": {
            "color": color,
            "size": 8,
            "symbol": symbol,
            "line": {"color": color, "width": 1.6},
        },
        "text": list(texts),
        "hovertemplate": "%{text}<extra>%{fullData.name}</extra>",
    }


def axis(title: str, **more: Any) -> Plot:
    """Return an axis with a title, which names the unit, and no zoom."""
    return {
        "title": {"text": title, "standoff": 8},
        "automargin": True,
        "fixedrange": True,
        "gridcolor": LINE,
        "linecolor": INK,
        "showline": True,
        "ticks": "outside",
        "tickcolor": INK,
        "zeroline": False,
        **more,
    }


def rows_axis(labels: Sequence[str], ticks: Sequence[str] = ()) -> Plot:
    """Return an axis of categories from top to bottom, under other names where ticks are given."""
    named = {"tickvals": list(labels), "ticktext": list(ticks)} if ticks else {}
    return axis(
        "",
        type="category",
        categoryarray=list(labels),
        range=[len(labels) - 0.5, -0.5],
        showline=False,
        ticks="",
        **named,
    )


def rule(axis_name: str, value: float) -> Plot:
    """Return a dotted line across a plot at a value of an axis, `x` or `y`."""
    across = "y" if axis_name == "x" else "x"
    return {
        "type": "line",
        "layer": "below",
        "line": {"color": SOFT, "width": 1, "dash": "dot"},
        f"{axis_name}0": value,
        f"{axis_name}1": value,
        f"{across}0": 0,
        f"{across}1": 1,
        f"{across}ref": "paper",
    }


def note(place: str, text: str) -> Plot:
    """Return words in the row of a category."""
    return {
        "x": 0.02,
        "xref": "paper",
        "xanchor": "left",
        "y": place,
        "text": text,
        "showarrow": False,
        "font": {"color": SOFT},
    }


def short(text: str) -> str:
    """Cut a text to a width of twenty-six Latin letters.

    Examples
    --------
    >>> short("BAKERY"), short("CHILDREN'S SERVICES FACILITY")
    ('BAKERY', "CHILDREN'S SERVICES FACIL…")
    """
    width = 0
    for place, letter in enumerate(text):
        width += 2 if east_asian_width(letter) in "WF" else 1
        if width > WIDEST:
            return text[: place - 1] + "…"
    return text


def told(estimate: Estimate, digits: int, unit: str = "") -> str:
    """Write an estimate with its interval.

    Examples
    --------
    >>> told(Estimate(12.34, 10.0, 15.0), 1, "%")
    '12.3%（10.0–15.0%）'
    """
    value, lower, upper = (f"{number:.{digits}f}" for number in estimate)
    return f"{value}{unit}（{lower}–{upper}{unit}）"


def percent_of(value: float, lower: float, upper: float) -> Estimate:
    """Return a share and its interval in per cent."""
    return Estimate(100 * value, 100 * lower, 100 * upper)


def alone(value: float) -> Estimate:
    """Return a number that has no interval."""
    return Estimate(value, value, value)


def plot(parts: Sequence[Plot], x: Plot, y: Plot, *, height: int, **more: Any) -> Plot:
    """Put a plot together; Plotly itself checks that every part is one that it knows."""
    from plotly.graph_objects import Figure

    figure = Figure(
        [dict(part) for part in parts],
        {
            "template": "none",
            "height": height,
            "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
            "font": {"family": FONT, "size": 12, "color": INK},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "dragmode": False,
            "hovermode": "closest",
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "xaxis": dict(x),
            "yaxis": dict(y),
            **more,
        },
    )
    found = json.loads(figure.to_json())
    del found["layout"]["template"]
    return _rounded(found)  # type: ignore[no-any-return]


def figure_of(plot: Plot) -> "Figure":
    """Return a plot as a figure, which a notebook shows by itself.

    Examples
    --------
    >>> figure_of({"data": [{"type": "bar", "y": [1]}], "layout": {"height": 200}}).layout.height
    200
    """
    from plotly.graph_objects import Figure

    return Figure(plot["data"], {"template": "none", **plot["layout"]})


def _reach(width: float) -> float:
    return 0.0 if isnan(width) else max(width, 0.0)


def _rounded(value: Any) -> Any:
    """Round every number, so that a last bit changes nothing."""
    match value:
        case float():
            return round(value, DIGITS)
        case list():
            return [_rounded(each) for each in value]
        case dict():
            return {key: _rounded(each) for key, each in value.items()}
    return value
