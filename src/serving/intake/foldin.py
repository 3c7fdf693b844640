"""Fold-in: what was accepted is taken into the archive, in order, by one process at a time.

Whoever holds the lease takes one posting after the other, those of one source that wait at the
same time together: each lands and is told of as if it had come alone. The archive takes the same
rows once, whoever brings them how often, and tells again what became of each; the ledger takes
what came of a posting once, with the levels that changed. So a process may die at any moment
between the two: the next one does what is missing, and nothing twice.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import accumulate, takewhile
from threading import Event, Thread
from time import monotonic
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ...archive import Posted, Source, Told
from ...core import time
from ...core.errors import IntegrityError, InvalidError, NotFoundError, StorageError
from ...ledger import FOLDED, REFUSED, Ledger, Outcome, Posting, Settlement
from ..counters import FOLD_IN_FAILED, SETTLED
from ..live.live import Live
from ..live.state import State
from .follower import Follower
from .mappings import Mappings
from .moved import Moved, moved, moved_in_turn
from .sent import Sent
from .trouble import Trouble

__all__ = ["FoldIn"]

LEASE = "fold-in"
EVERY, NOT_OURS = 0.05, 1.0
TOGETHER, STUCK = 50, 60.0
QUIET, TIDY = 5.0, 32
FORGOTTEN = "what was sent was forgotten before the archive had it"
LATER = (StorageError, IntegrityError, SQLAlchemyError, OSError)

log = logging.getLogger(__name__)


class FoldIn:
    """The worker that folds postings in; of several processes, one at a time does.

    Parameters
    ----------
    live
        The service.
    follower
        Lets its state go on with what is folded in.
    mappings
        How records are read.
    keep
        For how long what was sent is kept after it was settled.
    """

    def __init__(self, live: Live, follower: Follower, mappings: Mappings, keep: timedelta) -> None:
        self._live = live
        self._follower = follower
        self._mappings = mappings
        self._keep = keep
        self._ledger: Ledger = live.service.ledger
        self._now: Callable[[], datetime] = live.service.now
        self._lease = self._ledger.lease(LEASE)
        self._ending, self._nudged = Event(), Event()
        self._stuck: dict[int, float] = {}
        self._trouble = Trouble(log, "postings that wait to be folded in are")
        self._whole = False
        self._active = monotonic()
        self._forgot = -float("inf")
        self._thread = Thread(target=self._work, name="fold-in", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def nudge(self) -> None:
        """Say that something was accepted."""
        self._nudged.set()

    def close(self, patience: float = 10.0) -> None:
        """End the work; what is under way is finished, unless it waits for another writer."""
        self._ending.set()
        self._nudged.set()
        if self._thread.is_alive():
            self._thread.join(patience)
        if not self._thread.is_alive():
            self._lease.release()

    def fold_all(self) -> int:
        """Fold in what waits, if the lease is ours, and return how many postings were settled.

        Raises
        ------
        StorageError, IntegrityError, sqlalchemy.exc.SQLAlchemyError, OSError
            If ledger or archive do not take it; it waits.
        """
        count = 0
        if not self._lease.held() or self._live.service.archive.is_busy:
            return count
        if not self._whole:
            self._bring_back()
        for found in self._waiting():
            waiting = found
            while waiting:
                if self._ending.is_set() or self._live.service.archive.is_busy:
                    return count  # another writer is not waited for: this can still be ended
                if not self._lease.held() or not self._is_current():
                    return count
                taken, settled = self._fold_first(waiting)
                waiting, count = waiting[taken:], count + settled
        return count

    def _waiting(self) -> Iterator[list[Posting]]:
        """Yield what waits in order, some at a time, however much of it is stuck."""
        after, some = 0, TOGETHER
        while some == TOGETHER:
            found = self._ledger.postings.pending(TOGETHER, after)
            yield [each for each in found if self._stuck.get(each.id, 0.0) <= monotonic()]
            some, after = len(found), found[-1].id if found else after

    def _is_current(self) -> bool:
        """Tell whether what the archive has is answered from: not while much is opened anew.

        What a posting moves is told by the grades before and after it, so it waits for them.
        """
        self._follower.follow()
        return self._live.service.book.sequence >= self._live.service.archive.sequence

    def _work(self) -> None:
        wait = 0.0
        while not self._ending.is_set():
            self._nudged.wait(wait)
            self._nudged.clear()
            wait = self._look()

    def _look(self) -> float:
        """Fold in what waits; return after how many seconds to look again."""
        try:
            if not self._lease.held():
                self._trouble.over()
                return NOT_OURS
            if self.fold_all():
                self._active = monotonic()
            elif monotonic() - self._active > QUIET:
                self._tidy()
        except LATER as error:
            FOLD_IN_FAILED.labels("held up").inc()
            return self._trouble.met(error)
        except Exception as error:  # noqa: BLE001
            FOLD_IN_FAILED.labels("fault").inc()
            return self._trouble.met(error)
        self._trouble.over()
        return EVERY

    def _tidy(self) -> None:
        """Do while nothing waits what would hold others up."""
        self._active = monotonic()
        archive = self._live.service.archive
        if archive.unfolded >= TIDY and not archive.is_busy:
            archive.fold(self._now())
        if monotonic() - self._forgot > QUIET * 60:
            self._forgot = monotonic()
            self._ledger.postings.forget(self._now() - self._keep)

    def _bring_back(self) -> None:
        """Take in again what the archive has lost, as when an older copy of it was restored."""
        archive, lost = self._live.service.archive, list[Posting]()
        for posting, digest in self._ledger.postings.folded():
            if archive.has(digest):
                break
            lost.append(posting)
        for posting in reversed(lost):
            log.warning("the archive lost what %s told; it is taken in again", posting.receipt)
            try:
                self._post(posting, self._mappings.source(posting.source))
            except LATER:
                raise
            except Exception:
                FOLD_IN_FAILED.labels("lost").inc()
                log.exception("what receipt %s told cannot be taken in again", posting.receipt)
        self._whole = True

    def _post(self, posting: Posting, source: Source) -> Posted:
        told = _told(self._ledger.postings.body(posting.id), source)
        received = max(self._now(), posting.at)
        return self._live.service.archive.post_told(told, received)

    def _fold_first(self, waiting: Sequence[Posting]) -> tuple[int, int]:
        """Fold in the first of what waits, as many as can be together.

        Returns
        -------
        How many were taken, and how many of them were settled.
        """
        if len(waiting) > 1:
            try:
                taken, settled = self.fold_together(waiting)
            except LATER:
                raise
            except Exception:
                taken = 0  # whichever it is for is found by folding them in one by one
                log.warning("postings cannot be folded in together", exc_info=True)
            if taken:
                return taken, settled
        return 1, int(self._fold_or_pass(waiting[0]))

    def _fold_or_pass(self, posting: Posting) -> bool:
        """Fold a posting in; one that fails for a fault of ours waits, and the others go on."""
        try:
            settled = self.fold(posting)
        except LATER:
            raise
        except Exception:
            FOLD_IN_FAILED.labels("stuck").inc()
            log.exception("posting %s cannot be folded in; it waits", posting.receipt)
            self._stuck[posting.id] = monotonic() + STUCK
            return False
        self._stuck.pop(posting.id, None)
        return settled

    def fold(self, posting: Posting) -> bool:
        """Take a posting into the archive, let the state go on, and write down what came of it.

        Returns
        -------
        Whether that was written: it is not where the state cannot go on yet, as when a large
        delivery landed right before.

        Raises
        ------
        MappingError
            If the mapping of its source is malformed: whoever wrote it mends it.
        """
        before = self._live.service.of
        try:
            source = self._mappings.source(posting.source)
        except NotFoundError as error:
            self._refuse(posting, str(error))
            return True
        try:
            posted = self._post(posting, source)
        except (NotFoundError, InvalidError) as error:
            self._refuse(posting, str(error))
            return True
        if not self._is_current():
            return False
        self._settle(posting, posted, before)
        return True

    def fold_together(self, waiting: Sequence[Posting]) -> tuple[int, int]:
        """Do what `fold` does for as many of the first as the archive takes together.

        Returns
        -------
        taken, settled : int
            How many the archive took, each as if for itself; how many of them were settled: all
            or none, as of `fold`.
        """
        before, told = self._live.service.of, self._told_alike(waiting)
        if len(told) < 2:
            return 0, 0
        now = self._now()
        received = [*accumulate((max(now, each.at) for each in waiting[: len(told)]), max)]
        posted = self._live.service.archive.post_together(told, received)
        if not posted or not self._is_current():
            return len(posted), 0
        numbers = [each.receipt.delivery.sequence for each in posted]
        found = moved_in_turn(self._live.service.of, before, numbers, time.day_of(received[0]) + 1)
        each = zip(waiting, posted, found, strict=False)
        self._ledger.postings.settle_together([self._settlement(*some) for some in each])
        SETTLED.labels(FOLDED).inc(len(posted))
        return len(posted), len(posted)

    def _told_alike(self, waiting: Sequence[Posting]) -> list[Told]:
        """Return the first of what waits, up to one of another source or that cannot be read."""
        told, mapping = list[Told](), waiting[0].source
        alike = [*takewhile(lambda each: each.source == mapping, waiting)]
        bodies = self._ledger.postings.bodies([each.id for each in alike])
        with suppress(Exception):  # `fold` meets it again, and tells whoever it concerns
            source = self._mappings.source(mapping)
            for each in alike:
                told.append(_told(bodies.get(each.id), source))
        return told

    def _settle(self, posting: Posting, posted: Posted, before: State) -> None:
        landed = posted.receipt.delivery
        day = time.day_of(landed.received) + 1
        repeated = not posted.receipt.landed and self._ledger.postings.has_folded(landed.digest)
        found = [] if repeated else moved(self._live.service.of, before, landed.sequence, day)
        told = self._settlement(posting, posted, found, repeated=repeated)
        self._ledger.postings.settle(told.posting, told.outcome, told.changes)
        SETTLED.labels(FOLDED).inc()

    def _settlement(
        self, posting: Posting, posted: Posted, found: Sequence[Moved], *, repeated: bool = False
    ) -> Settlement:
        landed = posted.receipt.delivery
        rows = {
            name: [[row.row, row.fate] for row in settled] for name, settled in posted.rows.items()
        }
        detail: dict[str, Any] = {
            "repeated": repeated,
            "rows": rows,
            "enterprises": [each.told() for each in found],
        }
        changed = (each.change({"delivery": landed.sequence}) for each in found)
        outcome = Outcome(
            at=max(self._now(), posting.at),
            state=FOLDED,
            delivery=landed.sequence,
            digest=landed.digest,
            detail=detail,
        )
        return Settlement(posting.id, outcome, tuple(each for each in changed if each is not None))

    def _refuse(self, posting: Posting, reason: str) -> None:
        at = max(self._now(), posting.at)
        outcome = Outcome(at=at, state=REFUSED, detail={"reason": reason})
        self._ledger.postings.settle(posting.id, outcome)
        SETTLED.labels(REFUSED).inc()


def _told(body: str | None, source: Source) -> Told:
    """Return what was sent as a delivery."""
    if body is None:
        raise InvalidError(FORGOTTEN)
    return Sent.read(body).told(source)
