"""Timelines: the levels of an enterprise over time, and the records behind the present one."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ...core import time
from ...grading import Level
from ..explanation import Explanation
from ..numbers import signed
from ..reasons import Reason
from ..records import SharedRecord
from .lettering import wrapped
from .palette import INK, LEVELS, SOFT, effect_color
from .parts import Plot, axis, plot, rule
from .phrases import Phrases, named, phrases
from .stack import BAR, Row, Stack

__all__ = ["Given", "plot_timeline"]

LADDER, TOP, BETWEEN, BOTTOM = 150, 30, 26, 34
LARGE, SMALL = 11, 4
PAST, FUTURE, LEAST, MARGIN, HOVER = 1830, 400, 240, 0.02, 44


@dataclass(frozen=True, slots=True)
class Given:
    """A level that was given as of a day."""

    as_of: int
    level: Level


def plot_timeline(given: Sequence[Given], explanation: Explanation, language: str = "zh") -> Plot:
    """Draw the levels over time, and the records behind the present one.

    A record reaches from the day on which it occurred to the last on which it counts by time alone;
    one without a last day ends in an arrow. What is more than five years old begins at the edge.

    Parameters
    ----------
    given
        Levels that were given, in order of their days; the present one need not be among them.
    explanation
        Of the present grade.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    words, as_of = phrases(language), explanation.grade.as_of
    known = [*(each for each in given if each.as_of < as_of), Given(as_of, explanation.level)]
    behind = [*_behind(explanation)]
    first, last = _ends(known, [record for _, records in behind for record in records])
    rows = [Row(named(each.indicator, language), signed(each.contribution)) for each, _ in behind]
    stack = Stack(rows)
    below = stack.height if behind else 0
    tall = LADDER + (BETWEEN + below if behind else 0)
    marks = [
        mark
        for (reason, records), place in zip(behind, stack.places, strict=True)
        for mark in _marks(reason, records, place, (first, last), words)
    ]
    room = max(1, round(MARGIN * (last - first)))
    axes = {"yaxis2": {**stack.axis(), "domain": [0, below / tall]}} if behind else {}
    return plot(
        [_levels(known, words), *marks],
        axis(
            "",
            type="date",
            range=[time.show(first - room), time.show(last + room)],
            tickformat="%Y-%m",
            hoverformat="%Y-%m-%d",
            nticks=6,
            anchor="free",
            position=0,
            automargin=False,
        ),
        {**_ladder(), "domain": [1 - LADDER / tall, 1]},
        height=TOP + tall + BOTTOM,
        description=words["says"]["timeline"].format(
            since=time.show(known[0].as_of), day=time.show(as_of), level=explanation.level
        ),
        margin={"l": 34, "r": 22, "t": TOP, "b": BOTTOM},
        showlegend=False,
        shapes=[dict(rule("x", time.show(as_of)))],
        annotations=[_today(as_of, words), *(stack.names("y2") if behind else ())],
        **axes,
    )


def _behind(explanation: Explanation) -> Iterator[tuple[Reason, list[SharedRecord]]]:
    """Yield the reasons that rest on records, and these."""
    for each in explanation.reasons:
        records = [r for r in explanation.records.get(each.indicator.id, ()) if r.share]
        if records:
            yield each, records


def _ends(known: Sequence[Given], records: Sequence[SharedRecord]) -> tuple[int, int]:
    """Return the first and the last day of the axis."""
    as_of = known[-1].as_of
    first = min([known[0].as_of, *(max(each.occurred, as_of - PAST) for each in records)])
    until = [each.clocks.ages_out for each in records if each.clocks.ages_out is not None]
    last = max([as_of, *(min(each, as_of + FUTURE) for each in until)])
    return min(first, as_of - LEAST), max(last, as_of + LEAST // 10)


def _levels(known: Sequence[Given], words: Phrases) -> Plot:
    names = [str(each.level) for each in known]
    days = [time.show(each.as_of) for each in known]
    sizes = [_size(known, place) for place in range(len(known))]
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "line": {"shape": "hv", "color": INK, "width": 2},
        "marker": {
            "size": sizes,
            "opacity": 1,
            "color": [
                LEVELS[each.level] if size == LARGE else INK
                for each, size in zip(known, sizes, strict=True)
            ],
            "line": {"color": INK, "width": [1.5 * (size == LARGE) for size in sizes]},
        },
        "name": words["level"],
        "x": days,
        "y": names,
        "hovertext": [
            words["given"].format(day=day, level=name)
            for day, name in zip(days, names, strict=True)
        ],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
    }


def _size(known: Sequence[Given], place: int) -> int:
    """Return how large a level is marked: larger, the last, and where it is not as before."""
    changed = place == 0 or known[place - 1].level is not known[place].level
    return LARGE if changed or place == len(known) - 1 else SMALL


def _ladder() -> Plot:
    """Return the axis of levels, A+ at its upper end."""
    levels = [str(level) for level in Level]
    return axis(
        "",
        type="category",
        categoryorder="array",
        categoryarray=levels,
        tickvals=levels,
        range=[len(levels) - 0.5, -0.5],
        showline=False,
        ticks="",
        automargin=False,
    )


def _today(as_of: int, words: Phrases) -> Plot:
    return {
        "x": time.show(as_of),
        "y": 1,
        "yref": "paper",
        "xanchor": "right",
        "yanchor": "bottom",
        "yshift": 4,
        "text": f"{words['as_of']} {time.show(as_of)}",
        "font": {"color": SOFT},
        "showarrow": False,
    }


def _marks(
    reason: Reason,
    records: Sequence[SharedRecord],
    place: float,
    ends: tuple[int, int],
    words: Phrases,
) -> Iterator[Plot]:
    """Yield the records of a reason: how long they count, and when they occurred."""
    color, (first, last) = effect_color(reason.contribution), ends
    days: list[str | None] = []
    for each in records:
        stop = max(_stop(each, last), first)
        days += [time.show(max(each.occurred, first)), time.show(stop), None]
    shared = {"type": "scatter", "yaxis": "y2", "name": reason.indicator.id}
    yield {
        **shared,
        "mode": "lines",
        "x": days,
        "y": [None if day is None else place for day in days],
        "line": {"width": BAR - 4, "color": color},
        "opacity": 0.35,
        "hoverinfo": "skip",
    }
    yield {
        **shared,
        "mode": "markers",
        "x": [time.show(max(each.occurred, first)) for each in records],
        "y": [place] * len(records),
        "marker": {
            "symbol": ["circle" if each.occurred >= first else "triangle-left" for each in records],
            "size": BAR - 3,
            "color": color,
            "line": {"color": "#ffffff", "width": 1},
        },
        "hovertext": [_said(each, words) for each in records],
        "hovertemplate": "%{hovertext}<extra></extra>",
        "cliponaxis": False,
    }
    if any(_stop(each, last) == last for each in records):
        yield {
            **shared,
            "mode": "markers",
            "x": [time.show(last)],
            "y": [place],
            "marker": {"symbol": "triangle-right", "size": BAR - 2, "color": color},
            "hoverinfo": "skip",
            "cliponaxis": False,
        }


def _stop(record: SharedRecord, last: int) -> int:
    """Return the last day on which a record counts, or the last that is shown."""
    until = record.clocks.ages_out
    return last if until is None else min(until - 1, last)


def _said(record: SharedRecord, words: Phrases) -> str:
    """Say of a record where it is from, when it occurred, and until when it counts."""
    origin, until = record.origin, record.clocks.ages_out
    told = [words["occurred"].format(day=time.show(record.occurred))]
    last = None if until is None else time.show(until - 1)
    told.append(words["counts_until"].format(day=last) if last else words["counts_on"])
    told.append(words["contributes"].format(effect=signed(record.contribution)))
    if origin is not None:
        told.insert(0, wrapped(f"{origin.number}, {origin.department}", HOVER))
    return "<br>".join(told)
