"""Cookies: what a browser keeps of a sign-in. Over https no other site and no other host sets them.

Names that begin with `__Host-` are such that browsers take them from this very host and over https
only: a neighbour in the same domain cannot push a session of its own on somebody. Without https,
which is for a machine of one's own, that beginning is impossible, and left out.
"""

from collections.abc import Iterable
from typing import Literal

from starlette.responses import Response

__all__ = ["DEVICE", "SESSION", "TICKET", "drop_cookie", "named", "put_cookie", "read_cookie"]

SESSION, DEVICE, TICKET = "xinheng", "xinheng-device", "xinheng-sign-in"
HOST = "__Host-"
BLANKS = " \t"


def named(what: str, *, https: bool) -> str:
    """Return the name of a cookie.

    Examples
    --------
    >>> named(SESSION, https=True), named(SESSION, https=False)
    ('__Host-xinheng', 'xinheng')
    """
    return f"{HOST}{what}" if https else what


def read_cookie(lines: Iterable[bytes], what: str, *, https: bool) -> str | None:
    """Return what a browser keeps; None where it keeps nothing, or more than one of the name.

    Parameters
    ----------
    lines
        The headers Cookie of a request.
    what
        Which cookie.
    https
        Whether the request came over https.

    Examples
    --------
    >>> read_cookie([b"a=1; xinheng=t"], SESSION, https=False)
    't'
    """
    wanted = named(what, https=https)
    pairs = [
        each.strip(BLANKS).partition("=")[::2]
        for line in lines
        for each in line.decode("latin-1").split(";")
    ]
    found = [value for name, value in pairs if name == wanted]
    return found[0] if len(found) == 1 else None


def put_cookie(
    response: Response,
    what: str,
    value: str,
    *,
    https: bool,
    seconds: int | None = None,
    sent: Literal["strict", "lax"] = "strict",
) -> None:
    """Let a browser keep something that no script reads.

    Parameters
    ----------
    response
        That tells it.
    what, value
        Which cookie, and what it is.
    https
        Whether the request came over https.
    seconds
        For how long; until it is closed where None.
    sent
        `strict`: with requests of this site's own pages; `lax`: also where another site leads
        here.
    """
    response.set_cookie(
        named(what, https=https),
        value,
        max_age=seconds,
        path="/",
        secure=https,
        httponly=True,
        samesite=sent,
    )


def drop_cookie(response: Response, what: str, *, https: bool) -> None:
    """Let a browser forget something."""
    put_cookie(response, what, "", https=https, seconds=0)
