"""The HTTP applications of Serve, from one builder: laptop and `ray_config.yaml` use it alike."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic import BaseModel, Field
from ray.serve import Application

from cluster import logs, wiring
from cluster.fleet import IndexDoor, RayFleet, ShardDoor
from cluster.settings import Settings, load, unpack
from cluster.tenants import create
from cluster.topology import Role
from deployments.app import make_app
from deployments.ingress import application
from deployments.settings import ROLES
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
    edge = wiring.edge_settings(settings).model_copy(update={"roles": tuple(packed["roles"])})
    return make_app(_opener(settings), edge)


def _opener(settings: Settings) -> Callable[[], Awaitable[Ports]]:
    async def open_ports() -> Ports:
        fleet = RayFleet(settings.topology)
        return await wiring.open_ports(
            settings,
            search=IndexDoor(fleet),
            matchers=ShardDoor(fleet, settings.topology.matchers),
            system=fleet,
        )

    return open_ports
