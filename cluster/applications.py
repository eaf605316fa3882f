"""The HTTP applications of Serve, from one builder: laptop and `ray_config.yaml` use it alike."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, Field
from ray.serve import Application

from cluster import logs, wiring
from cluster.actors import create
from cluster.fleet import IndexDoor, RayFleet, ShardDoor
from cluster.settings import Settings, load, unpack
from cluster.topology import Role
from deployments.app import make_app
from deployments.ingress import application
from deployments.settings import ROLES, EdgeSettings
from services.ports import Ports


class Args(BaseModel):
    """`settings`: packed ones, or empty for those of the environment. `roles`: which routers."""

    settings: dict[str, Any] = Field(default_factory=dict)
    roles: tuple[str, ...] = ROLES


def build(args: dict[str, Any]) -> Application:
    """The application of these arguments; makes the supervisor too, and it the other actors."""
    checked = Args.model_validate(args)
    settings = unpack(checked.settings) if checked.settings else load()
    settings.prepare()
    create(Role("supervisor"), settings)
    packed = {"settings": settings.packed(), "roles": checked.roles}
    return application(make, packed)


def make(packed: Mapping[str, Any]) -> Any:
    """The ASGI application, made inside the replica."""
    logs.configure(actor="http")
    settings = unpack(packed["settings"])
    return make_app(_opener(settings), edge_settings(settings, tuple(packed["roles"])))


def _opener(settings: Settings) -> Callable[[], Awaitable[Ports]]:
    async def open_ports() -> Ports:
        fleet = RayFleet(settings.topology)
        shards = ShardDoor(fleet, settings.topology.matchers)
        return await wiring.open_ports(settings, wiring.Doors(IndexDoor(fleet), shards, fleet))

    return open_ports


def edge_settings(settings: Settings, roles: tuple[str, ...] = ROLES) -> EdgeSettings:
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
        public_url=settings.public_url,
        hsts=settings.public_url.startswith("https://"),
        mailbox_open=not settings.smtp.url,
        require_verified_employers=settings.require.verified_employers,
        roles=roles,
    )
