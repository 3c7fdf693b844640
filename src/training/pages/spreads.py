"""Spreads: how late records are known, how indicators are spread, and for whom they lack."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...archive import LATENESS, SourceStatus, contract_of
from ...explaining.figures.lettering import short
from ...explaining.figures.palette import BLUE, LEVELS
from ...explaining.figures.parts import Plot, axis, plot, rows_axis
from ...features import Catalogue, Indicator, Spread
from .names import population_name

__all__ = ["coverage_plot", "lateness_plot", "spread_plot"]

FRAME, ROW, LOW = 110, 20, 320
SHADES = (*LEVELS[:3], *LEVELS[4:])
Counts = npt.NDArray[np.float64]
SCALE = ((0.0, LEVELS[3]), (0.5, LEVELS[2]), (1.0, BLUE))


def lateness_plot(statuses: Sequence[SourceStatus], most: int = 20) -> Plot:
    """Draw how long after it happened the authority knew of it, for the latest kinds of record."""
    counted: dict[str, Counts] = {}
    for status in statuses:
        for kind, counts in status.lateness.items():
            counted[kind] = counted.get(kind, np.zeros(len(LATENESS))) + counts
    shares = {kind: 100 * each / each.sum() for kind, each in counted.items() if each.sum()}
    kinds = sorted(shares, key=lambda kind: (tuple(shares[kind].cumsum().round(6)), kind))[:most]
    names = [*(f"≤ {limit}" for limit in LATENESS[:-1]), f"> {LATENESS[-2]}"]
    bars = [
        {
            "type": "bar",
            "orientation": "h",
            "name": name,
            "x": [float(shares[kind][place]) for kind in kinds],
            "y": kinds,
            "text": [
                f"{counted[kind][place]:,.0f} of {counted[kind].sum():,.0f}" for kind in kinds
            ],
            "textposition": "none",
            "marker": {"color": SHADES[place]},
            "hovertemplate": "%{y}: %{x:.1f}% (%{text})<extra>%{fullData.name}</extra>",
        }
        for place, name in enumerate(names)
    ]
    return plot(
        bars,
        axis("发生后多少天获知 share of records by days until known, %", range=[0, 100]),
        rows_axis(kinds, [f"{contract_of(kind).zh} {kind}" for kind in kinds]),
        height=FRAME + ROW * len(kinds),
        barmode="stack",
        bargap=0.25,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
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
    populations = list(catalogue.populations)
    names = [f"{each.id} {short(each.zh)}" for each in catalogue]
    shown = statuses.reset_index()
    applies = (shown["n"] - shown["inapplicable"]).where(lambda rows: rows > 0)
    shown["share"] = 100 * shown["valued"] / applies
    shares = shown.pivot_table(
        index="indicator", columns="population", values="share", dropna=False
    ).reindex(index=list(catalogue.ids), columns=populations)
    grid = [[None if np.isnan(each) else each for each in row] for row in shares.to_numpy()]
    heat = {
        "type": "heatmap",
        "x": [" ".join(population_name(name)) for name in populations],
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
        axis("", type="category", side="top", showgrid=False),
        {**rows_axis(list(catalogue.ids), names), "showgrid": False},
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
