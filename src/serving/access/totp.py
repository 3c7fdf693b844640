"""Codes of a second factor that change every half minute (TOTP, RFC 6238)."""

import base64
import hmac
import secrets
import struct
from urllib.parse import quote

from .tokens import same

__all__ = ["code_at", "new_secret", "step_of", "uri"]

STEP = 30
DIGITS = 6
BITS = 160
AROUND = (0, -1, 1)


def new_secret() -> str:
    """Return a secret of 160 bits in Base32, as applications for codes read it."""
    return base64.b32encode(secrets.token_bytes(BITS // 8)).decode()


def code_at(secret: str, step: int, digits: int = DIGITS) -> str:
    """Return the code of a step, the number of half minutes since 1970.

    Examples
    --------
    The second vector of RFC 6238, appendix B:

    >>> code_at(base64.b32encode(b"12345678901234567890").decode(), 1111111109 // 30, digits=8)
    '07081804'
    """
    mac = hmac.digest(base64.b32decode(secret), struct.pack(">Q", step), "sha1")
    place = mac[-1] & 0x0F
    number = int.from_bytes(mac[place : place + 4], "big") & 0x7FFF_FFFF
    return f"{number % 10**digits:0{digits}d}"


def step_of(secret: str, code: str, seconds: float) -> int | None:
    """Return the step whose code this is, one before and one after the present one allowed.

    Whoever accepts a code keeps its step, and accepts none of that step or before again.

    Parameters
    ----------
    secret
        In Base32.
    code
        What was typed; blanks do not count.
    seconds
        The present time, since 1970.

    Examples
    --------
    >>> secret = new_secret()
    >>> step_of(secret, code_at(secret, 100), seconds=3_015), step_of(secret, "", seconds=3_015)
    (100, None)
    """
    typed, now = "".join(code.split()), int(seconds) // STEP
    found = [now + step for step in AROUND if same(code_at(secret, now + step), typed)]
    return found[0] if found else None


def uri(secret: str, account: str, issuer: str = "Xinheng") -> str:
    """Return the address that an application for codes reads from a QR code.

    Examples
    --------
    >>> uri("JBSWY3DP", "li")
    'otpauth://totp/Xinheng:li?secret=JBSWY3DP&issuer=Xinheng'
    """
    return f"otpauth://totp/{quote(issuer)}:{quote(account)}?secret={secret}&issuer={quote(issuer)}"
