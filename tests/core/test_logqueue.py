"""Lines of a log: written in order by a thread, waited for by nobody, and dropped in the open."""

import json
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event, Thread

from xinheng.core.logqueue import LogQueue, write_to
from xinheng.core.logs import JsonLines


@contextmanager
def logging_to(write, **more) -> Iterator[tuple[logging.Logger, LogQueue]]:
    queue = LogQueue(write, **more)
    queue.setFormatter(JsonLines())
    log = logging.getLogger("logqueue")
    log.propagate, log.level, log.handlers[:] = False, logging.INFO, [queue]
    try:
        yield log, queue
    finally:
        queue.close()


def told(text: str) -> list[dict]:
    return [json.loads(line) for line in text.splitlines()]


def read_all(file: int) -> str:
    with open(file, encoding="utf-8") as stream:
        return stream.read()


def test_lines_come_whole_and_in_order() -> None:
    written: list[str] = []
    with logging_to(written.append) as (log, queue):
        for number in range(500):
            log.info("line %d", number)
        queue.flush()
        assert [each["event"] for each in told("".join(written))] == [
            f"line {number}" for number in range(500)
        ]


def test_whoever_logs_never_waits_for_a_reader_that_stalls() -> None:
    reading, writing = os.pipe()
    with logging_to(partial(write_to, writing), most=100) as (log, _):
        began = time.monotonic()
        for number in range(5_000):
            log.info("line %d %s", number, "x" * 200)
        assert time.monotonic() - began < 5
        found: list[str] = []
        reader = Thread(target=lambda: found.append(read_all(reading)))
        reader.start()
    os.close(writing)
    reader.join(10)
    lines = told(found[0])
    numbers = [int(line["event"].split()[1]) for line in lines if line["level"] == "info"]
    assert numbers == sorted(numbers)
    assert numbers[:100] == [*range(100)]
    lost = [line["dropped"] for line in lines if line["level"] == "warning"]
    assert sum(lost) == 5_000 - len(numbers) > 4_000


def test_what_is_dropped_is_counted_at_once_and_told_once_each_time() -> None:
    stalled, written, counted = Event(), [], []

    def write(text: str) -> None:
        stalled.wait(10)
        written.append(text)

    with logging_to(write, most=10, dropped=partial(counted.append, 1)) as (log, queue):
        for stall in (1, 2):
            log.info("before")
            time.sleep(0.1)  # it is being written
            for number in range(15):
                log.info("line %d", number)
            assert len(counted) == 5 * stall
            stalled.set()
            queue.flush()
            log.info("after")
            queue.flush()
            stalled.clear()
        stalled.set()
    lost = [each["dropped"] for each in told("".join(written)) if "dropped" in each]
    assert lost == [5, 5]


def test_nothing_is_lost_at_the_end() -> None:
    written: list[str] = []

    def slowly(text: str) -> None:
        time.sleep(0.05)
        written.append(text)

    with logging_to(slowly) as (log, _):
        for number in range(2_000):
            log.info("line %d", number)
    assert len(told("".join(written))) == 2_000


def test_the_end_does_not_wait_for_ever() -> None:
    reading, writing = os.pipe()
    began = time.monotonic()
    with logging_to(partial(write_to, writing), patience=0.2) as (log, _):
        for _ in range(1_000):
            log.info("x" * 300)
    assert time.monotonic() - began < 5
    os.close(reading)


def test_a_reader_that_is_gone_is_no_fault_of_whoever_logs() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    counted: list[int] = []
    with logging_to(partial(write_to, writing), dropped=partial(counted.append, 1)) as (log, queue):
        log.info("one")
        queue.flush()
        log.info("two")
        queue.flush()
    assert len(counted) == 2
    os.close(writing)
