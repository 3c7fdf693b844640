"""Networks: what of an address is one place, as far as can be told."""

import ipaddress

__all__ = ["network"]


def network(address: str) -> str:
    """Return the network of whoever asks from an address: of IPv6, the 64 bits that one site has.

    Examples
    --------
    >>> network("192.0.2.7"), network("2001:db8::7"), network("::ffff:192.0.2.7"), network("")
    ('192.0.2.7/32', '2001:db8::/64', '192.0.2.7/32', '')
    """
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        found = found.ipv4_mapped or found
    bits = 64 if found.version == 6 else 32
    return str(ipaddress.ip_network((found, bits), strict=False))
