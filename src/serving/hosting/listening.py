"""Listening: on which address, and what has to be so before others can reach it."""

import errno
import ipaddress
import socket
from typing import Any

from ...core.errors import InvalidError, NotFoundError
from ...core.settings import Settings
from .demonstration import is_demonstration

__all__ = ["check_address", "listen", "transport"]


def check_address(settings: Settings, host: str) -> None:
    """Refuse an address that others can reach unless they can be served safely.

    A key that crosses a network in the clear is everybody's; so there is a certificate, or a proxy
    that has one. The names by which others ask are said, as requests for other names are refused.

    Raises
    ------
    InvalidError
        If the address is none, or something is missing; the message says what to set.

    Examples
    --------
    >>> from xinheng.core.settings import load_settings
    >>> check_address(load_settings(), "127.0.0.1")
    >>> check_address(load_settings(), "0.0.0.0")  # doctest: +IGNORE_EXCEPTION_DETAIL
    Traceback (most recent call last):
    InvalidError: the service does not listen on 0.0.0.0 yet ...
    """
    try:
        loopback = ipaddress.ip_address(host).is_loopback
    except ValueError:
        raise InvalidError(
            f"the service listens on an address, and {host!r} is none; give one such as 127.0.0.1, "
            "or 0.0.0.0 for all of this machine"
        ) from None
    if loopback:
        return
    if is_demonstration(settings):
        raise InvalidError(
            f"the service does not listen on {host}: the archive is a demonstration, which is for "
            "this machine only, as its key lies in a file beside it"
        )
    missing = []
    if settings.certificate is None and not settings.proxies:
        missing.append(
            "keys would cross the network in the clear: name a certificate and its key "
            "(XINHENG_CERTIFICATE, XINHENG_CERTIFICATE_KEY), or the proxy before the service that "
            "has one (XINHENG_PROXIES)"
        )
    if not settings.hosts:
        missing.append(
            "nobody can ask it by another name than this machine's own: say the names that others "
            "use (XINHENG_HOSTS)"
        )
    if missing:
        raise InvalidError(f"the service does not listen on {host} yet: {'; '.join(missing)}")


def transport(settings: Settings) -> dict[str, Any]:
    """Return how requests come, as uvicorn takes it: over TLS, and through which proxies.

    Raises
    ------
    InvalidError
        If there is a certificate without its key, or the other way round.
    NotFoundError
        If one of the files is not there.
    """
    found: dict[str, Any] = {"proxy_headers": bool(settings.proxies)}
    if settings.proxies:
        found["forwarded_allow_ips"] = list(settings.proxies)
    pair = settings.certificate, settings.certificate_key
    if pair == (None, None):
        return found
    names = "XINHENG_CERTIFICATE", "XINHENG_CERTIFICATE_KEY"
    for name, path in zip(names, pair, strict=True):
        if path is None:
            raise InvalidError(f"a certificate and its key go together; set {name} as well")
        if not path.is_file():
            raise NotFoundError(f"there is no file {path}, which {name} names")
    return found | {"ssl_certfile": str(pair[0]), "ssl_keyfile": str(pair[1])}


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens; port 0 takes a free one.

    Raises
    ------
    InvalidError
        If the address or the port cannot be had.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listener = socket.create_server((host, port), family=family)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "another program listens there" if taken else error.strerror
        raise InvalidError(
            f"port {port} of {host} cannot be used: {why}; name another with --port"
        ) from None
    # asyncio sets this only on sockets that say their protocol, which these do not: without it
    # each answer of two packets waits 40 ms for the first one's acknowledgement.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
