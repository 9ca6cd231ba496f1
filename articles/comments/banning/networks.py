"""What a ban of an address or of a network compares."""

from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from iria.kit.ratelimit import one_sender

NETWORK_BITS: Final = {4: 24, 6: 56}
"""What one customer, or a handful of neighbours, is given: a /24 of IPv4, a /56 of IPv6 (RFC 6177)."""


def one_address(text: str) -> str:
    """The address, or for IPv6 its /64, which is one connection; empty for what is no address."""
    return one_sender(text) if is_address(text) else ""


def network(text: str) -> str:
    """The network around an address, as in `203.0.113.0/24`; empty for what is no address."""
    if not is_address(text):
        return ""
    address = ip_address(text)
    if not isinstance(address, IPv4Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return str(ip_network((address, NETWORK_BITS[address.version]), strict=False))


def is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
