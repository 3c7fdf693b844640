"""Dated tables: what a leaf needs to be answered for any enterprise as of any day.

A **source** reads from the events of each enterprise what it contributes, which is kept. A
**table** is worked out from the contributions of all. A leaf is answered by its tables.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from .aggregate import Aggregate
from .cases import Cases
from .expression import Leaf
from .groups import Block
from .intervals import Days, Ints, intervals
from .spans import Spans

__all__ = ["SELF", "Asked", "Counted", "Dated", "Days", "Floats", "Kept", "Source", "Table"]

Floats = npt.NDArray[np.float64]

SELF = "self"
"""What a row of the enterprise's own value is known by, in place of a group."""


class Source(Protocol):
    """A hashable value that says what is read from the events of each enterprise."""

    def read(self, block: Block) -> Spans:
        """Return what a block of events contributes."""
        ...


class Table(Protocol):
    """A hashable value that says how a table is worked out."""

    @property
    def sources(self) -> tuple[Source, ...]:
        """What it is worked out from."""
        ...

    def build(self, kept: "Kept") -> Any:
        """Work it out from the contributions of all enterprises."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What all enterprises contribute, by source, and which enterprise a case means."""

    spans: Mapping[Source, Spans]
    cases: Cases


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """Rows: the key of each one's group, its day, and whether it has a group at all."""

    keys: Ints
    as_of: Days
    member: npt.NDArray[np.bool]


class Dated(Leaf, ABC):
    """A leaf that dated tables answer."""

    __slots__ = ()

    @property
    @abstractmethod
    def by(self) -> str:
        """Whose value a row has: one of `groups.GROUPS`, or `SELF`, the enterprise's own."""

    @property
    @abstractmethod
    def tables(self) -> tuple[Table, ...]:
        """What answers it."""

    @abstractmethod
    def answer(self, tables: Sequence[Any], asked: Asked) -> Floats:
        """Return the value of each row from what was built of `tables`."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The days on which the events of an aggregate count, with their cases and records."""

    part: Aggregate

    def read(self, block: Block) -> Spans:
        """Return what a block of events contributes."""
        return Spans.of_events(block.events, *intervals(self.part, block.events))
