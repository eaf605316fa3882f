"""The Serve ingress: the one file of the edge that knows Ray.

Nothing but plain arguments is pickled: the application is built inside the replica
(`__serve_build_asgi_app__`), by a function that is found there by its name. Building an
application in the program that deploys would pickle routes and settings, and breaks with versions.

Behind Serve's default proxy the scope names the peer as uvicorn leaves it; see `address.py`. Where
HAProxy is in its place (as on Kubernetes), the peer is that, and must be a trusted proxy.
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
HEALTH_CHECK_TIMEOUT_S = 5.0
"""Three in a row without an answer end a replica: a frozen one after 18 s, with the default 93 s.
Less would end one of a machine that is only busy."""


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
    maker: str, args: Args, *, max_ongoing_requests: int = MAX_ONGOING_REQUESTS
) -> serve.Application:
    """The Serve application that answers HTTP with what the function `maker`, named as
    `module:function`, makes of the arguments: one replica of so many slots, where the
    configuration that deploys it says nothing else."""
    deployment = serve.deployment(
        name="Ingress",
        max_ongoing_requests=max_ongoing_requests,
        max_queued_requests=MAX_QUEUED_REQUESTS,
        health_check_period_s=HEALTH_CHECK_PERIOD_S,
        health_check_timeout_s=HEALTH_CHECK_TIMEOUT_S,
        ray_actor_options={"num_cpus": NUM_CPUS},
    )
    return deployment(serve.ingress()(Ingress)).bind(maker, dict(args))
