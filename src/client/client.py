"""The client: asks the service, one call after the other."""

import time
from collections.abc import Iterator, Sequence
from copy import copy
from datetime import date
from pathlib import Path
from typing import Self, TypeVar

import httpx2

from ..serving.answers import (
    ChangesAnswer,
    ExplanationAnswer,
    GradeAnswer,
    GradesAnswer,
    HealthAnswer,
    IndicatorsAnswer,
    JobRequestAnswer,
    JobRunsAnswer,
    JobsAnswer,
    Language,
    ModelAnswer,
    MovementAnswer,
    ReadyAnswer,
    RecordsAnswer,
    RemediesAnswer,
    ScoresAnswer,
    ShortExplanationAnswer,
    StateAnswer,
    WhatIfAnswer,
)
from ..serving.answers.changes import ChangeAnswer
from ..serving.answers.grade import GivenAnswer
from ..serving.answers.jobs import JobRunAnswer
from . import calls
from .call import Call
from .calls import Day, Record
from .conversation import Conversation, Retries, read_key
from .errors import ConnectionFailedError

__all__ = ["Client"]

Answer = TypeVar("Answer")
URL = "http://127.0.0.1:8000"
TIMEOUT = 30.0


class Client:
    """Asks the service of Xinheng; safe to use from many threads, and closed after use.

    Parameters
    ----------
    url
        Where the service is. Over plain HTTP it has to be this machine.
    key
        That proves who asks, or the path of a file with it; that of `XINHENG_KEY` if not given.
    purpose
        What grades are read for: `CODE` or `CODE:CASE`, as docs/access.md lists them.
    language
        Of names and sentences.
    retries
        When a call is sent again.
    timeout
        Seconds without a byte until the service is thought to be gone.
    transport
        How requests are sent, such as to an app in the same process.

    Raises
    ------
    NotFoundError
        If there is no key.
    InvalidError
        If the key would be sent in the clear.

    Examples
    --------
    >>> with Client(key="xhk_made-up", purpose="routine") as client:
    ...     client
    Client('http://127.0.0.1:8000', purpose='routine')
    """

    def __init__(
        self,
        url: str = URL,
        key: str | Path | None = None,
        *,
        purpose: str | None = None,
        language: Language | None = None,
        retries: Retries | None = None,
        timeout: float = TIMEOUT,
        transport: httpx2.BaseTransport | None = None,
    ) -> None:
        self.conversation = Conversation(
            url, read_key(key), purpose, language, retries or Retries()
        )
        self._http = httpx2.Client(base_url=url, timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        """Show where it asks and what for; never the key."""
        return f"Client({self.conversation.url!r}, purpose={self.conversation.purpose!r})"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def about(self, purpose: str) -> Self:
        """Return the same client for another purpose, `CODE` or `CODE:CASE`."""
        found = copy(self)
        found.conversation = self.conversation.about(purpose)
        return found

    def send(self, call: Call[Answer]) -> Answer:
        """Send a call, again where that is right, and return its answer.

        Raises
        ------
        ApiError
            If the service answers with a problem.
        ConnectionFailedError
            If it cannot be reached.
        """
        for attempt in range(self.conversation.retries.most + 1):
            request = self._http.build_request(**self.conversation.request(call))
            response: httpx2.Response | None = None
            broken: Exception | None = None
            try:
                response = self._http.send(request)
            except httpx2.TransportError as error:
                broken = error
            pause = self.conversation.pause(call, attempt, response)
            if pause is None:
                break
            time.sleep(pause)
        if response is None:
            raise ConnectionFailedError(
                f"the service at {self.conversation.url} could not be reached: "
                f"{broken or 'no answer'}"
            ) from broken
        found: Answer = self.conversation.answer(call, response)
        return found

    def grade(self, identifier: str, as_of: Day = None) -> GradeAnswer:
        """Return the grade of an enterprise as of a day, today if none is given."""
        return self.send(calls.grade(identifier, as_of))

    def grades(self, identifier: str, after: int = 0, limit: int = 24) -> GradesAnswer:
        """Return a page of the grades that runs gave an enterprise, oldest first."""
        return self.send(calls.grades(identifier, after, limit))

    def every_grade(self, identifier: str) -> Iterator[GivenAnswer]:
        """Yield every grade that runs gave an enterprise, oldest first."""
        after: int | None = 0
        while after is not None:
            page = self.grades(identifier, after, 1_000)
            yield from page.grades
            after = page.next

    def explanation(self, identifier: str, as_of: Day = None) -> ExplanationAnswer:
        """Return why an enterprise has its grade, in full."""
        return self.send(calls.explanation(identifier, as_of))

    def short_explanation(self, identifier: str, as_of: Day = None) -> ShortExplanationAnswer:
        """Return why an enterprise has its grade: the five strongest reasons."""
        return self.send(calls.short_explanation(identifier, as_of))

    def records(self, identifier: str, as_of: Day = None) -> RecordsAnswer:
        """Return the records behind a grade."""
        return self.send(calls.records(identifier, as_of))

    def movement(self, identifier: str, since: date | str, as_of: Day = None) -> MovementAnswer:
        """Return why a grade moved since a day."""
        return self.send(calls.movement(identifier, since, as_of))

    def remedies(self, identifier: str, as_of: Day = None) -> RemediesAnswer:
        """Return what leads to a better level, and when."""
        return self.send(calls.remedies(identifier, as_of))

    def scores(self, identifiers: Sequence[str], as_of: Day = None) -> ScoresAnswer:
        """Return the grades of a list of at most 1,000 enterprises, in its order."""
        return self.send(calls.scores(identifiers, as_of))

    def changes(self, after: int = 0, limit: int = 100) -> ChangesAnswer:
        """Return a page of the levels that changed after a cursor."""
        return self.send(calls.changes(after, limit))

    def every_change(self, after: int = 0) -> Iterator[ChangeAnswer]:
        """Yield every level that changed after a cursor, until now; its `id` is the next cursor."""
        more = True
        while more:
            page = self.changes(after, 1_000)
            yield from page.changes
            after, more = page.next, page.more

    def what_if(
        self, identifier: str, records: Sequence[Record], as_of: Day = None
    ) -> WhatIfAnswer:
        """Return the grade that an enterprise would have with further records."""
        return self.send(calls.what_if(identifier, records, as_of))

    def indicators(self) -> IndicatorsAnswer:
        """Return the indicators that grades rest on."""
        return self.send(calls.indicators())

    def model(self) -> ModelAnswer:
        """Return the card of the model in force."""
        return self.send(calls.model())

    def health(self) -> HealthAnswer:
        """Return that the service answers."""
        return self.send(calls.health())

    def ready(self) -> ReadyAnswer:
        """Return that the service is ready."""
        return self.send(calls.ready())

    def state(self) -> StateAnswer:
        """Return what is answered from, and how far archive and ledger are ahead of it."""
        return self.send(calls.state())

    def operations_metrics(self) -> str:
        """Return the metrics, in the text format of Prometheus."""
        return self.send(calls.operations_metrics())

    def jobs(self) -> JobsAnswer:
        """Return the scheduled jobs."""
        return self.send(calls.jobs())

    def job_runs(self, name: str, after: int = 0, limit: int = 20) -> JobRunsAnswer:
        """Return a page of the runs of a job, newest first."""
        return self.send(calls.job_runs(name, after, limit))

    def every_job_run(self, name: str) -> Iterator[JobRunAnswer]:
        """Yield every run of a job, newest first."""
        after: int | None = 0
        while after is not None:
            page = self.job_runs(name, after, 1_000)
            yield from page.runs
            after = page.next

    def run_job(self, name: str) -> JobRequestAnswer:
        """Ask for a run of a job; who watches the timetable runs it."""
        return self.send(calls.run_job(name))
