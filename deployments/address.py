"""Whose request it is: the client's address, by our own rule about proxies.

The peer of the connection is the client, unless it is one of `trusted_proxies`: then the last
address of X-Forwarded-For that is not a trusted proxy itself (each proxy appends the peer it saw,
so everything left of that one may be invented).

uvicorn, which Serve's proxy runs, has a rule of its own that an application cannot switch off: of
a peer that is 127.0.0.1 or ::1 it believes X-Forwarded-For, and puts an address and a port of the
client's choice into the scope in the peer's place. Nothing of the scope's `client` tells whether
that happened, since any client may write its true address and port into the header. The scope's
`server` does: it is our own end of the connection (getsockname(2)) and no header moves it. What
reaches a loopback address came from this machine, so its client is 127.0.0.1, whatever `client`
says; what reaches any other address came from its `client`. Where the service listens on loopback
alone, every client is this machine and has the one budget of 127.0.0.1, unless a proxy there is
trusted.

What is left open: where the service listens on more than loopback, a program on its own machine may
bind 127.0.0.1, connect to another address of the machine, and is then believed by uvicorn.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LOOPBACK = "127.0.0.1"


class Addresses:
    """Finds the client's address in an ASGI scope."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted: tuple[_Network, ...] = tuple(map(ipaddress.ip_network, trusted_proxies))

    def of(self, scope: Mapping[str, Any]) -> str:
        """The client's address as text; "unknown" where the server names no peer."""
        peer = _peer(scope)
        if not self._is_trusted(peer):
            return peer
        forwarded = _forwarded(scope["headers"])
        return self._first_untrusted(peer, forwarded) if forwarded else peer

    def _first_untrusted(self, peer: str, forwarded: Sequence[str]) -> str:
        for hop in reversed(forwarded):
            if not _is_address(hop):
                return peer  # a proxy that writes no addresses tells us nothing
            if not self._is_trusted(hop):
                return hop
        return forwarded[0]

    def _is_trusted(self, text: str) -> bool:
        if not self._trusted or not _is_address(text):
            return False
        address = ipaddress.ip_address(text)
        return any(address in network for network in self._trusted)


def _peer(scope: Mapping[str, Any]) -> str:
    server = scope.get("server")
    if server and _is_loopback(server[0]):
        return _LOOPBACK
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


def _is_loopback(own: str) -> bool:
    return own.startswith("127.") or own == "::1"


def _forwarded(headers: Sequence[tuple[bytes, bytes]]) -> list[str]:
    lines = [value for name, value in headers if name == b"x-forwarded-for"]
    if not lines:
        return []
    return [_without_port(hop.strip()) for hop in b",".join(lines).decode("latin-1").split(",")]


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
