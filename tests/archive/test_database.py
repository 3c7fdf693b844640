"""Closed databases: whoever opens one first, and whoever comes meanwhile, finds it whole."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pyarrow as pa
import pytest

from xinheng.archive.database import workbench


def test_threads_that_open_the_first_workbench_at_once_all_get_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    threads = 8
    for attempt in range(10):
        monkeypatch.setattr("os.getpid", lambda attempt=attempt: -1 - attempt)  # a new process
        start = Barrier(threads)

        def ask(number: int, start: Barrier = start) -> list[tuple[int]]:
            start.wait()
            with workbench(numbers=pa.table({"n": [number]})) as connection:
                return connection.sql("SELECT n FROM numbers").fetchall()

        with ThreadPoolExecutor(threads) as pool:
            assert list(pool.map(ask, range(threads))) == [[(n,)] for n in range(threads)]
