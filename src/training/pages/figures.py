"""Figures: what was measured of a model as a whole, as plots that a supervisor can read."""

from collections.abc import Iterable, Sequence

from ...explaining.figures.lettering import short
from ...explaining.figures.overview import plot_sizes
from ...explaining.figures.palette import BLUE, INK, ORANGE, SOFT
from ...explaining.figures.parts import (
    Plot,
    alone,
    axis,
    dots,
    line,
    percent_of,
    plot,
    rows_axis,
    told,
)
from ...explaining.figures.reliability import plot_reliability
from ..assessment import Assessment
from ..experiment import CHAMPION
from ..measuring import CAPACITIES, CapacityCurve, Observed, Strength, Truth
from ..verdict import RIVAL
from .groupfigures import auc_by_group, auc_over_time, rate_by_group, rate_over_time
from .names import OTHER, THIS, population_name

__all__ = ["capacity_plot", "figures", "reliability_plot", "strength_plot", "truth_plot"]

TALL, FRAME = 430, 110


def figures(found: Assessment) -> dict[str, Plot]:
    """Return every plot of a report by the name of its figure."""
    made = {
        "capacity": capacity_plot(found.capacity),
        "reliability": reliability_plot(found.reliability),
        "auc-over-time": auc_over_time(found.earlier, found.over_time),
    }
    if len(found.over_time.groups) > 1:
        made["rate-over-time"] = rate_over_time(found.over_time)
    overall = found.judged.estimate(CHAMPION, "auc")
    for each in found.groups:
        if each.recorded and len(each.groups) > 1:
            made[f"auc-by-{each.by}"] = auc_by_group(each, overall)
            made[f"rate-by-{each.by}"] = rate_by_group(each)
    made["strengths"] = strength_plot(found.strengths)
    if found.truth is not None:
        made["truth"] = truth_plot(found.truth)
    return made


def capacity_plot(curve: CapacityCurve) -> Plot:
    """Draw the share of violations found against the share of inspections."""
    shares = _percents(curve.shares)
    parts = [
        line("最好的可能 best possible", shares, _percents(curve.best), color=SOFT, dash="dot"),
        line("照旧 as usual", shares, _percents(curve.usual), color=SOFT, dash="dash"),
    ]
    if RIVAL in curve.found:
        parts.append(line(OTHER, shares, _percents(curve.found[RIVAL]), color=ORANGE))
    parts.append(line(THIS, shares, _percents(curve.found[CHAMPION]), color=BLUE, width=3))
    marked = [percent_of(*curve.estimate(CHAMPION, each)) for each in CAPACITIES]
    texts = [
        f"检查 {share:.0%}：查出 {told(found, 0, '%')}"
        for share, found in zip(CAPACITIES, marked, strict=True)
    ]
    bars = dots(THIS, _percents(CAPACITIES), marked, texts, color=BLUE)
    return plot(
        [*parts, {**bars, "showlegend": False}],
        axis("检查的比例 share inspected, %", range=[0, 100.5], dtick=20),
        axis("查出的违规比例 violations found, %", range=[0, 101], dtick=20),
        height=TALL,
    )


def reliability_plot(groups: Sequence[Observed]) -> Plot:
    """Draw observed against predicted rates of groups of like probability, on one log scale."""
    return plot_reliability([each.on_card("probability") for each in groups], "both")


def strength_plot(strengths: Sequence[Strength]) -> Plot:
    """Draw the mean effect of the strongest indicators."""
    return plot_sizes([(each.indicator, each.mean) for each in strengths], "both")


def truth_plot(truth: Truth) -> Plot:
    """Draw the models and the best possible one under the true chances."""
    rows = [row for row in truth.rows if row.telling]
    labels = [
        short(population_name(row.population)[0]) if row.population else "全部" for row in rows
    ]
    series = [
        (OTHER, [row.models[RIVAL] for row in rows if RIVAL in row.models], ORANGE, "diamond-open"),
        (THIS, [row.models[CHAMPION] for row in rows], BLUE, "circle"),
        ("可达上限 best possible", [row.best for row in rows], INK, "star-open"),
    ]
    parts = [
        dots(
            name,
            labels,
            [alone(value) for value in values],
            [f"{value:.3f}" for value in values],
            color=color,
            across=True,
            symbol=symbol,
        )
        for name, values, color, symbol in series
        if values
    ]
    return plot(
        parts,
        axis("期望 AUC expected under the true chances"),
        rows_axis(labels),
        height=FRAME + 44 * len(rows),
    )


def _percents(shares: Iterable[float]) -> list[float]:
    return [100 * float(share) for share in shares]
