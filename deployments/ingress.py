"""The Serve ingress: the one file of the edge that knows Ray.

Nothing but plain arguments is pickled: the application is built inside the replica
(`__serve_build_asgi_app__`), by a function that is found there by its name. Building an
application in the program that deploys would pickle routes and settings, and breaks with versions.

Behind Serve's default proxy the scope names the peer as uvicorn leaves it; see `address.py`.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from fastapi import FastAPI
from ray import serve

from deployments.capacity import MAX_ONGOING_REQUESTS

Args = Mapping[str, Any]
"""Plain values only: what the replica's builder needs to find its settings."""

MAX_QUEUED_REQUESTS = 1000
"""For each proxy. Beyond it Serve answers 503 at once; the default has no bound."""
NUM_CPUS = 0.01
"""What a replica reserves. The edge waits more than it computes; the default of a whole CPU would
not fit on a laptop."""
HEALTH_CHECK_PERIOD_S = 1.0
"""A replica that was killed is replaced in under 2 s with 1 s, in up to 10 s with the default."""


class Ingress:
    """One replica: holds how to build its application, and builds it when Serve asks."""

    def __init__(self, maker: str, args: Args) -> None:
        self._maker = maker
        self._args = args

    def __serve_build_asgi_app__(self) -> FastAPI:
        module, _, function = self._maker.partition(":")
        app: FastAPI = getattr(import_module(module), function)(self._args)
        return app


def application(
    maker: str, args: Args, *, name: str = "Ingress", replicas: int = 1
) -> serve.Application:
    """The Serve application that answers HTTP with what the function `maker`, named as
    `module:function`, makes of the arguments."""
    deployment = serve.deployment(
        name=name,
        num_replicas=replicas,
        max_ongoing_requests=MAX_ONGOING_REQUESTS,
        max_queued_requests=MAX_QUEUED_REQUESTS,
        health_check_period_s=HEALTH_CHECK_PERIOD_S,
        ray_actor_options={"num_cpus": NUM_CPUS},
    )
    return deployment(serve.ingress()(Ingress)).bind(maker, dict(args))
