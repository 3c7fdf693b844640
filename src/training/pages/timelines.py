"""Timelines: what a model may learn from and is tested on, and what was known when."""

from collections.abc import Iterable, Sequence

import numpy as np

from ...archive import Entry
from ...core import time
from ...explaining.figures.lettering import short
from ...explaining.figures.palette import BLUE, INK, ORANGE, SOFT
from ...explaining.figures.parts import Plot, axis, plot, rows_axis
from ..cohorts import Cohort, Days, Fold, Rows

__all__ = ["file_plot", "folds_plot"]

FRAME, ROW = 120, 34
THICK, THIN = 9, 2
Span = tuple[str, str, str, str]
"""Row, first day, last day, and what is said under the pointer."""


def folds_plot(cohort: Cohort, folds: Sequence[Fold]) -> Plot:
    """Draw the days of the rows that each fold trains on, leaves out and tests on.

    A thick line holds the days as of which rows are looked at, the thin one after it the time
    until their outcomes are settled. What lies before the cut and was not known by then is left
    out of the training.
    """
    train, test, late, waits, cuts = [], [], [], [], []
    for each in folds:
        cut = time.show(each.cut)
        train.append(_rows(each.name, cohort, each.train, "trained on"))
        test.append(_rows(each.name, cohort, each.test, "tested on"))
        waits += [_wait(each.name, cohort, rows) for rows in (each.train, each.test)]
        unknown = _unknown(cohort, each)
        if unknown.size:
            late.append(_rows(each.name, cohort, unknown, "not yet known at the cut"))
        cuts.append((each.name, cut, cut, f"cut {cut}"))
    names = [each.name for each in folds]
    return plot(
        [
            _spans("训练 trained on", train, BLUE, THICK),
            _spans("结果未知 not yet known", late, SOFT, THICK),
            _spans("测试 tested on", test, ORANGE, THICK),
            _spans("结果待定 until settled", waits, SOFT, THIN),
            _marks("截止日 cut", cuts, INK, "line-ns-open", size=22),
        ],
        axis("", type="date"),
        rows_axis(names),
        height=FRAME + ROW * len(folds),
    )


def file_plot(entries: Iterable[Entry]) -> Plot:
    """Draw when each record of a credit file happened, and from when on it may be used."""
    known = sorted(entries, key=lambda each: (each.occurred, each.record))
    kinds = list(dict.fromkeys((each.kind, each.zh) for each in known))
    spans = [
        (
            each.kind,
            each.occurred.isoformat(),
            each.available.isoformat(),
            f"{each.en} {each.number}: {each.occurred}, usable from {each.available}, {each.state}",
        )
        for each in known
    ]
    gone = {"withdrawn", "repaired"}
    past = [span for span, each in zip(spans, known, strict=True) if each.state in gone]
    return plot(
        [
            _spans("迟到 delay", spans, SOFT, THIN),
            _marks("发生 happened", spans, INK, "circle-open", at=1),
            _marks("可用 usable from", spans, BLUE, "circle", at=2),
            _marks("已撤销或修复 withdrawn or repaired", past, ORANGE, "x", at=2),
        ],
        axis("", type="date"),
        rows_axis([kind for kind, _ in kinds], [short(zh) for _, zh in kinds]),
        height=FRAME + ROW * len(kinds),
    )


def _unknown(cohort: Cohort, fold: Fold) -> Rows:
    """Return the rows after the last one trained on, whose outcome was not known at the cut."""
    after = cohort.as_of > cohort.as_of[fold.train].max()
    return np.flatnonzero(after & (cohort.as_of < fold.cut))


def _rows(name: str, cohort: Cohort, rows: Rows, what: str) -> Span:
    first, last = _ends(cohort.as_of[rows])
    share = cohort.label[rows].mean()
    return name, first, last, f"{rows.size:,} rows {what}, {share:.1%} positive, {first} to {last}"


def _wait(name: str, cohort: Cohort, rows: Rows) -> Span:
    last, settled = _ends(np.array([cohort.as_of[rows].max(), cohort.settled[rows].max()]))
    return name, last, settled, f"outcomes settled by {settled}"


def _ends(days: Days) -> tuple[str, str]:
    return time.show(int(days.min())), time.show(int(days.max()))


def _spans(name: str, spans: Sequence[Span], color: str, width: int) -> Plot:
    """Return lines, each from a first to a last day; one of a single day is a dot."""
    return {
        "type": "scatter",
        "mode": "lines+markers" if width == THICK else "lines",
        "name": name,
        "x": [day for _, first, last, _ in spans for day in (first, last, None)],
        "y": [row for row, *_ in spans for _ in range(3)],
        "text": [text for *_, text in spans for _ in range(3)],
        "line": {"color": color, "width": width},
        "marker": {"color": color, "size": width},
        "hovertemplate": "%{text}<extra></extra>",
    }


def _marks(
    name: str, spans: Sequence[Span], color: str, symbol: str, *, at: int = 1, size: int = 8
) -> Plot:
    """Return a mark on the first day of each span, or on its last."""
    edge = {"color": color, "width": 2}
    return {
        "type": "scatter",
        "mode": "markers",
        "name": name,
        "x": [span[at] for span in spans],
        "y": [span[0] for span in spans],
        "text": [span[3] for span in spans],
        "marker": {"color": color, "symbol": symbol, "size": size, "line": edge},
        "hovertemplate": "%{text}<extra></extra>",
    }
