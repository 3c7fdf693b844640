"""The watch: runs what is due, once or until it is told to stop."""

import logging
from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from ..core.scrub import scrubbed_error
from ..ledger import JobRun
from .due import due
from .runner import Runner
from .timetable import Timetable

__all__ = ["Watch"]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Watch:
    """Looks at the timetable, and lets a runner run what is due, one after the other.

    Parameters
    ----------
    timetable
        The jobs.
    runner
        Runs them.
    """

    timetable: Timetable
    runner: Runner

    def once(self) -> list[JobRun]:
        """Run what is due now; return the runs, in order.

        A job that another machine runs is left to it.
        """
        runner, jobs = self.runner, self.runner.ledger.jobs
        runner.mend([each.name for each in self.timetable.job])
        done: list[JobRun] = []
        now = runner.clock()
        for each in due(self.timetable, jobs.latest(now), jobs.requests(), now):
            if runner.stop.is_set():
                break
            run = runner.run(each)
            if run is not None:
                done.append(run)
                _tell(run)
        return done

    def forever(self, pause: float = 20.0) -> None:
        """Run what is due until the runner's `stop` is set, whatever befalls it meanwhile."""
        while not self.runner.stop.is_set():
            try:
                self.once()
            except SQLAlchemyError as error:
                log.warning("the ledger cannot be read, so no job runs: %s", scrubbed_error(error))
            except Exception:
                log.exception("what is due could not be run; it is looked at again")
            self.runner.stop.wait(pause)


def _tell(run: JobRun) -> None:
    seconds = (run.ended - run.started).total_seconds() if run.ended else 0.0
    level = logging.INFO if run.outcome == "done" else logging.ERROR
    extra = {"job": run.job, "run": run.id, "outcome": run.outcome, "seconds": round(seconds, 1)}
    log.log(level, "job %s: %s", run.job, run.outcome, extra=extra)
