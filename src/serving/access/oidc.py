"""Signing in by OpenID Connect: the code flow with PKCE, state and nonce."""

import base64
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from joserfc import jws, jwt
from joserfc.errors import JoseError

from ...core.errors import CredentialError, ForbiddenError
from .grants import Grant
from .issuer import REFUSED, Issuer
from .spans import within
from .store import Store
from .tokens import digest, new_token, same

__all__ = ["Identity", "OpenId", "Pending", "Started"]

PATIENCE = timedelta(minutes=10)
LEEWAY = 60
LONGEST = 16_000
LONGEST_NAME = 64

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in that has begun: what its answer has to hold."""

    state: str = field(repr=False)
    nonce: str = field(repr=False)
    verifier: str = field(repr=False)
    since: datetime


@dataclass(frozen=True, slots=True)
class Started:
    """Where to send the browser, and the ticket that stays in a cookie of it."""

    address: str = field(repr=False)
    ticket: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in, as the audit names them, and what is granted."""

    actor: str
    grant: Grant


class OpenId:
    """Sign-ins at one issuer.

    Parameters
    ----------
    issuer
        Whom to ask.
    store
        Where sign-ins that have begun are kept, by the digests of issuer and ticket: so none that
        began at one issuer ends at another.
    now
        The clock.
    """

    def __init__(self, issuer: Issuer, store: Store[Pending], now: Callable[[], datetime]) -> None:
        self._issuer = issuer
        self._store = store
        self._now = now

    def start(self) -> Started:
        """Begin a sign-in; its ticket goes into a cookie, so that no other browser can end it.

        Raises
        ------
        OutageError, PolicyError
            If the issuer does not answer, or not as it should.
        """
        provider, description = self._issuer.provider, self._issuer.description()
        pending = Pending(new_token(), new_token(), new_token(), self._now())
        ticket = new_token()
        self._store.add(self._key(ticket), pending)
        question = urlencode(
            {
                "response_type": "code",
                "client_id": provider.client_id,
                "redirect_uri": provider.redirect_uri,
                "scope": "openid",
                "state": pending.state,
                "nonce": pending.nonce,
                "code_challenge": _challenge(pending.verifier),
                "code_challenge_method": "S256",
            }
        )
        before = "&" if "?" in description.authorization_endpoint else "?"
        return Started(f"{description.authorization_endpoint}{before}{question}", ticket)

    def finish(self, ticket: str, answer: Mapping[str, str]) -> Identity:
        """Return who signed in.

        Parameters
        ----------
        ticket
            From the cookie of the browser.
        answer
            The parameters with which the issuer sent the browser back.

        Raises
        ------
        CredentialError
            If anything does not fit: the same words, whatever it is; the log says what.
        ForbiddenError
            If the person has no role here.
        OutageError, PolicyError
            If the issuer does not answer, or not as it should.
        """
        pending = self._take(ticket)
        if pending is None or not same(pending.state, answer.get("state", "")):
            raise _refused("no such sign-in has begun in this browser")
        if not within(pending.since, self._now(), PATIENCE):
            raise _refused("it took too long")
        description, provider = self._issuer.description(), self._issuer.provider
        said = answer.get("iss", None if description.names_itself else provider.issuer)
        if said != provider.issuer:
            raise _refused("the answer is of another issuer")
        if not answer.get("code"):
            raise _refused("the issuer sent no code")
        token = self._issuer.redeem(answer["code"], pending.verifier)
        claims = self._claims(token, pending.nonce)
        return Identity(_actor(provider.name, claims["sub"]), provider.grant(claims))

    def purge(self) -> int:
        """Remove sign-ins that nobody ended, and return how many there were."""
        return purge_pending(self._store, self._now())

    def close(self) -> None:
        """Release the connections to the issuer."""
        self._issuer.close()

    def _key(self, ticket: str) -> str:
        return digest(f"{self._issuer.provider.issuer}\0{ticket}")

    def _take(self, ticket: str) -> Pending | None:
        """Return what a ticket is of, once."""
        taken: list[Pending | None] = []
        self._store.change(self._key(ticket), taken.append)
        return taken[-1]

    def _claims(self, token: str, nonce: str) -> Mapping[str, Any]:
        """Return the claims of an ID token (OpenID Connect Core, 3.1.3.7)."""
        provider = self._issuer.provider
        if len(token) > LONGEST:
            raise _refused("the token is too long")
        try:
            header = jws.extract_compact(token.encode()).headers()
            keys = self._issuer.keys(header.get("kid"))
            found = jwt.decode(token, keys, algorithms=provider.algorithms)
            jwt.JWTClaimsRegistry(
                now=int(self._now().timestamp()),
                leeway=LEEWAY,
                iss={"essential": True, "value": provider.issuer},
                aud={"essential": True, "value": provider.client_id},
                exp={"essential": True},
                iat={"essential": True},
                sub={"essential": True},
                nonce={"essential": True, "value": nonce},
            ).validate(found.claims)
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise _refused(f"the token does not hold: {type(error).__name__}") from None
        claims = found.claims
        audience = claims["aud"]
        alone = isinstance(audience, str) or audience == [provider.client_id]
        if claims.get("azp", provider.client_id if alone else None) != provider.client_id:
            raise _refused("the token is for several, and we are not whom it was issued to")
        if not isinstance(claims["nonce"], str) or not same(claims["nonce"], nonce):
            raise _refused("the token is of another sign-in")
        return claims


def purge_pending(store: Store[Pending], now: datetime) -> int:
    """Remove sign-ins that nobody ended, and return how many there were."""
    return store.prune(lambda row: not within(row.since, now, PATIENCE))


def _actor(provider: str, subject: object) -> str:
    """Return who somebody is in the audit: no two providers name the same person."""
    if not isinstance(subject, str) or not subject or not subject.isprintable():
        raise ForbiddenError("the issuer of sign-ins names you by nothing that can be recorded")
    name = subject if len(subject) <= LONGEST_NAME else digest(subject)
    return f"oidc {provider}/{name}"


def _challenge(verifier: str) -> str:
    """Return what is shown of a verifier before it is (RFC 7636)."""
    hashed = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(hashed).rstrip(b"=").decode()


def _refused(why: str) -> CredentialError:
    log.warning("a sign-in was refused: %s", why)
    return CredentialError(REFUSED)
