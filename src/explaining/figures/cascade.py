"""Cascades: bars that lead from one number to another, each from where the last one ended."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

from ..numbers import signed
from .palette import INK, SOFT, effect_color
from .parts import Plot, plot
from .stack import BAR, Row, Stack, values_axis

__all__ = ["Step", "cascade"]

TOP, BOTTOM, ROOM, LEAST = 26, 46, 0.06, 0.5


@dataclass(frozen=True, slots=True)
class Step:
    """A bar: its name, how far it leads, the figure at its end, and what is said of it."""

    name: str
    size: float
    figure: str = ""
    said: str = ""

    @property
    def row(self) -> Row:
        """Its row."""
        return Row(self.name, self.figure or signed(self.size))


def cascade(
    start: Row,
    steps: Sequence[Step],
    end: Row,
    begins: float,
    *,
    title: str,
    description: str,
    reach: Sequence[float] = (),
    top: int = TOP,
    more: Mapping[str, Sequence[Plot]] | None = None,
) -> Plot:
    """Draw bars from one number to another.

    Parameters
    ----------
    start, end
        Rows of the two numbers.
    steps
        What leads from one to the other.
    begins
        The first number; the last is this and all steps.
    title, description
        Of the axis, and of the figure.
    reach
        Further numbers that the axis has to show.
    top
        Room above the rows, in pixels.
    more
        Further `data`, `shapes` and `annotations`.
    """
    stack = Stack([start, *(each.row for each in steps), end])
    ends = [*accumulate((each.size for each in steps), initial=begins)]
    added = more or {}
    return plot(
        [
            _joints(ends, stack.places),
            _bars(steps, ends, stack.places[1:-1]),
            _points([ends[0], ends[-1]], [stack.places[0], stack.places[-1]], (start, end)),
            *added.get("data", ()),
        ],
        values_axis(title, range=_range([*ends, *reach]), zeroline=False),
        stack.axis(),
        height=stack.height + top + BOTTOM,
        description=description,
        margin={"l": 8, "r": 8, "t": top, "b": BOTTOM},
        showlegend=False,
        shapes=[dict(each) for each in added.get("shapes", ())],
        annotations=[*stack.names(), *(dict(each) for each in added.get("annotations", ()))],
    )


def _bars(steps: Sequence[Step], ends: Sequence[float], places: Sequence[float]) -> Plot:
    return {
        "type": "bar",
        "orientation": "h",
        "base": list(ends[:-1]),
        "x": [each.size for each in steps],
        "y": list(places),
        "width": [BAR] * len(steps),
        "marker": {"color": [effect_color(each.size) for each in steps]},
        "hovertext": [each.said or each.row.figure for each in steps],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _points(numbers: Sequence[float], places: Sequence[float], rows: Sequence[Row]) -> Plot:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": list(numbers),
        "y": list(places),
        "marker": {
            "color": ["#ffffff", INK],
            "size": BAR - 1,
            "symbol": "diamond",
            "line": {"color": INK, "width": 2},
        },
        "hovertext": [f"{row.name}: {row.figure}" for row in rows],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
    }


def _joints(ends: Sequence[float], places: Sequence[float]) -> Plot:
    """Return thin lines from where each bar ends to where the next begins."""
    x: list[Any] = []
    y: list[Any] = []
    for number, (above, below) in zip([*ends], pairwise(places), strict=True):
        x += [number, number, None]
        y += [above, below, None]
    return {
        "type": "scatter",
        "mode": "lines",
        "x": x,
        "y": y,
        "line": {"color": SOFT, "width": 1},
        "opacity": 0.5,
        "hoverinfo": "skip",
    }


def _range(numbers: Sequence[float]) -> list[float]:
    """Return an axis that holds all numbers, and never makes much of little."""
    low, high = min(numbers), max(numbers)
    room = max(ROOM * (high - low), (LEAST - (high - low)) / 2)
    return [low - room, high + room]
