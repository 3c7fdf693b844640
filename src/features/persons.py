"""Persons: how many of those in charge of an enterprise have something against them.

Records tell the same person from another by a number and say no more. Who may not run a food
business may be told of without an enterprise.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..archive.sets import among, unique
from ..core.errors import DeclarationError
from ..core.time import months
from .aggregate import Aggregate, count
from .dated import Counted, Kept, Source
from .groups import Block
from .intervals import Ints, Stretches, intervals, meetings, union
from .others import (
    Others,
    check_flags,
    check_kind,
    flagged,
    flags_of,
    number_by_first,
    pair,
    records_of,
    unpair,
)
from .spans import Spans
from .steps import Steps

__all__ = ["Former", "Held", "Holder", "Holders", "Persons", "holders"]


@dataclass(frozen=True, slots=True)
class Held:
    """The days on which a post is held or was within a number of days before, as known then."""

    posts: tuple[str, ...]
    within: int

    def read(self, block: Block) -> Spans:
        """Return what a block of events contributes."""
        events = block.events
        rows, start, stop = intervals(count(*self.posts), events)
        ended = events.ended[rows].astype(np.int64)
        known = np.maximum(ended, events.ended_available[rows])
        stop = np.minimum(stop, np.maximum(known, ended + self.within))
        kept = start < stop
        return Spans.of_events(events, rows[kept], start[kept], stop[kept])


@dataclass(frozen=True, slots=True, kw_only=True)
class Persons(Others):
    """Number of persons in charge of an enterprise as of a day.

    Parameters
    ----------
    posts
        Patterns of the posts, of kind `post`; those that are open as of the day count.
    having
        Counts over the bans of a person, whomever they name.
    elsewhere
        Counts over the events of another enterprise in which the person holds such a post, or
        held one within `within` days.
    within
        Days.

    With `having`, `elsewhere` or both only those persons of whom any of the counts counts at
    least one event.

    Raises
    ------
    DeclarationError
        If a pattern is of another kind, or `having` or `elsewhere` hold anything but counts.
    """

    posts: tuple[str, ...] = ("post",)
    having: tuple[Aggregate, ...] = ()
    elsewhere: tuple[Aggregate, ...] = ()
    within: int = months(36)

    __hash__ = Others.__hash__

    def __post_init__(self) -> None:
        check_kind(self.posts, "post")
        check_flags("having", self.having)
        check_flags("elsewhere", self.elsewhere)
        for part in self.having:
            check_kind(part.streams, "ban")
        if isinstance(self.within, bool) or not isinstance(self.within, int) or self.within < 0:
            raise DeclarationError(f"within {self.within!r} must be a whole number of days")

    @property
    def current(self) -> Counted:
        """The posts that count."""
        return Counted(count(*self.posts, state="open"))

    @property
    def held(self) -> Held:
        """The posts that count in another enterprise."""
        return Held(self.posts, self.within)

    @property
    def sources(self) -> tuple[Source, ...]:
        """What the table is worked out from."""
        sources: tuple[Source, ...] = (self.current, *map(Counted, self.having))
        return (*sources, self.held, *map(Counted, self.elsewhere)) if self.elsewhere else sources

    def build(self, kept: Kept) -> Steps:
        """Sum up how many persons each enterprise has."""
        posts = kept.spans[self.current]
        if self.having or self.elsewhere:
            posts = posts.take(among(posts.key, self._marked_people(kept)))
        people, number = np.unique(posts.key, return_inverse=True)
        pairs = union(*posts.stretches(pair(posts.enterprise, number)))
        if self.having or self.elsewhere:
            parts = [
                *(self._banned(pairs, kept.spans[Counted(part)], people) for part in self.having),
                *([self._marked(pairs, kept, people)] if self.elsewhere else []),
            ]
            key, start, stop = (np.concatenate(column) for column in zip(*parts, strict=True))
            pairs = union(key, start, stop)
        return number_by_first(pairs)

    def _marked_people(self, kept: Kept) -> Ints:
        """Return the few who can count at all, rising."""
        found = [kept.spans[Counted(part)].key for part in self.having]
        if self.elsewhere:
            there = [kept.spans[Counted(part)].enterprise for part in self.elsewhere]
            held, flags = kept.spans[self.held], unique(np.concatenate(there).astype(np.int64))
            found.append(held.key[among(held.enterprise.astype(np.int64), flags)])
        return unique(np.concatenate(found))

    def _banned(self, pairs: Stretches, bans: Spans, people: Ints) -> Stretches:
        """Return the days on which persons hold posts while a ban counts."""
        rows, number = _numbered(bans, people)
        banned = union(*bans.take(rows).stretches(number))
        left, _, start, stop = meetings((unpair(pairs[0])[1], *pairs[1:]), banned)
        return pairs[0][left], start, stop

    def _marked(self, pairs: Stretches, kept: Kept, people: Ints) -> Stretches:
        """Return the days on which persons hold posts while another of theirs has something."""
        rows, number = _numbered(kept.spans[self.held], people)
        held = kept.spans[self.held].take(rows)
        there = held.enterprise.astype(np.int64)
        left, _, start, stop = meetings(held.stretches(there), flagged(self.elsewhere, kept))
        key, since, until = union(pair(number[left], there[left]), start, stop)
        (one, who), (person, other) = unpair(pairs[0]), unpair(key)
        left, right, start, stop = meetings((who, *pairs[1:]), (person, since, until))
        apart = one[left] != other[right]
        return pairs[0][left[apart]], start[apart], stop[apart]


@dataclass(frozen=True, slots=True)
class Former:
    """Another enterprise of a person: its dense number, the person's posts, what it is counted for.

    Posts and flags are numbers of records.
    """

    enterprise: int
    posts: tuple[int, ...]
    flags: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """A person in charge.

    Parameters
    ----------
    person
        The number that stands for the person.
    posts, bans
        Numbers of the records of the person's posts in the enterprise, and of the bans that count.
    elsewhere
        The other enterprises that count.
    share
        The person's part of the number of those that count.
    """

    person: int
    posts: tuple[int, ...]
    bans: tuple[int, ...]
    elsewhere: tuple[Former, ...]
    share: float


@dataclass(frozen=True, slots=True)
class Holders:
    """What a number of persons rests on: everyone who is in charge of an enterprise."""

    leaf: Persons
    persons: tuple[Holder, ...]

    @property
    def value(self) -> float:
        """The number, as the matrix has it."""
        if not self.leaf.having and not self.leaf.elsewhere:
            return float(len(self.persons))
        return float(sum(bool(each.bans or each.elsewhere) for each in self.persons))

    @property
    def shares(self) -> dict[int, float]:
        """The share that each record carries of a post of someone who counts."""
        return {r: each.share / len(each.posts) for each in self.persons for r in each.posts}


def holders(leaf: Persons, kept: Kept, enterprise: int, as_of: int) -> Holders:
    """Return who is in charge of an enterprise as of a day, with the records that say so."""
    current = kept.spans[leaf.current].from_enterprise(enterprise).live(as_of)
    people = np.unique(current.key).tolist()
    found = [
        (
            person,
            records_of([current.take(current.key == person)]),
            records_of(_of(kept.spans[Counted(part)], person, as_of) for part in leaf.having),
            _former(leaf, kept, person, enterprise, as_of) if leaf.elsewhere else (),
        )
        for person in people
    ]
    every = not leaf.having and not leaf.elsewhere
    counted = [bool(every or bans or there) for _, _, bans, there in found]
    return Holders(
        leaf,
        tuple(
            Holder(*each, share=1 / sum(counted) if counts else 0.0)
            for each, counts in zip(found, counted, strict=True)
        ),
    )


def _former(
    leaf: Persons, kept: Kept, person: int, enterprise: int, as_of: int
) -> tuple[Former, ...]:
    held = _of(kept.spans[leaf.held], person, as_of)
    there = (other for other in np.unique(held.enterprise).tolist() if other != enterprise)
    flags = {other: flags_of(leaf.elsewhere, kept, other, as_of) for other in there}
    return tuple(
        Former(other, records_of([held.from_enterprise(other)]), records)
        for other, records in flags.items()
        if records
    )


def _of(spans: Spans, person: int, as_of: int) -> Spans:
    return spans.take(spans.key == person).live(as_of)


def _numbered(spans: Spans, people: Ints) -> tuple[npt.NDArray[np.intp], Ints]:
    """Return the rows about some persons, who rise, and the place of each among them."""
    if not len(people):
        return np.empty(0, np.intp), np.empty(0, np.int64)
    place = np.searchsorted(people, spans.key).clip(max=len(people) - 1)
    rows = np.flatnonzero(people[place] == spans.key)
    return rows, place[rows].astype(np.int64)
