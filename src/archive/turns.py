"""Work on things one after the other, a few of them ahead at the same time."""

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import chain, islice
from typing import TypeVar, cast

__all__ = ["ahead", "in_turn"]

WORKERS = 2
AHEAD = 2

Given = TypeVar("Given")
Made = TypeVar("Made")


def in_turn(function: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """Apply a function to items in two threads, a few ahead, and yield the results in order.

    The items are drawn by whoever draws the results, so that each may follow from those before.
    A single one is not worth a thread.

    Examples
    --------
    >>> list(in_turn(str, range(5)))
    ['0', '1', '2', '3', '4']
    """
    drawn = iter(items)
    first = list(islice(drawn, 2))
    if len(first) < 2:
        yield from map(function, first)
        return
    with ThreadPoolExecutor(WORKERS) as pool:
        waiting: deque[Future[Made]] = deque()
        for item in chain(first, drawn):
            waiting.append(pool.submit(function, item))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def ahead(items: Iterable[Made]) -> Iterator[Made]:
    """Draw items in a thread of their own, a few ahead of whoever asks for them.

    Examples
    --------
    >>> list(ahead(iter("abc")))
    ['a', 'b', 'c']
    """
    drawn, end = iter(items), object()
    first = list(islice(drawn, AHEAD))
    yield from first
    if len(first) < AHEAD:
        return
    with ThreadPoolExecutor(1) as pool:
        waiting = deque(pool.submit(next, drawn, end) for _ in range(AHEAD))
        while (item := waiting.popleft().result()) is not end:
            waiting.append(pool.submit(next, drawn, end))
            yield cast("Made", item)
