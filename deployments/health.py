"""What an operator's machinery asks: does the process live, are the actors ready?

`/health` touches nothing, so that a slow store never makes a cluster restart the edge. `/ready`
asks every actor; until all serve it is a 503 that lists them.
"""

import orjson
from fastapi import APIRouter
from starlette.responses import Response

from deployments.deps import PUBLIC, PortsDep, json_response
from deployments.problem import MEDIA_TYPE, problem_body, problem_headers
from models.errors import Unavailable

router = APIRouter(tags=["operating"], dependencies=[PUBLIC])


@router.get("/health", summary="Does the process live?")
async def health() -> Response:
    return json_response({"status": "ok"})


@router.get("/ready", summary="Does every actor serve?", responses={503: {"description": "No"}})
async def ready(ports: PortsDep) -> Response:
    actors = await ports.system.statuses()
    listed = [actor.as_body() for actor in actors]
    waiting = [actor.name for actor in actors if actor.state != "serving"]
    if actors and not waiting:
        return json_response({"status": "ready", "actors": listed})
    error = Unavailable("not serving yet: " + (", ".join(waiting) or "no actor is known"))
    body = {**problem_body(error, "/ready"), "actors": listed}
    return Response(orjson.dumps(body), 503, problem_headers(error), MEDIA_TYPE)
