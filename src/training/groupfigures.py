"""Figures of groups: dots and intervals, one row for each group, or one place for each quarter."""

from collections.abc import Sequence

from .bootstrap import Estimate
from .breakdown import Breakdown, Group
from .names import OTHER, SAID, SEEN, THIS, group_name
from .plots import (
    BLUE,
    INK,
    ORANGE,
    Plot,
    alone,
    axis,
    dots,
    note,
    percent_of,
    plot,
    rows_axis,
    rule,
    short,
    told,
)

__all__ = ["MOST", "auc_by_group", "auc_over_time", "drawn", "rate_by_group", "rate_over_time"]

MOST = 20
FRAME, ROW, TALL = 110, 32, 360
SIDE_BY_SIDE = {"scattermode": "group", "scattergap": 0.6}
TOO_FEW = "数据不足 not enough data"
AUC, RATE = "AUC", "违规比例 share with a violation, %"
IN_TRAINING = "，训练期内 in training"
RANKED = (
    (OTHER, "rival_auc", ORANGE, "diamond"),
    (THIS, "auc", BLUE, "circle"),
)


def drawn(found: Breakdown) -> tuple[Group, ...]:
    """Return the groups that are drawn: all, or of more than twenty those with the most data."""
    if len(found.groups) <= MOST:
        return found.groups
    rest = tuple(each for each in found.groups if not each.telling)
    return (*found.telling, *rest)[:MOST]


def auc_by_group(found: Breakdown, overall: Estimate) -> Plot:
    """Draw how well the models order inside each group; dotted, all together and at 0.5."""
    groups = drawn(found)
    parts = [
        _ranked(groups, [_label(found.by, each) for each in groups], *each, across=True)
        for each in RANKED
    ]
    few = [_label(found.by, each) for each in groups if not each.telling]
    return plot(
        [part for part in parts if part["x"]],
        axis(AUC),
        rows_axis([_label(found.by, each) for each in groups]),
        height=FRAME + ROW * len(groups),
        shapes=[dict(rule("x", overall.value)), dict(rule("x", 0.5))],
        annotations=[dict(note(label, TOO_FEW)) for label in few],
        **SIDE_BY_SIDE,
    )


def rate_by_group(found: Breakdown) -> Plot:
    """Draw observed and predicted rates of each group."""
    groups = drawn(found)
    labels = [_label(found.by, each) for each in groups]
    said = [100 * each.observed.predicted for each in groups]
    return plot(
        [
            _observed(labels, groups, across=True),
            _predicted(labels, groups, across=True),
        ],
        axis(RATE, rangemode="tozero"),
        rows_axis(labels),
        height=FRAME + ROW * len(said),
    )


def auc_over_time(earlier: Breakdown, later: Breakdown) -> Plot:
    """Draw how well the models order, quarter by quarter."""
    parts = []
    for which, hollow, when in ((earlier, "-open", IN_TRAINING), (later, "", "")):
        quarters = [each.observed.name for each in which.groups]
        for name, measure, color, symbol in RANKED:
            named = (name + when, measure, color, symbol + hollow)
            parts.append(_ranked(which.groups, quarters, *named, across=False))
    return plot(
        [part for part in parts if part["y"]],
        _time_axis(earlier, later),
        axis(AUC),
        height=TALL,
        shapes=[dict(rule("y", 0.5))],
        **SIDE_BY_SIDE,
    )


def rate_over_time(earlier: Breakdown, later: Breakdown) -> Plot:
    """Draw observed and predicted rates, quarter by quarter."""
    groups = {each.observed.name: each for each in (*earlier.groups, *later.groups)}
    said = [each.observed.name for each in later.groups]
    return plot(
        [
            _observed(list(groups), list(groups.values()), across=False),
            _predicted(said, later.groups, across=False),
        ],
        _time_axis(earlier, later),
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


def _time_axis(earlier: Breakdown, later: Breakdown) -> Plot:
    names = sorted({each.observed.name for each in (*earlier.groups, *later.groups)})
    return axis(
        "季度 quarter", type="category", categoryarray=names, range=[-0.5, len(names) - 0.5]
    )


def _label(by: str, group: Group) -> str:
    return f"{short(group_name(by, group.observed.name)[0])}  n={group.observed.rows:,}"
