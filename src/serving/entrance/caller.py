"""The caller: who asks, what they have already, and how they are answered."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import TypeAdapter
from starlette.responses import Response

from ...core.errors import ForbiddenError
from ..access import Principal
from ..answers import Language, Values
from ..etag import etag, holds
from ..live.service import Service
from ..problem import ProblemError, sentence
from .reach import Reach
from .reading import MEDIA_TYPE, Reading
from .visit import Visit

__all__ = ["KEPT", "Caller"]

KEPT = "private, no-cache"
BY_LANGUAGE = "Accept-Language"
to_json = TypeAdapter(Values).dump_json


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks the service, in one request, and has come past the gate.

    Parameters
    ----------
    visit
        The request: who asks, what for, and what they may do.
    known
        If-None-Match: the answers that the caller has.
    """

    visit: Visit
    known: str = ""

    @property
    def service(self) -> Service:
        """The service that is asked."""
        return self.visit.service

    @property
    def principal(self) -> Principal:
        """Who asks."""
        return self.visit.found.principal

    @property
    def request_id(self) -> str:
        """By which the audit and the log name the request."""
        return self.visit.request_id

    @property
    def reach(self) -> Reach:
        """Which enterprises they reach."""
        return Reach(self.visit.service, self.visit.found.principal)

    def number(self, identifier: str, day: int) -> int:
        """Return the dense number of an enterprise within reach; see `Reach.number`.

        Raises
        ------
        ProblemError
            If it is not within reach, which is recorded; or as for `Service.number`.
        """
        try:
            return self.reach.number(identifier, day)
        except ProblemError as problem:
            if problem.name == "beyond-reach":
                self.visit.refuse(problem, identifier)
            raise

    def numbers(
        self, identifiers: Sequence[str], day: int
    ) -> tuple[npt.NDArray[np.int64], dict[str, ProblemError]]:
        """Look many enterprises up; what is beyond reach has an error of its own."""
        return self.reach.find(identifiers, day)

    def read(
        self,
        action: str,
        subject: str,
        asked: Mapping[str, Any],
        make: Callable[[], Values],
        language: Language | None = None,
        *,
        at_hand: bool = False,
        rests: Sequence[object] = (),
        media_type: str = MEDIA_TYPE,
    ) -> Reading:
        """Return what records a reading, and then answers it; see `Reading`.

        The tag of the answer follows from what was asked, from all that it is answered from, and
        from what of it the caller's channel and role hand out.

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
        at_hand
            Whether making it takes no time worth a thread.
        rests
            On what the answer rests besides the state of the service, as values of JSON.
        media_type
            Of the answer.
        """
        view = self.visit.found.view
        tag = etag(action, subject, asked, language, view, self.service.state(), *rests)
        headers = {"ETag": tag, "Cache-Control": KEPT} | _in(language)
        unchanged = holds(tag, self.known)
        detail = dict(asked) | ({"unchanged": True} if unchanged else {})
        return Reading(
            self.visit,
            action,
            subject,
            detail,
            headers,
            unchanged=unchanged,
            make=lambda: self.handed_out(make()),
            at_hand=at_hand,
            media_type=media_type,
        )

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
        return self.answer(make(), _in(language))

    def record(self, action: str, subject: str, asked: Mapping[str, Any]) -> None:
        """Write down that something is read or done; see `Visit.record`."""
        self.visit.record(action, subject, asked)

    def handed_out(self, values: Values) -> bytes:
        """Return an answer as JSON, with the fields of the channel and without what is masked.

        Raises
        ------
        ProblemError
            If the channel does not have this answer.
        """
        content, found = to_json(values), self.visit.found
        if found.whole:
            return content
        name = self._name(values)
        if found.channel.fields is None and not found.masks.touch(name, content):
            return content
        try:
            answer = found.channel.answer(name, json.loads(content), found.principal.grant)
        except ForbiddenError as error:
            problem = ProblemError("forbidden", sentence(error))
            self.visit.refuse(problem, "")
            raise problem from None
        return to_json(answer)

    def require_whole(self, what: str) -> None:
        """Refuse what is handed out as it is, or not at all, where something is kept from who asks.

        Raises
        ------
        ProblemError
            If the channel hands out fields only, or something is masked.
        """
        if self.visit.found.whole:
            return
        problem = ProblemError(
            "forbidden",
            f"This {self.principal.means} is told of persons by halves or not at all, and {what} "
            "cannot be cut; ask by one of a supervisor, in a channel that hands out all.",
        )
        self.visit.refuse(problem, "")
        raise problem

    def answer(self, values: Values, headers: Mapping[str, str], status: int = 200) -> Response:
        """Answer what was done and is recorded already."""
        content = self.handed_out(values)
        return Response(content, status, dict(headers), MEDIA_TYPE)

    def _name(self, values: Values) -> str:
        """Return which answer of the route it is: the one that has just these fields."""
        models = self.visit.models
        [name] = (
            each.__name__
            for each in models
            if len(models) == 1 or each.model_fields.keys() == values.keys()
        )
        return str(name)


def _in(language: Language | None) -> dict[str, str]:
    return {} if language is None else {"Content-Language": language, "Vary": BY_LANGUAGE}
