"""Reliability: probabilities that were given, against what came."""

from collections.abc import Mapping, Sequence
from math import isnan, log10

from ...grading import CardGroup
from .palette import BLUE, SOFT
from .parts import Interval, Plot, axis, dots, line, percent_of, plot, told
from .phrases import Phrases, phrases

__all__ = ["plot_reliability"]

TALL = 430
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x", "star")
TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)


def plot_reliability(
    groups: Sequence[CardGroup], language: str = "zh", *, names: Sequence[str] = ()
) -> Plot:
    """Draw observed against predicted rates of groups, on one log scale.

    A dot on the dashed line: as many came as were predicted. The groups are those of a model card
    whose `by` is `probability`; those of populations or districts can be drawn as well.

    Parameters
    ----------
    groups
        What was promised to each, and what came.
    language
        `zh`, `en`, or `both`.
    names
        What each group is called; up to six are told apart by their dots, more by the pointer.

    Raises
    ------
    NotFoundError
        If there is no such language.

    Examples
    --------
    >>> from xinheng.explaining import describe
    >>> group = CardGroup("probability", "1", 200, 10, 0.04, 0.05, 0.03, 0.09)
    >>> print(describe(plot_reliability([group], "en")))
    Predicted probability against the observed share: within its 95 % interval in 1 of 1 groups.
    """
    words = phrases(language)
    known = [each for each in groups if not isnan(each.observed)]
    called = dict(zip(groups, names, strict=True)) if names else {}
    seen = [percent_of(each.observed, each.lower, each.upper) for each in known]
    ends = _ends([100 * each.promised for each in known], seen)
    scale = {
        "type": "log",
        "range": [log10(end) for end in ends],
        "tickvals": list(TICKS),
        "ticktext": [f"{tick:g}" for tick in TICKS],
    }
    apart = [[each] for each in known] if names and len(known) <= len(SYMBOLS) else [known]
    held = sum(each.lower <= each.promised <= each.upper for each in known)
    return plot(
        [
            line(words["as_promised"], ends, ends, color=SOFT, dash="dash", width=1.5),
            *(
                _dots(each, called, symbol, ends[0], words)
                for each, symbol in zip(apart, SYMBOLS, strict=False)
            ),
        ],
        axis(words["promised_axis"], **scale),
        axis(words["came_axis"], **scale),
        height=TALL,
        description=words["says"]["reliability"].format(count=len(known), held=held),
    )


def _dots(
    groups: Sequence[CardGroup],
    called: Mapping[CardGroup, str],
    symbol: str,
    low: float,
    words: Phrases,
) -> Plot:
    """Return groups as dots; one alone has its own name in the legend."""
    seen = [percent_of(each.observed, each.lower, each.upper) for each in groups]
    texts = [
        _said(each, called.get(each, ""), rate, words)
        for each, rate in zip(groups, seen, strict=True)
    ]
    alone = called.get(groups[0], "") if len(groups) == 1 else ""
    return dots(
        alone or words["came"],
        [max(100 * each.promised, low) for each in groups],
        [_inside(rate, low) for rate in seen],
        texts,
        color=BLUE,
        symbol=symbol,
    )


def _said(group: CardGroup, name: str, rate: Interval, words: Phrases) -> str:
    said = (
        f"{words['promised']} {group.promised:.1%}",
        f"{words['came']} {told(rate, 1, '%')}",
        words["rows"].format(count=f"{group.rows:,}"),
    )
    return "<br>".join((f"<b>{name}</b>", *said) if name else said)


def _ends(said: Sequence[float], seen: Sequence[Interval]) -> list[float]:
    """Return the ticks between which everything lies; nothing is below the lowest."""
    low = max(TICKS[0], min([*said, *(lower for _, lower, _ in seen)], default=TICKS[0]))
    high = max([*said, *(upper for *_, upper in seen)], default=TICKS[-1])
    return [
        max(tick for tick in TICKS if tick <= low),
        min(tick for tick in TICKS if tick >= min(high, TICKS[-1])),
    ]


def _inside(rate: Interval, low: float) -> Interval:
    value, lower, upper = (max(number, low) for number in rate)
    return value, lower, upper
