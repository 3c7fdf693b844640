"""Piles: how many cases wait where, and of how many a clock has run out, as the database counts."""

from dataclasses import dataclass
from threading import Lock
from time import monotonic

from sqlalchemy import case, func, or_, select
from sqlalchemy.engine import Engine

from .acts import UNDECIDED, State
from .queue import is_last
from .rows import date_of
from .tables import CASE, EVENT

__all__ = ["Pile", "Piles"]


@dataclass(frozen=True, slots=True)
class Pile:
    """Cases that have cause and state in common.

    Attributes
    ----------
    cause, state
        Why they were opened, and where their last act left them.
    undecided
        How many there are that are not decided; 0 in a state in which they are.
    overdue
        Of how many the clock has run out, be it to accept, to decide, or to tell of a decision.
    """

    cause: str
    state: State
    undecided: int
    overdue: int


class Piles:
    """Counts piles, but not each time somebody asks; safe to use from many threads.

    Parameters
    ----------
    engine
        The operational database.
    again_seconds
        How long a count is believed.

    Examples
    --------
    >>> from xinheng.ledger import Ledger
    >>> Ledger("sqlite://").reviews.piles.of(20_513)
    ()
    """

    def __init__(self, engine: Engine, again_seconds: float = 60.0) -> None:
        self._engine, self._again = engine, again_seconds
        self._counting = Lock()
        self._known: tuple[Pile, ...] = ()
        self._day: int | None = None
        self._counted = 0.0

    def of(self, day: int) -> tuple[Pile, ...]:
        """Return the piles of a day, by cause and state."""
        with self._counting:
            if day != self._day or monotonic() - self._counted >= self._again:
                self._known = self._count(day)
                self._day, self._counted = day, monotonic()
            return self._known

    def _count(self, day: int) -> tuple[Pile, ...]:
        """Count the last acts of cases that may be on a pile: neither case nor act is read."""
        late = func.sum(case((EVENT.c.due < date_of(day), 1), else_=0))
        waits = EVENT.c.state.in_([each.value for each in UNDECIDED])
        statement = (
            select(CASE.c.cause, EVENT.c.state, func.count(), late)
            .join(CASE, CASE.c.id == EVENT.c.case)
            .where(or_(waits, EVENT.c.due.is_not(None)), is_last())
            .group_by(CASE.c.cause, EVENT.c.state)
            .order_by(CASE.c.cause, EVENT.c.state)
        )
        with self._engine.connect() as connection:
            found = connection.execute(statement).all()
        return tuple(
            Pile(cause, State(state), count if state in UNDECIDED else 0, overdue)
            for cause, state, count, overdue in found
        )
