"""The HTTP applications of Serve, from one builder: laptop and `ray_config.yaml` use it alike.

A laptop has one application with every router. A cluster has three: Serve gives a request to the
one with the longest prefix, so `search` and `events` take what is theirs away from `api` at `/`.
They differ in routers and slots alone; how many replicas each has is for the configuration to say.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator
from ray.serve import Application

from cluster.actors import create
from cluster.settings import load, unpack
from deployments.capacity import MAX_ONGOING_REQUESTS
from deployments.ingress import application
from deployments.settings import ROLES
from models.topology import SUPERVISOR, ActorRole

EDGE = "cluster.edge:make"
"""What the replica calls; named, so that deploying does not import the whole application."""


class Args(BaseModel):
    """`settings`: packed ones, or empty for those of the environment. `host`: where Serve binds
    HTTP, if the configuration that deploys this says so. `roles`: which routers.
    `max_ongoing_requests`: slots of a replica, of which open streams may hold a share."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    settings: dict[str, Any] = Field(default_factory=dict)
    host: str | None = None
    roles: tuple[str, ...] = Field(default=ROLES, min_length=1)
    max_ongoing_requests: int = Field(default=MAX_ONGOING_REQUESTS, gt=0)

    @field_validator("roles")
    @classmethod
    def _known(cls, roles: tuple[str, ...]) -> tuple[str, ...]:
        # Checked here, because what fails in a replica shows only as a deployment without end.
        if unknown := set(roles) - set(ROLES):
            raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
        return roles


def build(args: dict[str, Any]) -> Application:
    """The application of these arguments; makes the supervisor too, and it the other actors.
    Raises ValueError for arguments and SettingsError for settings that cannot be used."""
    checked = Args.model_validate(args)
    settings = unpack(checked.settings) if checked.settings else load()
    if checked.host is not None:
        http = settings.http.model_copy(update={"host": checked.host})
        settings = settings.model_copy(update={"http": http})
    settings.prepare()
    create(ActorRole(SUPERVISOR), settings)
    packed = {
        "settings": settings.packed(),
        "roles": checked.roles,
        "max_ongoing_requests": checked.max_ongoing_requests,
    }
    return application(EDGE, packed, max_ongoing_requests=checked.max_ongoing_requests)
