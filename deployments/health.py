"""What an operator's machinery asks: does the process live, are the actors ready?

`/health` touches nothing, so that a slow store never makes a cluster restart the edge. `/ready`
asks every actor; until all serve it is a 503 that lists them. Anybody may ask it, as often as he
likes, so it tells names, states and process ids alone (what an actor says of its troubles is for
the logs), and a replica asks the actors once in `KEPT_S` seconds however many ask it.

Both are the service's and not a replica's: of several applications the one at `/` answers them.
Whether a replica lives is Serve's to ask, and whether a node has one that does `/-/healthz`'s.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from deployments.deps import PUBLIC, PortsDep, json_response
from deployments.problem import MEDIA_TYPE, problem_body, problem_headers
from models.errors import Unavailable
from services.ports import ActorStatus, SystemDoor

KEPT_S = 0.25
"""How old an answer of /ready may be: shorter than any prober's period."""

router = APIRouter(tags=["operating"], dependencies=[PUBLIC])


@router.get("/health", summary="Does the process live?")
async def health() -> Response:
    return json_response({"status": "ok"})


@router.get("/ready", summary="Does every actor serve?", responses={503: {"description": "No"}})
async def ready(request: Request, ports: PortsDep) -> Response:
    actors = await _roll_call(request).of(ports.system)
    listed = [_shown(actor) for actor in actors]
    waiting = [actor.name for actor in actors if actor.state != "serving"]
    if actors and not waiting:
        return json_response({"status": "ready", "actors": listed})
    error = Unavailable("not serving yet: " + (", ".join(waiting) or "no actor is known"))
    body = {**problem_body(error, "/ready"), "actors": listed}
    return Response(orjson.dumps(body), 503, problem_headers(error), MEDIA_TYPE)


class RollCall:
    """What the actors said last. `elapsed` gives seconds that only grow."""

    def __init__(self, elapsed: Callable[[], float]) -> None:
        self._elapsed = elapsed
        self._asking = asyncio.Lock()
        self._said: Sequence[ActorStatus] = ()
        self._old_at = float("-inf")

    async def of(self, system: SystemDoor) -> Sequence[ActorStatus]:
        """The statuses, at most `KEPT_S` seconds old; who comes while they are asked waits for
        that answer. Raises what `statuses` raises, and keeps nothing then."""
        async with self._asking:
            if self._elapsed() >= self._old_at:
                self._said = tuple(await system.statuses())
                self._old_at = self._elapsed() + KEPT_S
            return self._said


def _roll_call(request: Request) -> RollCall:
    state = request.app.state
    if not hasattr(state, "roll_call"):
        state.roll_call = RollCall(asyncio.get_running_loop().time)
    roll_call: RollCall = state.roll_call
    return roll_call


def _shown(actor: ActorStatus) -> dict[str, Any]:
    return {"name": actor.name, "state": actor.state, "pid": actor.pid}
