"""What happens in the city, collected as it happens: rows by kind of record."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

__all__ = ["Records", "weekdays"]


@dataclass(slots=True)
class Records:
    """Rows by kind of record, in the order in which they happened.

    `enterprise` is the place of the enterprise in the city, clocks are day numbers, and a day
    that does not come is -1.
    """

    _parts: dict[str, list[dict[str, npt.NDArray[Any]]]] = field(default_factory=dict)

    def add(self, kind: str, /, **columns: npt.ArrayLike) -> None:
        """Add rows; a single value stands for all of them."""
        count = len(np.asarray(columns["enterprise"]))
        if count:
            self._parts.setdefault(kind, []).append(
                {
                    name: np.broadcast_to(
                        np.asarray(column, dtype=object if column is None else None), (count,)
                    )
                    for name, column in columns.items()
                }
            )

    def frame(self, kind: str) -> pd.DataFrame:
        """Return all rows of a kind, null where a column was not given."""
        parts = self._parts.get(kind, [])
        names = dict.fromkeys(name for part in parts for name in part)
        return pd.DataFrame({name: _joined(parts, name) for name in names})


def _joined(parts: list[dict[str, npt.NDArray[Any]]], name: str) -> npt.NDArray[Any]:
    missing = np.array([None], dtype=object)
    return np.concatenate(
        [
            part[name] if name in part else np.repeat(missing, len(part["enterprise"]))
            for part in parts
        ]
    )


def weekdays(rng: np.random.Generator, first: int, after: int, count: int) -> npt.NDArray[np.int64]:
    """Draw days from Monday to Friday with `first <= day < after`.

    Examples
    --------
    Day 0 was a Thursday, days 2 and 3 the weekend:

    >>> set(weekdays(np.random.default_rng(0), 0, 5, 50).tolist()) == {0, 1, 4}
    True
    """
    days = np.arange(first, after)
    return rng.choice(days[(days + 3) % 7 < 5], size=count)
