"""Stacks: rows of a figure below each other, each with its name above what is drawn.

A name has the whole width, so that a long one is read on a telephone as well. Places are pixels
from the top: the plot is as high as its rows.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from .lettering import lines_of, width_of, wrapped
from .parts import Plot, axis
from .phrases import Phrases

__all__ = ["BAR", "Row", "Stack", "strongest", "values_axis"]

BAR, LETTERS, GAP, NEAR = 13, 15, 13, 4
WIDEST, SPACE = 54, 2
LEAST, TOLD = 60, 3


@dataclass(frozen=True, slots=True)
class Row:
    """A row: its name, the figure at its end, and whether it stands out."""

    name: str
    figure: str = ""
    strong: bool = False

    @property
    def lines(self) -> int:
        """In how many lines its name is written."""
        return len(lines_of(self.name, self.widest))

    @property
    def widest(self) -> int:
        """How wide its name may be beside the figure."""
        return WIDEST - SPACE - width_of(self.figure)


class Stack:
    """Where rows lie.

    Parameters
    ----------
    rows
        From top to bottom.

    Examples
    --------
    >>> stack = Stack([Row("Penalties", "+0.31"), Row("Awards", "−0.20")])
    >>> stack.places, stack.height
    ([29.5, 74.5], 94)
    """

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = tuple(rows)
        self.places: list[float] = []
        top = float(NEAR)
        for row in self.rows:
            top += LETTERS * row.lines + NEAR + BAR / 2
            self.places.append(top)
            top += BAR / 2 + GAP
        self.height = max(round(top), LEAST)

    def axis(self) -> Plot:
        """Return the axis of the rows, which shows nothing of itself."""
        return {
            "title": {"text": ""},
            "range": [self.height, 0],
            "fixedrange": True,
            "visible": False,
        }

    def names(self, axis_name: str = "y") -> Iterator[Plot]:
        """Yield the names of the rows, and the figures at their end."""
        for row, place in zip(self.rows, self.places, strict=True):
            name = wrapped(row.name, row.widest)
            shared = {
                "y": place - BAR / 2 - NEAR,
                "xref": "paper",
                "yref": axis_name,
                "yanchor": "bottom",
                "showarrow": False,
                "bgcolor": "rgba(255,255,255,0.7)",
                "borderpad": 0,
            }
            bold = f"<b>{name}</b>" if row.strong else name
            yield {**shared, "x": 0, "xanchor": "left", "align": "left", "text": bold}
            if row.figure:
                figure = f"<b>{row.figure}</b>" if row.strong else row.figure
                yield {**shared, "x": 1, "xanchor": "right", "align": "right", "text": figure}


def values_axis(title: str, **more: object) -> Plot:
    """Return the axis of values below a stack."""
    return axis(title, automargin=False, **more)


def strongest(rows: Sequence[Row], words: Phrases) -> str:
    """Say which rows are the first of a stack; nothing of an empty one."""
    told = words["and"].join(f"{row.name} {row.figure}" for row in rows[:TOLD])
    return words["says"]["strongest"].format(list=told) if told else ""
