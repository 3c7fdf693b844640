"""Examination: one enterprise as of a day, its values with everything behind them, in one pass.

What the matrix has of many rows by columns is here of one row, with every leaf kept, so that it can
be told which values were computed and which stand in, and on what each rests.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .aggregate import Aggregate
from .catalogue import Catalogue
from .events import Events
from .expression import Leaf
from .groups import CITY
from .kernel import aggregate
from .layout import COUNTS, Resting
from .medians import Median
from .places import Places
from .plan import compile_plan
from .rates import Rate
from .references import References
from .standing import leaf_values, stood_unsettled

__all__ = ["Examination", "examine", "row_of"]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Examination:
    """The values of one enterprise as of a day, and what they were computed from.

    Parameters
    ----------
    catalogue
        The indicators.
    own
        The events of the enterprise.
    enterprise, as_of
        Dense number, and day number.
    row
        Of the indicators, as the matrix has them; shape (indicators,).
    missing
        Where no record says, and the declared value stands in; shape (indicators,).
    leaves
        The value of every leaf.
    references, places
        What it was computed with.
    """

    catalogue: Catalogue
    own: Events
    enterprise: int
    as_of: int
    row: Floats
    missing: Flags
    leaves: Mapping[Leaf, Floats]
    references: References | None
    places: Places | None

    def key(self, group: str) -> int | None:
        """Return the key of the group to which the enterprise belongs, if there is one."""
        if group == CITY:
            return None
        at = self.leaves[self.catalogue.layout.groups[group]][0]
        return None if np.isnan(at) else int(self.own.case[int(at)])

    def on_others(self) -> Flags:
        """Tell where a value stands on others alone; shape (indicators,).

        A rate of the enterprise's own of which it has no outcome is such a value, and a rate of
        its brand where it has none or nobody else of that brand was seen.
        """
        resting = self.catalogue.layout.resting
        return np.array(
            [
                name in resting and self._rests_on_others(resting[name])
                for name in self.catalogue.ids
            ],
            np.bool_,
        )

    def _rests_on_others(self, resting: Resting) -> bool:
        if resting.own:
            return not any(self._is_told(part) for part in resting.own)
        return bool(resting.groups) and not any(map(self._outcomes, resting.groups))

    def _is_told(self, part: Aggregate) -> bool:
        """Tell whether there is a record behind an aggregate."""
        number = self.leaves[part][0]
        return bool(number > 0) if part.operator in COUNTS else not np.isnan(number)

    def _outcomes(self, leaf: Rate | Median) -> int:
        """Return how many outcomes the enterprise's group has, as far as they count."""
        key = self.key(leaf.group)
        if key is None or self.references is None:
            return 0
        if isinstance(leaf, Rate):
            return self.references.counts(leaf, key, self.as_of)[0]
        n, _ = self.references.middles(leaf, key, self.as_of)
        return n if n >= leaf.least else 0

    def value(self, indicator: str) -> float:
        """Return the value of an indicator; NaN where it does not apply."""
        return float(self.row[self.catalogue.ids.index(indicator)])


def examine(
    catalogue: Catalogue,
    events: Events,
    enterprise: int,
    as_of: int,
    *,
    references: References | None = None,
    places: Places | None = None,
) -> Examination:
    """Compute the indicators of one enterprise, and keep what is behind them.

    Parameters are those of `compute`, of which `row` is one, to the bit.

    Examples
    --------
    >>> from xinheng.features import standard_catalogue
    >>> found = examine(standard_catalogue().select(ids=["PN06"]), Events.none(), 7, 20513)
    >>> found.row.tolist(), found.missing.tolist()
    ([0.0], [False])
    """
    own = events.of(enterprise)
    who, when = np.array([enterprise], np.int32), np.array([as_of], np.int32)
    parts = catalogue.layout.aggregates
    table = aggregate(compile_plan(parts, own.vocabulary), own, who, when)
    standing = stood_unsettled(catalogue, own, table, who, when, when)
    leaves = leaf_values(catalogue, standing, references, places)
    leaves |= {part: table[:, column] for column, part in enumerate(parts)}
    row, missing = row_of(catalogue, leaves, when)
    return Examination(
        catalogue,
        own,
        enterprise,
        as_of,
        row,
        missing,
        leaves,
        references,
        places,
    )


def row_of(
    catalogue: Catalogue, leaves: Mapping[Leaf, Floats], as_of: npt.NDArray[np.int32]
) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """Return the indicators of one row from the values of its leaves, and where none is known.

    Parameters
    ----------
    catalogue
        The indicators.
    leaves
        What they and the populations are made of, each of shape (1,).
    as_of
        Day number, of shape (1,).
    """
    return catalogue.finishing.row(leaves, as_of.astype(np.float64))
