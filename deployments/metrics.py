"""`/metrics` for Prometheus: the edge's own counts, with those of the others as of now.

How it is scraped. The page is served where the API is, through Serve's proxy, if it is open: on
loopback by itself, elsewhere with JOBRAY_HTTP_METRICS=true, which wants a network policy that lets
nobody but the scraper ask for /metrics. One target is enough, the address in front of the proxies:
each page holds every actor, the stream, and the replica that happened to answer, under its name.
So several targets would count the actors several times; with many replicas scrape more often, that
each is met some times within a rate's window. `cluster/grafana/prometheus.yaml` is a scraper's
configuration. What Ray measures of nodes and processes (cores, memory, its own tasks) is on the
metrics port of each node's agent, with names that begin with `ray_`, and is none of ours.

Where `search` and `events` are applications of their own (`ray_config.yaml`), the page is that of
`api`, which has the path: it tells all of the actors and the stream, and of HTTP what `api`
answers. Every replica of every application is on its node's metrics port, as Ray counts it, by
`application` and `replica`: `ray_serve_deployment_request_counter_total`,
`ray_serve_deployment_error_counter_total`, `ray_serve_deployment_processing_latency_ms`, and
`ray_serve_replica_processing_queries`, which for `events` is the number of its open streams.

The page is read when something is wrong, so a stream or a store that is down does not take it away.
"""

import asyncio
from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from backends.stream.base import Lag, Stream
from deployments.deps import PUBLIC, PortsDep, SettingsDep
from deployments.live import PEOPLE, Live, live_of
from models.errors import NotFound, Unavailable
from services.operations.metrics import CONTENT_TYPE, Metrics, Reading
from services.ports import Ports
from services.review.review_queue import Queue, queue

LAGS_TIMEOUT_S = 3.0
"""Less than any scraper waits; a healthy stream answers in milliseconds."""

router = APIRouter(tags=["operating"], dependencies=[PUBLIC])


@router.get("/metrics", summary="Numbers for Prometheus", response_class=Response)
async def read_metrics(
    request: Request,
    ports: PortsDep,
    settings: SettingsDep,
    live: Annotated[Live, Depends(live_of)],
) -> Response:
    """Text exposition format 0.0.4. Closed (404) where the operator keeps metrics private."""
    if not settings.metrics_open:
        raise NotFound()
    metrics: Metrics = request.app.state.metrics
    actors, lags, reviews, present = await asyncio.gather(
        ports.system.statuses(), _lags(ports.stream), _reviews(ports), ports.cache.present(PEOPLE)
    )
    cache = ports.cache.health()
    # Degraded, it knows of this process alone: of nobody, where streams are another application's.
    people = None if cache.degraded else present
    reading = Reading(actors, lags, cache, live.open, reviews, people)
    return Response(metrics.exposition(reading), headers={"Content-Type": CONTENT_TYPE})


async def _lags(stream: Stream) -> Sequence[Lag] | None:
    """How far behind each subscription is; None where the stream does not say so in time."""
    try:
        async with asyncio.timeout(LAGS_TIMEOUT_S):
            return await stream.lags()
    except (Unavailable, TimeoutError):
        return None


async def _reviews(ports: Ports) -> Queue | None:
    """What waits for review; None where the store does not say so in time."""
    try:
        async with asyncio.timeout(LAGS_TIMEOUT_S):
            return await queue(ports.documents, ports.clock())
    except (Unavailable, TimeoutError):
        return None
