"""The HTTP application: middleware, routers by role, errors, documentation. No Ray in it.

`make_app` is what a Serve replica, a test and a plain server all run. Ports are opened when the
application starts and closed when it ends. From the outside in: envelope (context, headers of the
answer, measurement), CORS where origins are set, guards (host, path, rate, body), the routes.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import cache

from fastapi import FastAPI
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from backends.fetch.http import HttpFetcher
from deployments import docs, health, metrics, problem
from deployments.envelope import Envelope
from deployments.limits import Guards
from deployments.routers import routers
from deployments.routing import taken_over
from deployments.settings import EdgeSettings
from services.operations.metrics import Metrics
from services.people.passwords import Passwords
from services.people.tokens import Tokens
from services.polling.outside import Outside
from services.ports import Ports

OpenPorts = Callable[[], Awaitable[Ports]]
"""Connects everything the use cases need, retrying as long as it sees fit."""


def make_app(
    open_ports: OpenPorts, settings: EdgeSettings, outside: Outside | None = None
) -> FastAPI:
    """The application of these roles. `outside` is how sources are tried before they are kept; by
    default only public ones, without credentials. `app.state` holds `ports` (once started),
    `settings`, `tokens`, `passwords`, `metrics` and `outside`."""
    app = FastAPI(
        title="Jobray",
        version="0.1.0",
        summary="Tells a person about the right job the moment it appears, and why.",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        # Ours is /metrics and `jobray trace`; FastAPI's own looks for providers on each request.
        telemetry={"tracing": False, "metrics": False, "logs": False, "auto_configure": False},
        lifespan=_lifespan(open_ports),
    )
    app.state.settings = settings
    app.state.outside = outside or Outside(HttpFetcher())
    app.state.tokens = _tokens(settings)
    app.state.metrics = Metrics()
    problem.install(app)
    _add_middleware(app, settings)
    _add_routes(app, settings)
    return app


def _lifespan(open_ports: OpenPorts) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        app.state.passwords = Passwords()
        app.state.ports = ports = await open_ports()
        await app.state.outside.fetcher.open()
        try:
            yield
        finally:
            app.state.passwords.close()
            await app.state.outside.fetcher.close()
            for port in (ports.stream, ports.documents, ports.cache, ports.files):
                await port.close()

    return lifespan


def _tokens(settings: EdgeSettings) -> Tokens:
    return Tokens(
        settings.secret_key,
        previous_secret=settings.previous_secret_key,
        issuer=settings.issuer,
        audience=settings.audience,
        access_ttl_s=settings.access_ttl_s,
        refresh_ttl_s=settings.refresh_ttl_s,
    )


def _add_middleware(app: FastAPI, settings: EdgeSettings) -> None:
    """Each one added is outside of those before it."""
    app.add_middleware(Guards, settings=settings)
    if settings.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=settings.cors_origins,
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=[
                "Authorization",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                "If-None-Match",
                "Last-Event-ID",
                "X-Request-ID",
            ],
            expose_headers=[
                "ETag",
                "Location",
                "RateLimit",
                "RateLimit-Policy",
                "Retry-After",
                "X-Request-ID",
            ],
        )
    app.add_middleware(Envelope, settings=settings, metrics=app.state.metrics)


def _add_routes(app: FastAPI, settings: EdgeSettings) -> None:
    app.router.routes.extend(_routes(tuple(settings.roles), settings.docs_open))
    docs.describe(app)


@cache
def _routes(roles: tuple[str, ...], docs_open: bool) -> tuple[BaseRoute, ...]:
    """Made once in a process: tests make hundreds of applications of the same roles."""
    served = [*routers(roles), ("", health.router), ("", metrics.router)]
    if docs_open:
        served.append(("", docs.router))
    return tuple(route for prefix, router in served for route in taken_over(router, prefix=prefix))
