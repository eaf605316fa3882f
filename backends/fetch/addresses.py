"""Which network addresses a request to somebody else's URL may go to.

A name is resolved once and the connection made to that very address, so that the name cannot mean
something else a moment later (DNS rebinding). Literal forms (`2130706433`, `0x7f.1`, `0`) need no
rule of their own: the resolver turns them into addresses, and those are judged.
"""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from backends.fetch.base import FetchFailed

Address = IPv4Address | IPv6Address

_EMBEDDING = tuple(
    IPv6Network(network)
    for network in (
        "64:ff9b::/96",  # NAT64, RFC 6052: an IPv4 address in the last 32 bits
        "64:ff9b:1::/48",  # NAT64 of a local network, RFC 8215
        "2001::/32",  # Teredo, RFC 4380
        "2002::/16",  # 6to4, RFC 3056
        "::/96",  # IPv4-compatible, RFC 4291
    )
)
_NOT_THE_INTERNET = (
    IPv6Network("fec0::/10"),  # site-local, RFC 3879: still routed inside some networks
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
    IPv4Network("192.88.99.0/24"),  # relays of 6to4, RFC 7526
)
"""What `is_global` of this Python holds to be public and is not."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a connection goes."""

    address: Address
    port: int


Resolve = Callable[[str, int], Awaitable[Sequence[Endpoint]]]
"""Where the host and port of a URL are, best first, and nothing that must not be connected to; at
least one. Asked once for each request. Raises FetchFailed."""


def is_public(address: Address) -> bool:
    """Whether the address belongs to the open internet and to one machine."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return is_public(address.ipv4_mapped)
        if any(address in network for network in _EMBEDDING):
            return False
    if any(address in network for network in _NOT_THE_INTERNET):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


async def resolve(host: str, port: int, *, allow_private: bool) -> list[Endpoint]:
    """The addresses of a name, as the system prefers them. Raises FetchFailed where it has none,
    or where one of them is not public."""
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )
    except (OSError, UnicodeError) as error:
        raise FetchFailed("the host name cannot be resolved") from error
    addresses = list(dict.fromkeys(ip_address(entry[4][0]) for entry in found))
    if not allow_private and not all(is_public(address) for address in addresses):
        raise FetchFailed("the host has an address that is not public")
    return [Endpoint(address, port) for address in addresses]
