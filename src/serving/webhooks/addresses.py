"""Addresses to which webhooks may be sent: public ones, and those of networks that a setting names.

A name is resolved each time something is sent, all its addresses are looked at, and the connection
goes to one of them: what it resolves to a moment later does not matter.
"""

import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from ...core.errors import InvalidError

__all__ = ["check_url", "is_allowed", "resolve"]

HTTPS, RESERVED = 443, 1024
LONGEST = 500

Address = IPv4Address | IPv6Address


def check_url(url: str, networks: Sequence[str] = ()) -> SplitResult:
    """Return the parts of an address that a webhook may have.

    Raises
    ------
    InvalidError
        That says what is wrong with it.

    Examples
    --------
    >>> check_url("https://hooks.example/grades").hostname
    'hooks.example'
    >>> check_url("https://127.0.0.1/")
    Traceback (most recent call last):
    ...
    xinheng.core.errors.InvalidError: 127.0.0.1 is no public address; ...
    """
    if len(url) > LONGEST or not url.isascii() or not url.isprintable() or " " in url:
        raise InvalidError(
            f"an address has at most {LONGEST} ASCII characters and no blanks; other characters "
            "are percent-encoded, and names of hosts are in punycode"
        )
    try:
        parts = urlsplit(url)
        port = parts.port or HTTPS
    except ValueError as error:
        raise InvalidError(f"the address cannot be read: {error}") from None
    if parts.scheme != "https" or not parts.hostname:
        raise InvalidError("expected an address that begins with https:// and names a host")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise InvalidError("an address has no user, password or fragment; webhooks are signed")
    if port < RESERVED and port != HTTPS:
        raise InvalidError(f"port {port} is of another service; use 443, or one from 1024 on")
    try:
        literal = ip_address(parts.hostname)
    except ValueError:
        return parts
    if not is_allowed(literal, networks):
        raise InvalidError(_refused(literal))
    return parts


def resolve(host: str, port: int, networks: Sequence[str] = ()) -> list[str]:
    """Return the addresses of a host, if webhooks may be sent to every one of them.

    Raises
    ------
    InvalidError
        If it has none, or one of them is not allowed.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise InvalidError(f"the host {host} cannot be resolved: {error}") from None
    addresses = list(dict.fromkeys(str(each[4][0]).partition("%")[0] for each in found))
    for each in map(ip_address, addresses):
        if not is_allowed(each, networks):
            raise InvalidError(_refused(each))
    return addresses


def is_allowed(address: Address, networks: Iterable[str] = ()) -> bool:
    """Tell whether webhooks may be sent to an address.

    Examples
    --------
    >>> is_allowed(ip_address("10.2.0.5")), is_allowed(ip_address("10.2.0.5"), ["10.2.0.0/16"])
    (False, True)
    >>> is_allowed(ip_address("::ffff:169.254.169.254")), is_allowed(ip_address("1.1.1.1"))
    (False, True)
    """
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_allowed(address.ipv4_mapped, networks)
        if address.sixtofour is not None or address.teredo is not None or address in TRANSLATED:
            return False
    named = (ip_network(each, strict=False) for each in networks)
    if any(each.version == address.version and address in each for each in named):
        return True
    return address.is_global and not address.is_multicast and not address.is_reserved


TRANSLATED = ip_network("64:ff9b::/96")
"""Of addresses that lead to others (RFC 6052)."""


def _refused(address: Address) -> str:
    return (
        f"{address} is no public address; whoever runs the service may allow its network by "
        "XINHENG_WEBHOOK_NETWORKS"
    )
