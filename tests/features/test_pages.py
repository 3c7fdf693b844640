"""A process keeps the memory of arrays that it frees, once it is asked to."""

import ctypes
import subprocess
import sys

import pytest

from xinheng.features.pages import MAP, TRIM, keep_pages

ROUNDS = """
import resource
import numpy as np
from xinheng.features.pages import keep_pages

def round():
    arrays = [np.full(3_000_000, 1, np.int8) for _ in range(8)]

def faults(rounds):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(rounds):
        round()
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

{first}
round()
print(faults(20))
"""


def faults(first: str) -> int:
    run = [sys.executable, "-c", ROUNDS.format(first=first)]
    return int(subprocess.run(run, capture_output=True, check=True).stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="glibc keeps pages, others may")
def test_pages_are_not_asked_for_again() -> None:
    assert 10 * faults("keep_pages()") < faults("")


@pytest.mark.parametrize(("most", "kept"), [(2**40, 2**30), (2**25, 2**25)])
def test_an_older_release_is_asked_for_what_it_allows(
    monkeypatch: pytest.MonkeyPatch, most: int, kept: int
) -> None:
    options: dict[int, int] = {}

    class Allocator:
        def mallopt(self, option: int, value: int) -> int:
            allowed = option != MAP or value <= most
            if allowed:
                options[option] = value
            return int(allowed)

    monkeypatch.setattr(ctypes, "CDLL", lambda _: Allocator())
    keep_pages()
    assert options == {MAP: kept, TRIM: 2**30}
