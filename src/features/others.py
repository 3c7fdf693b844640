"""Others: what leaves have in common that count the others of an enterprise, or its persons.

An enterprise and another, or a person, are a pair of numbers packed into one, and belong together
on stretches of days.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ..core.errors import DeclarationError
from .aggregate import Aggregate
from .dated import SELF, Asked, Counted, Dated, Floats, Kept, Source, Table
from .intervals import Ints, Stretches, union
from .spans import Spans
from .steps import Steps
from .streams import check_patterns

__all__ = [
    "Others",
    "check_flags",
    "check_kind",
    "flagged",
    "flags_of",
    "number_by_first",
    "pair",
    "records_of",
    "unpair",
]


class Others(Dated, ABC):
    """A number that a table of its own answers, enterprise by enterprise."""

    __slots__ = ()

    @property
    def by(self) -> str:
        """Whose value a row has."""
        return SELF

    @property
    def tables(self) -> tuple[Table, ...]:
        """What answers it."""
        return (self,)

    @property
    @abstractmethod
    def sources(self) -> tuple[Source, ...]:
        """What the table is worked out from."""

    @abstractmethod
    def build(self, kept: Kept) -> Steps:
        """Sum up the number of each enterprise."""

    def answer(self, tables: Sequence[Steps], asked: Asked) -> Floats:
        """Return the number for each row; see `Dated`."""
        (number,) = tables[0].at(asked.keys, asked.as_of)
        return np.asarray(number, np.float64)


def pair(first: npt.NDArray[np.integer[Any]], second: npt.NDArray[np.integer[Any]]) -> Ints:
    """Pack two numbers below 2^31 into one, in the order of the first.

    Examples
    --------
    >>> [numbers.tolist() for numbers in unpair(pair(np.array([7, 8]), np.array([9, 0])))]
    [[7, 8], [9, 0]]
    """
    return (first.astype(np.int64) << 32) + second


def unpair(pairs: Ints) -> tuple[Ints, Ints]:
    """Return the first and the second of pairs."""
    return pairs >> 32, pairs & 0xFFFFFFFF


def number_by_first(pairs: Stretches) -> Steps:
    """Sum up in how many pairs each first one is; the stretches of a pair lie apart."""
    key, start, stop = pairs
    return Steps.of((unpair(key)[0], start, stop), np.ones(len(key), np.int64))


def flagged(having: tuple[Aggregate, ...], kept: Kept) -> Stretches:
    """Return the days by enterprise on which any of some aggregates counts an event."""
    found = Spans.together(kept.spans[Counted(part)] for part in having)
    return union(*found.stretches(found.enterprise.astype(np.int64)))


def flags_of(
    having: tuple[Aggregate, ...], kept: Kept, enterprise: int, as_of: int
) -> tuple[int, ...]:
    """Return the numbers of an enterprise's records that any of some aggregates counts."""
    spans = (kept.spans[Counted(part)] for part in having)
    return records_of(part.from_enterprise(enterprise).live(as_of) for part in spans)


def records_of(parts: Iterable[Spans]) -> tuple[int, ...]:
    """Return the numbers that some spans carry, rising, each once."""
    return tuple(np.unique(Spans.together(parts).number).tolist())


def check_kind(patterns: tuple[str, ...], kind: str) -> None:
    """Refuse patterns of streams of any other kind."""
    check_patterns(patterns, (kind,))
    for pattern in patterns:
        if pattern.partition(":")[0] != kind:
            raise DeclarationError(f"the pattern {pattern!r} must be '{kind}' or '{kind}:code'")


def check_flags(name: str, parts: object) -> None:
    """Refuse anything but a tuple of counts whose windows end as of the day."""
    if not isinstance(parts, tuple):
        raise DeclarationError(f"{name} must be a tuple of counts, not {parts!r}")
    for part in parts:
        if not isinstance(part, Aggregate) or part.operator != "count":
            raise DeclarationError(f"{name} holds {part!r}; build it from count(...)")
        if part.cycle is not None or (part.above or ("",))[0] == "position":
            raise DeclarationError(f"{name} can have neither a cycle nor a position")
