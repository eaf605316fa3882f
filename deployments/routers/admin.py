"""What only administrators do: decide what waits for review, see to dead letters (`/admin…`)."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from deployments.deps import PageDep, PortsDep, json_response, require
from deployments.ids import PathId
from deployments.shapes import StatusAnswer
from deployments.shapes_admin import DeadLetterPage, Decision, Refusal, ReplayAnswer, ReviewPage
from models.user import Role
from services.intake.records import body_of
from services.operations import dead_letters
from services.people.sessions import Caller
from services.representations import status_view
from services.review import review_queue, reviewing

router = APIRouter(prefix="/admin", tags=["admin"])

Responses = dict[int | str, dict[str, Any]]

_DECIDED: Responses = {409: {"description": "It waits no more, or in another version"}}
_OFF_THE_BOARD: Responses = {409: {"description": "Its posting is on the board no more"}}

AdminDep = Annotated[Caller, Depends(require(Role.ADMIN))]


@router.get("/reviews", response_model=ReviewPage, summary="What waits for a decision")
async def list_reviews(
    admin: AdminDep,
    ports: PortsDep,
    page: PageDep,
    reason: Annotated[
        str | None, Query(max_length=60, description="The code of a reason, as `asks_for_money`")
    ] = None,
) -> Response:
    """Postings that a machine has doubts about, the one that waits longest first."""
    items, after = await review_queue.page(
        ports, reason=reason, limit=page.limit, after=page.cursor
    )
    return json_response({"items": items, "next_cursor": after})


@router.post(
    "/reviews/{id}/approve",
    response_model=StatusAnswer,
    responses=_DECIDED,
    summary="Let a posting through",
)
async def approve_posting(id: PathId, body: Decision, admin: AdminDep, ports: PortsDep) -> Response:
    """What was held back is published in a moment. The same content is not held back again, an
    edited one is judged anew. 409 where it waits no more, or in another version."""
    posting = await reviewing.approve(ports, id, admin.user, version=body.version)
    return json_response(status_view(body_of(posting)))


@router.post(
    "/reviews/{id}/reject",
    response_model=StatusAnswer,
    responses=_DECIDED,
    summary="Refuse a posting",
)
async def reject_posting(id: PathId, body: Refusal, admin: AdminDep, ports: PortsDep) -> Response:
    """It leaves the board if it is there, and its owner sees the reason. 409 where it waits no
    more, or in another version."""
    posting = await reviewing.reject(
        ports, id, admin.user, version=body.version, reason=body.reason
    )
    return json_response(status_view(body_of(posting)))


@router.get("/dead-letters", response_model=DeadLetterPage, summary="What could not be handled")
async def list_dead_letters(admin: AdminDep, ports: PortsDep, page: PageDep) -> Response:
    """Events that were given up after their last try, the oldest first."""
    items, after = await dead_letters.page(ports, limit=page.limit, after=page.cursor)
    return json_response({"items": items, "next_cursor": after})


@router.post(
    "/dead-letters/{id}/replay",
    status_code=202,
    response_model=ReplayAnswer,
    responses=_OFF_THE_BOARD,
    summary="Have an event handled again",
)
async def replay_dead_letter(id: PathId, admin: AdminDep, ports: PortsDep) -> Response:
    """The letter goes and its event comes again; if it fails again, there is another letter."""
    event = await dead_letters.replay(ports, id)
    answer = {"event_id": event.id, "type": event.type, "subject": event.subject}
    return json_response(answer, 202)


@router.delete("/dead-letters/{id}", status_code=204, summary="Discard a dead letter")
async def discard_dead_letter(id: PathId, admin: AdminDep, ports: PortsDep) -> None:
    """Remove the letter; nothing is handled again."""
    await dead_letters.discard(ports, id)
