"""The issuer of sign-in tokens: what it says of itself, its keys, and codes made into tokens."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import httpx2
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from ...core.errors import CredentialError, OutageError, PolicyError
from .provider import Provider, check_address
from .spans import within

__all__ = ["REFUSED", "Description", "Issuer", "new_client"]

MOST = 1_000_000
PATIENCE = 5.0
FRESH = timedelta(hours=1)
REFUSED = (
    "the sign-in could not be confirmed, so it counts for nothing; begin it anew from the page of "
    "this service, in the same browser"
)
PAUSE = timedelta(minutes=1)
PUBLIC = ("EC", "RSA")
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


@dataclass(frozen=True, slots=True)
class Description:
    """What an issuer says of itself: where to sign in, where codes and keys are had."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    names_itself: bool
    """Whether it puts its own address into every answer (RFC 9207)."""


class Issuer:
    """Asks an issuer, and keeps for a while what it said.

    Parameters
    ----------
    provider
        Whom to ask, and as whom.
    now
        The clock.
    client
        By which it is asked; as by `new_client` where none is given.
    """

    def __init__(
        self,
        provider: Provider,
        now: Callable[[], datetime],
        client: httpx2.Client | None = None,
    ) -> None:
        self.provider = provider
        self._now = now
        self._description: tuple[datetime, Description] | None = None
        self._keys: tuple[datetime, KeySet] | None = None
        self._client = new_client() if client is None else client

    def close(self) -> None:
        """Release the connections."""
        self._client.close()

    def description(self) -> Description:
        """Return what it says of itself, at most an hour old.

        Raises
        ------
        OutageError
            If it does not answer.
        PolicyError
            If it says it is another, or cannot do what is needed.
        """
        now = self._now()
        if self._description is None or not within(self._description[0], now, FRESH):
            self._description = (now, self._describe())
        return self._description[1]

    def keys(self, wanted: str | None) -> KeySet:
        """Return the keys it signs with; anew where one is wanted that is not among them.

        Raises
        ------
        OutageError
            If it does not answer.
        """
        now = self._now()
        if self._keys is not None:
            since, keys = self._keys
            known = any(key.kid == wanted for key in keys)
            if within(since, now, FRESH if known or wanted is None else PAUSE):
                return keys
        self._keys = (now, _key_set(self._ask("GET", self.description().jwks_uri)))
        return self._keys[1]

    def redeem(self, code: str, verifier: str) -> str:
        """Return the ID token for a code.

        Raises
        ------
        CredentialError
            If it knows no such code, or not for us.
        OutageError
            If it does not answer, or not with a token.
        """
        provider = self.provider
        answer = self._ask(
            "POST",
            self.description().token_endpoint,
            {
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": provider.redirect_uri,
                "code_verifier": verifier,
            },
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise OutageError("the issuer of sign-ins gave no ID token for the code; sign in anew")
        return token

    def _describe(self) -> Description:
        issuer = self.provider.issuer
        where = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        found = self._ask("GET", where)
        if found.get("issuer") != issuer:
            raise PolicyError(
                f"{where} describes the issuer {found.get('issuer')!r}, not {issuer!r}; the "
                "setting and what the issuer says of itself are the same to the letter"
            )
        endpoints = {name: str(found.get(name)) for name in ENDPOINTS}
        for name, address in endpoints.items():
            check_address(address, f"{where}: {name}")
        methods = found.get("code_challenge_methods_supported", ["S256"])
        if not isinstance(methods, list) or "S256" not in methods:
            raise PolicyError(f"{where}: PKCE by S256 is needed, and it offers {methods!r}")
        names_itself = found.get("authorization_response_iss_parameter_supported") is True
        return Description(**endpoints, names_itself=names_itself)

    def _ask(
        self, method: str, address: str, form: Mapping[str, str] | None = None
    ) -> Mapping[str, Any]:
        provider = self.provider
        auth = None
        if form is not None:
            user, secret = quote(provider.client_id, ""), quote(provider.client_secret, "")
            auth = httpx2.BasicAuth(user, secret)
        try:
            with self._client.stream(
                method, address, data=form, auth=auth, headers={"Accept": "application/json"}
            ) as response:
                body = _read(response)
            found = json.loads(body)
        except (httpx2.HTTPError, ValueError, RecursionError) as error:
            raise OutageError(
                f"the issuer of sign-ins at {address} gave no usable answer "
                f"({type(error).__name__}); try again, or sign in with a local account"
            ) from None
        if form is not None and response.status_code == httpx2.codes.BAD_REQUEST:
            raise CredentialError(REFUSED)
        if response.status_code != httpx2.codes.OK or not isinstance(found, dict):
            raise OutageError(
                f"the issuer of sign-ins at {address} answered with status "
                f"{response.status_code} and no usable content; sign in anew"
            )
        return found


def new_client() -> httpx2.Client:
    """Return a client that waits a few seconds, follows nobody elsewhere and uses no proxy."""
    return httpx2.Client(timeout=PATIENCE, follow_redirects=False, trust_env=False)


def _read(response: httpx2.Response) -> bytes:
    body = b""
    for part in response.iter_bytes():
        body += part
        if len(body) > MOST:
            raise ValueError("too long")
    return body


def _key_set(found: Mapping[str, Any]) -> KeySet:
    """Return the public keys for signatures; a shared secret among them is none of them."""
    try:
        public = [each for each in found["keys"] if each["kty"] in PUBLIC]
        given = KeySet.import_key_set({"keys": public})
    except (JoseError, KeyError, TypeError, ValueError):
        raise OutageError("the issuer of sign-ins has no usable keys; try again later") from None
    kept = [key for key in given if key.get("use", "sig") == "sig"]
    if not kept:
        raise OutageError("the issuer of sign-ins has no public key for signatures")
    return KeySet(kept)
