"""Examination: one enterprise as of a day, its values with everything behind them, in one pass.

What the matrix has of many rows by columns is here of one row, with every leaf kept, so that it can
be told which values were computed and which stand in, and on what each rests.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .catalogue import Catalogue
from .events import Events
from .expression import Leaf, evaluate, evaluate_all
from .kernel import aggregate
from .places import Places
from .plan import compile_plan
from .references import References
from .standing import leaf_values, stood_unsettled

__all__ = ["Examination", "examine", "row_of"]

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
    missing: npt.NDArray[np.bool_]
    leaves: Mapping[Leaf, Floats]
    references: References | None
    places: Places | None

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
    day = as_of.astype(np.float64)
    member = {n: evaluate(tree, leaves, day)[0] > 0 for n, tree in catalogue.populations.items()}
    applies = np.array([any(member[n] for n in each.populations) for each in catalogue], np.bool_)
    raw = evaluate_all((each.expression for each in catalogue), leaves, day)[:, 0]
    bounds = np.array([(*each.limits, each.missing) for each in catalogue]).reshape(-1, 3)
    low, high, stand_in = bounds.T
    absent = np.isnan(raw)
    values = np.where(absent, stand_in, np.clip(raw, low, high))
    return np.where(applies, values, np.nan), absent & applies
