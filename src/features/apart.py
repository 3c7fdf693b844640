"""References apart: each row is answered by references of its own, which mostly are the same."""

from collections.abc import Sequence

import numpy as np

from .dated import Asked, Dated, Floats
from .references import References

__all__ = ["Apart"]


class Apart(References):
    """References of which those of one row may be as of another moment than those of the next.

    Parameters
    ----------
    each
        The references of each row, of the same leaves.

    Examples
    --------
    >>> one = References.build([], [])
    >>> Apart([one, one]).each[0] is one
    True
    """

    def __init__(self, each: Sequence[References]) -> None:
        super().__init__((), None)
        self.each = tuple(each)

    def values(self, leaf: Dated, asked: Asked) -> Floats:
        """Return the value of a leaf for each row; those that rest on the same come from one."""
        alike: dict[tuple[int, ...], list[int]] = {}
        for row, one in enumerate(self.each):
            alike.setdefault(_rests_on(leaf, one), []).append(row)
        found = np.empty(len(self.each))
        for rows in alike.values():
            part = Asked(asked.keys[rows], asked.as_of[rows], asked.member[rows])
            found[rows] = self.each[rows[0]].values(leaf, part)
        return found


def _rests_on(leaf: Dated, one: References) -> tuple[int, ...]:
    """Return by what a leaf is answered, as something to compare."""
    kept = one.kept
    spans = (kept.spans[source] for table in leaf.tables for source in table.sources)
    return (id(kept.cases), *map(id, spans))
