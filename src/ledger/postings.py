"""Postings: records that a program handed over, durable before they are in the archive.

A posting is written once, with the key by which its sender may send it again. What came of it is
written once as well, in one transaction with the levels that it changed. What was sent is kept
apart, so that it can be forgotten when the archive has it.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Self

from sqlalchemy import RowMapping, Select, delete, func, insert, select
from sqlalchemy.engine import Engine
from sqlalchemy.exc import IntegrityError as Conflict

from ..core import time
from .history import CHANGES, alone
from .tables import CHANGE, POSTED, POSTING, SETTLED
from .trail.entry import aware

__all__ = ["FOLDED", "REFUSED", "Backlog", "Outcome", "Posting", "Postings", "Settlement"]

FOLDED, REFUSED = "folded", "refused"
LOCK = 0x58494E504F53  # of PostgreSQL's advisory locks, the one of who adds a posting


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """Records that were accepted.

    Parameters
    ----------
    id
        Its number, which rises in the order in which postings were accepted; 0 before.
    receipt
        By which it is asked for.
    holder, key
        Who sent it, and the key that they gave it: it is accepted once.
    digest
        Of what was sent.
    at
        When it was accepted.
    actor, purpose
        Who answers for it, and what for.
    source
        Whose mapping reads it.
    rows
        How many rows it has.
    """

    id: int = 0
    receipt: str
    holder: str
    key: str
    digest: str
    at: datetime
    actor: str
    purpose: str
    source: str
    rows: int

    @classmethod
    def of(cls, row: RowMapping) -> Self:
        """Return the posting of a row."""
        return cls(**{name: row[name] for name in cls.__slots__} | {"at": aware(row["at"])})


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a posting.

    Parameters
    ----------
    at
        When.
    state
        `FOLDED`, or `REFUSED` where it could not be taken in at all.
    delivery
        Number of the delivery that holds it; None if it was refused.
    digest
        By which the archive knows that delivery.
    detail
        The fate of each row, and the levels before and after; or why it was refused. What is wrong
        with a row is in the archive, for it may name persons.
    """

    at: datetime
    state: str
    delivery: int | None = None
    digest: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What came of a posting, by its number, and which levels it changed.

    `changes` has `number`, `enterprise`, `as_of` (day number), `level`, `previous`, `cause` and
    `detail` of each.
    """

    posting: int
    outcome: Outcome
    changes: tuple[Mapping[str, Any], ...] = ()

    @property
    def row(self) -> dict[str, Any]:
        """The settled posting, as the database keeps it."""
        outcome = self.outcome
        told = {name: getattr(outcome, name) for name in ("at", "state", "delivery", "digest")}
        return {"posting": self.posting, **told, "detail": _text(outcome.detail)}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The levels that changed, as the database keeps them."""
        return [
            {**each, "run": None, "as_of": _date(each["as_of"]), "detail": _text(each["detail"])}
            for each in self.changes
        ]


@dataclass(frozen=True, slots=True)
class Backlog:
    """How many postings wait, and when the oldest of them was accepted; None if none waits."""

    count: int
    oldest: datetime | None


class Postings:
    """The write-ahead log of postings; safe to use from many threads and processes.

    Parameters
    ----------
    engine
        The database, with its tables.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._settled = 0

    def accept(self, posting: Posting, body: str) -> Posting:
        """Keep a posting, and return it with its number; it is durable when this returns.

        Returns
        -------
        That which was kept under the same key before, if there is one, whatever it holds.

        Raises
        ------
        sqlalchemy.exc.SQLAlchemyError
            If the database does not take it; then nothing of it is there.
        """
        row = {name: getattr(posting, name) for name in Posting.__slots__ if name != "id"}
        try:
            with self._engine.begin() as connection:
                alone(connection, LOCK)
                kept = insert(POSTING).returning(POSTING.c.id)
                number = connection.execute(kept, row).scalar_one()
                connection.execute(insert(POSTED), {"posting": number, "body": body})
        except Conflict:
            found = self.under(posting.holder, posting.key)
            if found is None:
                raise
            return found
        return replace(posting, id=number)

    def under(self, holder: str, key: str) -> Posting | None:
        """Return what somebody sent under a key; None if there is nothing."""
        return self._one(POSTING.c.holder == holder, POSTING.c.key == key)

    def find(self, receipt: str) -> tuple[Posting, Outcome | None] | None:
        """Return the posting of a receipt, and what came of it; None if there is no such one."""
        posting = self._one(POSTING.c.receipt == receipt)
        return None if posting is None else (posting, self.outcome(posting.id))

    def outcome(self, posting: int) -> Outcome | None:
        """Return what came of a posting; None if nothing did yet."""
        statement = select(SETTLED).where(SETTLED.c.posting == posting)
        with self._engine.connect() as connection:
            row = connection.execute(statement).mappings().first()
        if row is None:
            return None
        detail, at = json.loads(row["detail"]), aware(row["at"])
        told = {name: row[name] for name in ("state", "delivery", "digest")}
        return Outcome(at=at, detail=detail, **told)

    def pending(self, limit: int = 100, after: int = 0) -> list[Posting]:
        """Return the postings of which nothing came yet, in the order in which they were accepted.

        What was found to be settled is not looked at again.

        Parameters
        ----------
        limit, after
            How many at most, and the number of the posting before the first.
        """
        with self._engine.connect() as connection:
            last = connection.execute(select(func.max(POSTING.c.id))).scalar_one() or 0
            if last <= max(self._settled, after):
                return []
            statement = _unsettled(POSTING, max(self._settled, after), last)
            ordered = statement.order_by(POSTING.c.id).limit(limit)
            found = [Posting.of(row) for row in connection.execute(ordered).mappings()]
        if after <= self._settled:
            self._settled = found[0].id - 1 if found else last
        return found

    def backlog(self) -> "Backlog":
        """Return how many postings nothing came of yet, and when the oldest was accepted."""
        oldest = self.pending(1)
        if not oldest:
            return Backlog(0, None)
        statement = _unsettled(func.count(), self._settled)
        with self._engine.connect() as connection:
            count = connection.execute(statement).scalar_one()
        return Backlog(count, oldest[0].at)

    def waiting(self) -> int:
        """Return how many postings nothing came of yet."""
        return self.backlog().count

    def body(self, posting: int) -> str | None:
        """Return what was sent; None once it is forgotten."""
        return self.bodies([posting]).get(posting)

    def bodies(self, postings: Collection[int]) -> dict[int, str]:
        """Return what was sent in some postings, by their numbers, without what is forgotten."""
        statement = select(POSTED.c.posting, POSTED.c.body).where(POSTED.c.posting.in_(postings))
        with self._engine.connect() as connection:
            return {row.posting: row.body for row in connection.execute(statement)}

    def settle(
        self, posting: int, outcome: Outcome, changes: Iterable[Mapping[str, Any]] = ()
    ) -> bool:
        """Write down what came of a posting and which levels it changed, all or nothing.

        Parameters
        ----------
        posting, outcome, changes
            As of `Settlement`.

        Returns
        -------
        False if it was settled before; then nothing is written.
        """
        try:
            self._settle([Settlement(posting, outcome, tuple(changes))])
        except Conflict:
            if self.outcome(posting) is None:
                raise
            return False
        return True

    def settle_together(self, settlements: Sequence[Settlement]) -> None:
        """Write down what came of postings in their order, all or nothing.

        Where one of them was settled before, each of the others is written for itself.
        """
        try:
            self._settle(settlements)
        except Conflict:
            for each in settlements:
                self.settle(each.posting, each.outcome, each.changes)

    def _settle(self, settlements: Sequence[Settlement]) -> None:
        rows = [row for each in settlements for row in each.rows]
        with self._engine.begin() as connection:
            connection.execute(insert(SETTLED), [each.row for each in settlements])
            if rows:
                alone(connection, CHANGES)
                connection.execute(insert(CHANGE), rows)

    def folded(self) -> Iterator[tuple[Posting, str]]:
        """Yield what was folded in and is still kept as it was sent, with its delivery's digest.

        The newest comes first.
        """
        statement = (
            select(POSTING, SETTLED.c.digest.label("delivered"))
            .join(POSTED, POSTED.c.posting == POSTING.c.id)
            .join(SETTLED, SETTLED.c.posting == POSTING.c.id)
            .where(SETTLED.c.state == FOLDED)
            .order_by(POSTING.c.id.desc())
            .execution_options(yield_per=100)
        )
        with self._engine.connect() as connection:
            for row in connection.execute(statement).mappings():
                yield Posting.of(row), row["delivered"]

    def has_folded(self, digest: str) -> bool:
        """Tell whether a posting was folded in as the delivery of a digest."""
        statement = select(SETTLED.c.posting).where(SETTLED.c.digest == digest).limit(1)
        with self._engine.connect() as connection:
            return connection.execute(statement).first() is not None

    def senders(self, digests: Collection[str]) -> frozenset[str]:
        """Return who answers for what was folded in as some deliveries."""
        statement = (
            select(POSTING.c.actor)
            .join(SETTLED, SETTLED.c.posting == POSTING.c.id)
            .where(SETTLED.c.digest.in_(digests))
            .distinct()
        )
        with self._engine.connect() as connection:
            return frozenset(connection.execute(statement).scalars())

    def forget(self, before: datetime) -> int:
        """Delete what was sent in postings that were settled before a moment; return how many."""
        settled = select(SETTLED.c.posting).where(SETTLED.c.at < before)
        with self._engine.begin() as connection:
            gone = connection.execute(delete(POSTED).where(POSTED.c.posting.in_(settled)))
        return gone.rowcount

    def _one(self, *conditions: Any) -> Posting | None:
        with self._engine.connect() as connection:
            row = connection.execute(select(POSTING).where(*conditions)).mappings().first()
        return None if row is None else Posting.of(row)


def _unsettled(what: Any, after: int, last: int = 2**62) -> Select[Any]:
    """Return a question about the postings with numbers in a range of which nothing came yet."""
    return (
        select(what)
        .select_from(POSTING.outerjoin(SETTLED, SETTLED.c.posting == POSTING.c.id))
        .where(POSTING.c.id.between(after + 1, last), SETTLED.c.posting.is_(None))
    )


def _text(detail: Mapping[str, Any]) -> str:
    return json.dumps(detail, ensure_ascii=False, separators=(",", ":"))


def _date(day: int) -> date:
    return date.fromisoformat(time.show(day))
