"""`/metrics` for Prometheus: the edge's own counts, with the actors' and the stream's as of now."""

from fastapi import APIRouter, Request
from starlette.responses import Response

from deployments.deps import PUBLIC, PortsDep, SettingsDep
from models.errors import NotFound
from services.metrics import CONTENT_TYPE, Metrics

router = APIRouter(tags=["operating"], dependencies=[PUBLIC])


@router.get("/metrics", summary="Numbers for Prometheus", response_class=Response)
async def read_metrics(request: Request, ports: PortsDep, settings: SettingsDep) -> Response:
    """Text exposition format 0.0.4. Closed (404) where the operator keeps metrics private."""
    if not settings.metrics_open:
        raise NotFound()
    metrics: Metrics = request.app.state.metrics
    actors, lags = await ports.system.statuses(), await ports.stream.lags()
    return Response(metrics.exposition(actors, lags), headers={"Content-Type": CONTENT_TYPE})
