"""The client: asks the service, one call after the other."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from .administrator import Administrator
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

__all__ = ["Client"]

POLL = 0.2


class Client(Administrator):
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

    def overview(self) -> OverviewAnswer:
        """Return how many enterprises within reach stand at which level, and who moved."""
        return self.send(calls.overview())

    def enterprises(
        self, q: str | None = None, after: int = 0, limit: int = 20, **wanted: Unpack[Search]
    ) -> EnterprisesAnswer:
        """Return a page of the enterprises that all of it is true of, within reach."""
        return self.send(calls.enterprises(q, after=after, limit=limit, **wanted))

    def every_enterprise(
        self, q: str | None = None, **wanted: Unpack[Search]
    ) -> Iterator[EnterpriseAnswer]:
        """Yield every enterprise that all of it is true of, within reach."""
        after: int | None = 0
        while after is not None:
            page = self.enterprises(q, after, 200, **wanted)
            yield from page.enterprises
            after = page.next

    def profile(self, identifier: str, as_of: Day = None) -> ProfileAnswer:
        """Return what is registered of an enterprise."""
        return self.send(calls.profile(identifier, as_of))

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

    def scores_of_a_file(
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
        self.download(calls.scores_of_a_file(file, as_of, media, accept), into)
        return into

    def score_batches(
        self, batches: "Iterable[pa.RecordBatch]", as_of: Day = None
    ) -> "Iterator[pa.RecordBatch]":
        """Grade batches of rows of Arrow, and yield those of the answer, in bounded memory.

        A column `enterprise`, and `as_of` where rows name their day. All are sent once the first of
        the answer is wanted.
        """
        with spooled() as (asked, answered):
            write_batches(asked, batches)
            self.download(calls.scores_of_a_file(asked, as_of, ARROW), answered)
            yield from read_batches(answered)

    def score_table(self, table: "pa.Table", as_of: Day = None) -> "pa.Table":
        """Grade the rows of a table of Arrow, and return them in their order with their grades."""
        with spooled() as (asked, answered):
            write_table(asked, asked_of_table(table))
            self.download(calls.scores_of_a_file(asked, as_of, ARROW), answered)
            return read_table(answered)

    def score_frame(self, frame: "pd.DataFrame", as_of: Day = None) -> "pd.DataFrame":
        """Grade the rows of a frame of pandas; the answer has its index."""
        table = self.score_table(asked_of_frame(frame), as_of)
        found: pd.DataFrame = table.to_pandas().set_index(frame.index)
        return found

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

    def webhook_keys(self) -> WebhookKeysAnswer:
        """Return the public keys that sign webhooks, for `core.verify_webhook`."""
        return self.send(calls.webhook_keys())

    def webhooks(self) -> WebhooksAnswer:
        """Return the webhooks of the key."""
        return self.send(calls.webhooks())

    def webhook(self, webhook: str) -> WebhookAnswer:
        """Return a webhook of the key."""
        return self.send(calls.webhook(webhook))

    def subscriptions(self) -> SubscriptionsAnswer:
        """Return the webhooks of all keys, for those who run the service."""
        return self.send(calls.subscriptions())

    def pause_subscription(self, webhook: str, reason: str) -> SubscriptionAnswer:
        """Pause a webhook of any key, whose program is told the reason; see `subscriptions`."""
        return self.send(calls.pause_subscription(webhook, reason))

    def resume_subscription(self, webhook: str, reason: str) -> SubscriptionAnswer:
        """Have a webhook of any key tried at once, whoever paused it; see `subscriptions`."""
        return self.send(calls.resume_subscription(webhook, reason))

    def subscribe(self, url: str, after: int | None = None) -> WebhookAnswer:
        """Have changes sent to an address, from now on or after a change."""
        return self.send(calls.subscribe(url, after))

    def unsubscribe(self, webhook: str) -> WebhookAnswer:
        """Have changes sent no longer; return the webhook as it was."""
        return self.send(calls.unsubscribe(webhook))

    def resume(self, webhook: str) -> WebhookAnswer:
        """Have a webhook tried at once that is paused, or waits to be tried again."""
        return self.send(calls.resume(webhook))

    def deliveries(self, webhook: str, after: int = 0, limit: int = 24) -> DeliveriesAnswer:
        """Return a page of what was sent to a webhook, the newest first."""
        return self.send(calls.deliveries(webhook, after, limit))

    def every_delivery(self, webhook: str) -> Iterator[DeliveryAnswer]:
        """Yield all that was sent to a webhook, the newest first."""
        after: int | None = 0
        while after is not None:
            page = self.deliveries(webhook, after, 1_000)
            yield from page.deliveries
            after = page.next

    def post_records(
        self, source: str, records: Sequence[Record], wait: int = 0, key: str | None = None
    ) -> ReceiptAnswer:
        """Post new records of a source by kind; once they are durable, return the receipt.

        What is posted again by its `key` is accepted once; where none is given, each call has its
        own, so that sending it again posts nothing twice.
        """
        return self.send(calls.post_records(source, records, wait, key))

    def post_rows(
        self,
        source: str,
        files: Mapping[str, Sequence[Record]],
        wait: int = 0,
        key: str | None = None,
    ) -> ReceiptAnswer:
        """Post new rows of a source by file, as its files have them; see `post_records`."""
        return self.send(calls.post_rows(source, files, wait, key))

    def receipt(self, receipt: str) -> ReceiptAnswer:
        """Return what became of posted records: fate and faults of each, and whose grade moved."""
        return self.send(calls.receipt(receipt))

    def settled_receipt(self, receipt: str, seconds: float = 30.0) -> ReceiptAnswer:
        """Return a receipt once its records are in the archive or refused.

        After so many seconds it is returned as it is; `waits` says for what.
        """
        until = time.monotonic() + seconds
        found = self.receipt(receipt)
        while found.state == "accepted" and time.monotonic() < until:
            time.sleep(POLL)
            found = self.receipt(receipt)
        return found

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

    def promotions(self) -> PromotionsAnswer:
        """Return the models that graded, the newest first, and on what evidence."""
        return self.send(calls.promotions())

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
