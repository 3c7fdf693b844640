"""Figures: what stands behind an alarm, in numbers that a person can check."""

from typing import Any

import numpy as np

from ..counts import Integers, trailing
from ..signals import Rows
from ..tally import WEEK
from .scoring import At
from .settings import WatchSettings

__all__ = ["figures_of", "records_of"]

RECORDS = 50
KIN = 5


def figures_of(at: At, settings: WatchSettings) -> dict[str, Any]:
    """Return the figures of a series, or of a product as a whole, at the end of a week.

    Parameters
    ----------
    at
        Which, and when.
    settings
        How long windows and the past are.

    Returns
    -------
    dict
        `windows`, by their number of weeks: `cases` and `tested` of a series, its `usual` cases,
        and by source what was `told` and what is usual; `kin`, other products in which the hazard
        had cases, the strongest first.
    """
    windows = {str(weeks): _window(at, weeks, settings) for weeks in settings.detector.windows}
    return {"windows": windows, "kin": _kin(at, settings)}


def _window(at: At, weeks: int, settings: WatchSettings) -> dict[str, Any]:
    counts, past, by_product = at.scored.counts, settings.detector.past, at.scored.panel.by_product
    told = {
        each.name: _against(
            each.told[at.product if each.name in by_product else at.series, : at.end], weeks, past
        )
        for each in counts.reports
        if at.series is not None or each.name in by_product
    }
    if at.series is None:
        return {"told": told}
    figures = _against(counts.cases[at.series, : at.end], weeks, past) | {"told": told}
    if counts.tested is not None:
        figures["tested"] = int(counts.tested[at.series, max(at.end - weeks, 0) : at.end].sum())
    return figures


def _against(counts: Integers, weeks: int, past: int) -> dict[str, Any]:
    """Return what there was in so many weeks, and what is usual in as many of the past."""
    now, before = counts[-weeks:], counts[-(weeks + past) : -weeks]
    usual = float(before.mean() * weeks) if len(before) else 0.0
    return {"cases": int(now.sum()), "usual": round(usual, 2)}


def _kin(at: At, settings: WatchSettings) -> list[dict[str, Any]]:
    """Return other products in which the same hazard had cases lately."""
    if at.series is None:
        return []
    panel, scored = at.scored.panel, at.scored
    same = np.flatnonzero(panel.hazard == panel.hazard[at.series])
    same = same[same != at.series]
    weeks = max(settings.detector.windows)
    recent = trailing(scored.counts.cases[same, : at.end], weeks)[:, -1]
    same, recent = same[recent > 0], recent[recent > 0]
    strength = scored.strength[same, at.week]
    return [
        {
            "product": panel.products[panel.product[same[place]]],
            "place": panel.places[panel.product[same[place]]],
            "cases": int(recent[place]),
            "strength": round(float(strength[place]), 2),
        }
        for place in np.argsort(-strength, kind="stable")[:KIN]
    ]


def records_of(at: At, day: int, settings: WatchSettings) -> tuple[str, ...]:
    """Return the keys of the records of the longest window behind an alarm, the latest first.

    A key is the archive's own number of the record, by which it is traced.
    """
    last = day - at.back * WEEK
    first = last - max(settings.detector.windows) * WEEK
    found = [
        (told, record)
        for rows, row in _sources(at)
        for told, record in _told(rows.take(rows.row == row).known(day), first, last)
    ]
    return tuple(str(record) for _, record in sorted(found, reverse=True)[:RECORDS])


def _sources(at: At) -> list[tuple[Rows, int]]:
    panel = at.scored.panel
    told = [(rows, at.product) for rows in panel.by_product.values()]
    if at.series is None:
        return told
    return [(rows, at.series) for rows in (panel.cases, *panel.by_series.values())] + told


def _told(rows: Rows, first: int, last: int) -> list[tuple[int, int]]:
    within = (rows.told > first) & (rows.told <= last)
    return list(zip(rows.told[within].tolist(), rows.record[within].tolist(), strict=True))
