"""The asynchronous client: the same calls, many at once."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

from ..serving.answers import (
    ChangesAnswer,
    DeliveriesAnswer,
    EnterprisesAnswer,
    ExplanationAnswer,
    GradeAnswer,
    GradesAnswer,
    HealthAnswer,
    IndicatorsAnswer,
    JobRequestAnswer,
    JobRunsAnswer,
    JobsAnswer,
    ModelAnswer,
    MovementAnswer,
    OverviewAnswer,
    ProfileAnswer,
    PromotionsAnswer,
    ReadyAnswer,
    ReceiptAnswer,
    RecordsAnswer,
    RemediesAnswer,
    ScoresAnswer,
    ShortExplanationAnswer,
    StateAnswer,
    SubscriptionAnswer,
    SubscriptionsAnswer,
    WebhookAnswer,
    WebhookKeysAnswer,
    WebhooksAnswer,
    WhatIfAnswer,
)
from ..serving.answers.changes import ChangeAnswer
from ..serving.answers.enterprise import EnterpriseAnswer
from ..serving.answers.grade import GivenAnswer
from ..serving.answers.jobs import JobRunAnswer
from ..serving.answers.webhook import DeliveryAnswer
from . import calls
from .asyncadministrator import AsyncAdministrator
from .calls import Day, Record, Search
from .files import (
    ARROW,
    asked_of_frame,
    asked_of_table,
    check_places,
    media_type,
    read_batches,
    read_table,
    spooled,
    write_batches,
    write_table,
)

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

__all__ = ["AsyncClient"]

POLL = 0.2


class AsyncClient(AsyncAdministrator):
    """Asks the service of Xinheng from a coroutine; see `Client`, whose methods these are.

    Examples
    --------
    >>> async def level(identifier: str) -> str:
    ...     async with AsyncClient(purpose="routine") as client:
    ...         return (await client.grade(identifier)).level
    """

    async def overview(self) -> OverviewAnswer:
        """Return how many enterprises within reach stand at which level, and who moved."""
        return await self.send(calls.overview())

    async def enterprises(
        self, q: str | None = None, after: int = 0, limit: int = 20, **wanted: Unpack[Search]
    ) -> EnterprisesAnswer:
        """Return a page of the enterprises that all of it is true of, within reach."""
        return await self.send(calls.enterprises(q, after=after, limit=limit, **wanted))

    async def every_enterprise(
        self, q: str | None = None, **wanted: Unpack[Search]
    ) -> AsyncIterator[EnterpriseAnswer]:
        """Yield every enterprise that all of it is true of, within reach."""
        after: int | None = 0
        while after is not None:
            page = await self.enterprises(q, after, 200, **wanted)
            for each in page.enterprises:
                yield each
            after = page.next

    async def profile(self, identifier: str, as_of: Day = None) -> ProfileAnswer:
        """Return what is registered of an enterprise."""
        return await self.send(calls.profile(identifier, as_of))

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

    async def scores_of_a_file(
        self, file: str | Path, into: str | Path, as_of: Day = None, encoding: str | None = None
    ) -> Path:
        """Grade a file of up to two million rows into another, in bounded memory; return the other.

        Its rows are those of the file in their order, each with its grade, or with `error` and
        `detail`. It is written whole or not at all.

        Parameters
        ----------
        file, into
            CSV, Parquet or an Arrow stream, as their names end: `.csv`, `.parquet`, `.arrow`.
        as_of
            The day of rows that name none.
        encoding
            Of a CSV that is not UTF-8.
        """
        file, into = Path(file), Path(into)
        check_places(file, into)
        media, accept = media_type(file, encoding), media_type(into)
        await self.download(calls.scores_of_a_file(file, as_of, media, accept), into)
        return into

    async def score_batches(
        self, batches: "Iterable[pa.RecordBatch]", as_of: Day = None
    ) -> "AsyncIterator[pa.RecordBatch]":
        """Grade batches of rows of Arrow, and yield those of the answer, in bounded memory.

        A column `enterprise`, and `as_of` where rows name their day. All are sent once the first of
        the answer is wanted.
        """
        with spooled() as (asked, answered):
            await asyncio.to_thread(write_batches, asked, batches)
            await self.download(calls.scores_of_a_file(asked, as_of, ARROW), answered)
            for batch in read_batches(answered):
                yield batch

    async def score_table(self, table: "pa.Table", as_of: Day = None) -> "pa.Table":
        """Grade the rows of a table of Arrow, and return them in their order with their grades."""
        with spooled() as (asked, answered):
            write_table(asked, asked_of_table(table))
            await self.download(calls.scores_of_a_file(asked, as_of, ARROW), answered)
            return read_table(answered)

    async def score_frame(self, frame: "pd.DataFrame", as_of: Day = None) -> "pd.DataFrame":
        """Grade the rows of a frame of pandas; the answer has its index."""
        table = await self.score_table(asked_of_frame(frame), as_of)
        found: pd.DataFrame = table.to_pandas().set_index(frame.index)
        return found

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

    async def webhook_keys(self) -> WebhookKeysAnswer:
        """Return the public keys that sign webhooks, for `core.verify_webhook`."""
        return await self.send(calls.webhook_keys())

    async def webhooks(self) -> WebhooksAnswer:
        """Return the webhooks of the key."""
        return await self.send(calls.webhooks())

    async def webhook(self, webhook: str) -> WebhookAnswer:
        """Return a webhook of the key."""
        return await self.send(calls.webhook(webhook))

    async def subscriptions(self) -> SubscriptionsAnswer:
        """Return the webhooks of all keys, for those who run the service."""
        return await self.send(calls.subscriptions())

    async def pause_subscription(self, webhook: str, reason: str) -> SubscriptionAnswer:
        """Pause a webhook of any key, whose program is told the reason; see `subscriptions`."""
        return await self.send(calls.pause_subscription(webhook, reason))

    async def resume_subscription(self, webhook: str, reason: str) -> SubscriptionAnswer:
        """Have a webhook of any key tried at once, whoever paused it; see `subscriptions`."""
        return await self.send(calls.resume_subscription(webhook, reason))

    async def subscribe(self, url: str, after: int | None = None) -> WebhookAnswer:
        """Have changes sent to an address, from now on or after a change."""
        return await self.send(calls.subscribe(url, after))

    async def unsubscribe(self, webhook: str) -> WebhookAnswer:
        """Have changes sent no longer; return the webhook as it was."""
        return await self.send(calls.unsubscribe(webhook))

    async def resume(self, webhook: str) -> WebhookAnswer:
        """Have a webhook tried at once that is paused, or waits to be tried again."""
        return await self.send(calls.resume(webhook))

    async def deliveries(self, webhook: str, after: int = 0, limit: int = 24) -> DeliveriesAnswer:
        """Return a page of what was sent to a webhook, the newest first."""
        return await self.send(calls.deliveries(webhook, after, limit))

    async def every_delivery(self, webhook: str) -> AsyncIterator[DeliveryAnswer]:
        """Yield all that was sent to a webhook, the newest first."""
        after: int | None = 0
        while after is not None:
            page = await self.deliveries(webhook, after, 1_000)
            for each in page.deliveries:
                yield each
            after = page.next

    async def post_records(
        self, source: str, records: Sequence[Record], wait: int = 0, key: str | None = None
    ) -> ReceiptAnswer:
        """Post new records of a source by kind; once they are durable, return the receipt.

        What is posted again by its `key` is accepted once; where none is given, each call has its
        own, so that sending it again posts nothing twice.
        """
        return await self.send(calls.post_records(source, records, wait, key))

    async def post_rows(
        self,
        source: str,
        files: Mapping[str, Sequence[Record]],
        wait: int = 0,
        key: str | None = None,
    ) -> ReceiptAnswer:
        """Post new rows of a source by file, as its files have them; see `post_records`."""
        return await self.send(calls.post_rows(source, files, wait, key))

    async def receipt(self, receipt: str) -> ReceiptAnswer:
        """Return what became of posted records: fate and faults of each, and whose grade moved."""
        return await self.send(calls.receipt(receipt))

    async def settled_receipt(self, receipt: str, seconds: float = 30.0) -> ReceiptAnswer:
        """Return a receipt once its records are in the archive or refused.

        After so many seconds it is returned as it is; `waits` says for what.
        """
        until = time.monotonic() + seconds
        found = await self.receipt(receipt)
        while found.state == "accepted" and time.monotonic() < until:
            await asyncio.sleep(POLL)
            found = await self.receipt(receipt)
        return found

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

    async def promotions(self) -> PromotionsAnswer:
        """Return the models that graded, the newest first, and on what evidence."""
        return await self.send(calls.promotions())

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
