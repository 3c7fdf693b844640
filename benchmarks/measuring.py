"""What benchmarks share: a process apart, its memory, and the object that ends the output."""

import argparse
import json
import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

__all__ = ["Peak", "apart", "is_quick", "lasting", "told"]

EVERY_S, KILOBYTES_OF_GB = 0.05, 1e6
OWN, MAPPED = ("RssAnon", "RssShmem"), ("RssFile",)


class Peak:
    """The most memory that this process and its workers held, sampled while a `with` block ran.

    Attributes
    ----------
    own_gb
        Memory that only ending the process, or swapping, would free.
    with_mapped_gb
        The same with pages of mapped files, which the system drops whenever it likes.
    """

    def __init__(self) -> None:
        self.own_gb = self.with_mapped_gb = 0.0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        """Begin to sample."""
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        """End with a last sample."""
        self._done.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._done.wait(EVERY_S):
            self._sample()
        self._sample()

    def _sample(self) -> None:
        own = mapped = 0.0
        children = [str(each.pid) for each in multiprocessing.active_children()]
        for process in ("self", *children):
            try:
                lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
            except OSError:  # it has ended
                continue
            said = dict(line.split(":", 1) for line in lines)
            own += sum(_gigabytes(said.get(name)) for name in OWN)
            mapped += sum(_gigabytes(said.get(name)) for name in MAPPED)
        self.own_gb = max(self.own_gb, own)
        self.with_mapped_gb = max(self.with_mapped_gb, own + mapped)


def _gigabytes(said: str | None) -> float:
    return int(said.split()[0]) / KILOBYTES_OF_GB if said else 0.0


@contextmanager
def lasting() -> Iterator[Callable[[], float]]:
    """Yield what tells, once the block has ended, how many seconds it took."""
    start = time.perf_counter()
    ended: list[float] = []
    yield lambda: ended[0] - start
    ended.append(time.perf_counter())


def apart(work: Callable[..., Any], *given: object) -> Any:
    """Run in a process of its own, so that its memory is its own."""
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(work, *given).result()


def is_quick(doc: str | None) -> bool:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("--quick", action="store_true", help="fewer rows, in under 50 s")
    return bool(parser.parse_args().quick)


def told(
    name: str,
    ratios: dict[str, float],
    figures: dict[str, float],
    missed: list[str],
    *,
    agree: bool,
) -> None:
    """Print the object that ends the output of a benchmark."""
    result = {"benchmark": name, "ratios": ratios, "figures": figures, "agree": agree}
    print(json.dumps(result | {"missed": missed}))
