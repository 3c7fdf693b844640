"""What runs beside the service: a folder in which its workers count, and the scheduled jobs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from shutil import disk_usage
from tempfile import TemporaryDirectory

from .jobs import PROGRAM
from .scheduler import Scheduler

__all__ = ["beside"]

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
MEMORY = Path("/dev/shm")  # noqa: S108 the folder in it is our own, made by tempfile
LEAST_ROOM = 32 << 20


@contextmanager
def beside(*, jobs: bool) -> Iterator[None]:
    """Keep what the service needs beside it until it ends; the service is imported after this.

    Parameters
    ----------
    jobs
        Whether a process runs the scheduled jobs; it ends with this one at the latest.
    """
    with TemporaryDirectory(prefix="xinheng-metrics-", dir=_roomy()) as folder:
        os.environ.setdefault(FOLDER, folder)
        with Scheduler([*PROGRAM, "jobs", "watch"]) if jobs else nullcontext():
            yield


def _roomy() -> Path | None:
    """Return a folder in memory, if there is one; None means that of temporary files.

    Workers count in files that they map, and whoever writes to such a file is killed by the system
    once the disk under it is full.
    """
    there = os.access(MEMORY, os.W_OK) and disk_usage(MEMORY).free > LEAST_ROOM
    return MEMORY if there else None
