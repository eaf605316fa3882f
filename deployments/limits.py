"""What a request must pass before any of it is parsed: host, path, rate, size of the body.

Pure ASGI: a refusal is answered here as a problem, everything else goes on untouched. The body is
limited by its Content-Length at once, and by counting where it is streamed without one. Rates are
token buckets of the Cache port; when the cache is down requests pass, because the limit protects
the service and must not be what takes it down.
"""

from collections.abc import Sequence

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from backends.cache.base import Budget, Cache
from deployments.context import RequestContext, context_of
from deployments.problem import problem_response
from deployments.settings import API_PREFIX, EdgeSettings
from models.errors import (
    DomainError,
    FieldError,
    InvalidInput,
    MalformedBody,
    NotFound,
    TooLarge,
    TooManyRequests,
    Unavailable,
)

_PROBES = ("/health", "/ready")
"""Called by the cluster at the pod's address, and often: no host check."""
_RATED = ("/api/", "/mail", "/unsubscribe")
"""What costs work and is limited. The rest is bytes from memory, of which one view of a page asks
for several, and the scraper's metrics: neither may spend the budget of the address."""
_IMPORT_PATH = API_PREFIX + "/jobs/import"
_PATH_MAX = 1024
_WINDOW_S = 60.0

log = structlog.get_logger()


async def charge(
    cache: Cache, context: RequestContext, name: str, *, limit: int, per_s: float = _WINDOW_S
) -> None:
    """Take one request from the budget `name` and note what is left for the RateLimit headers.
    Raises TooManyRequests with the time until the next one."""
    try:
        budget = await cache.take("rate:" + name, limit=limit, per_s=per_s)
    except Unavailable:
        log.warning("rate limit not checked", budget=name.partition(":")[0])
        return
    context.budgets[name.partition(":")[0]] = budget
    if not budget.allowed:
        raise TooManyRequests(
            f"at most {limit} in {per_s:g} seconds", retry_after_s=budget.retry_after_s
        )


def budget_headers(budgets: dict[str, Budget]) -> list[tuple[bytes, bytes]]:
    """RateLimit and RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers-10): for each budget
    what is left and, at zero, the seconds until there is more; its quota and window in seconds."""
    if not budgets:
        return []
    left = ", ".join(
        f'"{name}";r={budget.remaining};t={-int(-budget.retry_after_s // 1)}'
        for name, budget in budgets.items()
    )
    policy = ", ".join(
        f'"{name}";q={budget.limit};w={_WINDOW_S:g}' for name, budget in budgets.items()
    )
    return [(b"ratelimit", left.encode()), (b"ratelimit-policy", policy.encode())]


class Guards:
    """The middleware. It finds the cache where the application keeps its ports."""

    def __init__(self, app: ASGIApp, settings: EdgeSettings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = Hosts(settings.allowed_hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            await self._check(scope)
            receive = self._limited(scope, receive)
        except DomainError as error:
            await refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    async def _check(self, scope: Scope) -> None:
        path = scope["path"]
        if path in _PROBES:
            return
        headers = scope["headers"]
        self._hosts.check(next((value for name, value in headers if name == b"host"), b""))
        if len(path) > _PATH_MAX or not path.isprintable():
            raise NotFound()
        if path.startswith(_RATED):
            context = context_of(scope)
            await charge(
                scope["app"].state.ports.cache,
                context,
                "address:" + context.address,
                limit=self._settings.rate_limit_per_minute,
            )

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            return receive
        is_import = scope["path"] == _IMPORT_PATH
        limit = (
            self._settings.import_body_limit_bytes if is_import else self._settings.body_limit_bytes
        )
        declared = next((v for n, v in scope["headers"] if n == b"content-length"), None)
        if declared is None:
            return _counted(receive, limit)
        if not declared.isdigit():
            raise MalformedBody("Content-Length is not a number")
        if int(declared) > limit:
            raise too_large(limit)
        return receive


class Hosts:
    """The Host headers that are answered: exact names, or `*.name` for everything below one."""

    def __init__(self, allowed: Sequence[str]) -> None:
        self._exact = {name.lower() for name in allowed if not name.startswith("*.")}
        self._suffixes = tuple(name[1:].lower() for name in allowed if name.startswith("*."))

    def check(self, host: bytes) -> None:
        """Raises InvalidInput rendered as 400 for a host that is not ours."""
        name = _host_name(host.decode("latin-1").lower())
        if name not in self._exact and not (self._suffixes and name.endswith(self._suffixes)):
            raise WrongHost(
                errors=[FieldError(parameter="Host", expected="a host of ours", got=name[:80])]
            )


class WrongHost(InvalidInput):
    slug, status, title = "wrong-host", 400, "This host is not served here"


def too_large(limit: int) -> TooLarge:
    return TooLarge(f"at most {limit} bytes are read here")


def _host_name(host: str) -> str:
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _counted(receive: Receive, limit: int) -> Receive:
    """The same body, which ends in a 413 when it grows past the limit. An HTTPException, because
    FastAPI turns every other error while it reads a body into a 400."""
    seen = 0

    async def counting() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        if seen > limit:
            raise HTTPException(413)
        return message

    return counting


async def refuse(error: DomainError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the problem; a WebSocket is denied before it opens, with the problem where the
    server can send one (the `websocket.http.response` extension)."""
    response = problem_response(error, instance=scope["path"])
    if scope["type"] == "http" or "websocket.http.response" in scope.get("extensions", {}):
        await response(scope, receive, send)
        return
    await send({"type": "websocket.close", "code": 1008, "reason": error.title})
