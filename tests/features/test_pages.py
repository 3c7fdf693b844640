"""A process keeps the memory of arrays that it frees, once it is asked to."""

import subprocess
import sys

import pytest

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
