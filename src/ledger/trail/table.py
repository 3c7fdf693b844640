"""The table of entries: appending to it, also what it may have already, and reading it in order."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, Engine, insert, select

from ...core.errors import IntegrityError
from ..tables import ENTRY
from .entry import Entry

__all__ = ["append", "entries", "fold", "tail"]

BATCH = 5_000


def append(connection: Connection, new: Sequence[Entry]) -> None:
    """Add entries at the end of their chain."""
    connection.execute(insert(ENTRY), [entry.row() for entry in new])


def fold(connection: Connection, waiting: Sequence[Entry]) -> None:
    """Add those of a chain's entries that are not there yet: a commit may have come through.

    Raises
    ------
    IntegrityError
        If another entry is at the place of one.
    """
    if not waiting:
        return
    first = waiting[0]
    place = (ENTRY.c.chain == first.chain) & (ENTRY.c.position >= first.position)
    statement = select(ENTRY.c.position, ENTRY.c.digest).where(place)
    there = {row.position: row.digest for row in connection.execute(statement)}
    missing = [entry for entry in waiting if entry.position not in there]
    for entry in waiting:
        if there.get(entry.position, entry.digest) != entry.digest:
            raise IntegrityError(
                f"entry {entry.position} of chain {entry.chain} is another one in the database "
                "than was written to disk; see `xinheng ledger verify`"
            )
    if missing:
        append(connection, missing)


def entries(engine: Engine) -> Iterator[Entry]:
    """Yield all entries, chain by chain, in order: what one moment has."""
    statement = select(ENTRY).order_by(ENTRY.c.chain, ENTRY.c.position)
    with engine.connect() as connection:
        streamed = connection.execution_options(yield_per=BATCH)
        for row in streamed.execute(statement).mappings():
            yield Entry.of(row)


def tail(connection: Connection, chain: str, after: int) -> list[Entry]:
    """Return the entries of a chain after a position, in order."""
    place = (ENTRY.c.chain == chain) & (ENTRY.c.position > after)
    statement = select(ENTRY).where(place).order_by(ENTRY.c.position)
    return [Entry.of(row) for row in connection.execute(statement).mappings()]
