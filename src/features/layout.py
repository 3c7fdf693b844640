"""The layout: what has to be kept of an enterprise so that its indicators can be finished later.

Some indicators are **settled** by the enterprise's own events: their value stays until one of
its aggregates changes. Others stay **open**: they follow the day itself, or what happens to other
enterprises. Of these, what is kept are the aggregates, from which any day can be answered.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from .aggregate import Aggregate
from .dated import SELF, Dated
from .expression import Expression, Leaf, follows_the_day, leaves_of
from .groups import CITY, membership
from .indicator import Indicator
from .medians import Median
from .missed import Missed
from .places import LATITUDE, LONGITUDE, Nearby
from .rates import Rate

__all__ = ["COUNTS", "Layout", "Resting", "layout_of"]

COUNTS = ("count", "distinct")
"""Operators whose value is over zero where there is a record."""


class Resting(NamedTuple):
    """What is known of the enterprise itself, and of its groups: aggregates, rates and medians."""

    own: tuple[Aggregate, ...]
    groups: tuple[Rate | Median, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """What is computed from an enterprise's own events, and what of it is kept.

    Parameters
    ----------
    aggregates
        Everything that is computed, each once.
    settled, open
        The indicators of either kind, in the order of the catalogue.
    waiting
        The leaves that open indicators and populations read.
    kept
        The aggregates among what these leaves are made of.
    groups
        The groups to which it has to be known who belongs, and how that is found.
    resting
        By id, what the indicators with a rate or a median in them rest on.
    """

    aggregates: tuple[Aggregate, ...]
    settled: tuple[Indicator, ...]
    open: tuple[Indicator, ...]
    waiting: tuple[Leaf, ...]
    kept: tuple[Aggregate, ...]
    groups: dict[str, Aggregate]
    resting: dict[str, Resting]


def layout_of(indicators: Iterable[Indicator], populations: Iterable[Expression]) -> Layout:
    """Return the layout of some indicators.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> found = standard_catalogue().select(ids=["PN06", "BC01", "PN14"]).layout
    >>> [indicator.id for indicator in found.settled], [i.id for i in found.open]
    (['PN06'], ['BC01', 'PN14'])
    """
    settled: list[Indicator] = []
    left: list[Indicator] = []
    for indicator in indicators:
        own = all(isinstance(leaf, Aggregate) for leaf in indicator.leaves)
        still = own and not follows_the_day(indicator.expression)
        (settled if still else left).append(indicator)
    waiting = [leaf for indicator in left for leaf in indicator.leaves]
    waiting += [leaf for tree in populations for leaf in leaves_of(tree)]
    kept = dict.fromkeys(part for leaf in waiting for part in own_parts(leaf))
    dated = [leaf for leaf in waiting if isinstance(leaf, Dated)]
    groups = {leaf.by: membership(leaf.by) for leaf in dated if leaf.by not in (CITY, SELF)}
    done = (leaf for each in settled for leaf in each.leaves)
    own_leaves = (leaf for leaf in done if isinstance(leaf, Aggregate))
    return Layout(
        aggregates=tuple(dict.fromkeys((*own_leaves, *kept, *groups.values()))),
        settled=tuple(settled),
        open=tuple(left),
        waiting=tuple(dict.fromkeys(waiting)),
        kept=tuple(kept),
        groups=groups,
        resting=dict(_resting(left)),
    )


def _resting(indicators: Iterable[Indicator]) -> Iterator[tuple[str, Resting]]:
    for each in indicators:
        leaves = each.leaves
        if any(isinstance(leaf, Rate | Median) for leaf in leaves):
            own = tuple(leaf for leaf in leaves if isinstance(leaf, Aggregate))
            counts = tuple(part for part in own if part.operator in COUNTS)
            grouped = (leaf for leaf in leaves if isinstance(leaf, Rate | Median))
            yield each.id, Resting(counts or own, tuple(x for x in grouped if x.group != CITY))


def own_parts(leaf: Leaf) -> tuple[Aggregate, ...]:
    """Return what of a leaf is computed from the enterprise's own events."""
    match leaf:
        case Aggregate():
            return (leaf,)
        case Missed():
            return leaf.parts
        case Nearby():
            return LONGITUDE, LATITUDE
    return ()
