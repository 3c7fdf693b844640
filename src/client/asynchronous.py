"""The asynchronous client: the same calls, many at once."""

import asyncio
from collections.abc import AsyncIterator, Sequence
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

__all__ = ["AsyncClient"]

Answer = TypeVar("Answer")
URL = "http://127.0.0.1:8000"
TIMEOUT = 30.0


class AsyncClient:
    """Asks the service of Xinheng from a coroutine; see `Client`, whose methods these are.

    Examples
    --------
    >>> async def level(identifier: str) -> str:
    ...     async with AsyncClient(purpose="routine") as client:
    ...         return (await client.grade(identifier)).level
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
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.conversation = Conversation(
            url, read_key(key), purpose, language, retries or Retries()
        )
        self._http = httpx2.AsyncClient(base_url=url, timeout=timeout, transport=transport)

    def __repr__(self) -> str:
        """Show where it asks and what for; never the key."""
        return f"AsyncClient({self.conversation.url!r}, purpose={self.conversation.purpose!r})"

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    def about(self, purpose: str) -> Self:
        """Return the same client for another purpose, `CODE` or `CODE:CASE`."""
        found = copy(self)
        found.conversation = self.conversation.about(purpose)
        return found

    async def send(self, call: Call[Answer]) -> Answer:
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
                response = await self._http.send(request)
            except httpx2.TransportError as error:
                broken = error
            pause = self.conversation.pause(call, attempt, response)
            if pause is None:
                break
            await asyncio.sleep(pause)
        if response is None:
            raise ConnectionFailedError(
                f"the service at {self.conversation.url} could not be reached: "
                f"{broken or 'no answer'}"
            ) from broken
        found: Answer = self.conversation.answer(call, response)
        return found

    async def grade(self, identifier: str, as_of: Day = None) -> GradeAnswer:
        """Return the grade of an enterprise as of a day, today if none is given."""
        return await self.send(calls.grade(identifier, as_of))

    async def grades(self, identifier: str, after: int = 0, limit: int = 24) -> GradesAnswer:
        """Return a page of the grades that runs gave an enterprise, oldest first."""
        return await self.send(calls.grades(identifier, after, limit))

    async def every_grade(self, identifier: str) -> AsyncIterator[GivenAnswer]:
        """Yield every grade that runs gave an enterprise, oldest first."""
        after: int | None = 0
        while after is not None:
            page = await self.grades(identifier, after, 1_000)
            for each in page.grades:
                yield each
            after = page.next

    async def explanation(self, identifier: str, as_of: Day = None) -> ExplanationAnswer:
        """Return why an enterprise has its grade, in full."""
        return await self.send(calls.explanation(identifier, as_of))

    async def short_explanation(self, identifier: str, as_of: Day = None) -> ShortExplanationAnswer:
        """Return why an enterprise has its grade: the five strongest reasons."""
        return await self.send(calls.short_explanation(identifier, as_of))

    async def records(self, identifier: str, as_of: Day = None) -> RecordsAnswer:
        """Return the records behind a grade."""
        return await self.send(calls.records(identifier, as_of))

    async def movement(
        self, identifier: str, since: date | str, as_of: Day = None
    ) -> MovementAnswer:
        """Return why a grade moved since a day."""
        return await self.send(calls.movement(identifier, since, as_of))

    async def remedies(self, identifier: str, as_of: Day = None) -> RemediesAnswer:
        """Return what leads to a better level, and when."""
        return await self.send(calls.remedies(identifier, as_of))

    async def scores(self, identifiers: Sequence[str], as_of: Day = None) -> ScoresAnswer:
        """Return the grades of a list of at most 1,000 enterprises, in its order."""
        return await self.send(calls.scores(identifiers, as_of))

    async def changes(self, after: int = 0, limit: int = 100) -> ChangesAnswer:
        """Return a page of the levels that changed after a cursor."""
        return await self.send(calls.changes(after, limit))

    async def every_change(self, after: int = 0) -> AsyncIterator[ChangeAnswer]:
        """Yield every level that changed after a cursor, until now; its `id` is the next cursor."""
        more = True
        while more:
            page = await self.changes(after, 1_000)
            for each in page.changes:
                yield each
            after, more = page.next, page.more

    async def what_if(
        self, identifier: str, records: Sequence[Record], as_of: Day = None
    ) -> WhatIfAnswer:
        """Return the grade that an enterprise would have with further records."""
        return await self.send(calls.what_if(identifier, records, as_of))

    async def indicators(self) -> IndicatorsAnswer:
        """Return the indicators that grades rest on."""
        return await self.send(calls.indicators())

    async def model(self) -> ModelAnswer:
        """Return the card of the model in force."""
        return await self.send(calls.model())

    async def health(self) -> HealthAnswer:
        """Return that the service answers."""
        return await self.send(calls.health())

    async def ready(self) -> ReadyAnswer:
        """Return that the service is ready."""
        return await self.send(calls.ready())

    async def state(self) -> StateAnswer:
        """Return what is answered from, and how far archive and ledger are ahead of it."""
        return await self.send(calls.state())

    async def operations_metrics(self) -> str:
        """Return the metrics, in the text format of Prometheus."""
        return await self.send(calls.operations_metrics())

    async def jobs(self) -> JobsAnswer:
        """Return the scheduled jobs."""
        return await self.send(calls.jobs())

    async def job_runs(self, name: str, after: int = 0, limit: int = 20) -> JobRunsAnswer:
        """Return a page of the runs of a job, newest first."""
        return await self.send(calls.job_runs(name, after, limit))

    async def every_job_run(self, name: str) -> AsyncIterator[JobRunAnswer]:
        """Yield every run of a job, newest first."""
        after: int | None = 0
        while after is not None:
            page = await self.job_runs(name, after, 1_000)
            for each in page.runs:
                yield each
            after = page.next

    async def run_job(self, name: str) -> JobRequestAnswer:
        """Ask for a run of a job; who watches the timetable runs it."""
        return await self.send(calls.run_job(name))
