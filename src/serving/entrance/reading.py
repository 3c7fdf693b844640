"""Readings: an answer that is made once it is written down that it is read, and sent once made."""

from collections.abc import Callable, Mapping
from typing import Any

from anyio import CapacityLimiter
from anyio.to_thread import run_sync
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .visit import Visit

__all__ = ["MEDIA_TYPE", "Reading"]

MEDIA_TYPE = "application/json"
AT_WORK = CapacityLimiter(1)  # computing takes the processor: more at once make all of them late


class Reading(Response):
    """The response to a question about what is there.

    It waits on the loop until the reading is recorded. An answer that is kept is sent at once,
    one at hand is made at once, and any other by a thread, of which few are at work at a time.

    Parameters
    ----------
    visit
        Who asks.
    action, subject, detail
        What is read, of whom, and what else was asked, as the audit has it.
    headers
        Of the answer; its tag, under which it is kept, is one of them.
    unchanged
        Whether the caller has it already.
    make
        Makes the answer.
    at_hand
        Whether that takes no longer than handing it to a thread would.
    media_type
        Of the answer.
    """

    def __init__(
        self,
        visit: Visit,
        action: str,
        subject: str,
        detail: Mapping[str, Any],
        headers: Mapping[str, str],
        *,
        unchanged: bool,
        make: Callable[[], bytes],
        at_hand: bool,
        media_type: str = MEDIA_TYPE,
    ) -> None:
        self.background = None
        self._visit = visit
        self._action, self._subject, self._detail = action, subject, detail
        self._told = headers
        self._unchanged = unchanged
        self._make = make
        self._at_hand = at_hand
        self._media_type = media_type

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Record, make and send.

        Raises
        ------
        ProblemError
            If the reading cannot be recorded, or there is no such answer.
        """
        await self._visit.note(self._action, self._subject, self._detail)
        if self._unchanged:
            response = Response(status_code=304, headers=self._told)
        else:
            content, media_type = await self._content(), self._media_type
            response = Response(content, headers=self._told, media_type=media_type)
        await response(scope, receive, send)

    async def _content(self) -> bytes:
        kept, tag = self._visit.service.kept, self._told["ETag"]
        found = kept.find(tag)
        if found is not None:
            return found
        if self._at_hand:
            return kept.answer(tag, self._make)
        return await run_sync(kept.answer, tag, self._make, limiter=AT_WORK)
