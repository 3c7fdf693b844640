"""Cases: which enterprise a record means that names another one.

Events name another enterprise by a number that stands for its code, their case. Codes are those
of the scheme of the enterprise that the record is about.
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..core.errors import InvalidError

__all__ = ["NOBODY", "UNKNOWN", "Cases"]

COLUMNS = {"enterprise": np.int32, "scheme": np.int32, "case": np.int64}
UNKNOWN = -1


@dataclass(frozen=True, slots=True, eq=False)
class Cases:
    """Columns of equal length, one row per enterprise, sorted by enterprise.

    Parameters
    ----------
    enterprise
        Dense number.
    scheme
        A number for the scheme of its code.
    case
        The number that stands for its code.

    Examples
    --------
    >>> rows = {"enterprise": [0, 1, 2], "scheme": [0, 0, 1], "case": [77, 88, 77]}
    >>> cases = Cases.from_table(pa.table(rows))
    >>> cases.meant(np.array([1, 2, 1, 9]), np.array([77, 77, 99, 77])).tolist()
    [0, 2, -1, -1]
    """

    enterprise: npt.NDArray[np.int32]
    scheme: npt.NDArray[np.int32]
    case: npt.NDArray[np.int64]
    _known: dict[int, tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]] = field(
        init=False, repr=False
    )

    def __post_init__(self) -> None:
        order = np.lexsort((self.case, self.scheme))
        schemes, first = np.unique(self.scheme[order], return_index=True)
        parts = np.split(order, first[1:])
        known = {
            int(scheme): (self.case[part], self.enterprise[part])
            for scheme, part in zip(schemes, parts, strict=False)
        }
        object.__setattr__(self, "_known", known)

    @classmethod
    def from_table(cls, table: pa.Table) -> "Cases":
        """Read an Arrow table with the columns of `COLUMNS`.

        Raises
        ------
        InvalidError
            If a column is absent, or an enterprise stands in it twice.
        """
        absent = [name for name in COLUMNS if name not in table.column_names]
        if absent:
            exists = ", ".join(table.column_names) or "no column"
            raise InvalidError(f"the cases lack {', '.join(absent)}; the table has: {exists}")
        columns = [table[name].to_numpy().astype(kind) for name, kind in COLUMNS.items()]
        order = np.argsort(columns[0], kind="stable")
        cases = cls(*(column[order] for column in columns))
        twice = np.flatnonzero(np.diff(cases.enterprise) == 0)
        if len(twice):
            number = cases.enterprise[twice[0]]
            raise InvalidError(f"enterprise {number} has two codes; an enterprise has one")
        return cases

    def meant(
        self, enterprise: npt.NDArray[np.integer], case: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.int64]:
        """Return whom a case means in a record of an enterprise; -1 if nobody is known by it."""
        found = np.full(len(case), UNKNOWN, np.int64)
        spoken = self._schemes(enterprise)
        for scheme, (cases, enterprises) in self._known.items():
            rows = np.flatnonzero(spoken == scheme)
            place = np.searchsorted(cases, case[rows]).clip(max=len(cases) - 1)
            same = cases[place] == case[rows]
            found[rows[same]] = enterprises[place[same]]
        return found

    def of(self, enterprise: int) -> int:
        """Return the case that means an enterprise."""
        return int(self.case[np.searchsorted(self.enterprise, enterprise)])

    def naming(
        self, enterprise: int, others: npt.NDArray[np.integer], case: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.bool]:
        """Tell in which records of others the case means a certain enterprise."""
        at = np.searchsorted(self.enterprise, enterprise)
        if at == len(self.enterprise) or self.enterprise[at] != enterprise:
            return np.zeros(len(others), dtype=bool)
        same: npt.NDArray[np.bool] = case == self.case[at]
        same[same] = self._schemes(others[same]) == self.scheme[at]
        return same

    def _schemes(self, enterprise: npt.NDArray[np.integer]) -> npt.NDArray[np.int32]:
        if not len(self.enterprise):
            return np.full(len(enterprise), UNKNOWN, np.int32)
        place = np.searchsorted(self.enterprise, enterprise).clip(max=len(self.enterprise) - 1)
        known = self.enterprise[place] == enterprise
        return np.where(known, self.scheme[place], UNKNOWN).astype(np.int32)


NOBODY = Cases(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.int64))
