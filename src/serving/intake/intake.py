"""Intake: records that programs post are kept before they are acknowledged, and then folded in."""

import re
import shutil
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Self
from uuid import NAMESPACE_OID, uuid5

from anyio import sleep, to_thread
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from ...archive import Misnamed, Source, misnamed
from ...core import time
from ...core.errors import ForbiddenError, InvalidError, NotFoundError, StorageError
from ...core.settings import Settings
from ...ledger import Outcome, Posting
from ..access import Permission
from ..answers import Values, receipt_values
from ..entrance.caller import Caller
from ..live.live import Live
from ..problem import FieldError, ProblemError, sentence, shown
from .foldin import FoldIn
from .follower import Follower
from .mappings import Mappings
from .sent import Sent

__all__ = ["Intake"]

KEY = re.compile(r'"?([\x21\x23-\x7e](?:[\x20\x21\x23-\x7e]{0,253}[\x21\x23-\x7e])?)"?')
LEAST_ROOM = 64 << 20
LOOK = 0.01
MOST_TOLD = 20
FULL = ("disk is full", "No space left", "DiskFull")
REGISTERING = "enterprise"


class Intake:
    """What stands between programs that post records and the archive.

    Parameters
    ----------
    live
        The service.
    settings
        The installation.
    """

    def __init__(self, live: Live, settings: Settings) -> None:
        self.mappings = Mappings(settings.sources)
        self.follower = Follower(live)
        keep = timedelta(days=settings.posted_days)
        self.fold_in = FoldIn(live, self.follower, self.mappings, keep)
        self._live = live
        self._ledger = live.service.ledger
        self._room: Path = settings.archive

    def start(self) -> Self:
        """Begin to fold in and to follow."""
        self.follower.start()
        self.fold_in.start()
        return self

    def close(self) -> None:
        """End both; what was accepted and is not folded in waits for the next process."""
        self.fold_in.close()
        self.follower.close()

    def accept(self, caller: Caller, key: str | None, sent: Sent, rows: int) -> Posting:
        """Keep records, and return their posting: that of before if the same key came with them.

        Parameters
        ----------
        caller
            Who posts.
        key
            Idempotency-Key, as it was sent.
        sent, rows
            The records, and how many they are.

        Raises
        ------
        ProblemError
            If they are not accepted: nothing of them is kept.
        """
        name = _key(key)
        self._require_source(caller, sent.source)
        holder = caller.principal.holder
        earlier = self._ledger.postings.under(holder, name)
        if earlier is None:
            try:
                self._check(caller, sent)
                earlier = self._keep(caller, name, sent, rows)
            except StorageError as error:
                raise _no_room() from error
        if earlier.digest != sent.digest:
            raise ProblemError(
                "key-reused",
                f"The Idempotency-Key {shown(name)!r} came with other records on "
                f"{earlier.at.isoformat()}, receipt {earlier.receipt}. Other records need a key of "
                "their own; the same ones are sent just as they were.",
            )
        self.fold_in.nudge()
        return earlier

    async def settled(self, posting: Posting, seconds: float) -> Outcome | None:
        """Return what came of a posting, for which is waited a little; None if nothing did yet.

        Nobody else is held up by that. A ledger that cannot be read is waited for as well: what
        was accepted is kept.
        """
        begun = monotonic()
        while True:
            with suppress(SQLAlchemyError):
                found = await to_thread.run_sync(self.outcome, posting)
                if found is not None:
                    return found
            waited = monotonic() - begun
            if waited >= seconds:
                return None
            await sleep(max(LOOK, waited / 10))

    def outcome(self, posting: Posting) -> Outcome | None:
        """Return what came of a posting, None if nothing did yet.

        What was folded in is answered from afterwards.
        """
        found = self._ledger.postings.outcome(posting.id)
        if found is not None and (found.delivery or 0) > self._live.service.book.sequence:
            self.follower.follow()
        return found

    def find(self, caller: Caller, receipt: str) -> Posting:
        """Return the posting of a receipt, to whoever posted it.

        Raises
        ------
        ProblemError
            If there is none, or it is another's: nobody learns which.
        """
        found = self._ledger.postings.find(receipt)
        if found is None or found[0].holder != caller.principal.holder:
            raise ProblemError(
                "not-found",
                f"There is no receipt {shown(receipt)!r} of yours; the answer to POST /v1/records "
                "has the receipt.",
            )
        return found[0]

    def values(self, caller: Caller, posting: Posting, outcome: Outcome | None) -> Values:
        """Return the receipt of a posting, as its sender may see it."""
        waits, faults = None, {}
        if outcome is None:
            waits = self.waits(posting)
        elif outcome.digest is not None:
            faults = self._live.service.archive.faults(outcome.digest)
        graded = caller.principal.grant.allows(Permission.READ_GRADE)
        return receipt_values(posting, outcome, waits, faults, graded=graded)

    def waits(self, posting: Posting) -> str | None:
        """Return for what a posting waits, in words; None if it does not wait longer than usual."""
        service = self._live.service
        age = service.now() - posting.at
        if age <= timedelta(seconds=2):
            return None
        if service.archive.is_busy:
            return "another delivery is being written to the archive"
        if service.archive.sequence > service.book.sequence:
            return "a large delivery is being opened, before it is answered from"
        if age > timedelta(minutes=1):
            return "it cannot be taken in yet, and is tried again; the log of the service says why"
        return None

    def _check(self, caller: Caller, sent: Sent) -> None:
        """Refuse what could never be folded in, and what is about enterprises beyond reach."""
        service = caller.service
        try:
            source = self.mappings.source(sent.source)
            _check_names(source, sent)
            told = sent.told(source)
            whom = service.archive.meant(told, service.now())
        except (NotFoundError, InvalidError) as error:
            field = FieldError(where="body", message=str(error), value=None)
            detail = f"The records do not fit the mapping of {sent.source!r}: see errors."
            raise ProblemError("invalid-request", detail, [field]) from None
        self._require_reach(caller, source, whom)

    def _require_source(self, caller: Caller, source: str) -> None:
        try:
            caller.principal.require_source(source)
        except ForbiddenError as error:
            problem = ProblemError("forbidden", sentence(error))
            caller.visit.refuse(problem, source)
            raise problem from None

    def _require_reach(self, caller: Caller, source: Source, whom: tuple[str, ...]) -> None:
        """Refuse records of enterprises beyond reach; a register tells of those nobody knows."""
        if not whom or caller.reach.everywhere:
            return
        _, beyond = caller.numbers(whom, time.NEVER)
        registers = any(each.kind == REGISTERING for each in source.declaration.records)
        unknown = caller.service.register.find(whom, time.NEVER)[1] if registers else {}
        refused = [each for each in whom if each in beyond and each not in unknown]
        if refused:
            problem = beyond[refused[0]]
            caller.visit.refuse(problem, refused[0])
            raise problem

    def _keep(self, caller: Caller, key: str, sent: Sent, rows: int) -> Posting:
        self._require_room()
        holder, at = caller.principal.holder, caller.service.now()
        posting = Posting(
            receipt=str(uuid5(NAMESPACE_OID, f"{holder}\n{key}")),
            holder=holder,
            key=key,
            digest=sent.digest,
            at=at,
            actor=caller.principal.author,
            purpose=caller.visit.purpose,
            source=sent.source,
            rows=rows,
        )
        told = {"receipt": posting.receipt, "digest": sent.digest, "rows": rows}
        caller.record("post records", sent.source, told)
        try:
            return self._ledger.postings.accept(posting, sent.text)
        except DBAPIError as error:
            if any(words in str(error.orig) for words in FULL):
                raise _no_room() from error
            raise

    def _require_room(self) -> None:
        free = shutil.disk_usage(self._room).free
        if free < LEAST_ROOM:
            raise _no_room()


def _key(text: str | None) -> str:
    """Return the key of a header, which the draft writes in quotation marks."""
    if text is None:
        raise ProblemError(
            "bad-request",
            "Records are posted with an Idempotency-Key, such as a UUID, under which they can be "
            "sent again safely when no answer came.",
        )
    found = KEY.fullmatch(text.strip())
    if found is None:
        message = "expected 1 to 255 printable characters of ASCII, best a UUID"
        error = FieldError(where="header.Idempotency-Key", message=message, value=shown(text))
        raise ProblemError("invalid-request", "The Idempotency-Key cannot be used.", [error])
    return found[1]


def _no_room() -> ProblemError:
    return ProblemError(
        "no-room",
        "The disk of the service is too full to keep the records, so none was accepted; send them "
        "again later, under the same Idempotency-Key.",
    )


def _check_names(source: Source, sent: Sent) -> None:
    """Refuse kinds and fields that there are not, each told by its place in what was sent."""
    wrong = list(misnamed(source, sent.records or ()))
    if wrong:
        records = "1 fault" if len(wrong) == 1 else f"{len(wrong):,} faults"
        detail = f"The records have {records}: see errors, and docs/data-catalogue.md."
        raise ProblemError("invalid-request", detail, [_field(each) for each in wrong[:MOST_TOLD]])


def _field(wrong: Misnamed) -> FieldError:
    where = shown(f"body.records.{wrong.place}.{wrong.field}")
    value = None if wrong.value is None else shown(wrong.value)
    return FieldError(where=where, message=wrong.fault, value=value)
