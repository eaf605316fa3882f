"""What is known of one request before any of it is parsed: its time, id, trace and address.

Kept in the ASGI scope, so that middleware, handlers and dependencies share one value. A client's
`X-Request-ID` is taken over when it is harmless in a log and a header; `traceparent` is W3C Trace
Context (https://www.w3.org/TR/trace-context/): taken over when valid, else begun here. One begun
here has the second half of its id for a span, so that a tracer knows that nobody tells of it.
"""

import re
import secrets
from collections.abc import Iterable, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from backends.cache.base import Budget

_KEY = "jobray.context"
_REQUEST_ID = re.compile(rb"[A-Za-z0-9._\-]{1,64}")
_TRACEPARENT = re.compile(rb"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


@dataclass(slots=True)
class RequestContext:
    """`address` is the client's, by our own rule about proxies; `received_at` is when its headers
    were there, and its body maybe not yet; `budgets` are the rate limits this request was charged
    to, by name."""

    request_id: str
    address: str
    received_at: datetime
    given_trace: bytes = b""
    budgets: dict[str, Budget] = field(default_factory=dict)
    _traceparent: str | None = None

    @property
    def traceparent(self) -> str:
        """The client's, or one begun here; made when it is first asked for."""
        if self._traceparent is None:
            self._traceparent = _trace(self.given_trace)
        return self._traceparent


def begin(
    scope: MutableMapping[str, Any],
    headers: Iterable[tuple[bytes, bytes]],
    address: str,
    received_at: datetime,
) -> RequestContext:
    """Make the context of this request and keep it in the scope."""
    given_id = given_trace = b""
    for name, value in headers:
        if name == b"x-request-id":
            given_id = value
        elif name == b"traceparent":
            given_trace = value
    context = RequestContext(
        request_id=given_id.decode() if _REQUEST_ID.fullmatch(given_id) else secrets.token_hex(16),
        address=address,
        received_at=received_at,
        given_trace=given_trace,
    )
    scope[_KEY] = context
    return context


def context_of(scope: MutableMapping[str, Any]) -> RequestContext:
    """The context of this request; every request that passed the envelope has one."""
    context: RequestContext = scope[_KEY]
    return context


def _trace(given: bytes) -> str:
    if _TRACEPARENT.fullmatch(given) and not given.startswith(b"ff"):
        return given.decode()
    span = secrets.token_hex(8)
    return f"00-{secrets.token_hex(8)}{span}-{span}-01"
