"""The HTTP application inside a replica: its ports, its doors to the actors, its settings."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from backends.documents.base import Documents
from cluster import logs, outside, wiring
from cluster.fleet import IndexDoor, Plans, RayFleet, ShardDoor
from cluster.settings import Settings, unpack
from deployments.app import make_app
from deployments.settings import EdgeSettings
from services.ports import Ports


def make(packed: Mapping[str, Any]) -> Any:
    """The ASGI application of packed settings, roles and slots."""
    logs.configure(actor="http")
    settings = unpack(packed["settings"])
    told = edge_settings(
        settings,
        roles=tuple(packed["roles"]),
        max_ongoing_requests=packed["max_ongoing_requests"],
    )
    return make_app(opener(settings), told, outside.make(settings))


def opener(settings: Settings) -> Callable[[], Awaitable[Ports]]:
    """Opens the ports of a replica. What it gives raises Unavailable."""

    def make_doors(documents: Documents) -> wiring.Doors:
        fleet = RayFleet(Plans(documents, settings.topology))
        return wiring.Doors(IndexDoor(fleet), ShardDoor(fleet), fleet)

    async def open_ports() -> Ports:
        # Serve gives a new application up after three replicas that could not begin.
        return await wiring.when_available(lambda: wiring.open_ports(settings, make_doors))

    return open_ports


def edge_settings(
    settings: Settings, *, roles: tuple[str, ...], max_ongoing_requests: int
) -> EdgeSettings:
    """What the HTTP edge is told."""
    public = urlsplit(settings.public_url).hostname
    return EdgeSettings(
        secret_key=settings.secret_key,
        previous_secret_key=settings.secret.previous_key or None,
        rate_limit_per_minute=settings.rate.limit_per_minute,
        # Who lets an address do more expects more people behind it.
        address_login_limit_per_minute=max(10, settings.rate.limit_per_minute // 6),
        allowed_hosts=(*settings.http.allowed_hosts, *((public,) if public else ())),
        cors_origins=settings.http.cors_origins,
        trusted_proxies=settings.http.trusted_proxies,
        request_id_by_proxy=True,  # each request to a replica comes through Serve's proxy
        public_url=settings.public_url,
        hsts=settings.public_url.startswith("https://"),
        docs_open=settings.http.docs,
        metrics_open=settings.metrics_open,
        mailbox_open=settings.mailbox_open,
        require_verified_employers=settings.require.verified_employers,
        max_ongoing_requests=max_ongoing_requests,
        roles=roles,
    )
