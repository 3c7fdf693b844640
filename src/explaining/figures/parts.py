"""Parts: what figures are put together from, and what makes them alike.

A figure is Plotly's own JSON, made without Plotly. Nothing in it is drawn at random or named by
chance, so that the same numbers make the same bytes.
"""

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Any

from .lettering import wrapped
from .palette import FONT, INK, LINE, SOFT

__all__ = [
    "Interval",
    "Plot",
    "alone",
    "axis",
    "describe",
    "dots",
    "line",
    "note",
    "percent_of",
    "plot",
    "rows_axis",
    "rule",
    "told",
]

DIGITS, WIDEST = 6, 54

Plot = Mapping[str, Any]
Numbers = Sequence[float]
Interval = tuple[float, float, float]
"""A number and the two ends of its interval; NaN where it has none."""


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
    values: Sequence[Interval],
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
    values
        What each shows; where the interval is NaN it is a dot alone.
    texts
        What is said of each under the pointer.
    color, symbol
        Of the dots; a symbol such as `circle-open` is hollow.
    across
        Whether values run from left to right, and `places` from bottom to top.
    """
    interval = {
        "type": "data",
        "symmetric": False,
        "array": [_reach(upper - number) for number, _, upper in values],
        "arrayminus": [_reach(number - lower) for number, lower, _ in values],
        "color": color,
        "thickness": 1.6,
        "width": 0,
    }
    value, place = ("x", "y") if across else ("y", "x")
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        value: [number for number, *_ in values],
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
        "title": {
            "text": wrapped(title, WIDEST),
            "standoff": 8,
            "font": {"size": 12, "color": SOFT},
        },
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


def rule(axis_name: str, value: float | str) -> Plot:
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


def told(value: Interval, digits: int, unit: str = "") -> str:
    """Write a number with its interval.

    Examples
    --------
    >>> told((12.34, 10.0, 15.0), 1, "%")
    '12.3%（10.0–15.0%）'
    """
    number, lower, upper = (f"{each:.{digits}f}" for each in value)
    return f"{number}{unit}（{lower}–{upper}{unit}）"


def percent_of(value: float, lower: float, upper: float) -> Interval:
    """Return a share and its interval in per cent."""
    return 100 * value, 100 * lower, 100 * upper


def alone(value: float) -> Interval:
    """Return a number that has no interval."""
    return value, value, value


def plot(
    parts: Sequence[Plot], x: Plot, y: Plot, *, height: int, description: str = "", **more: Any
) -> Plot:
    """Put a figure together.

    Parameters
    ----------
    parts, x, y
        What is drawn, and on which axes.
    height
        In pixels; it is as wide as where it is shown.
    description
        What it shows, in a sentence or two for who cannot see it; see `describe`.
    more
        Further parts of Plotly's layout.
    """
    found = {
        "data": [dict(part) for part in parts],
        "layout": {
            "template": {},
            "height": height,
            "margin": {"l": 8, "r": 12, "t": 8, "b": 8},
            "font": {"family": FONT, "size": 12, "color": INK},
            "paper_bgcolor": "#ffffff",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "dragmode": False,
            "hovermode": "closest",
            "hoverlabel": {
                "align": "left",
                "bgcolor": "#ffffff",
                "bordercolor": SOFT,
                "font": {"family": FONT, "size": 12, "color": INK},
            },
            "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom"},
            "meta": {"description": description},
            "xaxis": dict(x),
            "yaxis": dict(y),
            **more,
        },
    }
    return _plain(found)  # type: ignore[no-any-return]


def describe(plot: Plot) -> str:
    """Return what a figure shows in words: its text alternative, as for `aria-label`.

    Examples
    --------
    >>> describe({"data": [], "layout": {"meta": {"description": "one bar"}}})
    'one bar'
    """
    return str(plot["layout"].get("meta", {}).get("description", ""))


def _reach(width: float) -> float:
    return 0.0 if isnan(width) else max(width, 0.0)


def _plain(value: Any) -> Any:
    """Round every number, so that a last bit changes nothing; what is not known is left out."""
    match value:
        case bool() | int() | str():
            return value
        case float():
            return None if isnan(value) else round(float(value), DIGITS)
        case list() | tuple():
            return [_plain(each) for each in value]
        case dict():
            return {key: _plain(each) for key, each in value.items()}
    return value
