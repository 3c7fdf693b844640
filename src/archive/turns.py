"""Work on things one after the other, a few of them ahead at the same time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

__all__ = ["in_turn"]

WORKERS = 2

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_turn(function: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Apply a function to items in two threads, a few ahead, and yield the results in order.

    The items are drawn by whoever draws the results, so that each may follow from those before.

    Examples
    --------
    >>> list(in_turn(str, range(5)))
    ['0', '1', '2', '3', '4']
    """
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Made]] = deque()
        for item in items:
            waiting.append(pool.submit(function, item))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
