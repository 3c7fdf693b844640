"""Workers: what computes the parts of a city one beside the other, threads or processes."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor, Executor
from typing import TypeVar

from ..core.errors import WorkerError

__all__ = ["each"]

Part = TypeVar("Part")
Result = TypeVar("Result")


def each(pool: Executor, work: Callable[[Part], Result], parts: Sequence[Part]) -> Iterator[Result]:
    """Yield what a pool makes of each part, in their order.

    Parameters
    ----------
    pool
        Threads or processes.
    work
        What is done with a part; for processes it must be one that can be pickled.
    parts
        Any number.

    Raises
    ------
    WorkerError
        If a process ended before its part was done.

    Examples
    --------
    >>> from concurrent.futures import ThreadPoolExecutor
    >>> with ThreadPoolExecutor(2) as pool:
    ...     list(each(pool, abs, [3, -4]))
    [3, 4]
    """
    done = 0
    try:
        for result in pool.map(work, parts):
            yield result
            done += 1
    except BrokenExecutor as error:
        raise WorkerError(
            f"a process ended before its part was computed, when {done} of {len(parts)} were done: "
            "mostly the memory was used up, and the system killed it. What was written before is "
            "as it was; compute fewer parts at once (threads=1, `--threads 1`), or with more "
            "memory. A script of your own must guard its main part by "
            "`if __name__ == '__main__':`"
        ) from error
