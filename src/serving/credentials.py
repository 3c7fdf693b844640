"""Credentials: what a request sends to prove who asks, and what for, as its headers have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ..core.errors import CredentialError, InvalidError
from .access import looks_like_key
from .access.keys import PREFIX, REFUSED

__all__ = ["COOKIES", "CSRF", "PURPOSE", "Credentials"]

COOKIES = ("__Host-xinheng", "xinheng")
"""Of sessions: over https, and on a machine of one's own."""
PURPOSE, CSRF = "X-Purpose", "X-CSRF-Token"
SCHEME = "bearer"
IN_ADDRESS = (
    ". There is one in the address, where it is never accepted, as logs and histories keep "
    "addresses: have it revoked"
)

Headers = Iterable[tuple[bytes, bytes]]


@dataclass(frozen=True, slots=True)
class Credentials:
    """What was sent; a key goes before a session, which browsers send unasked.

    Parameters
    ----------
    secret
        A key, or the token of a session; None where neither was sent.
    session
        Whether it is that of a session.
    purpose, csrf
        What for, and what shows that a page of the session sent it; None where not sent.
    """

    secret: str | None
    session: bool = False
    purpose: str | None = None
    csrf: str | None = None

    @classmethod
    def of(cls, headers: Headers) -> Self:
        """Read them; names of headers in small letters, as ASGI has them.

        Raises
        ------
        InvalidError
            If one of them stands twice, so that two readers could take two for it.

        Examples
        --------
        >>> Credentials.of([(b"authorization", b"Bearer xhk_a"), (b"x-purpose", b"routine")])
        Credentials(secret='xhk_a', session=False, purpose='routine', csrf=None)
        """
        found: dict[bytes, bytes] = {}
        cookies = []
        for name, value in headers:
            if name == b"cookie":
                cookies.append(value)
            elif name in (b"authorization", b"x-purpose", b"x-csrf-token"):
                if name in found:
                    raise InvalidError(f"the header {name.decode()} stands twice; send it once")
                found[name] = value
        sent = {name: value.decode("latin-1") for name, value in found.items()}
        purpose, csrf = sent.get(b"x-purpose"), sent.get(b"x-csrf-token")
        if b"authorization" in sent:
            return cls(_bearer(sent[b"authorization"]), purpose=purpose, csrf=csrf)
        token = _session(cookies) if cookies else None
        return cls(token, token is not None, purpose, csrf)

    def proof(self, query: bytes) -> str:
        """Return what proves who asks.

        Parameters
        ----------
        query
            What stands behind the `?` of the address: a key in it is told to be no secret.

        Raises
        ------
        CredentialError
            If nothing was sent, or no key can be written like this.
        """
        if self.secret is not None and (self.session or looks_like_key(self.secret)):
            return self.secret
        leaked = f"{PREFIX}_".encode() in query
        raise CredentialError(REFUSED + (IN_ADDRESS if leaked else ""))


def _bearer(value: str) -> str:
    """Return what follows the scheme; of another scheme, nothing that could be a key."""
    scheme, _, token = value.strip().partition(" ")
    return token.strip() if scheme.lower() == SCHEME else ""


def _session(cookies: Iterable[bytes]) -> str | None:
    """Return the token of a session; None where there is none, or more than one of a name."""
    pairs = [
        each.strip().partition("=")[::2]
        for line in cookies
        for each in line.decode("latin-1").split(";")
    ]
    for name in COOKIES:
        tokens = [value for key, value in pairs if key == name]
        if tokens:
            return tokens[0] if len(tokens) == 1 else None
    return None
