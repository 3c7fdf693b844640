"""Following: editions of a file that begin with what another one says."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from ...core.editions import DatedEdition
from ...core.table import Table

__all__ = ["each_in_turn"]

Edition = TypeVar("Edition", bound=DatedEdition)


def each_in_turn(
    tables: Iterable[Table], read: Callable[[Table, Edition | None], Edition]
) -> Iterator[Edition]:
    """Yield editions, each read with the one that it `follows`, which stands before it.

    Parameters
    ----------
    tables
        Of the editions, as they stand in the file.
    read
        Reads a table; given the edition that it follows, if it does.

    Raises
    ------
    PolicyError
        If an edition follows one that does not stand before it.
    """
    known: dict[str, Edition] = {}
    for table in tables:
        before = None
        if "follows" in table:
            if not known:
                table.refuse(
                    "follows", table.take("follows", str), "an edition that stands before it"
                )
            before = known[table.among("follows", tuple(known))]
        edition = read(table, before)
        known.setdefault(edition.version, edition)
        yield edition
