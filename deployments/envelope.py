"""The outermost layer of each request: its context, the headers of its answer, its measurement.

Pure ASGI and one wrapper around `send`, because everything here is paid by every request. An
exception that nothing below expected becomes a 500 problem that tells nothing of the inside, and a
log line with the request's id.

It also forgets `root_path`. Serve puts the prefix there by which it found the application, and
leaves the path whole; the framework would then route what is below the prefix. Our routers declare
whole paths, so that an application serves the same ones wherever it is mounted.
"""

from collections.abc import Callable
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from deployments.address import Addresses
from deployments.context import RequestContext, begin
from deployments.headers import SecurityHeaders
from deployments.limits import budget_headers, refuse
from deployments.problem import InternalError
from deployments.settings import EdgeSettings
from models.base import Clock, utc_now
from services.operations.metrics import Metrics

log = structlog.get_logger()


class Envelope:
    """`elapsed` gives seconds that only grow, `clock` the time of day."""

    def __init__(
        self,
        app: ASGIApp,
        settings: EdgeSettings,
        metrics: Metrics,
        elapsed: Callable[[], float] = perf_counter,
        clock: Clock = utc_now,
    ) -> None:
        self._app = app
        self._addresses = Addresses(settings.trusted_proxies)
        self._security = SecurityHeaders(hsts=settings.hsts)
        self._id_by_proxy = settings.request_id_by_proxy
        self._metrics = metrics
        self._elapsed = elapsed
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        scope["root_path"] = ""
        began = self._elapsed()
        context = begin(scope, scope["headers"], self._addresses.of(scope), self._clock())
        structlog.contextvars.bind_contextvars(request_id=context.request_id)
        answer = _Answer(context, self._security, send, id_by_proxy=self._id_by_proxy)
        try:
            await self._app(scope, receive, answer.send)
        except Exception:
            log.exception("request failed", method=scope.get("method"), route=_template(scope))
            await answer.fail(scope, receive)
        finally:
            if scope["type"] == "http":
                self._metrics.request(
                    scope["method"], _template(scope), answer.status, self._elapsed() - began
                )


class _Answer:
    """One answer on its way out."""

    __slots__ = ("_context", "_ended", "_id_by_proxy", "_security", "_send", "status")

    def __init__(
        self, context: RequestContext, security: SecurityHeaders, send: Send, *, id_by_proxy: bool
    ) -> None:
        self._context, self._security, self._send = context, security, send
        self._id_by_proxy = id_by_proxy
        self._ended = False
        self.status = 0
        """The HTTP status that was sent; 0 while there is none (a client that left has none)."""

    async def send(self, message: Message) -> None:
        kind = message["type"]
        if kind in ("http.response.start", "websocket.http.response.start"):
            self.status = message["status"]
            headers = self._headers(message.get("headers", ()))
            # Serve's proxy marks the answers to HTTP requests only, not a refused WebSocket.
            if not self._id_by_proxy or kind != "http.response.start":
                headers.append((b"x-request-id", self._context.request_id.encode()))
            message = {**message, "headers": headers}
        elif kind == "websocket.close":
            self._ended = True
        await self._send(message)

    async def fail(self, scope: Scope, receive: Receive) -> None:
        """Say 500 where nothing was said yet; an answer that has begun is cut off."""
        if scope["type"] == "http" and not self.status:
            await refuse(InternalError(), scope, receive, self.send)
        elif scope["type"] == "websocket" and not self._ended and not self.status:
            reason = InternalError.title
            await self._send({"type": "websocket.close", "code": 1011, "reason": reason})

    def _headers(self, present: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        return [
            *present,
            *self._security.missing(present),
            *budget_headers(self._context.budgets),
        ]


def _template(scope: Scope) -> str:
    """The route's template, never the path: a metric has as many series as there are routes."""
    return getattr(scope.get("route"), "path", "none")
