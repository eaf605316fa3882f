"""Whose request it is: the client's address, by our own rule about proxies.

The peer of the connection is the client, unless it is one of `trusted_proxies`: then the last
address of X-Forwarded-For that is not a trusted proxy itself (each proxy appends the peer it saw,
so everything left of that one may be invented).

uvicorn, which Serve's proxy runs, has a rule of its own that cannot be switched off from an
application: it believes X-Forwarded-For from loopback and puts its result into the scope in the
place of the peer. Such a rewritten address is recognised (it is the very one uvicorn would
have picked) and put back to loopback, so that a forged header moves no limit.
"""

import ipaddress
from collections.abc import Mapping, Sequence
from typing import Any

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LOOPBACK = "127.0.0.1"
_BELIEVED_BY_UVICORN = ("127.0.0.1", "::1")
"""What uvicorn's `forwarded_allow_ips` holds by default; Serve passes no other."""


class Addresses:
    """Finds the client's address in an ASGI scope."""

    def __init__(self, trusted_proxies: Sequence[str]) -> None:
        self._trusted: tuple[_Network, ...] = tuple(map(ipaddress.ip_network, trusted_proxies))

    def of(self, scope: Mapping[str, Any]) -> str:
        """The client's address as text; "unknown" where the server names no peer."""
        client = scope.get("client")
        peer: str = client[0] if client else "unknown"
        forwarded = _forwarded(scope["headers"])
        if not forwarded:
            return peer
        if peer in _picks_of_uvicorn(forwarded):
            peer = _LOOPBACK
        return self._first_untrusted(peer, forwarded) if self._is_trusted(peer) else peer

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


def _forwarded(headers: Sequence[tuple[bytes, bytes]]) -> list[str]:
    lines = [value for name, value in headers if name == b"x-forwarded-for"]
    if not lines:
        return []
    return [_without_port(hop.strip()) for hop in b",".join(lines).decode("latin-1").split(",")]


def _without_port(hop: str) -> str:
    if hop.startswith("["):
        return hop[1:].partition("]")[0]
    return hop.partition(":")[0] if hop.count(":") == 1 else hop


def _picks_of_uvicorn(forwarded: Sequence[str]) -> list[str]:
    """What uvicorn may have put in the peer's place: the last hop it does not believe, or one of
    the believed ones after it (which of those it believes is a setting of its own)."""
    picks = []
    for hop in reversed(forwarded):
        picks.append(hop)
        if hop not in _BELIEVED_BY_UVICORN:
            break
    return picks


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
