"""Tokens: random texts that prove something, and what is kept of them."""

import hashlib
import hmac
import secrets

__all__ = ["digest", "new_token", "same"]

BYTES = 32


def new_token() -> str:
    """Return a random text of 256 bits that can stand in a header, a cookie or an address."""
    return secrets.token_urlsafe(BYTES)


def digest(token: str) -> str:
    """Return what is kept of a token: the SHA-256 of it, which suffices as it is random.

    Examples
    --------
    >>> digest("token")[:12]
    '3c469e9d6c58'
    """
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def same(one: str, other: str) -> bool:
    """Tell whether two texts are the same, in a time that does not tell where they differ.

    Examples
    --------
    >>> same("键", "键")
    True
    """
    return hmac.compare_digest(digest(one), digest(other))
