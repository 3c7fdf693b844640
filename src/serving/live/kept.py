"""Kept answers: finished bytes under the tag of all that they follow from, within a budget."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

__all__ = ["Kept"]

OVERHEAD = 300


class Kept:
    """Answers that were made, the ones that were asked for last; safe to use from many threads.

    A tag (see `etag`) covers everything that its answer follows from, so an answer is never
    wrong: where something moves, so does the tag, and what lies under the old one is not found.

    Parameters
    ----------
    budget
        Bytes of answers and tags at most, `OVERHEAD` for each counted in.

    Attributes
    ----------
    size
        Bytes that are in use.

    Examples
    --------
    >>> kept = Kept(1_000)
    >>> kept.answer("a", lambda: b"made"), kept.answer("a", lambda: b"not made again")
    (b'made', b'made')
    """

    def __init__(self, budget: int) -> None:
        self._budget = budget
        self._found: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()
        self.size = 0

    def __len__(self) -> int:
        return len(self._found)

    def find(self, tag: str) -> bytes | None:
        """Return the answer under a tag; None if it is not kept."""
        with self._lock:
            found = self._found.get(tag)
            if found is not None:
                self._found.move_to_end(tag)
            return found

    def answer(self, tag: str, make: Callable[[], bytes]) -> bytes:
        """Return the answer under a tag; made, and kept if there is room, where there is none."""
        found = self.find(tag)
        if found is not None:
            return found
        made = make()
        with self._lock:
            self._put(tag, made)
        return made

    def _put(self, tag: str, made: bytes) -> None:
        if tag in self._found or _cost(tag, made) > self._budget:
            return
        self._found[tag] = made
        self.size += _cost(tag, made)
        while self.size > self._budget:
            self.size -= _cost(*self._found.popitem(last=False))


def _cost(tag: str, made: bytes) -> int:
    return OVERHEAD + len(tag) + len(made)
