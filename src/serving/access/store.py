"""Stores: where keys, accounts, sessions and the like are kept.

The ledger keeps them in operation; `MemoryStore` keeps them in tests and in a demonstration.
"""

from collections.abc import Callable, Iterator
from threading import Lock
from typing import Generic, Protocol, TypeVar

from ...core.errors import InvalidError

__all__ = ["MemoryStore", "Store"]

Row = TypeVar("Row")


class Store(Protocol[Row]):
    """Rows by their key, each read and changed as a whole; for many threads and processes."""

    def get(self, key: str) -> Row | None:
        """Return the row of a key; None where there is none."""

    def add(self, key: str, row: Row) -> None:
        """Add a row; InvalidError where the key is taken."""

    def change(self, key: str, change: Callable[[Row | None], Row | None]) -> Row | None:
        """Put what `change` makes of the row of a key in its place, in one step; return it.

        `change` gets None where there is no row, and returns None where there is to be none. It
        may be called again where another process was faster, so it does nothing else.
        """

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield every key with its row."""

    def prune(self, over: Callable[[Row], bool]) -> int:
        """Remove every row that is over, and return how many."""


class MemoryStore(Generic[Row]):
    """A store in this process's memory.

    Examples
    --------
    >>> store = MemoryStore[int]()
    >>> store.add("visits", 1)
    >>> store.change("visits", lambda count: (count or 0) + 1)
    2
    """

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._lock = Lock()

    def get(self, key: str) -> Row | None:
        """Return the row of a key; None where there is none."""
        return self._rows.get(key)

    def add(self, key: str, row: Row) -> None:
        """Add a row.

        Raises
        ------
        InvalidError
            If the key is taken.
        """
        with self._lock:
            if key in self._rows:
                raise InvalidError(f"there is {key!r} already; choose another name")
            self._rows[key] = row

    def change(self, key: str, change: Callable[[Row | None], Row | None]) -> Row | None:
        """Put what `change` makes of the row of a key in its place, in one step; return it."""
        with self._lock:
            row = change(self._rows.get(key))
            if row is None:
                self._rows.pop(key, None)
            else:
                self._rows[key] = row
            return row

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Yield every key with its row."""
        yield from list(self._rows.items())

    def prune(self, over: Callable[[Row], bool]) -> int:
        """Remove every row that is over, and return how many."""
        with self._lock:
            old = [key for key, row in self._rows.items() if over(row)]
            for key in old:
                del self._rows[key]
            return len(old)
