"""Administration: keys and accounts, as somebody changes them who came past the gate.

A session alone changes nothing here either: whoever is in it has proved who they are within the
last ten minutes, and by a second factor too. What is done and the entry of it are one transaction.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from starlette.responses import Response

from ...core.errors import (
    ConflictError,
    CredentialError,
    ForbiddenError,
    IntegrityError,
    InvalidError,
    NotFoundError,
    OutageError,
    StorageError,
)
from ..access import Office, Permission, open_desk
from ..answers import Values
from ..problem import ProblemError, sentence
from .caller import Caller
from .credentials import Credentials

__all__ = ["Administration"]

Done = TypeVar("Done")

STALE = (
    "You administer this service within ten minutes of proving who you are. Prove it again: POST "
    "/v1/session/proof with password and code, or sign in anew where a provider keeps them."
)
FACTORLESS = (
    "Who administers this service proves it by a second factor too. Set one up: POST "
    "/v1/session/factor, and sign in with it."
)


@dataclass(frozen=True, slots=True)
class Administration:
    """What whoever asks may do to keys and accounts, each in a transaction of its own.

    Parameters
    ----------
    caller
        Who asks.
    sent
        What proves who it is.
    """

    caller: Caller
    sent: Credentials

    def do(self, needed: Permission, subject: str, work: Callable[[Office], Done]) -> Done:
        """Do something at the office, and return what came of it.

        Raises
        ------
        ProblemError
            If it is refused, which is written down, or cannot be done.
        """
        caller, access = self.caller, self.caller.visit.access
        who, service = caller.principal, caller.service
        more = {"channel": who.channel, "request_id": caller.request_id}
        more |= {} if who.author == who.actor else {"by": who.author}
        try:
            with _told():
                self._require_proof()
                with open_desk(service.ledger, who.actor, access.channels, service.now, more) as it:
                    office = Office(it, who)
                    office.require(needed)
                    return work(office)
        except ProblemError as problem:
            if problem.status_code == 403:
                caller.visit.refuse(problem, subject)
            raise

    def now(self) -> datetime:
        """Return the present moment of the service."""
        return self.caller.service.now()

    def answer(self, values: Values, status: int = 200, **headers: str) -> Response:
        """Answer what was done; nobody keeps the answer."""
        return self.caller.answer(values, headers | {"Cache-Control": "no-store"}, status)

    def _require_proof(self) -> None:
        """Refuse a session in which nobody proved lately who they are; a key is proof by itself."""
        if not self.sent.session:
            return
        access = self.caller.visit.access
        session = access.sessions.check(self.sent.secret or "")
        if not access.sessions.is_fresh(session):
            raise ProblemError("proof-required", STALE)
        account = access.accounts.of(session.actor)
        if account is not None and account.secret is None:
            raise ProblemError("proof-required", FACTORLESS)


@contextmanager
def _told() -> Iterator[None]:
    """Answer what is foreseen with a problem."""
    try:
        yield
    except ForbiddenError as error:
        raise ProblemError("forbidden", sentence(error)) from None
    except CredentialError as error:
        raise ProblemError("not-authenticated", sentence(error)) from None
    except NotFoundError as error:
        raise ProblemError("not-found", sentence(error)) from None
    except ConflictError as error:
        raise ProblemError("conflict", sentence(error)) from None
    except InvalidError as error:
        raise ProblemError("invalid-request", sentence(error)) from None
    except (OutageError, StorageError, IntegrityError) as error:
        raise ProblemError(
            "not-ready",
            "The ledger cannot be changed at the moment, so nothing was done; try again later.",
        ) from error
