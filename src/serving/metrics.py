"""Metrics for Prometheus: what requests did, and how the installation is; no enterprise, no person.

What requests did is counted in `serving.counters`; the rest is looked at when it is asked for.
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage

from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from ..core import time
from ..core.errors import XinhengError
from ..core.settings import Settings
from ..grading import Purpose
from ..jobs import Timetable
from ..ledger import Proof
from .live.live import Live
from .live.service import VERSION
from .problem import ProblemError

__all__ = ["Installation"]


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
            yield from [*self._runs(), *self._postings(), *self._jobs(), *self._reviews()]
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
        champion = self.service.ledger.champion(Purpose.GRADE)
        same = float(champion == self.service.book.bundle.digest)
        yield _gauge("champion_in_force", "Whether grades are made by the champion: 1 or 0.", same)
        history = self.service.ledger.history
        yield _gauge("run_number", "Number of the newest run of grades.", history.last())
        runs = history.runs()
        if runs:
            day, made = time.instant(runs[-1].as_of - 1), runs[-1].at
            yield _gauge("run_as_of_seconds", "Day of the newest run, as a time.", day.timestamp())
            yield _gauge("run_made_seconds", "When the newest run was made.", made.timestamp())

    def _postings(self) -> Iterator[Metric]:
        found = self.service.ledger.postings.backlog()
        age = self.service.now() - found.oldest if found.oldest else timedelta()
        yield _gauge("postings_waiting", "Postings of which nothing came yet.", found.count)
        yield _gauge(
            "postings_oldest_age_seconds",
            "How long ago the oldest of them was accepted; 0 if none waits.",
            max(0.0, age.total_seconds()),
        )

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

    def _reviews(self) -> Iterator[Metric]:
        labels = ("cause", "state")
        undecided = _family("reviews_open", "Reviews that are not decided yet.", labels)
        overdue = _family("reviews_overdue", "Reviews whose legal clock has run out.", labels)
        for each in self.service.ledger.reviews.piles.of(time.day_of(self.service.now())):
            undecided.add_metric([each.cause, each.state], each.undecided)
            overdue.add_metric([each.cause, each.state], each.overdue)
        yield from (undecided, overdue)

    def _audit(self) -> Iterator[Metric]:
        takes = float(not self.service.ledger.unrecorded())
        yield _gauge("audit_writable", "Whether the audit's disk takes entries: 1 or 0.", takes)
        proof = Proof.of(self.settings)
        with suppress(OSError):
            waiting = proof.waiting()
            yield _gauge("audit_spooled", "Entries that wait on disk for the ledger.", waiting)
            if (at := proof.anchored()) is not None:
                told = "When an anchor was last added."
                yield _gauge("audit_anchored_seconds", told, at.timestamp())

    def _disks(self) -> Iterator[Metric]:
        free = _family("disk_free_bytes", "Room on the disk of a folder.", ["folder"])
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


def _gauge(name: str, text: str, value: float) -> Metric:
    return GaugeMetricFamily(f"xinheng_{name}", text, value=value)


def _family(name: str, text: str, labels: Sequence[str] = ("job",)) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"xinheng_{name}", text, labels=labels)
