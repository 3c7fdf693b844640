"""What runs beside the service: a folder in which its workers count, and the scheduled jobs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from tempfile import TemporaryDirectory

from .jobs import PROGRAM
from .scheduler import Scheduler

__all__ = ["beside"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"


@contextmanager
def beside(*, jobs: bool) -> Iterator[None]:
    """Keep what the service needs beside it until it ends; the service is imported after this.

    Parameters
    ----------
    jobs
        Whether a process runs the scheduled jobs; it ends with this one at the latest.
    """
    with TemporaryDirectory(prefix="xinheng-metrics-") as folder:
        os.environ.setdefault(FOLDER, folder)
        with Scheduler([*PROGRAM, "jobs", "watch"]) if jobs else nullcontext():
            yield
