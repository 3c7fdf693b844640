"""The door: where people come in and go, before anybody knows who they are.

Whoever comes has nothing to show yet, so the gate is not before these routes. What is asked of an
address is limited instead, and few are looked at at once: hashes are dear on purpose, and who
waits for one takes no thread from those who read grades.
"""

import ipaddress
import logging
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from starlette.requests import Request
from starlette.types import Scope

from ...core.errors import (
    CredentialError,
    ForbiddenError,
    IntegrityError,
    InvalidError,
    LimitError,
    NotFoundError,
    OutageError,
    PolicyError,
    StorageError,
    XinhengError,
)
from ..access import Access, Bucket, Limit, SignedIn, Standing
from ..access.network import network
from ..access.tokens import digest
from ..live.service import Service
from ..problem import ProblemError, sentence
from .cookies import DEVICE, SESSION, TICKET, read_cookie
from .credentials import CSRF

__all__ = ["AT_ONCE", "UNREADABLE", "Door", "check_origin"]

log = logging.getLogger(__name__)

Found = TypeVar("Found")

AT_ONCE = 4
"""How many are looked at at once."""
WAITING = 64
TRIES = Limit(rate=2, burst=60)
"""So often an address may come."""
CHALLENGE = {"WWW-Authenticate": 'Bearer realm="xinheng"'}
NOBODY = "nobody"
WHY = {CredentialError: "not proved", ForbiddenError: "nothing granted", LimitError: "locked out"}
LOCAL = ("127.0.0.1", "::1", "localhost")
UNREADABLE = (
    "a row of the ledger is not of this version; `xinheng keys list` and `xinheng accounts list` "
    "tell which"
)
CROWD = "very many sign in at the moment; wait 1 s"


@dataclass(frozen=True, slots=True)
class Door:
    """One request at the door.

    Parameters
    ----------
    service, access
        That are asked.
    turns
        How many are looked at at once.
    request
        What was sent.
    """

    service: Service
    access: Access
    turns: CapacityLimiter
    request: Request

    @property
    def https(self) -> bool:
        """Whether it came over https."""
        return self.request.url.scheme == "https"

    @property
    def address(self) -> str:
        """Where it came from."""
        return self.request.client.host if self.request.client else ""

    @property
    def token(self) -> str | None:
        """The token of the session that the browser has."""
        return self._cookie(SESSION)

    @property
    def device(self) -> str | None:
        """By which the device is known."""
        return self._cookie(DEVICE)

    @property
    def ticket(self) -> str:
        """Of the sign-in elsewhere that this browser began; empty where it began none."""
        return self._cookie(TICKET) or ""

    @property
    def csrf(self) -> str:
        """What shows that a page of the session sent the request; empty without."""
        return self.request.headers.get(CSRF, "")

    def admit(self) -> None:
        """Refuse an address that comes too often, and people who would send secrets in the clear.

        Raises
        ------
        ProblemError
            That says what to do.
        """
        if not self.https and self.request.url.hostname not in LOCAL:
            raise ProblemError(
                "forbidden",
                "People sign in over https only; ask this service by the address that begins with "
                "https://.",
            )
        verdict = self.access.limiter.take([Bucket("sign-in", network(self.address), TRIES)])
        try:
            verdict.require()
        except LimitError as error:
            raise self.problem(error) from None

    async def in_turn(self, work: Callable[[], Found]) -> Found:
        """Do what takes long where it holds nobody else up.

        Raises
        ------
        ProblemError
            If too many wait, or what `work` raises.
        """
        if self.turns.statistics().tasks_waiting >= WAITING:
            raise self.problem(LimitError(CROWD, 1))
        try:
            return await to_thread.run_sync(work, limiter=self.turns)
        except XinhengError as error:
            raise self.problem(error) from None

    async def aside(self, work: Callable[[], Found]) -> Found:
        """Do what asks the ledger where it holds nobody else up.

        Raises
        ------
        ProblemError
            For what `work` raises.
        """
        try:
            return await to_thread.run_sync(work)
        except XinhengError as error:
            raise self.problem(error) from None

    def let_in(
        self, attempt: Callable[[], SignedIn], tried: Callable[[], str], name: str
    ) -> SignedIn:
        """Let somebody in, or not, and write down which; who cannot be written down stays out.

        Parameters
        ----------
        attempt
            Begins the session.
        tried
            Tells whose session it was to be, where it does not begin, as the audit has it.
        name
            What was sent for the name of whoever tries.

        Raises
        ------
        AccessError
            If the attempt was refused.
        ProblemError
            If it cannot be written down.
        """
        try:
            signed_in = attempt()
        except (CredentialError, ForbiddenError, LimitError) as error:
            self.keep_out(tried, name, error)
            raise
        session = signed_in.session
        try:
            self.record(session.actor, "sign in", session.actor, channel=session.channel)
        except ProblemError:
            self.access.people.leave(signed_in.token)
            raise
        return signed_in

    def keep_out(self, tried: Callable[[], str], name: str, error: XinhengError) -> None:
        """Write down that somebody was kept out; once a minute while nothing is looked at.

        By the name that was sent, whether anybody has it or not: what takes longer tells nothing.

        Parameters
        ----------
        tried, name
            As for `let_in`.
        error
            Why.

        Raises
        ------
        ProblemError
            If it cannot be written down.
        """
        why = WHY[type(error)]
        if isinstance(error, LimitError) and not self.access.to_be_noted(f"name {digest(name)}"):
            return
        self.record(NOBODY, "was kept out", tried(), why=why)

    def stand(self, token: str) -> Standing:
        """Return how the session of a token stands.

        Raises
        ------
        CredentialError
            If there is none.
        LimitError
            If the address sent too much that proves nothing.
        """
        try:
            return self.access.people.stand(token)
        except CredentialError:
            self.access.guessed(self.address)
            raise

    def let_out(self, token: str) -> None:
        """End a session; it ends whether that can be written down or not."""
        session = self.access.people.leave(token)
        self.access.forget(token)
        if session is None:
            return
        try:
            self.record(session.actor, "sign out", session.actor, channel=session.channel)
        except ProblemError:
            log.warning("a sign-out could not be recorded: request %s", self._request_id)

    def record(self, actor: str, action: str, subject: str, **detail: str) -> None:
        """Write down what somebody did at the door.

        Raises
        ------
        ProblemError
            If it cannot be.
        """
        more = {"from": _area(self.address), "request_id": self._request_id}
        self.service.recorder.record(actor, action, subject, detail | more)

    def problem(self, error: XinhengError) -> ProblemError:
        """Return what is answered to an error, and count it."""
        found = _problem(error)
        self.access.refused[found.name] += 1
        return found

    def _cookie(self, what: str) -> str | None:
        lines = [value for name, value in self.request.scope["headers"] if name == b"cookie"]
        return read_cookie(lines, what, https=self.https)

    @property
    def _request_id(self) -> str:
        return str(self.request.state.request_id)


def check_origin(scope: Scope) -> None:
    """Refuse what a page of another site makes a browser send.

    Raises
    ------
    ForbiddenError
        If it says that it comes from one.
    """
    headers = dict(scope["headers"])
    own = f"{scope['scheme']}://{headers.get(b'host', b'').decode('latin-1')}"
    origin = headers.get(b"origin")
    if origin is not None and origin.decode("latin-1") != own:
        raise ForbiddenError("a page of another site sent this, so nothing was done")


def _problem(error: XinhengError) -> ProblemError:
    make = partial(ProblemError, detail=sentence(error))
    match error:
        case LimitError():
            return make("too-many-requests", headers={"Retry-After": str(error.seconds)})
        case CredentialError():
            return make("not-authenticated", headers=CHALLENGE)
        case ForbiddenError():
            return make("forbidden")
        case NotFoundError():
            return make("not-found")
        case OutageError() | PolicyError() | StorageError() | IntegrityError():
            unreadable = isinstance(error, IntegrityError)
            log.error("nobody can sign in: %s", UNREADABLE if unreadable else error)
            return ProblemError(
                "not-ready",
                "Nobody can sign in here at the moment, as what is needed for it does not answer; "
                "try again later.",
            )
        case InvalidError():
            return make("invalid-request")
    raise error


def _area(address: str) -> str:
    """Return whence somebody came, and not who: of an address the first three or four parts."""
    try:
        found: Any = ipaddress.ip_address(address)
    except ValueError:
        return "unknown"
    bits = 48 if found.version == 6 else 24
    return str(ipaddress.ip_network((found, bits), strict=False))
