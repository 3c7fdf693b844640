"""A monitoring run: an installation looked at on a day, and its alerts kept in the ledger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ...core import time
from ...core.errors import InvalidError
from ...ledger import Alerts, Promotion
from ..gradebook import GradeBook
from .arrivals import read_arrivals
from .causes import Cause
from .deliveries import quarantined
from .following import State, Told, follow
from .ours import changed_by_us
from .sample import first_days
from .signals import BUDGET
from .survey import Progress, Survey, quiet, survey
from .watched import Bank
from .wording import sentence

if TYPE_CHECKING:
    from ...archive import Archive

__all__ = ["Monitored", "monitor"]


@dataclass(frozen=True, slots=True, eq=False)
class Monitored:
    """What a run found, and how it stands to what was told before.

    Attributes
    ----------
    survey
        All that was looked at.
    told
        Stories: new, changed, going on, over; and those that are only the season.
    departments
        Names of departments by source.
    """

    survey: Survey
    told: tuple[Told, ...]
    departments: dict[str, str]

    def words(self, told: Told, language: str) -> str:
        """Return a story as a sentence; see `wording.sentence`."""
        cause = Cause(told.detail["cause"])
        return sentence(cause, told.since, told.detail, self.departments, language)


def monitor(
    archive: "Archive",
    book: GradeBook,
    alerts: Alerts,
    as_of: int,
    *,
    champions: Sequence[Promotion],
    at: datetime,
    actor: str,
    budget: float = BUDGET,
    record: bool = True,
    threads: int = 1,
    progress: Progress = quiet,
) -> Monitored:
    """Look at an installation as of the first day of a month, and keep what is told.

    Parameters
    ----------
    archive, book
        The archive, and the grade book on it under the champion.
    alerts
        Where alerts are kept.
    as_of
        A day of the month.
    champions
        All that were promoted for grades, oldest first.
    at, actor
        When and by whom, for the ledger.
    budget
        False alarms a quarter that are put up with, over everything watched.
    record
        Whether to keep it; without, the ledger stays as it is.
    threads, progress
        How many threads compute, and who is told what is being done.

    Raises
    ------
    InvalidError
        If the archive does not reach back far enough to know what is usual, or a later month was
        looked at already and this one is to be kept.
    """
    time.check_zone(at)
    runs = alerts.runs()
    if record:
        _check_order(runs, as_of)
    deliveries = archive.deliveries()

    def more(days: npt.NDArray[np.int32]) -> list[Bank]:
        return quarantined(deliveries, days)

    found = survey(
        book.bundle,
        book.events,
        book.references,
        read_arrivals(archive, book.events, book.sequence),
        as_of,
        more=more,
        budget=budget,
        threads=threads,
        progress=progress,
    )
    standing = {key: {**row, "since": time.day(row["since"])} for key, row in alerts.open().items()}
    ours = changed_by_us(book.bundle, champions, runs[-1]["bundle"] if runs else None, found.day)
    others = {key: row for key, row in standing.items() if key not in {each.key for each in ours}}
    told = (*ours, *follow(found, others))
    if record:
        run = {
            "actor": actor,
            "bundle": book.bundle.digest,
            "sequence": book.sequence,
            "series": found.series,
            "questions": found.asked,
            "bars": {str(group): bar for group, bar in found.bars.items()},
        }
        kept = [_row(each) for each in told if each.state in KEPT]
        alerts.record(run, kept, as_of=_date(found.day), at=at)
    return Monitored(found, told, {each.source: each.department for each in deliveries})


def _check_order(runs: Sequence[Mapping[str, Any]], as_of: int) -> None:
    """Refuse to keep what is told of a month after a later one: it would close what is open now."""
    last = max((row["as_of"] for row in runs), default=None)
    if last is not None and _date(int(first_days(as_of, 1)[0])) < last:
        raise InvalidError(
            f"alerts were kept as of {last.isoformat()} already, and a look at an earlier month "
            "would open and close them anew; add --look to look without keeping anything"
        )


KEPT = (State.OPENED, State.CHANGED, State.CLOSED)


def _row(told: Told) -> dict[str, Any]:
    return {
        "key": told.key,
        "state": str(told.state),
        "cause": told.detail["cause"],
        "since": _date(told.since),
        "detail": dict(told.detail),
    }


def _date(day: int) -> date:
    return date.fromisoformat(time.show(day))
