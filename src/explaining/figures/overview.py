"""Overviews drawn: what a model looks at, over many rows."""

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...core.errors import NotFoundError
from ...features import DIMENSIONS, Catalogue, Indicator
from ..numbers import signed
from ..overview import Overview
from ..words.amounts import amount
from .lettering import wrapped
from .palette import BLUE, INK, SOFT
from .parts import Plot, axis, dots, plot, rows_axis
from .phrases import named, phrases, spoken
from .stack import BAR, Row, Stack, strongest, values_axis

__all__ = ["plot_dependence", "plot_importance", "plot_interactions", "plot_sizes"]

MOST, TALL, BOTTOM, CELL, NARROW, HOVER = 15, 380, 46, 52, 16, 44
NARROWEST = 9
PALEST = "#ffffff"


def plot_importance(
    found: Overview, catalogue: Catalogue, language: str = "zh", *, most: int = MOST
) -> Plot:
    """Draw the mean effect of the strongest indicators.

    Parameters
    ----------
    found
        Of a model.
    catalogue
        Its indicators.
    language
        `zh` or `en`.
    most
        How many are drawn.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    first = found.importance.head(most)
    return plot_sizes(
        [(catalogue[str(name)], float(size)) for name, size in first["mean_abs"].items()],
        language,
        shares=first["share"].tolist(),
    )


def plot_sizes(
    sizes: Iterable[tuple[Indicator, float]],
    language: str = "zh",
    *,
    shares: Sequence[float] = (),
) -> Plot:
    """Draw mean effects of indicators, in log-odds.

    Parameters
    ----------
    sizes
        The strongest first.
    language
        `zh`, `en`, or `both`.
    shares
        Of all that indicators do, for the pointer.
    """
    words, known = phrases(language), list(sizes)
    rows = [Row(named(each, language), f"{size:.3f}") for each, size in known]
    stack = Stack(rows or [Row(words["nothing"])])
    said = [
        f"<b>{each.id}</b> {wrapped(each.zh, HOVER)}<br>{wrapped(each.en, HOVER)}<br>"
        f"{words['size']}: {size:.3f}"
        for each, size in known
    ]
    if shares:
        said = [
            f"{text}<br>{words['share'].format(share=f'{share:.1%}')}"
            for text, share in zip(said, shares, strict=True)
        ]
    bars = {
        "type": "bar",
        "orientation": "h",
        "x": [size for _, size in known],
        "y": stack.places[: len(known)],
        "width": [BAR] * len(known),
        "marker": {"color": BLUE},
        "hovertext": said,
        "hovertemplate": "%{hovertext}<extra></extra>",
    }
    return plot(
        [bars],
        values_axis(words["size"], rangemode="tozero"),
        stack.axis(),
        height=stack.height + BOTTOM + 8,
        description=" ".join(_told(known, each) for each in spoken(language)),
        margin={"l": 8, "r": 8, "t": 8, "b": BOTTOM},
        showlegend=False,
        annotations=[*stack.names()],
    )


def _told(sizes: Sequence[tuple[Indicator, float]], language: str) -> str:
    rows = [Row(named(each, language), f"{size:.3f}") for each, size in sizes]
    words = phrases(language)
    says = str(words["says"]["importance"].format(count=len(rows)))
    return (says + strongest(rows, words)).strip()


def plot_dependence(found: Overview, indicator: Indicator, language: str = "zh") -> Plot:
    """Draw the effect of an indicator along its values: the mean, and the least to the most.

    Where it does not apply to some, they stand apart on the left.

    Parameters
    ----------
    found
        Of a model.
    indicator
        One of its catalogue.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language, or the model has no such indicator.
    """
    words = phrases(language)
    bins = found.dependence[found.dependence["id"] == indicator.id]
    if bins.empty:
        raise NotFoundError.among("indicator", indicator.id, set(found.dependence["id"]))
    known, absent = bins[bins["low"].notna()], bins[bins["low"].isna()]
    unit = indicator.unit_en if language == "en" else indicator.unit_zh
    name = named(indicator, language)
    parts, axes = _along(known, indicator, language), {}
    whole = [0.0, 1.0]
    if len(absent):
        parts.append(_absent(absent, language))
        whole = [0.2, 1.0] if len(known) else [0.99, 1.0]
        axes["xaxis2"] = axis("", domain=[0.0, 0.13], type="category", showgrid=False)
    percent = {"tickformat": ".0%"} if indicator.unit_en == "share" else {}
    label = wrapped(f"{name} ({unit})" if unit and not percent else name, HOVER)
    return plot(
        parts,
        axis(label, domain=whole, visible=bool(len(known)), **percent),
        axis(words["effect_axis"], anchor="free", position=0, zeroline=True, zerolinecolor=INK),
        height=TALL,
        description=words["says"]["dependence"].format(name=name)
        + _ends_of(known, indicator, language),
        showlegend=False,
        **axes,
    )


def plot_interactions(found: Overview, language: str = "zh") -> Plot:
    """Draw how much dimensions do because of each other; on the diagonal, among themselves.

    A pair is drawn once, with what either does because of the other.

    Parameters
    ----------
    found
        Of a model.
    language
        `zh` or `en`.

    Raises
    ------
    NotFoundError
        If there is no such language.
    """
    words, codes = phrases(language), [str(each) for each in found.interactions.index]
    names = [DIMENSIONS[code][1 if language == "en" else 0] for code in codes]
    halves = found.interactions.to_numpy()
    sizes = 2 * halves - np.diag(np.diag(halves))
    lower = np.where(np.tri(len(codes), dtype=bool), sizes, np.nan)
    said = [
        [
            wrapped(
                words["among" if one == other else "because"].format(
                    one=one, other=other, size=f"{sizes[row, column]:.3f}"
                ),
                HOVER,
            )
            for column, other in enumerate(names)
        ]
        for row, one in enumerate(names)
    ]
    heat = {
        "type": "heatmap",
        "x": codes,
        "y": codes,
        "z": lower.tolist(),
        "zmin": 0,
        "text": [["" if np.isnan(each) else f"{each:.3f}" for each in row] for row in lower],
        "texttemplate": "%{text}",
        "hovertext": said,
        "hovertemplate": "%{hovertext}<extra></extra>",
        "hoverongaps": False,
        "colorscale": [[0.0, PALEST], [1.0, BLUE]],
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
    }
    ticks = [wrapped(f"{code} {name}", NARROW) for code, name in zip(codes, names, strict=True)]
    bare = {"showgrid": False, "showline": False, "ticks": ""}
    return plot(
        [heat],
        axis("", type="category", **bare),
        {**rows_axis(codes, ticks), **bare},
        height=CELL * len(codes) + BOTTOM,
        description=words["says"]["interactions"] + strongest(_pairs(names, sizes), words),
    )


def _pairs(names: Sequence[str], sizes: npt.NDArray[np.float64]) -> list[Row]:
    """Return the pairs of dimensions, those that do most because of each other first."""
    pairs = combinations(range(len(names)), 2)
    return [
        Row(f"{names[one]} × {names[other]}", f"{sizes[one, other]:.3f}")
        for one, other in sorted(pairs, key=lambda pair: -sizes[pair])
    ]


def _along(known: pd.DataFrame, indicator: Indicator, language: str) -> list[Plot]:
    """Return the band from the least to the most effect, and the line of the mean."""
    words = phrases(language)
    if known.empty:
        return []
    x = known["value"].tolist()
    edges = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
    said = [
        f"{_between(indicator, low, high, language)}<br>{words['mean']} {signed(mean)}<br>"
        f"{words['range']} {signed(least)} – {signed(most)}<br>"
        f"{words['rows'].format(count=f'{rows:,}')}"
        for low, high, mean, least, most, rows in known[
            ["low", "high", "mean", "least", "most", "rows"]
        ].itertuples(index=False)
    ]
    return [
        {**edges, "x": x, "y": known["least"].tolist()},
        {**edges, "x": x, "y": known["most"].tolist(), "fill": "tonexty", "fillcolor": f"{BLUE}33"},
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": indicator.id,
            "x": x,
            "y": known["mean"].tolist(),
            "line": {"color": BLUE, "width": 2},
            "marker": {"color": BLUE, "size": 8},
            "hovertext": said,
            "hovertemplate": "%{hovertext}<extra></extra>",
        },
    ]


def _absent(absent: pd.DataFrame, language: str) -> Plot:
    """Return the effect where the indicator does not apply, on an axis of its own."""
    words, [row] = phrases(language), absent.to_dict("records")
    said = f"{words['none']}: {signed(row['mean'])}, {words['rows'].format(count=row['rows'])}"
    part = dots(
        words["none"],
        [wrapped(words["none"], NARROWEST)],
        [(row["mean"], row["least"], row["most"])],
        [said],
        color=SOFT,
    )
    return {**part, "xaxis": "x2"}


def _between(indicator: Indicator, low: float, high: float, language: str) -> str:
    """Write the ends of a bin with the unit, or one if they are the same."""
    ends = [amount(indicator, each)[1 if language == "en" else 0] for each in (low, high)]
    return " – ".join(dict.fromkeys(ends))


def _ends_of(known: pd.DataFrame, indicator: Indicator, language: str) -> str:
    """Say what the first and the last values do."""
    told = (
        [
            f"{_between(indicator, row['value'], row['value'], language)}: {signed(row['mean'])}"
            for row in known.iloc[[0, -1]].to_dict("records")
        ]
        if len(known)
        else []
    )
    return f" {phrases(language)['and'].join(told)}" if told else ""
