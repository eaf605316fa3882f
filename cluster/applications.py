"""The HTTP applications of Serve, from one builder: laptop and `ray_config.yaml` use it alike."""

from typing import Any

from pydantic import BaseModel, Field
from ray.serve import Application

from cluster.actors import create
from cluster.settings import load, unpack
from cluster.topology import Role
from deployments.ingress import application
from deployments.settings import ROLES

EDGE = "cluster.edge:make"
"""What the replica calls; named, so that deploying does not import the whole application."""


class Args(BaseModel):
    """`settings`: packed ones, or empty for those of the environment. `host`: where Serve binds
    HTTP, if the configuration that deploys this says so. `roles`: which routers."""

    settings: dict[str, Any] = Field(default_factory=dict)
    host: str | None = None
    roles: tuple[str, ...] = ROLES


def build(args: dict[str, Any]) -> Application:
    """The application of these arguments; makes the supervisor too, and it the other actors."""
    checked = Args.model_validate(args)
    settings = unpack(checked.settings) if checked.settings else load()
    if checked.host is not None:
        http = settings.http.model_copy(update={"host": checked.host})
        settings = settings.model_copy(update={"http": http})
    settings.prepare()
    create(Role("supervisor"), settings)
    packed = {"settings": settings.packed(), "roles": checked.roles}
    return application(EDGE, packed)
