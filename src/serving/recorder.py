"""The recorder: what is read is written down before it is handed out, or it is not read."""

import logging
from asyncio import wrap_future
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from ..core.errors import StorageError
from ..ledger import Entry, Ledger
from .problem import ProblemError

__all__ = ["Recorder"]

log = logging.getLogger(__name__)

UNRECORDED = (SQLAlchemyError, StorageError)


class Recorder:
    """The audit trail as a process of the service writes it; safe to use from many threads.

    Parameters
    ----------
    ledger
        Where it is written.
    now
        The clock.
    """

    def __init__(self, ledger: Ledger, now: Callable[[], datetime]) -> None:
        self._ledger, self._now = ledger, now
        self._works = True

    def record(
        self,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        purpose: str = "",
    ) -> None:
        """Write down that something is read, and what for, before it is.

        Raises
        ------
        ProblemError
            If that cannot be done.
        """
        with self._told():
            self._begun(actor, action, subject, detail, purpose).result()

    async def note(
        self,
        actor: str,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        purpose: str = "",
    ) -> None:
        """Do what `record` does, and leave the loop to others meanwhile."""
        with self._told():
            await wrap_future(self._begun(actor, action, subject, detail, purpose))

    def _begun(
        self, actor: str, action: str, subject: str, detail: Mapping[str, Any], purpose: str
    ) -> Future[Entry]:
        return self._ledger.begin_audit(
            at=self._now(),
            actor=actor,
            action=action,
            subject=subject,
            detail=detail,
            purpose=purpose,
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Log once that the audit cannot be written, and once that it can again."""
        try:
            yield
        except UNRECORDED as error:
            if self._works:
                self._works = False
                log.exception("the audit cannot be written, so nothing is handed out")
            raise ProblemError(
                "audit-unavailable",
                "Every reading of a grade is recorded, and this one cannot be at the moment; ask "
                "again later.",
            ) from error
        if not self._works:
            self._works = True
            log.warning("the audit can be written again")
