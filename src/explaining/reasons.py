"""Reasons: what an indicator adds to a margin, with a sentence in Chinese and one in English."""

from collections.abc import Iterable
from dataclasses import dataclass

from ..features import DIMENSIONS, Indicator
from .words.amounts import amount, figure
from .words.form import UNNOTICED, Form, State
from .words.sentences import Sentences

__all__ = ["DimensionSum", "Reason", "State", "amount", "figure", "reason", "sum_by_dimension"]


@dataclass(frozen=True, slots=True)
class Reason:
    """What one indicator adds to a margin.

    Its sentences are made when they are asked for.

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
    form
        What is said of its values.
    """

    indicator: Indicator
    value: float
    state: State
    contribution: float
    form: Form

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        said = self.form.said(self.value, self.state).zh.tell(self.value)
        return f"{said}，{_effect_zh(self.contribution)}。"

    @property
    def en(self) -> str:
        """The sentence in English."""
        said = self.form.said(self.value, self.state).en.tell(self.value)
        return f"{said}; this {_effect_en(self.contribution)}."


@dataclass(frozen=True, slots=True)
class DimensionSum:
    """What the indicators of a dimension add to a margin together."""

    dimension: str
    zh: str
    en: str
    contribution: float


def reason(
    indicator: Indicator,
    value: float,
    state: State,
    contribution: float,
    sentences: Sentences | None = None,
) -> Reason:
    """Return what an indicator's value adds to a margin, with words for it.

    Parameters
    ----------
    indicator, value, state, contribution
        As of `Reason`.
    sentences
        The words; those of the standard indicators if not given.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> found = reason(standard_catalogue()["PN09"], 2.0, State.KNOWN, 0.314)
    >>> print(found.zh)
    近1年依据《食品安全法》及其配套法规受到行政处罚2次（已修复的不计），使风险分上升0.31。
    """
    words = sentences or Sentences.default()
    return Reason(indicator, value, state, contribution, words.form(indicator))


def sum_by_dimension(reasons: Iterable[Reason]) -> tuple[DimensionSum, ...]:
    """Add up reasons by dimension, the strongest first."""
    sums: dict[str, float] = {}
    for each in reasons:
        dimension = each.indicator.dimension
        sums[dimension] = sums.get(dimension, 0.0) + each.contribution
    found = [DimensionSum(name, *DIMENSIONS[name], total) for name, total in sums.items()]
    return tuple(sorted(found, key=lambda each: (-abs(each.contribution), each.dimension)))


def _effect_zh(contribution: float) -> str:
    if abs(contribution) < UNNOTICED:
        return "对风险分几乎无影响（0.00）"
    return f"使风险分{'上升' if contribution > 0 else '下降'}{abs(contribution):.2f}"


def _effect_en(contribution: float) -> str:
    if abs(contribution) < UNNOTICED:
        return "hardly changes the risk score (0.00)"
    return f"{'raises' if contribution > 0 else 'lowers'} the risk score by {abs(contribution):.2f}"
