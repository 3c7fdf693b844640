"""The gate: nobody comes to a route who has not proved who they are, and may ask it.

In this order: what proves who asks (401), how often (429), whether the role may (403), whether the
channel hands such answers out (403), and what for (422, or 403 where that is another role's). All
of it is done before a byte of the body is read. The enterprise comes later, in the route: `Reach`.
"""

import logging
from collections.abc import Mapping
from copy import copy
from dataclasses import replace
from typing import Any, get_args

from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ...core.errors import (
    AccessError,
    CredentialError,
    ForbiddenError,
    IntegrityError,
    InvalidError,
    LimitError,
    OutageError,
)
from ..access import Access, Pass, Permission
from ..access.needs import NEEDS, PURPOSED
from ..problem import FieldError, ProblemError, sentence, shown
from .credentials import PURPOSE, Credentials
from .door import UNREADABLE, check_origin
from .visit import Visit

__all__ = ["guarded"]

log = logging.getLogger(__name__)

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="xinheng"'}
INVALID = {"WWW-Authenticate": 'Bearer realm="xinheng", error="invalid_token"'}
READING = frozenset({"GET", "HEAD"})


def guarded(route: APIRoute) -> APIRoute:
    """Return a route behind the gate, as `NEEDS` says; one that it leaves open as it is.

    Raises
    ------
    KeyError
        If the table does not name the route: nothing is open because it was forgotten.
    """
    needed = NEEDS[route.name]
    found = copy(route)
    found.unique_id = route.name
    if needed is not None:
        found.app = Gate(route.app, route.name, needed, _models(route.response_model))
    return found


class Gate:
    """What stands before one route.

    Parameters
    ----------
    app
        The route.
    name, needed
        What it is called, and what is needed for it.
    models
        The answers that it may give.
    """

    def __init__(
        self, app: ASGIApp, name: str, needed: Permission, models: tuple[type[Any], ...]
    ) -> None:
        self._app = app
        self._name = name
        self._needed = needed
        self._purposed = needed in PURPOSED
        self._models = models
        self._answers = frozenset(each.__name__ for each in models)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer why not."""
        state = scope["state"]
        access: Access = state["access"]
        try:
            sent, found = await _identified(access, scope)
        except ProblemError as nobody:
            access.refused[nobody.name] += 1
            await nobody.response(scope)(scope, receive, send)
            return
        verdict = access.take(found)
        send = _telling(send, verdict.headers)
        visit = Visit(
            state["live"].service, access, found, state["request_id"], self._name, self._models
        )
        try:
            verdict.require()
            purpose = self._admitted(access, sent, found, scope)
        except (AccessError, InvalidError) as error:
            problem = _problem(error, sent)
            subject = scope["path_params"].get("identifier", "")
            await run_in_threadpool(visit.refuse, problem, subject)
            await problem.response(scope)(scope, receive, send)
            return
        state["visit"] = replace(visit, purpose=purpose) if purpose else visit
        await self._app(scope, receive, send)

    def _admitted(self, access: Access, sent: Credentials, found: Pass, scope: Scope) -> str:
        """Return what somebody asks this route for, as the audit keeps it.

        Raises
        ------
        AccessError, InvalidError
            If they may not, or do not say what for.
        """
        found.principal.require(self._needed)
        fields = found.channel.fields
        if fields is not None and self._answers.isdisjoint(fields):
            raise ForbiddenError(
                f"the channel {found.channel.name!r} does not have this answer; it has: "
                f"{', '.join(sorted(fields))}"
            )
        if sent.session and scope["method"] not in READING:
            _require_own_page(access, sent, scope)
        if not self._purposed:
            return ""
        return str(access.purpose(sent.purpose, found.principal.grant.role))


async def _identified(access: Access, scope: Scope) -> tuple[Credentials, Pass]:
    """Return what was sent, and what may be done by whoever proved by it who they are.

    Raises
    ------
    ProblemError
        If nobody did, or that cannot be told at the moment.
    """
    try:
        sent = Credentials.of(scope["headers"], https=scope["scheme"] == "https")
    except InvalidError as error:
        raise ProblemError("bad-request", sentence(error)) from None
    try:
        secret = sent.proof(scope["query_string"])
        found = access.known(secret, session=sent.session)
        if found is None:
            found = await run_in_threadpool(access.look_up, secret, session=sent.session)
    except CredentialError as error:
        raise _unproved(access, sent, scope, error) from None
    except ForbiddenError as error:
        raise _counted(access, scope, ProblemError("forbidden", sentence(error))) from None
    except (OutageError, IntegrityError) as error:
        if isinstance(error, IntegrityError):
            log.error(UNREADABLE)  # noqa: TRY400 the trace names whose row it is
        raise ProblemError(
            "not-ready",
            "Keys and sessions that were not seen lately cannot be looked up at the moment; ask "
            "again later.",
        ) from None
    return sent, found


def _unproved(
    access: Access, sent: Credentials, scope: Scope, error: CredentialError
) -> ProblemError:
    if sent.secret is None:
        return ProblemError("not-authenticated", sentence(error), headers=CHALLENGE)
    refused = ProblemError("not-authenticated", sentence(error), headers=INVALID)
    return _counted(access, scope, refused)


def _counted(access: Access, scope: Scope, refused: ProblemError) -> ProblemError:
    """Return what is answered to what opens nothing: each asks the ledger, so not too often."""
    try:
        access.guessed(scope["client"][0] if scope.get("client") else "")
    except LimitError as limit:
        wait = {"Retry-After": str(limit.seconds)}
        return ProblemError("too-many-requests", sentence(limit), headers=wait)
    return refused


def _require_own_page(access: Access, sent: Credentials, scope: Scope) -> None:
    """Refuse what another site, or a page of another session, makes a browser send.

    Raises
    ------
    CredentialError, ForbiddenError
        If it was not sent from a page of the session.
    """
    access.sessions.check_form(sent.secret or "", sent.csrf or "")
    check_origin(scope)


def _problem(error: AccessError | InvalidError, sent: Credentials) -> ProblemError:
    if isinstance(error, LimitError):
        return ProblemError("too-many-requests", sentence(error))
    if isinstance(error, InvalidError):
        value = None if sent.purpose is None else shown(sent.purpose)
        fault = FieldError(where=f"header.{PURPOSE}", message=str(error), value=value)
        return ProblemError("invalid-request", sentence(error), [fault])
    return ProblemError("forbidden", sentence(error))


def _telling(send: Send, told: Mapping[str, str]) -> Send:
    """Return what sends a response with some headers more."""
    more = [(name.lower().encode(), value.encode()) for name, value in told.items()]

    async def telling(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = [*message["headers"], *more]
        await send(message)

    return telling


def _models(answer: Any) -> tuple[type[Any], ...]:
    """Return the models of an answer, which may be one of several."""
    if answer is None:
        return ()
    return get_args(answer) or (answer,)
