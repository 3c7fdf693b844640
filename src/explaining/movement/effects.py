"""Effects: what each of the things that moved indicators did to each of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...features import Aggregate, Catalogue
from ...features.dated import Dated
from ...features.expression import Leaf, leaves_of
from ...features.layout import own_parts
from ...grading import Blend
from ..attribution.contributions import contributions
from ..words.form import State
from ..words.phrases import undone
from ..words.sentences import Sentences
from .changes import Change, Texts
from .shapley import coalitions, shapley
from .worlds import Worlds

__all__ = ["Effects"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
DIGITS = 9
"""To how many digits shares are told apart from what adding them up leaves."""


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """What moved each indicator, and by how much.

    The share of each mover is its Shapley value, of the indicator itself, so that the shares sum to
    what it changed by.

    Parameters
    ----------
    catalogue
        The indicators.
    movers
        What moved them.
    before, after
        The indicators; shape (indicators,).
    states
        What stood behind each indicator before, and after.
    moved
        Whether a mover moved an indicator, whatever else had moved; shape (movers, indicators).
    by
        How far, as people are told of it, logarithms undone; NaN where the indicator did not apply
        with some of them. Shape (movers, indicators).
    weight
        What that did to the log-odds, for order only; shape (movers, indicators).
    """

    catalogue: Catalogue
    movers: tuple[str, ...]
    before: Array
    after: Array
    states: tuple[Sequence[State], Sequence[State]]
    moved: Flags
    by: Array
    weight: Array

    @classmethod
    def of(cls, worlds: Worlds, catalogue: Catalogue, blend: Blend) -> "Effects":
        """Return the effects of all movers on the indicators that a model reads."""
        movers = worlds.movers
        sets = coalitions(len(movers))
        named = (frozenset(np.array(movers)[each].tolist()) for each in sets)
        rows = worlds.rows(catalogue, named)
        told = np.column_stack(
            [undone(each)(rows[:, place]) for place, each in enumerate(catalogue)]
        )
        weight = shapley(contributions(blend, rows)[0])
        return cls(
            catalogue,
            movers,
            rows[0],
            rows[-1],
            worlds.states(catalogue),
            _moved(rows),
            shapley(told).round(DIGITS),
            np.abs(weight),
        )

    def changes(self, mover: str, why: Texts, words: Sentences) -> tuple[Change, ...]:
        """Return what a mover did to indicators, what matters most first."""
        place = self.movers.index(mover)
        alone = self.moved.sum(axis=0) == 1
        order = np.argsort(-self.weight[place], kind="stable")
        indicators: Sequence[int] = order[self.moved[place, order]].tolist()
        found = (
            Change(
                self.catalogue.indicators[at],
                float(self.before[at]),
                float(self.after[at]),
                float(self.by[place, at]),
                why,
                words.form(self.catalogue.indicators[at]),
                alone=bool(alone[at]),
                states=(self.states[0][at], self.states[1][at]),
            )
            for at in indicators
        )
        return tuple(each for each in found if each.is_seen)

    def streams(self, mover: str) -> tuple[str, ...]:
        """Return the streams that the indicators read which a mover moved."""
        place, populations = self.movers.index(mover), self.catalogue.populations.values()
        moved = np.flatnonzero(self.moved[place]).tolist()
        trees = [self.catalogue.indicators[at].expression for at in moved]
        if np.isnan(self.by[place, moved]).any():
            trees += populations
        parts = (part for tree in trees for leaf in leaves_of(tree) for part in self._parts(leaf))
        return tuple(dict.fromkeys(stream for part in parts for stream in part.streams))

    def _parts(self, leaf: Leaf) -> Iterator[Aggregate]:
        """Yield what of a leaf rests on the enterprise's own records."""
        yield from own_parts(leaf)
        if isinstance(leaf, Dated) and leaf.by in self.catalogue.layout.groups:
            yield self.catalogue.layout.groups[leaf.by]


def _moved(rows: Array) -> Flags:
    """Tell which indicators differ with and without each player, in any set of the others."""
    sets = coalitions(int(np.log2(len(rows))))
    found = []
    for player in range(sets.shape[1]):
        without = np.flatnonzero(~sets[:, player])
        one, other = rows[without], rows[without + (1 << player)]
        found.append(((one != other) & ~(np.isnan(one) & np.isnan(other))).any(axis=0))
    return np.array(found)
