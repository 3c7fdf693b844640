"""The writer: entries of many threads kept in groups, on disk until the database has them.

An entry that comes alone goes straight into the database. Where many come at once, or the database
is gone, they are flushed to the spool of their chain, which is when whoever waits goes on, and are
folded into the database together a moment later.
"""

import atexit
import os
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Condition, Thread
from time import monotonic

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import SQLAlchemyError

from ...core.errors import IntegrityError, StorageError, XinhengError
from .entry import Entry, Note
from .link import Link
from .proof import Proof
from .recovery import recover
from .table import append, fold

__all__ = ["Pace", "Trail"]

GONE = (SQLAlchemyError, IntegrityError, FileNotFoundError)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often things are done.

    Attributes
    ----------
    group
        Entries of one commit at most.
    anchor_entries, anchor_seconds
        A head is anchored after so many entries, or so long after one that is not.
    fold_entries, fold_seconds
        What many ask at once goes to disk first, and from there into the database after so many
        entries, or so long after the first: one commit for all of them.
    retry_seconds
        How long a database that is gone is left alone.
    """

    group: int = 1_000
    fold_entries: int = 500
    fold_seconds: float = 0.1
    anchor_entries: int = 1_000
    anchor_seconds: float = 10.0
    retry_seconds: float = 1.0


class Trail:
    """The audit trail of a ledger, as one process writes it; safe to use from many threads.

    Parameters
    ----------
    engine
        The database, with its tables; it should give up soon when it is locked.
    proof
        Where chains are anchored and entries are spooled; None where they are not, as in tests.
    file
        The file of an SQLite database, looked at before each commit: one that was moved away
        still takes what is written, and nobody would ever see it.
    pace
        How often things are done.
    """

    def __init__(
        self,
        engine: Engine,
        proof: Proof | None = None,
        file: Path | None = None,
        pace: Pace | None = None,
    ) -> None:
        self._engine, self._proof, self._file = engine, proof, file
        self._pace = pace or Pace()
        self._ready = Condition()
        self._queue: deque[tuple[Note, Future[Entry]]] = deque()
        self._thread: Thread | None = None
        self._closing = False
        self._link: Link | None = None
        self._seen: tuple[int, int] | None = None
        self._due = self._fold = self._retry = 0.0
        self._recovered = proof is None

    def write(self, note: Note) -> Entry:
        """Append an entry, and return it once it is kept: in the database, or on disk until then.

        Raises
        ------
        StorageError
            If neither the database nor the disk takes it. What was to be read must not be.
        """
        return self.begin_write(note).result()

    def begin_write(self, note: Note) -> Future[Entry]:
        """Append an entry, and return what tells when it is kept, or raises as `write` does."""
        told: Future[Entry] = Future()
        with self._ready:
            if self._closing:
                raise StorageError("the audit trail is closed; open the ledger again")
            if self._thread is None:
                self._thread = Thread(target=self._run, name="audit trail", daemon=True)
                self._thread.start()
                atexit.register(self.close)
            self._queue.append((note, told))
            self._ready.notify()
        return told

    @contextmanager
    def begin(self, engine: Engine) -> Iterator[tuple[Connection, Callable[[Note], None]]]:
        """Open a transaction that keeps entries together with what they tell of, or neither.

        Yields
        ------
        tuple
            The connection, and a function that appends a note. Its entries are a chain of their
            own, so that they wait for nobody who waits for the transaction.
        """
        links: list[Link] = []

        def note(told: Note) -> None:
            if not links:
                links.append(Link(self._proof, told))
            [entry] = links[0].extend([told])
            append(connection, [entry])
            links[0].advance(entry)

        try:
            with engine.begin() as connection:
                yield connection, note
        except BaseException:
            for link in links:
                link.abandon()
            raise
        for link in links:
            with suppress(OSError, XinhengError):  # whoever opens the trail next seals it
                link.close()

    def close(self) -> None:
        """Write what was begun, anchor the end, and stop."""
        with self._ready:
            self._closing = True
            self._ready.notify()
        if self._thread is not None:
            self._thread.join()
            atexit.unregister(self.close)
            self._thread = None

    def _run(self) -> None:
        while True:
            with self._ready:
                if not self._queue and not self._closing:
                    self._ready.wait(self._pause())
                count = min(len(self._queue), self._pace.group)
                group = [self._queue.popleft() for _ in range(count)]
                ending = self._closing and not group
            if group:
                self._serve(group)
            if ending:
                self._end()
                return
            try:
                self._tend(group[-1][0] if group else None)
            except GONE:
                self._lose()
                self._recovered = self._proof is None
            except Exception:  # noqa: BLE001 whatever it is, entries are written all the same
                self._lose()

    def _pause(self) -> float | None:
        """Return for how long there is nothing to do; None if until somebody writes."""
        if self._link is None:
            return None
        dues = [self._due] if self._link.unanchored else []
        dues += [max(self._fold, self._retry)] if self._link.waiting else []
        return max(0.01, min(dues) - monotonic()) if dues else None

    def _serve(self, group: Sequence[tuple[Note, Future[Entry]]]) -> None:
        try:
            entries = self._keep([note for note, _ in group])
        except Exception as error:  # noqa: BLE001 whoever waits is told, whatever it is
            for _, told in group:
                told.set_exception(_refusal(error))
            return
        for (_, told), entry in zip(group, entries, strict=True):
            told.set_result(entry)

    def _keep(self, notes: Sequence[Note]) -> list[Entry]:
        """Keep a group, in the database or on disk."""
        link = self._link
        if link is None:
            link = self._link = Link(self._proof, notes[0])
        self._anchor(overdue=2)
        entries = link.extend(notes)
        if link.spool is not None and (link.waiting or len(entries) > 1):
            with suppress(OSError):
                self._spool(link, entries)
                self._advance(link, entries)
                return entries
        tried = monotonic() >= self._retry
        if tried:
            try:
                self._commit(link, entries)
            except GONE:
                self._lose()
                if link.spool is None:
                    self._link = None
                    raise
            else:
                self._advance(link, entries)
                return entries
        try:
            self._spool(link, entries)
        except OSError:
            if tried:
                link.abandon()
                self._link, self._recovered = None, False
            raise
        self._advance(link, entries)
        return entries

    def _commit(self, link: Link, entries: Sequence[Entry]) -> None:
        self._look()
        with self._engine.begin() as connection:
            fold(connection, link.waiting)
            if entries:
                append(connection, entries)
        if link.waiting and link.spool is not None:
            with suppress(OSError):  # what is folded in twice is there once
                link.spool.clear()

    def _look(self) -> None:
        """See whether the file is still the one that connections are to."""
        if self._file is None:
            return
        status = self._file.stat()
        place = (status.st_dev, status.st_ino)
        if self._seen not in {None, place}:
            self._engine.dispose()
        self._seen = place

    def _lose(self) -> None:
        """Leave the database alone for a while."""
        self._retry = monotonic() + self._pace.retry_seconds
        if self._file is not None:
            self._engine.dispose()

    def _spool(self, link: Link, entries: Sequence[Entry]) -> None:
        if link.spool is None:
            raise StorageError("the database is gone, and there is no disk for the audit trail")
        if not link.waiting:
            self._fold = monotonic() + self._pace.fold_seconds
        link.spool.write(entries)

    def _advance(self, link: Link, entries: Sequence[Entry]) -> None:
        if not link.unanchored:
            self._due = monotonic() + self._pace.anchor_seconds
        link.advance(entries[-1])

    def _tend(self, last: Note | None) -> None:
        """Do what is due besides: anchor, fold in what waits, settle what others left."""
        link = self._link
        if link is None:
            return
        with suppress(OSError, XinhengError):
            self._anchor()
        if monotonic() < self._retry:
            return
        many = len(link.waiting) >= self._pace.fold_entries
        if link.waiting and (many or monotonic() >= self._fold):
            self._commit(link, [])
        if not self._recovered and self._proof is not None and last is not None:
            self._recovered = True
            recover(self._engine, self._proof, last.at)

    def _anchor(self, overdue: float = 1) -> None:
        """Anchor the head if that is due, or so many times overdue.

        Raises
        ------
        OSError
            If the disk does not take it.
        """
        link = self._link
        if link is None or not link.unanchored:
            return
        late = (overdue - 1) * self._pace.anchor_seconds
        many = link.unanchored >= overdue * self._pace.anchor_entries
        if many or monotonic() >= self._due + late:
            link.anchor()

    def _end(self) -> None:
        if self._link is None:
            return
        with suppress(OSError, XinhengError, *GONE):
            if self._link.waiting:
                self._commit(self._link, [])
        with suppress(OSError, XinhengError):
            self._link.close()
        self._link = None


def _refusal(error: Exception) -> StorageError:
    """Say that nothing could be recorded; whose reading and what is left out."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, XinhengError):
        why = str(error)
    else:
        why = os.strerror(error.errno) if isinstance(error, OSError) and error.errno else "gone"
    refusal = StorageError(
        f"the audit trail cannot be written, neither to the database nor to disk ({why}); until "
        "it can, nothing is done that has to be recorded"
    )
    refusal.__cause__ = error
    return refusal
