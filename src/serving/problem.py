"""Problem documents (RFC 9457): the one shape of every error that the service answers with.

::

    400  bad-request            the body cannot be read at all
    401  not-authenticated      nobody proved who asks
    403  forbidden              somebody did, to whom it is not allowed
         proof-required         who asks has to prove again who they are
         beyond-reach           nor is the enterprise among those they reach
    404  not-found              there is nothing at the address
         unknown-enterprise     the archive has no record of the enterprise
         not-known-yet          it has, but only of later days than was asked for
         unknown-review         there is no such review, or not for who asks
         unknown-alarm          there is no such alarm, or not for who asks
         unknown-downgrade      there is no such downgrade warning, or not for who asks
         no-policy              no edition of the policy was in force on that day
    405  method-not-allowed     there is, but not by that method
    408  request-timeout        the request did not arrive in time
    409  conflict               somebody else acted since, or it is not possible now
    413  content-too-large      the body is larger than the service reads
    421  misdirected-request    the request names another host
    422  invalid-request        values cannot be used; `errors` says which and why
         key-reused             the Idempotency-Key came with another request before
    428  version-required       which version it rests on is not said: If-Match
    429  too-many-requests      the key, its channel or the address asks too often
    431  headers-too-large      the headers are longer than the service reads
    500  internal-error         our fault; the request id finds it in the log
    503  overloaded             more is asked at once than can be answered
         audit-unavailable      the read could not be recorded, so nothing is handed out
         not-ready              ledger or archive cannot be read
    507  no-room                the disk is too full to keep what was sent
"""

import json
import logging
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from .answers.problem import MEDIA_TYPE, Fault, FieldError, Problem

__all__ = [
    "MEDIA_TYPE",
    "Fault",
    "FieldError",
    "Problem",
    "ProblemError",
    "add_handlers",
    "sentence",
    "shown",
]

log = logging.getLogger(__name__)

NAMESPACE = "urn:xinheng:problem:"
SHOWN_ERRORS = 20
SHOWN_CHARACTERS = 100
SHOWN_PARTS = 4
KINDS = {
    "bad-request": (400, "The request cannot be read"),
    "not-authenticated": (401, "Who asks is not proved"),
    "forbidden": (403, "Not allowed"),
    "proof-required": (403, "A fresh proof is required"),
    "beyond-reach": (403, "Beyond reach"),
    "not-found": (404, "There is nothing here"),
    "unknown-enterprise": (404, "Unknown enterprise"),
    "unknown-webhook": (404, "Unknown webhook"),
    "not-known-yet": (404, "Nothing was known yet"),
    "unknown-review": (404, "Unknown review"),
    "unknown-alarm": (404, "Unknown alarm"),
    "unknown-downgrade": (404, "Unknown downgrade warning"),
    "no-policy": (404, "No policy was in force"),
    "method-not-allowed": (405, "Method not allowed"),
    "not-acceptable": (406, "Not acceptable"),
    "request-timeout": (408, "The request came too slowly"),
    "conflict": (409, "Not possible in this state"),
    "content-too-large": (413, "Content too large"),
    "unsupported-media-type": (415, "Unsupported media type"),
    "misdirected-request": (421, "Misdirected request"),
    "invalid-request": (422, "Invalid request"),
    "key-reused": (422, "The idempotency key was used before"),
    "version-required": (428, "A version is required"),
    "too-many-requests": (429, "Too many requests"),
    "headers-too-large": (431, "Headers too large"),
    "internal-error": (500, "Internal error"),
    "overloaded": (503, "Too much is asked at once"),
    "audit-unavailable": (503, "The audit is unavailable"),
    "busy": (503, "The service is busy"),
    "not-ready": (503, "The service is not ready"),
    "no-room": (507, "No room is left"),
}
SECRETS = (
    *("sign_in", "set_up", "prove_again"),
    *("change_password", "offer_factor", "confirm_factor"),
)
"""Routes to which passwords and codes are sent: nothing that they are sent is repeated."""
METHOD_NOT_ALLOWED = 405
PLAIN = {
    400: ("bad-request", "The body is no text in the encoding and the form it is said to have."),
    404: ("not-found", "There is nothing at this address; /docs lists what there is."),
    405: ("method-not-allowed", "This address does not answer to that method; see Allow."),
}


class ProblemError(HTTPException):
    """A foreseen problem; `detail` is answered as it stands.

    Examples
    --------
    >>> ProblemError("unknown-enterprise", "there is no enterprise 'X'").fault.status
    404
    """

    def __init__(
        self,
        name: str,
        detail: str,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        status, title = KINDS[name]
        super().__init__(status, detail, headers)
        self.name = name
        self.fault = Fault(type=NAMESPACE + name, title=title, status=status, detail=detail)
        self.errors = tuple(errors)

    def response(self, scope: Scope, headers: Mapping[str, str] | None = None) -> Response:
        """Return the response to the request of a scope in which it occurred.

        It has these headers, or else those of the problem.
        """
        scope["state"]["problem"] = self.name
        content = self.document(scope["state"]["request_id"])
        told = self.headers if headers is None else headers
        return Response(content, self.status_code, headers=told, media_type=MEDIA_TYPE)

    def document(self, request_id: str) -> str:
        """Return the problem document of the request of an id."""
        problem = Problem(
            **self.fault.model_dump(), instance=f"urn:uuid:{request_id}", errors=list(self.errors)
        )
        return problem.model_dump_json()


def add_handlers(app: FastAPI) -> None:
    """Let an app answer every foreseen error with a problem document."""

    @app.exception_handler(HTTPException)
    async def refuse(request: Request, error: HTTPException) -> Response:
        headers = error.headers
        if error.status_code == METHOD_NOT_ALLOWED and (methods := _methods(app, request.scope)):
            headers = {"Allow": ", ".join(sorted(methods))}
        if not isinstance(error, ProblemError):
            error = ProblemError(*PLAIN[error.status_code])
        return error.response(request.scope, headers)

    @app.exception_handler(SQLAlchemyError)
    async def refuse_without_ledger(request: Request, error: SQLAlchemyError) -> Response:
        request_id = request.scope["state"]["request_id"]
        log.error("request %s found no ledger", request_id, exc_info=error)
        detail = "The ledger cannot be read at the moment; ask again later."
        return ProblemError("not-ready", detail).response(request.scope, {"Retry-After": "5"})

    @app.exception_handler(RequestValidationError)
    async def refuse_values(request: Request, error: RequestValidationError) -> Response:
        errors = [_field_error(each) for each in error.errors()]
        if getattr(request.scope.get("route"), "name", "") in SECRETS:
            errors = [each.model_copy(update={"value": None}) for each in errors]
        values = "1 value" if len(errors) == 1 else f"{len(errors)} values"
        listed = f" (the first {SHOWN_ERRORS} are listed)" if len(errors) > SHOWN_ERRORS else ""
        detail = f"{values} of the request cannot be used{listed}: see errors."
        problem = ProblemError("invalid-request", detail, errors[:SHOWN_ERRORS])
        return problem.response(request.scope)


def _methods(app: FastAPI, scope: Scope) -> set[str]:
    """Return the methods to which an address answers, by whichever of its routes."""
    return {
        method
        for route in app.routes
        if isinstance(route, Route) and route.matches(scope)[0] is not Match.NONE
        for method in route.methods or ()
    }


def _field_error(error: Mapping[str, Any]) -> FieldError:
    where, given = error["loc"], error["input"]
    message = str(error["msg"]).removeprefix("Value error, ")
    match error["type"]:
        case "missing":
            given = None
        case "json_invalid":
            told = f"no JSON: {error['ctx']['error']}, at character {where[-1]}"
            where, message, given = where[:1], told, None
        case "model_attributes_type" if where == ("body",):
            message = "expected a JSON object, sent with Content-Type: application/json"
    value = None if given is None else shown(given)
    return FieldError(where=shown(".".join(map(str, where))), message=message, value=value)


def sentence(error: object) -> str:
    """Return what an error says as a sentence.

    Examples
    --------
    >>> sentence("no key was sent; send one")
    'No key was sent; send one.'
    """
    text = str(error)
    return text[:1].upper() + text[1:] + ("" if text.endswith(".") else ".")


def shown(value: object) -> str:
    """Return a value as text that is short and can be encoded, whatever was sent.

    Examples
    --------
    >>> shown(b"{'a': 1}"), shown({"records": [{"fine": True}, None]})
    ("{'a': 1}", '{"records": [{...}, null]}')
    """
    text = value if isinstance(value, str) else _as_sent(value)
    text = text.encode("utf-8", "backslashreplace").decode()
    return text if len(text) <= SHOWN_CHARACTERS else f"{text[:SHOWN_CHARACTERS]}…"


def _as_sent(value: object, depth: int = 2) -> str:
    """Return the beginning of a value as JSON has it; what lies deeper is left out."""
    inner: Iterator[str]
    match value:
        case bytes():
            return value[: 4 * SHOWN_CHARACTERS].decode("utf-8", "replace")
        case dict() if depth:
            inner = (f"{_as_sent(k)}: {_as_sent(v, depth - 1)}" for k, v in value.items())
        case list() | tuple() if depth:
            inner = (_as_sent(each, depth - 1) for each in value)
        case dict():
            return "{...}"
        case list() | tuple():
            return "[...]"
        case _:
            return json.dumps(value, ensure_ascii=False, default=str)
    told = list(islice(inner, SHOWN_PARTS + 1))
    told = [*told[:SHOWN_PARTS], "..."] if len(told) > SHOWN_PARTS else told
    return ("{%s}" if isinstance(value, dict) else "[%s]") % ", ".join(told)
