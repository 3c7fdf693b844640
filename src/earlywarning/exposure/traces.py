"""Traces: what tells that an enterprise makes, sells or is near a product, a row for each hint."""

from collections.abc import Iterable
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from .weights import REASONS, Reason

__all__ = ["ROLES", "Traces"]

ROLES = (
    "makes",
    "commissions",
    "sells",
    "trades",
    "same_supplier",
    "same_group",
    "same_site",
)
"""What an enterprise has to do with a product, the nearest first."""

Numbers = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


class Traces(NamedTuple):
    """Hints, each of one enterprise; all arrays have shape (n,).

    Attributes
    ----------
    enterprise
        Dense number.
    role, reason
        Places in `ROLES` and in `REASONS`.
    weight
        How surely it tells, in 0..1.
    record, occurred
        Key of the record and its day.
    other
        Dense number of the enterprise to which it is tied, -1 if none.
    """

    enterprise: Numbers
    role: Numbers
    reason: Numbers
    weight: Floats
    record: Numbers
    occurred: Numbers
    other: Numbers

    @classmethod
    def alike(
        cls,
        role: str,
        reason: Reason,
        enterprise: Numbers,
        weight: Floats,
        record: Numbers,
        occurred: Numbers,
        other: Numbers | None = None,
    ) -> Self:
        """Return hints of one role and one reason."""
        ones = np.ones(len(enterprise), np.int64)
        return cls(
            enterprise,
            ROLES.index(role) * ones,
            REASONS.index(reason) * ones,
            weight,
            record,
            occurred,
            -ones if other is None else other,
        )

    @classmethod
    def together(cls, parts: Iterable["Traces"]) -> Self:
        """Put hints behind each other."""
        return cls(*(np.concatenate(column) for column in zip(*parts, strict=True)))

    def kept(self, rows: npt.NDArray[np.bool_]) -> Self:
        """Return some of them."""
        columns: Iterable[Any] = self
        return type(self)(*(column[rows] for column in columns))
