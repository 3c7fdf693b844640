"""Ties: to how many other enterprises one is tied as of a day, and how many of them have something.

A tie that either side reports ties both. Each pair of enterprises is tied on stretches of days,
each enterprise has what is asked for on stretches of days, and where the two meet the other one
counts.
"""

from dataclasses import dataclass

import numpy as np

from .aggregate import Aggregate, count
from .cases import UNKNOWN, Cases
from .dated import Counted, Kept, Source
from .intervals import Stretches, meetings, union
from .others import (
    Others,
    check_flags,
    check_kind,
    flagged,
    flags_of,
    number_by_first,
    pair,
    unpair,
)
from .spans import Spans
from .steps import Steps

__all__ = ["Neighbour", "Neighbours", "Tied", "neighbours"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tied(Others):
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

    __hash__ = Others.__hash__

    def __post_init__(self) -> None:
        check_kind(self.streams, "relation")
        check_flags("having", self.having)

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
            other = unpair(pairs[0])[1], *pairs[1:]
            left, _, start, stop = meetings(other, flagged(self.having, kept))
            pairs = pairs[0][left], start, stop
        return number_by_first(pairs)


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
    flags = {
        key: () if key[0] == UNKNOWN else flags_of(leaf.having, kept, key[0], as_of)
        for key in records
    }
    counted = sum(bool(f) or not leaf.having for f in flags.values())
    return Neighbours(
        leaf,
        tuple(
            Neighbour(
                enterprise=None if number == UNKNOWN else number,
                case=case if number == UNKNOWN else cases.of(number),
                ties=tuple(sorted(records[number, case])),
                flags=flags[number, case],
                share=1 / counted if flags[number, case] or not leaf.having else 0.0,
            )
            for number, case in sorted(records, key=lambda key: (key[0] == UNKNOWN, key))
        ),
    )


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
    key = np.concatenate([pair(one[apart], meant[apart]), pair(meant[back], one[back])])
    both = ties.take(np.concatenate([apart, back]))
    return union(*both.stretches(key))
