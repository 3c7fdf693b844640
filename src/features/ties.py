"""Ties: to how many other enterprises one is tied as of a day, and how many of them have something.

A tie that either side reports ties both. Each pair of enterprises is tied on stretches of days,
each enterprise has what is asked for on stretches of days, and where the two meet the other one
counts.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ..core.errors import DeclarationError
from .aggregate import Aggregate, count
from .cases import UNKNOWN, Cases
from .dated import Asked, Counted, Dated, Floats, Kept, Source, Table
from .intervals import Stretches, meetings, union
from .spans import Spans
from .steps import Steps
from .streams import check_patterns

__all__ = ["Neighbour", "Neighbours", "Tied", "check_flags", "check_kind", "flagged", "neighbours"]

LOW = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied(Dated):
    """Number of different other enterprises to which an enterprise is tied as of a day.

    Parameters
    ----------
    streams
        Patterns of the ties, of kind `relation`; those that are open as of the day count.
    having
        Counts over the other's events: only those others of which any counts at least one event.
        Without, all; even those that the archive does not know, of whom nothing can be counted.

    Raises
    ------
    DeclarationError
        If a pattern is of another kind, or `having` holds anything but counts.
    """

    streams: tuple[str, ...]
    having: tuple[Aggregate, ...] = ()

    def __post_init__(self) -> None:
        check_kind(self.streams, "relation")
        check_flags("having", self.having)

    @property
    def by(self) -> str:
        """Whose value a row has."""
        return "self"

    @property
    def tables(self) -> tuple[Table, ...]:
        """What answers it."""
        return (self,)

    @property
    def ties(self) -> Counted:
        """The ties that count."""
        return Counted(count(*self.streams, state="open"))

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the table is worked out from."""
        return (self.ties, *map(Counted, self.having))

    def build(self, kept: Kept) -> Steps:
        """Sum up to how many others each enterprise is tied."""
        pairs = _pairs(kept.spans[self.ties], kept.cases)
        if self.having:
            other = pairs[0] & LOW, pairs[1], pairs[2]
            left, _, start, stop = meetings(other, flagged(self.having, kept))
            pairs = pairs[0][left], start, stop
        one = pairs[0] >> 32, pairs[1], pairs[2]
        return Steps.of(one, np.ones(len(one[0]), np.int64))

    def answer(self, tables: Sequence[Steps], asked: Asked) -> Floats:
        """Return the number for each row; see `Dated`."""
        (number,) = tables[0].at(asked.keys, asked.as_of)
        return np.asarray(number, np.float64)


@dataclass(frozen=True, slots=True)
class Neighbour:
    """Another enterprise to which one is tied.

    Parameters
    ----------
    enterprise
        Its dense number; None if the archive does not know it.
    case
        The number that stands for its code.
    ties, flags
        Numbers of the records that tie both, and of its own records that it is counted for.
    share
        Its part of the number of those that count.
    """

    enterprise: int | None
    case: int
    ties: tuple[int, ...]
    flags: tuple[int, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What a number of ties rests on: to whom an enterprise is tied, known ones first."""

    leaf: Tied
    others: tuple[Neighbour, ...]

    @property
    def value(self) -> float:
        """The number, as the matrix has it."""
        if not self.leaf.having:
            return float(len(self.others))
        return float(sum(bool(other.flags) for other in self.others))

    @property
    def shares(self) -> dict[int, float]:
        """The share that each record carries that ties the enterprise to one that counts."""
        return {r: each.share / len(each.ties) for each in self.others for r in each.ties}


def neighbours(leaf: Tied, kept: Kept, enterprise: int, as_of: int) -> Neighbours:
    """Return to whom an enterprise is tied as of a day, with the records that say so."""
    ties, cases = kept.spans[leaf.ties], kept.cases
    own = ties.from_enterprise(enterprise).live(as_of)
    told = ties.take(cases.naming(enterprise, ties.enterprise, ties.key)).live(as_of)
    meant = cases.meant(own.enterprise, own.key)
    keys = [(int(n), 0 if n != UNKNOWN else int(c)) for n, c in zip(meant, own.key, strict=True)]
    keys += [(int(n), 0) for n in told.enterprise]
    records: dict[tuple[int, int], set[int]] = {}
    for key, record in zip(keys, [*own.number.tolist(), *told.number.tolist()], strict=True):
        records.setdefault(key, set()).add(record)
    records.pop((enterprise, 0), None)
    having = [kept.spans[Counted(part)] for part in leaf.having]
    flags = {key: _records(having, key[0], as_of) for key in records}
    counted = sum(bool(f) or not having for f in flags.values())
    return Neighbours(
        leaf,
        tuple(
            Neighbour(
                enterprise=None if number == UNKNOWN else number,
                case=case if number == UNKNOWN else cases.of(number),
                ties=tuple(sorted(records[number, case])),
                flags=flags[number, case],
                share=1 / counted if flags[number, case] or not having else 0.0,
            )
            for number, case in sorted(records, key=lambda key: (key[0] == UNKNOWN, key))
        ),
    )


def flagged(having: tuple[Aggregate, ...], kept: Kept) -> Stretches:
    """Return the days by enterprise on which any of some aggregates counts an event."""
    parts = [kept.spans[Counted(part)] for part in having]
    key = np.concatenate([part.enterprise for part in parts]).astype(np.int64)
    start, stop = (np.concatenate([getattr(p, n) for p in parts]) for n in ("start", "stop"))
    return union(key, start.astype(np.int64), stop.astype(np.int64))


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


def _pairs(ties: Spans, cases: Cases) -> Stretches:
    """Return the days on which enterprises are tied, by both numbers packed into one.

    Those that nobody is known by have numbers after all others.
    """
    meant = cases.meant(ties.enterprise, ties.key)
    unknown = np.flatnonzero(meant == UNKNOWN)
    beyond = max(int(cases.enterprise.max(initial=0)), int(ties.enterprise.max(initial=0))) + 1
    meant[unknown] = beyond + np.unique(ties.key[unknown], return_inverse=True)[1]
    one = ties.enterprise.astype(np.int64)
    apart = np.flatnonzero(one != meant)
    back = apart[meant[apart] < beyond]
    key = np.concatenate([(one[apart] << 32) + meant[apart], (meant[back] << 32) + one[back]])
    both = ties.take(np.concatenate([apart, back]))
    return union(*both.stretches(key))


def _records(having: Sequence[Spans], enterprise: int, as_of: int) -> tuple[int, ...]:
    if enterprise == UNKNOWN:
        return ()
    found = [part.from_enterprise(enterprise).live(as_of).number for part in having]
    return tuple(np.unique(np.concatenate([np.empty(0, np.int64), *found])).tolist())
