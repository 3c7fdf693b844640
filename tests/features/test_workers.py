"""What happens when a process that computes parts is killed."""

import operator
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from functools import partial
from multiprocessing import get_context
from signal import SIGKILL, raise_signal

import pytest

from xinheng.core.errors import WorkerError
from xinheng.features.workers import each


@pytest.fixture(params=[1, 2])
def processes(request: pytest.FixtureRequest) -> Iterator[ProcessPoolExecutor]:
    with ProcessPoolExecutor(request.param, get_context("spawn")) as pool:
        yield pool


def test_results_come_in_the_order_of_their_parts(processes: ProcessPoolExecutor) -> None:
    parts = [*range(9)]
    assert list(each(processes, operator.neg, parts)) == [-part for part in parts]


def test_a_process_that_is_killed_is_told_with_what_to_do() -> None:
    parts = [partial(abs, -5), partial(raise_signal, SIGKILL)]
    with ProcessPoolExecutor(1, get_context("spawn")) as alone:
        results = each(alone, operator.call, parts)
        assert next(results) == 5
        with pytest.raises(WorkerError, match=r"when 1 of 2 were done: .* memory .*`--threads 1`"):
            next(results)


def test_an_error_of_a_part_is_its_own() -> None:
    with ThreadPoolExecutor(1) as pool, pytest.raises(ZeroDivisionError):
        list(each(pool, partial(operator.floordiv, 1), [1, 0]))
