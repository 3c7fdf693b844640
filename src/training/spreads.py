"""Spreads: how late records are known, how indicators are spread, and for whom they lack."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..archive import LATENESS, SourceStatus
from ..features import Catalogue, Indicator, Spread
from .names import population_name
from .plots import BLUE, Plot, axis, plot, rows_axis, short

__all__ = ["coverage_plot", "lateness_plot", "spread_plot"]

FRAME, ROW, LOW = 110, 17, 320
SHADES = ("#0b5394", "#5b8cb8", "#b3c9dc", "#e3b58a", "#b4530f")
SCALE = ((0.0, "#ffffff"), (1.0, BLUE))


def lateness_plot(statuses: Sequence[SourceStatus]) -> Plot:
    """Draw for each kind of record how long after it happened the authority knew of it."""
    counted: Counter[tuple[str, int]] = Counter()
    for status in statuses:
        for kind, counts in status.lateness.items():
            counted.update({(kind, place): count for place, count in enumerate(counts)})
    places = range(len(LATENESS))
    totals = Counter({kind: 0 for kind, _ in counted})
    for (kind, _), count in counted.items():
        totals[kind] += count
    kinds = [kind for kind, total in totals.most_common() if total]
    names = [*(f"≤ {limit}" for limit in LATENESS[:-1]), f"> {LATENESS[-2]}"]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": names[place],
            "x": [100 * counted[kind, place] / totals[kind] for kind in kinds],
            "y": kinds,
            "text": [f"{counted[kind, place]:,} of {totals[kind]:,}" for kind in kinds],
            "textposition": "none",
            "marker": {"color": SHADES[place]},
            "hovertemplate": "%{y}: %{x:.1f}% (%{text})<extra>%{fullData.name}</extra>",
        }
        for place in places
    ]
    return plot(
        bars,
        axis("发生后多少天获知 share of records by days until known, %", range=[0, 100]),
        rows_axis(kinds),
        height=FRAME + ROW * len(kinds),
        barmode="stack",
        bargap=0.25,
    )


def coverage_plot(catalogue: Catalogue, statuses: pd.DataFrame) -> Plot:
    """Draw for each indicator and population what share has a value; blank: it does not apply.

    Parameters
    ----------
    catalogue
        The indicators, from top to bottom.
    statuses
        Of a survey (`features.Survey`).
    """
    names = list(catalogue.populations)
    shown = statuses.reset_index()
    applies = (shown["n"] - shown["inapplicable"]).where(lambda rows: rows > 0)
    shown["share"] = 100 * shown["valued"] / applies
    shares = shown.pivot_table(
        index="indicator", columns="population", values="share", dropna=False
    ).reindex(index=list(catalogue.ids), columns=names)
    grid = [[None if np.isnan(each) else each for each in row] for row in shares.to_numpy()]
    heat = {
        "type": "heatmap",
        "x": [" ".join(population_name(name)) for name in names],
        "y": list(catalogue.ids),
        "z": grid,
        "zmin": 0,
        "zmax": 100,
        "colorscale": [list(step) for step in SCALE],
        "colorbar": {"title": {"text": "%"}, "thickness": 12},
        "xgap": 2,
        "ygap": 1,
        "hovertemplate": "%{y}, %{x}: %{z:.1f}% have a value<extra></extra>",
    }
    return plot(
        [heat],
        axis("", type="category", side="top"),
        rows_axis(list(catalogue.ids), [f"{each.id} {short(each.zh)}" for each in catalogue]),
        height=FRAME + ROW * len(catalogue),
    )


def spread_plot(indicator: Indicator, spread: Spread) -> Plot:
    """Draw the share of enterprises in each band of an indicator."""
    bars = {
        "type": "bar",
        "x": list(spread.bands),
        "y": [100 * share for share in spread.bands.values()],
        "marker": {"color": BLUE},
        "hovertemplate": "%{x}: %{y:.1f}%<extra></extra>",
    }
    unit = f"{indicator.unit_zh} {indicator.unit_en}".strip()
    name = f"{indicator.id} {indicator.zh}"
    return plot(
        [bars],
        axis(f"{name}，{unit}" if unit else name, type="category"),
        axis(f"占比 share of {spread.n:,}, %", rangemode="tozero"),
        height=LOW,
        bargap=0.4,
    )
