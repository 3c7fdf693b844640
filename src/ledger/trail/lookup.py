"""Looking up: entries of the trail by whom, when, of what and what for, the newest first.

A search looks at so many entries at most and says from where to go on, so that no question, however
rare what it asks for, holds anybody up: its pages may be shorter than was asked for, and empty.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, Connection, Engine, FromClause, or_, select

from ...core.errors import InvalidError
from ..tables import ENTRY
from .entry import Entry, aware, canonical

__all__ = ["LOOKED", "Page", "Place", "Sought", "search"]

LOOKED = 10_000
"""Entries that a search looks at, at most, in each of the orders that it goes through."""
LOOKED_LISTS = 1_000
"""Those that name many subjects each are long."""
CASE = ":"
"""By which a purpose with the number of a case is known, which few entries have."""
FIRST = 4
"""So many times as many as are wanted are looked at first, which mostly is enough."""
WRITTEN = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6})Z~([0-9]{1,18})")
Clause = ColumnElement[bool]


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where an entry stands among all: its moment, and its number in the table.

    Examples
    --------
    >>> place = Place(datetime(2026, 3, 1, tzinfo=UTC), 41)
    >>> place.write()
    '2026-03-01T00:00:00.000000Z~41'
    >>> Place.read(place.write()) == place
    True
    """

    at: datetime
    number: int

    def write(self) -> str:
        """Return it as a text, as a cursor."""
        return f"{self.at.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z~{self.number}"

    @classmethod
    def read(cls, text: str) -> Self:
        """Return the place of a text.

        Raises
        ------
        ValueError
            If the text is none.
        """
        found = WRITTEN.fullmatch(text)
        if found is None:
            message = "expected what `next` of a page was"
            raise ValueError(message)
        return cls(datetime.fromisoformat(found[1]).replace(tzinfo=UTC), int(found[2]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """Which entries; what is None or empty narrows nothing.

    Attributes
    ----------
    actor, purpose
        By whom, and what for, to the letter.
    subjects
        To whom or what something was done: any of these, or one that was named among many.
    lists
        Actions whose details name many subjects, each as a text of its own.
    actions
        What was done: any of these.
    since, until
        From a moment on, and before one.
    """

    actor: str | None = None
    purpose: str | None = None
    subjects: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    actions: frozenset[str] = frozenset()
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Entries that were found, the newest first.

    Attributes
    ----------
    entries
        With the place of each.
    next
        After which place the search goes on; None where there is nothing more.
    """

    entries: tuple[tuple[Place, Entry], ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class _Way:
    """One order to go through: the column of its index with its value, and how far.

    Where it goes through lists, subjects are looked for in what they name.
    """

    column: str = ""
    value: str = ""
    lists: bool = False

    @property
    def looked(self) -> int:
        """How many entries are looked at."""
        return LOOKED_LISTS if self.lists else LOOKED

    def over(self, table: FromClause) -> list[Clause]:
        """Return by what its index is entered."""
        return [table.c[self.column] == self.value] if self.column else []

    def wanted(self, table: FromClause, sought: Sought) -> list[Clause]:
        """Return what is asked of each entry besides."""
        clauses: list[Clause] = []
        for name in ("actor", "purpose"):
            value = getattr(sought, name)
            clauses += [] if value is None else [table.c[name] == value]
        if sought.actions:
            clauses.append(table.c.action.in_(sought.actions))
        if sought.subjects and self.lists:
            named = [canonical(each) for each in sorted(sought.subjects)]
            clauses.append(or_(*(table.c.detail.contains(each, autoescape=True) for each in named)))
        elif sought.subjects:
            clauses.append(table.c.subject.in_(sought.subjects))
        return clauses


def search(engine: Engine, sought: Sought, after: Place | None, limit: int) -> Page:
    """Return a page of the entries that are sought.

    Parameters
    ----------
    engine
        The database.
    sought
        Which ones.
    after
        The place after which to look; None for the newest.
    limit
        How many at most.

    Raises
    ------
    InvalidError
        If the time ends before it begins.
    """
    if sought.since is not None and sought.until is not None and sought.until < sought.since:
        raise InvalidError("the time that is sought ends before it begins; exchange the two")
    found: dict[Place, Entry] = {}
    horizons = []
    with engine.connect() as connection:
        for way in _ways(sought):
            more, horizon = _walk(connection, way, sought, after, limit)
            found |= more
            horizons += [] if horizon is None else [horizon]
    seen = max(horizons, default=None)
    kept = sorted((each for each in found if seen is None or each >= seen), reverse=True)
    page = kept[:limit]
    following = page[-1] if len(kept) > limit else seen
    return Page(tuple((place, found[place]) for place in page), following)


def _ways(sought: Sought) -> list[_Way]:
    """Return the orders in which all that is sought stands: few entries before many."""
    if sought.subjects:
        lists = sought.lists & sought.actions if sought.actions else sought.lists
        return [
            *(_Way("subject", each) for each in sorted(sought.subjects)),
            *(_Way("action", each, lists=True) for each in sorted(lists)),
        ]
    if sought.purpose and CASE in sought.purpose:
        return [_Way("purpose", sought.purpose)]
    if sought.actor is not None:
        return [_Way("actor", sought.actor)]
    if sought.purpose:
        return [_Way("purpose", sought.purpose)]
    if sought.actions:
        return [_Way("action", each) for each in sorted(sought.actions)]
    return [_Way()]


def _walk(
    connection: Connection, way: _Way, sought: Sought, after: Place | None, limit: int
) -> tuple[Mapping[Place, Entry], Place | None]:
    """Return what one way has, and the place up to which it was gone; None if to its end."""
    order = ENTRY.c.at.desc(), ENTRY.c.id.desc()
    ahead = select(ENTRY).where(*way.over(ENTRY), *_between(sought, after)).order_by(*order)
    found: Mapping[Place, Entry] = {}
    edge: Place | None = None
    for looked in (min(FIRST * limit, way.looked), way.looked):
        near = ahead.limit(looked).subquery()
        newest = near.c.at.desc(), near.c.id.desc()
        wanted = select(near).where(*way.wanted(near, sought)).order_by(*newest).limit(limit + 1)
        found = {_place(row): Entry.of(row) for row in connection.execute(wanted).mappings()}
        if len(found) > limit:
            return found, min(found)
        last = ahead.with_only_columns(ENTRY.c.at, ENTRY.c.id).offset(looked - 1).limit(1)
        row = connection.execute(last).mappings().one_or_none()
        edge = None if row is None else _place(row)
        if edge is None:
            break
    return found, edge


def _between(sought: Sought, after: Place | None) -> list[Clause]:
    at, clauses = ENTRY.c.at, []
    if sought.since is not None:
        clauses.append(at >= aware(sought.since))
    if sought.until is not None:
        clauses.append(at < aware(sought.until))
    if after is not None:
        clauses += [at <= after.at, or_(at < after.at, ENTRY.c.id < after.number)]
    return clauses


def _place(row: Mapping[Any, Any]) -> Place:
    return Place(aware(row["at"]), int(row["id"]))
