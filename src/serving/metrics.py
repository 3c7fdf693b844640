"""Metrics for Prometheus: what requests did, and how the installation is; no enterprise, no person.

Requests are counted by the names of routes, so there are as many series as routes and statuses.
Several workers count in the folder that `PROMETHEUS_MULTIPROC_DIR` names, and whichever answers
tells the sum; see `xinheng.cli.beside`, which makes it.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from shutil import disk_usage

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from ..core.errors import XinhengError
from ..core.settings import Settings
from ..core.time import instant
from ..jobs import Timetable
from ..ledger import Proof
from .live import Live
from .problem import ProblemError
from .reads import model as models
from .service import VERSION

__all__ = ["IN_FLIGHT", "REFUSED", "REQUESTS", "SECONDS", "Installation", "exposition"]

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


class Installation(Collector):
    """How the installation is at the moment of asking: its book, ledger, audit, jobs and disks.

    Parameters
    ----------
    live
        The service as it is now.
    settings
        Where things are.
    timetable
        The jobs.
    """

    def __init__(self, live: Live, settings: Settings, timetable: Timetable) -> None:
        self.live = live
        self.service = live.service
        self.settings = settings
        self.timetable = timetable

    def collect(self) -> Iterator[Metric]:
        """Yield every metric; those that cannot be had at the moment are left out."""
        yield from self._book()
        up = 1
        try:
            yield from [*self._runs(), *self._jobs()]
        except (SQLAlchemyError, ProblemError, XinhengError, OSError):
            up = 0
        yield _gauge("ledger_up", "Whether the ledger can be read: 1 or 0.", up)
        yield from self._audit()
        yield from self._disks()

    def _book(self) -> Iterator[Metric]:
        book = self.service.book
        yield InfoMetricFamily(
            "xinheng_book",
            "What grades are made from.",
            {"bundle": book.bundle.digest, "version": VERSION},
        )
        yield _gauge("book_sequence", "Newest delivery that the service sees.", book.sequence)
        trouble = float(bool(self.live.trouble))
        yield _gauge("state_refused", "Whether something newer was refused: 1 or 0.", trouble)
        with suppress(XinhengError, OSError):
            archive = self.service.archive
            yield _gauge("archive_sequence", "Newest delivery in the archive.", archive.sequence)
            yield _gauge(
                "archive_unfolded", "Deliveries that lie in the journal.", archive.unfolded
            )

    def _runs(self) -> Iterator[Metric]:
        champion, _ = models.ready(self.service)
        same = float(champion == self.service.book.bundle.digest)
        yield _gauge("champion_in_force", "Whether grades are made by the champion: 1 or 0.", same)
        history = self.service.ledger.history
        yield _gauge("run_number", "Number of the newest run of grades.", history.last())
        runs = history.runs()
        if runs:
            day, made = instant(runs[-1].as_of - 1), runs[-1].at
            yield _gauge("run_as_of_seconds", "Day of the newest run, as a time.", day.timestamp())
            yield _gauge("run_made_seconds", "When the newest run was made.", made.timestamp())

    def _jobs(self) -> Iterator[Metric]:
        success = _family("job_last_success_seconds", "When a job last ended well; 0 if never.")
        failed = _family("job_failed", "Whether the last run of a job did not end well: 1 or 0.")
        running = _family("job_running", "Whether a job runs: 1 or 0.")
        jobs = self.service.ledger.jobs
        for each in self.timetable.job:
            last, done = jobs.last(each.name), jobs.last(each.name, "done")
            outcome = "done" if last is None else last.outcome
            ended = done.ended.timestamp() if done and done.ended else 0.0
            success.add_metric([each.name], ended)
            failed.add_metric([each.name], float(outcome not in {"done", "running"}))
            running.add_metric([each.name], float(outcome == "running"))
        yield from (success, failed, running)
        waiting = jobs.requests()
        yield _gauge("job_requests_waiting", "Requests for jobs that no run took up.", len(waiting))

    def _audit(self) -> Iterator[Metric]:
        anchors = Proof.of(self.settings).folder
        with suppress(OSError):
            spooled = sum(
                path.read_bytes().count(b"\n") for path in (anchors / "spool").glob("*.jsonl")
            )
            yield _gauge("audit_spooled", "Entries that wait on disk for the ledger.", spooled)
        with suppress(OSError):
            changed = (anchors / "anchors.jsonl").stat().st_mtime
            yield _gauge("audit_anchored_seconds", "When an anchor was last added.", changed)

    def _disks(self) -> Iterator[Metric]:
        free = _family("disk_free_bytes", "Room on the disk of a folder.", "folder")
        folders: dict[str, Path] = {
            "archive": self.settings.archive,
            "audit": Proof.of(self.settings).folder,
            "backups": self.settings.backups,
            "grades": self.settings.grades,
        }
        for name, folder in folders.items():
            with suppress(OSError):
                free.add_metric([name], disk_usage(folder).free)
        yield free


def exposition(installation: Installation) -> bytes:
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


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"xinheng_{name}", text, value=value)


def _family(name: str, text: str, label: str = "job") -> GaugeMetricFamily:
    return GaugeMetricFamily(f"xinheng_{name}", text, labels=[label])
