"""The caller: who asks, what they have already, and how they are answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from starlette.responses import Response

from .access import Principal
from .answers import Language, Values
from .etag import etag, holds
from .service import Service

__all__ = ["Caller"]

MEDIA_TYPE = "application/json"
KEPT = "private, no-cache"
BY_LANGUAGE = "Accept-Language"
to_json = TypeAdapter(Values).dump_json


@dataclass(frozen=True, slots=True)
class Caller:
    """One request to the service.

    Parameters
    ----------
    service
        That is asked.
    principal
        Who asks.
    request_id
        By which the audit and the log name the request.
    known
        If-None-Match: the answers that the caller has.
    """

    service: Service
    principal: Principal
    request_id: str
    known: str = ""

    def number(self, identifier: str, day: int) -> int:
        """Return the dense number of an enterprise; see `Service.number`."""
        return self.service.number(identifier, day)

    def read(
        self,
        action: str,
        subject: str,
        asked: Mapping[str, Any],
        make: Callable[[], Values],
        language: Language | None = None,
    ) -> Response:
        """Record a reading, and then answer it: that nothing has changed, or with what is made.

        The tag of the answer follows from what was asked and from all that it is answered from.

        Parameters
        ----------
        action, subject
            What is read, and of whom, as the audit has it.
        asked
            The rest of the question.
        make
            Makes the answer, once the reading is recorded.
        language
            Of the answer, if it is in one.

        Raises
        ------
        ProblemError
            If the reading cannot be recorded.
        """
        tag = etag(action, subject, asked, language, self.service.state())
        headers = {"ETag": tag, "Cache-Control": KEPT} | _in(language)
        unchanged = holds(tag, self.known)
        detail = dict(asked) | ({"unchanged": True} if unchanged else {})
        self.record(action, subject, detail)
        if unchanged:
            return Response(status_code=304, headers=headers)
        content = self.service.kept.answer(tag, lambda: to_json(make()))
        return Response(content, headers=headers, media_type=MEDIA_TYPE)

    def compute(
        self,
        action: str,
        subject: str,
        asked: Mapping[str, Any],
        make: Callable[[], Values],
        language: Language | None = None,
    ) -> Response:
        """Record a question that is posted, and answer it; nobody keeps the answer. See `read`."""
        self.record(action, subject, asked)
        return _json(make(), _in(language))

    def record(self, action: str, subject: str, asked: Mapping[str, Any]) -> None:
        """Write down that something is read; see `Service.record`."""
        self.service.record(
            self.principal.actor, action, subject, {**asked, "request_id": self.request_id}
        )


def _in(language: Language | None) -> dict[str, str]:
    return {} if language is None else {"Content-Language": language, "Vary": BY_LANGUAGE}


def _json(values: Values, headers: Mapping[str, str]) -> Response:
    content = to_json(values)
    return Response(content, headers=dict(headers), media_type=MEDIA_TYPE)
