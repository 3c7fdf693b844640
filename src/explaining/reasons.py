"""Reasons: one sentence in Chinese and one in English for what an indicator adds to a margin."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from math import isnan

from ..features import DIMENSIONS, Indicator

__all__ = ["DimensionSum", "Reason", "State", "amount", "figure", "reason", "sum_by_dimension"]

UNNOTICED = 0.005
"""A contribution below this shows as 0.00 and is called no effect."""


class State(StrEnum):
    """What stands behind a value."""

    KNOWN = "known"
    """Computed from records, or from there being none."""
    MISSING = "missing"
    """No record says; the indicator's declared value stands in."""
    NOT_APPLICABLE = "not applicable"
    """The indicator does not apply to the enterprise."""


@dataclass(frozen=True, slots=True)
class Reason:
    """What one indicator adds to a margin.

    Parameters
    ----------
    indicator
        Its declaration.
    value
        Its value; NaN where it does not apply.
    state
        What stands behind the value.
    contribution
        In log-odds; above zero raises the risk.
    zh, en
        The sentence in Chinese and in English.
    """

    indicator: Indicator
    value: float
    state: State
    contribution: float
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class DimensionSum:
    """What the indicators of a dimension add to a margin together."""

    dimension: str
    zh: str
    en: str
    contribution: float


def figure(value: float) -> str:
    """Write a value as people read it: whole numbers whole, others to three digits, NaN a dash.

    Examples
    --------
    >>> [figure(value) for value in (3.0, 12345.678, 0.01234, -2.5, 1e-9, float("nan"))]
    ['3', '12,346', '0.0123', '-2.5', '0', '–']
    """
    if isnan(value):
        return "–"
    if value == round(value) or abs(value) >= 1000:
        return f"{value:,.0f}"
    return "0" if abs(value) < 1e-6 else f"{value:.3g}"


def amount(indicator: Indicator, value: float) -> tuple[str, str]:
    """Write the value of an indicator with its unit, in Chinese and in English.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> catalogue = standard_catalogue()
    >>> amount(catalogue["PN06"], 2.0), amount(catalogue["EA08"], 0.5)
    (('2次', '2 penalties'), ('50%', '50%'))
    """
    if indicator.unit_en == "share" and not isnan(value):
        share = f"{100 * value:.3g}%"
        return share, share
    return f"{figure(value)}{indicator.unit_zh}", f"{figure(value)} {indicator.unit_en}".rstrip()


def reason(indicator: Indicator, value: float, state: State, contribution: float) -> Reason:
    """Say in words what an indicator's value adds to a margin.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> found = reason(standard_catalogue()["PN06"], 2.0, State.KNOWN, 0.314)
    >>> print(found.en)
    Administrative penalties: 2 penalties, which raises the risk score by 0.31.
    """
    zh_value, en_value = amount(indicator, value)
    match state:
        case State.KNOWN:
            zh, en = f"{indicator.zh}为{zh_value}", f"{indicator.en}: {en_value}"
        case State.MISSING:
            zh = f"{indicator.zh}无记录，按{zh_value}计"
            en = f"{indicator.en}: no record, counted as {en_value}"
        case State.NOT_APPLICABLE:
            zh = f"{indicator.zh}不适用于该主体"
            en = f"{indicator.en}: does not apply to this enterprise"
    zh_effect, en_effect = _effect(contribution)
    return Reason(
        indicator, value, state, contribution, f"{zh}，{zh_effect}。", f"{en}, which {en_effect}."
    )


def sum_by_dimension(reasons: Iterable[Reason]) -> tuple[DimensionSum, ...]:
    """Add up reasons by dimension, the strongest first."""
    sums: dict[str, float] = {}
    for each in reasons:
        dimension = each.indicator.dimension
        sums[dimension] = sums.get(dimension, 0.0) + each.contribution
    found = [DimensionSum(name, *DIMENSIONS[name], total) for name, total in sums.items()]
    return tuple(sorted(found, key=lambda each: (-abs(each.contribution), each.dimension)))


def _effect(contribution: float) -> tuple[str, str]:
    size = f"{abs(contribution):.2f}"
    if abs(contribution) < UNNOTICED:
        return "对风险分几乎无影响（0.00）", "hardly changes the risk score (0.00)"
    if contribution > 0:
        return f"使风险分上升{size}", f"raises the risk score by {size}"
    return f"使风险分下降{size}", f"lowers the risk score by {size}"
