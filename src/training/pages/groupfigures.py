"""Figures of groups: dots and intervals, one row for each group, or one place for each quarter."""

from collections.abc import Sequence
from typing import Any

from ...explaining.figures.lettering import short
from ...explaining.figures.palette import BLUE, INK, ORANGE
from ...explaining.figures.parts import (
    Plot,
    alone,
    axis,
    dots,
    note,
    percent_of,
    plot,
    rows_axis,
    rule,
    told,
)
from ..breakdown import Breakdown, Group
from ..measuring import Estimate
from .names import OTHER, SAID, SEEN, THIS, group_name

__all__ = ["MOST", "auc_by_group", "auc_over_time", "drawn", "rate_by_group", "rate_over_time"]

MOST, FEW = 20, 5
FRAME, ROW, TALL = 110, 32, 360
SIDE_BY_SIDE: dict[str, Any] = {"scattermode": "group", "scattergap": 0.6}
TOO_FEW = "数据不足 not enough data"
MORE = "见数据表 see the table"
AUC, RATE = "AUC", "违规比例 share with a violation, %"
KNOWS_NOTHING = 0.5
RANKED = (
    (OTHER, "rival_auc", ORANGE, "diamond"),
    (THIS, "auc", BLUE, "circle"),
)


def drawn(found: Breakdown) -> tuple[Group, ...]:
    """Return the groups that have a row of their own in a figure.

    Those are up to twenty with enough data, and the others if they are not more than five.
    """
    rest = tuple(each for each in found.groups if not each.telling)
    if len(rest) <= FEW and len(found.groups) <= MOST:
        return found.groups
    return found.telling[:MOST]


def auc_by_group(found: Breakdown, overall: Estimate) -> Plot:
    """Draw how well the models order inside each group; dotted, all together and at 0.5."""
    groups = drawn(found)
    labels = [_label(found.by, each) for each in groups]
    parts = [_ranked(groups, labels, *each, across=True) for each in RANKED]
    return plot(
        [part for part in parts if part["x"]],
        axis(AUC, range=_span(groups, overall)),
        rows_axis([*labels, *_rest(found)]),
        height=FRAME + ROW * (len(groups) + len(_rest(found))),
        shapes=[dict(rule("x", overall.value)), dict(rule("x", KNOWS_NOTHING))],
        annotations=_notes(found),
        **SIDE_BY_SIDE,
    )


def rate_by_group(found: Breakdown) -> Plot:
    """Draw observed and predicted rates of each group."""
    groups = drawn(found)
    labels = [_label(found.by, each) for each in groups]
    told = [(label, each) for label, each in zip(labels, groups, strict=True) if each.telling]
    return plot(
        [
            _observed(*_unzipped(told), across=True),
            _predicted(*_unzipped(told), across=True),
        ],
        axis(RATE, rangemode="tozero"),
        rows_axis([*labels, *_rest(found)]),
        height=FRAME + ROW * (len(groups) + len(_rest(found))),
        annotations=_notes(found),
    )


def auc_over_time(earlier: Breakdown | None, later: Breakdown) -> Plot:
    """Draw how well the models order, quarter by quarter; hollow, inside the training window."""
    before = earlier.groups if earlier else ()
    parts = []
    for groups, hollow in ((before, "-open"), (later.groups, "")):
        quarters = [each.observed.name for each in groups]
        for name, measure, color, symbol in RANKED:
            part = _ranked(groups, quarters, name, measure, color, symbol + hollow, across=False)
            parts.append({**part, "showlegend": not hollow})
    groups = (*before, *later.groups)
    return plot(
        [part for part in parts if part["y"]],
        _time_axis(groups),
        axis(AUC, range=_span(groups)),
        height=TALL,
        shapes=[dict(rule("y", KNOWS_NOTHING))],
        **SIDE_BY_SIDE,
    )


def rate_over_time(later: Breakdown) -> Plot:
    """Draw observed and predicted rates, quarter by quarter."""
    quarters = [each.observed.name for each in later.groups]
    return plot(
        [
            _observed(quarters, later.groups, across=False),
            _predicted(quarters, later.groups, across=False),
        ],
        _time_axis(later.groups),
        axis(RATE, rangemode="tozero"),
        height=TALL,
    )


def _ranked(
    groups: Sequence[Group],
    places: Sequence[str],
    name: str,
    measure: str,
    color: str,
    symbol: str,
    *,
    across: bool,
) -> Plot:
    pairs = [
        (place, each.estimates[measure], each.observed.rows)
        for place, each in zip(places, groups, strict=True)
        if measure in each.estimates
    ]
    return dots(
        name,
        [place for place, _, _ in pairs],
        [estimate for _, estimate, _ in pairs],
        [f"{told(estimate, 3)}，n = {rows:,}" for _, estimate, rows in pairs],
        color=color,
        across=across,
        symbol=symbol,
    )


def _observed(places: Sequence[str], groups: Sequence[Group], *, across: bool) -> Plot:
    seen = [each.observed for each in groups]
    rates = [percent_of(each.rate, each.lower, each.upper) for each in seen]
    texts = [
        f"{told(rate, 1, '%')}，n = {each.rows:,}" for rate, each in zip(rates, seen, strict=True)
    ]
    return dots(SEEN, places, rates, texts, color=INK, across=across)


def _predicted(places: Sequence[str], groups: Sequence[Group], *, across: bool) -> Plot:
    said = [100 * each.observed.predicted for each in groups]
    return dots(
        SAID,
        places,
        [alone(each) for each in said],
        [f"{each:.1f}%" for each in said],
        color=BLUE,
        across=across,
        symbol="circle-open",
    )


def _time_axis(groups: Sequence[Group]) -> Plot:
    names = [each.observed.name for each in groups]
    ends = [-0.5, len(names) - 0.5]
    return axis("季度 quarter", type="category", categoryarray=names, range=ends)


def _span(groups: Sequence[Group], *more: Estimate) -> list[float]:
    """Return an axis that holds every AUC, and that of knowing nothing, with some room."""
    found = [
        each.estimates[name]
        for each in groups
        for _, name, _, _ in RANKED
        if name in each.estimates
    ]
    ends = [end for each in (*found, *more) for end in each]
    low, high = min([KNOWS_NOTHING, *ends]), max([KNOWS_NOTHING, *ends])
    room = 0.04 * (high - low)
    return [low - room, high + room]


def _rest(found: Breakdown) -> list[str]:
    """Name the row that stands for all groups without one of their own."""
    shown = {each.observed.name for each in drawn(found)}
    rest = [each.observed.rows for each in found.groups if each.observed.name not in shown]
    return [f"其余 {len(rest)} 组  n={sum(rest):,}"] if rest else []


def _notes(found: Breakdown) -> list[Plot]:
    few = [_label(found.by, each) for each in drawn(found) if not each.telling]
    more = TOO_FEW if len(found.telling) <= MOST else MORE
    return [*(note(label, TOO_FEW) for label in few), *(note(row, more) for row in _rest(found))]


def _unzipped(pairs: Sequence[tuple[str, Group]]) -> tuple[list[str], list[Group]]:
    return [label for label, _ in pairs], [each for _, each in pairs]


def _label(by: str, group: Group) -> str:
    return f"{short(group_name(by, group.observed.name)[0])}  n={group.observed.rows:,}"
