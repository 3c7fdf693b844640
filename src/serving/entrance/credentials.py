"""Credentials: what a request sends to prove who asks, and what for, as its headers have it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from ...core.errors import CredentialError, InvalidError
from ..access.keys import PREFIX, REFUSED
from .cookies import SESSION, read_cookie

__all__ = ["CSRF", "PURPOSE", "Credentials"]

PURPOSE, CSRF = "X-Purpose", "X-CSRF-Token"
SCHEME, BLANKS = "bearer", " \t"
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
    def of(cls, headers: Headers, *, https: bool = False) -> Self:
        """Read them; names of headers in small letters, as ASGI has them.

        Over https, only a cookie counts that no other host can have set.

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
        token = read_cookie(cookies, SESSION, https=https) if cookies else None
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
            If nothing was sent.
        """
        if self.secret is not None:
            return self.secret
        leaked = f"{PREFIX}_".encode() in query
        raise CredentialError(REFUSED + (IN_ADDRESS if leaked else ""))


def _bearer(value: str) -> str:
    """Return what follows the scheme; of another scheme, nothing that could be a key."""
    scheme, _, token = value.strip(BLANKS).partition(" ")
    return token.strip(BLANKS) if scheme.lower() == SCHEME else ""
