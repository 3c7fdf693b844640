"""Counters of requests, which all workers of a machine share.

Requests are counted by the names of routes, so there are as many series as routes and statuses.
Several workers count in the folder that `PROMETHEUS_MULTIPROC_DIR` names, and whichever answers
tells the sum; see `cli.beside`, which makes it.
"""

import os
from collections.abc import Callable
from pathlib import Path

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

__all__ = [
    "FOLD_IN_FAILED",
    "IN_FLIGHT",
    "LOG_DROPPED",
    "REFUSED",
    "REQUESTS",
    "SECONDS",
    "SETTLED",
    "exposition",
]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
disable_created_metrics()  # type: ignore[no-untyped-call]
MINE = CollectorRegistry()
BUCKETS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)

REQUESTS = Counter(
    "xinheng_requests",
    "Requests answered, by route, method and status.",
    ["route", "method", "status"],
    registry=MINE,
)
SECONDS = Histogram(
    "xinheng_request_seconds",
    "How long answers took, to their last byte.",
    ["route"],
    buckets=BUCKETS,
    registry=MINE,
)
IN_FLIGHT = Gauge(
    "xinheng_requests_in_flight",
    "Requests that are being answered.",
    multiprocess_mode="livesum",
    registry=MINE,
)
REFUSED = Counter(
    "xinheng_refused", "Requests answered with a problem, by its kind.", ["reason"], registry=MINE
)
SETTLED = Counter(
    "xinheng_postings_settled",
    "Postings of which something came, by what: folded or refused.",
    ["state"],
    registry=MINE,
)
FOLD_IN_FAILED = Counter(
    "xinheng_fold_in_failed",
    "Times that postings could not be folded in: all held up, one stuck, one lost, or a fault.",
    ["how"],
    registry=MINE,
)
LOG_DROPPED = Counter(
    "xinheng_log_lines_dropped",
    "Lines of the log that were dropped, as nobody read them in time.",
    registry=MINE,
)
for _counter, _values in (
    (SETTLED, ("folded", "refused")),
    (FOLD_IN_FAILED, ("held up", "stuck", "lost", "fault")),
):
    for _value in _values:
        _counter.labels(_value)  # it is told from 0 on, so that the first one is an increase


def exposition(installation: Collector) -> bytes:
    """Return everything in the text format of Prometheus.

    Parameters
    ----------
    installation
        How the installation is; requests are those of all workers.
    """
    registry = CollectorRegistry()
    registry.register(installation)
    folder = os.environ.get(FOLDER)
    if folder is None:
        return generate_latest(MINE) + generate_latest(registry)
    _bury(Path(folder), _lives)
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def _bury(folder: Path, lives: Callable[[int], bool]) -> None:
    """Forget what workers that are gone had in flight; what they counted stays."""
    for path in folder.glob("gauge_live*_*.db"):
        number = int(path.stem.rpartition("_")[2])
        if not lives(number):
            mark_process_dead(number, str(folder))  # type: ignore[no-untyped-call]


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
