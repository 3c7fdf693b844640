"""The layout: what has to be kept of an enterprise so that its indicators can be finished later.

Some indicators are **settled** by the enterprise's own events: their value stays until one of
its aggregates changes. Others stay **open**: they follow the day itself, or what happens to other
enterprises. Of these, what is kept are the aggregates, from which any day can be answered.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .aggregate import Aggregate
from .dated import Dated
from .expression import Expression, Leaf, follows_the_day, leaves_of
from .groups import CITY, membership
from .indicator import Indicator
from .missed import Missed
from .places import LATITUDE, LONGITUDE, Nearby

__all__ = ["Layout", "layout_of"]

SELF = "self"


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
    """

    aggregates: tuple[Aggregate, ...]
    settled: tuple[Indicator, ...]
    open: tuple[Indicator, ...]
    waiting: tuple[Leaf, ...]
    kept: tuple[Aggregate, ...]
    groups: dict[str, Aggregate]


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
        own = all(isinstance(leaf, Aggregate) for leaf in leaves_of(indicator.expression))
        still = own and not follows_the_day(indicator.expression)
        (settled if still else left).append(indicator)
    waiting = [leaf for indicator in left for leaf in leaves_of(indicator.expression)]
    waiting += [leaf for tree in populations for leaf in leaves_of(tree)]
    kept = dict.fromkeys(part for leaf in waiting for part in own_parts(leaf))
    dated = [leaf for leaf in waiting if isinstance(leaf, Dated)]
    groups = {leaf.by: membership(leaf.by) for leaf in dated if leaf.by not in (CITY, SELF)}
    done = (leaf for each in settled for leaf in leaves_of(each.expression))
    own_leaves = (leaf for leaf in done if isinstance(leaf, Aggregate))
    return Layout(
        aggregates=tuple(dict.fromkeys((*own_leaves, *kept, *groups.values()))),
        settled=tuple(settled),
        open=tuple(left),
        waiting=tuple(dict.fromkeys(waiting)),
        kept=tuple(kept),
        groups=groups,
    )


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
