"""Cells: the same values computed twice, held against each other one by one."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...core import time

__all__ = ["Cells", "Leak"]


@dataclass(frozen=True, slots=True)
class Leak:
    """Values as of a day that depend on what came later.

    Attributes
    ----------
    what
        Id of the indicator, or what else it is.
    cells
        How many of its values differ.
    enterprise, as_of
        Whose the first of them is, as `scheme:code`, and as of when.
    one, other
        That value, with records as they came and with altered ones; None where there is none.

    Examples
    --------
    >>> print(Leak("PN06", 3, "uscc:91440399MA5X", "2022-03-01", 1.0, 2.0))
    PN06 of uscc:91440399MA5X as of 2022-03-01 is 1, and 2 where later records differ (3 such cells)
    """

    what: str
    cells: int
    enterprise: str
    as_of: str
    one: float | None
    other: float | None

    def __str__(self) -> str:
        """Say what differs, whose, as of when, and both values."""
        one, other = (
            "nothing" if each is None else f"{each:.17g}" for each in (self.one, self.other)
        )
        return (
            f"{self.what} of {self.enterprise} as of {self.as_of} is {one}, and {other} where "
            f"later records differ ({self.cells:,} such cells)"
        )


class Cells:
    """Two frames of the same columns, cell by cell.

    Parameters
    ----------
    one, other
        By (enterprise, as_of, ...); a row that one of them lacks holds NaN there.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("uscc:A", 0), ("uscc:B", 1)])
    >>> one = pd.DataFrame({"PN06": [1.0, np.nan], "PN07": [0.0, 5.0]}, index=index)
    >>> for leak in Cells(one, one.assign(PN07=[0.0, 6.0])).leaks():
    ...     print(leak.what, leak.enterprise, leak.as_of, leak.one, leak.other)
    PN07 uscc:B 1970-01-02 5.0 6.0
    """

    def __init__(self, one: pd.DataFrame, other: pd.DataFrame) -> None:
        self.one, self.other = one.align(other, axis=0)
        self.differ = self.one.ne(self.other) & ~(self.one.isna() & self.other.isna())

    @property
    def vary(self) -> "pd.Series[bool]":
        """Which columns do not hold the same everywhere."""
        return self.one.max() > self.one.min()

    def names(self, chosen: "pd.Series[bool]") -> tuple[str, ...]:
        """Return the names of some columns."""
        return tuple(chosen.index[chosen])

    def leaks(self) -> Iterator[Leak]:
        """Yield the first difference of each column that has any."""
        for name in self.names(self.differ.any()):
            place = int(np.argmax(self.differ[name]))
            enterprise, as_of = self.one.index[place][:2]
            yield Leak(
                what=name,
                cells=int(self.differ[name].sum()),
                enterprise=enterprise,
                as_of=time.show(as_of),
                one=_value(self.one[name].iloc[place]),
                other=_value(self.other[name].iloc[place]),
            )


def _value(number: float) -> float | None:
    return None if np.isnan(number) else float(number)
