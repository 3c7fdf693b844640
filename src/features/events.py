"""Events: the narrow view of the archive that every indicator is computed from."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..archive import EventView
from ..core.errors import InvalidError
from .streams import Vocabulary

__all__ = ["COLUMNS", "Events", "fixed"]

COLUMNS: dict[str, type[np.generic]] = {
    "enterprise": np.int32,
    "stream": np.int32,
    "record": np.int64,
    "case": np.int64,
    "occurred": np.int32,
    "available": np.int32,
    "withdrawn": np.int32,
    "repaired": np.int32,
    "ended": np.int32,
    "ended_available": np.int32,
    "severity": np.float64,
    "value": np.float64,
}
ORDER = ("enterprise", "occurred", "available", "record")
LEAST = ("enterprise", "stream", "occurred", "available")


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """Columns of equal length, one row per span of a record, sorted by `ORDER`.

    Several rows of one record are its disjoint spans (`core.time.spans`), of which at most one
    counts at any `as_of`. `stream` numbers the pairs (kind, code) of `vocabulary`; `severity`
    and `value` are NaN where the record has none; all clocks are day numbers. A column that was
    not read is empty.
    """

    enterprise: npt.NDArray[np.int32]
    stream: npt.NDArray[np.int32]
    record: npt.NDArray[np.int64]
    case: npt.NDArray[np.int64]
    occurred: npt.NDArray[np.int32]
    available: npt.NDArray[np.int32]
    withdrawn: npt.NDArray[np.int32]
    repaired: npt.NDArray[np.int32]
    ended: npt.NDArray[np.int32]
    ended_available: npt.NDArray[np.int32]
    severity: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    vocabulary: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        if not isinstance(self.vocabulary, Vocabulary):
            object.__setattr__(self, "vocabulary", Vocabulary(self.vocabulary))

    @classmethod
    def from_table(
        cls,
        table: pa.Table,
        vocabulary: Sequence[tuple[str, str]],
        columns: Collection[str] = tuple(COLUMNS),
    ) -> "Events":
        """Read an Arrow table with the columns of `COLUMNS`, in any column order.

        Parameters
        ----------
        table, vocabulary
            The events, and the pair (kind, code) that each number of a stream stands for.
        columns
            Those to read, `LEAST` among them; a plan says which it needs (`Plan.columns`), and
            others cost time. Whatever reads events beside the kernel needs all.

        Raises
        ------
        InvalidError
            If a column is absent or holds what its type cannot, if the rows are not sorted by
            `ORDER`, or if a stream is not in the vocabulary.
        """
        unasked = [name for name in LEAST if name not in columns]
        if unasked:
            raise InvalidError(
                f"no events can be read without {', '.join(unasked)}; read at least "
                f"{', '.join(LEAST)}"
            )
        absent = [name for name in columns if name not in table.column_names]
        if absent:
            exists = ", ".join(table.column_names) or "no column"
            raise InvalidError(f"the events lack {', '.join(absent)}; the table has: {exists}")
        found = {
            name: _column(table, name, kind) if name in columns else np.empty(0, kind)
            for name, kind in COLUMNS.items()
        }
        events = cls(**found, vocabulary=tuple((str(k), str(c)) for k, c in vocabulary))
        events.check()
        return events

    @classmethod
    def from_view(cls, view: EventView) -> "Events":
        """Read a view of the archive; see `from_table`."""
        return cls.from_table(view.table, view.vocabulary)

    @classmethod
    def none(cls) -> "Events":
        """Return no events at all."""
        return cls(**{n: np.empty(0, k) for n, k in COLUMNS.items()}, vocabulary=())

    def __len__(self) -> int:
        return len(self.enterprise)

    def check(self) -> None:
        """Refuse rows out of order, streams without a name, and names given twice."""
        size = len(self.vocabulary)
        if len(set(self.vocabulary)) < size:
            raise InvalidError("the vocabulary of the events names a pair (kind, code) twice")
        if len(self) and not 0 <= self.stream.min() <= self.stream.max() < size:
            found = f"{self.stream.min()} to {self.stream.max()}"
            raise InvalidError(f"streams go from {found}, but the vocabulary has {size} names")
        columns = {name: getattr(self, name) for name in ORDER}
        if "record" in self.unread:
            columns["record"] = columns["available"].astype(np.int64)
        at = _machine()(*map(fixed, columns.values()))
        if at:
            falls = next(name for name, column in columns.items() if column[at - 1] > column[at])
            raise InvalidError(
                f"events must be sorted by {', '.join(ORDER)}; row {at} is not ({falls} falls)"
            )

    @property
    def unread(self) -> frozenset[str]:
        """The columns that were not read."""
        return frozenset(name for name in COLUMNS if len(getattr(self, name)) != len(self))

    def take(self, rows: slice | npt.NDArray[np.intp]) -> "Events":
        """Return the events at the given rows, which must rise."""
        size = len(self)
        columns = {name: getattr(self, name) for name in COLUMNS}
        taken = {n: each[rows] if len(each) == size else each for n, each in columns.items()}
        return Events(**taken, vocabulary=self.vocabulary)

    def of(self, enterprise: int) -> "Events":
        """Return the events of one enterprise (a view, nothing is copied)."""
        events, first, last = self.stretch(enterprise)
        return events.take(slice(first, last))

    def stretch(self, enterprise: int) -> tuple["Events", int, int]:
        """Return events, and the first row of one enterprise and the row after its last."""
        pair = np.array([enterprise, enterprise + 1], np.int32)
        first, last = np.searchsorted(self.enterprise, pair).tolist()
        return self, first, last

    def among(self, enterprises: npt.NDArray[np.int32]) -> "Events":  # noqa: ARG002
        """Return events that hold all of some enterprises: here, those of everybody."""
        return self

    def bounds(
        self, enterprise: npt.NDArray[np.integer[Any]]
    ) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the first row and the row after the last one of each enterprise."""
        wanted = enterprise.astype(np.int32)
        first = np.searchsorted(self.enterprise, wanted, side="left")
        last = np.searchsorted(self.enterprise, wanted, side="right")
        return first.astype(np.int64), last.astype(np.int64)

    def first_available(self) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
        """Return the enterprises, rising, and the day on which each was first told of.

        Examples
        --------
        >>> [column.tolist() for column in Events.none().first_available()]
        [[], []]
        """
        if not len(self):
            return self.enterprise, self.available
        moved = self.enterprise[1:] != self.enterprise[:-1]
        first = np.concatenate([[0], np.flatnonzero(moved) + 1])
        return self.enterprise[first], np.minimum.reduceat(self.available, first)


def fixed(column: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Return a column that cannot be written to: of one type, wherever it comes from."""
    column = column.view()
    column.flags.writeable = False
    return column


def _disorder(
    enterprise: npt.NDArray[np.int32],
    occurred: npt.NDArray[np.int32],
    available: npt.NDArray[np.int32],
    record: npt.NDArray[np.int64],
) -> int:
    """Return the first row that should stand before the one above it; 0 if none should."""
    for i in range(1, len(enterprise)):
        if enterprise[i] != enterprise[i - 1]:
            if enterprise[i] < enterprise[i - 1]:
                return i
        elif occurred[i] != occurred[i - 1]:
            if occurred[i] < occurred[i - 1]:
                return i
        elif available[i] != available[i - 1]:
            if available[i] < available[i - 1]:
                return i
        elif record[i] < record[i - 1]:
            return i
    return 0


@cache
def _machine() -> Callable[..., int]:
    import numba

    return cast("Callable[..., int]", numba.njit(nogil=True, cache=True)(_disorder))


def _column(table: pa.Table, name: str, kind: type[np.generic]) -> npt.NDArray[Any]:
    column = table.column(name)
    if column.null_count and kind is not np.float64:
        raise InvalidError(f"column {name} of the events has {column.null_count} empty cells")
    try:
        cast = column.cast(pa.from_numpy_dtype(np.dtype(kind)))
    except pa.ArrowInvalid as error:
        raise InvalidError(
            f"column {name} of the events must be {np.dtype(kind)}: {error}"
        ) from None
    return np.ascontiguousarray(cast.to_numpy())
