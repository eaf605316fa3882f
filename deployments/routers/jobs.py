"""Postings over HTTP: submit, follow, read, revise, retry, close, remove, explain (`/jobs…`).

The ETag names the version. A posting changes without a new one while it is processed and when it
closes, so only a published one is ever answered with 304, and no cache keeps any other.
"""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from deployments.bodies import Revision, Submission, WhyBody
from deployments.deps import (
    PUBLIC,
    CallerDep,
    OnceDep,
    OptionalCallerDep,
    OriginDep,
    PortsDep,
    PosterDep,
    json_response,
    stored_json,
)
from deployments.etags import IfMatch, etag_of, not_modified
from deployments.ids import PathId
from deployments.settings import API_PREFIX
from deployments.shapes import AcceptedAnswer, PostingAnswer, PostingNearMisses, StatusAnswer
from models.criteria import Explanation
from models.errors import FieldError, InvalidInput, NotFound
from models.posting import Given, Posting, Status
from services.alerting import explanations
from services.idempotency import Stored
from services.intake import board, postings, retrying
from services.intake.receipts import receipt
from services.people import companies
from services.ports import Ports
from services.representations import manages, posting_view, status_view

router = APIRouter(prefix="/jobs", tags=["jobs"])

_NEEDED = ("title", "company")
"""The fields that a posting cannot be without; both are texts."""


@router.post("", status_code=202, response_model=AcceptedAnswer, summary="Submit a posting")
async def submit_posting(
    body: Submission,
    caller: PosterDep,
    ports: PortsDep,
    once: OnceDep,
    origin: OriginDep,
) -> Response:
    """Take a posting in; it is processed in the background. The same `external_id` again is the
    next version of that posting. `warnings` tell what will hold it back, as far as a glance can
    see; its status tells all of it, once it is processed."""
    user = caller.user

    async def action() -> Stored:
        posting = await postings.submit(
            ports,
            owner_id=user.id,
            given=await _given(ports, body),
            source="api",
            id=once.entity_id("posting", user.id),
            origin=origin,
            # An external id is not made of the key: what a first run stored is told by its content.
            skip_unchanged=once.key is not None,
        )
        answer = receipt(ports, posting, API_PREFIX)
        return stored_json(answer, 202, {"Location": answer["links"]["self"]})

    return await once.run(user.id, action)


@router.get("/{id}", dependencies=[PUBLIC], response_model=PostingAnswer, summary="Read a posting")
async def read_posting(id: PathId, request: Request, caller: OptionalCallerDep) -> Response:
    """A published posting, to everybody, and as it was published last while a revision is under
    way; the revision, and what is not published yet, to its owner and an admin."""
    user = caller.user if caller else None
    body = await board.read(request.app.state.ports, id, user)
    headers = {"ETag": etag_of(body["version"]), "Vary": "Authorization"}
    if body["status"] != Status.PUBLISHED:
        headers["Cache-Control"] = "no-store"
    elif (same := not_modified(request, headers)) is not None:
        return same
    return json_response(posting_view(body, private=manages(user, body)), headers=headers)


@router.get("/{id}/status", response_model=StatusAnswer, summary="Follow a posting's way")
async def read_status(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """Where the posting stands and why, to its owner and an admin."""
    return json_response(status_view(await board.read_managed(ports, id, caller.user)))


@router.patch("/{id}", status_code=202, response_model=AcceptedAnswer, summary="Revise a posting")
async def revise_posting(
    id: PathId,
    body: Revision,
    caller: CallerDep,
    ports: PortsDep,
    expected: IfMatch,
    origin: OriginDep,
) -> Response:
    """Merge these fields into the posting (RFC 7396: null takes one away, where a posting can do
    without it); the result is its next version and processed like a new one."""
    _refuse_removal(body)
    posting = await board.revise(
        ports,
        id,
        caller.user,
        body.model_dump(mode="json", exclude_unset=True),
        expected_version=expected,
        origin=origin,
    )
    return json_response(receipt(ports, posting, API_PREFIX), 202, _tagged(posting))


@router.delete("/{id}", status_code=204, summary="Remove a posting")
async def remove_posting(id: PathId, caller: CallerDep, ports: PortsDep, expected: IfMatch) -> None:
    """Close the posting and delete it. People who were told of it keep their notification."""
    await board.remove(ports, id, caller.user, expected_version=expected)


@router.post("/{id}/close", response_model=StatusAnswer, summary="Close a posting")
async def close_posting(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """Take the posting off the board; it can still be read. Closing twice is fine."""
    posting = await board.close(ports, id, caller.user)
    return json_response(status_view(posting.model_dump(mode="json")), headers=_tagged(posting))


@router.post(
    "/{id}/retry",
    status_code=202,
    response_model=AcceptedAnswer,
    responses={409: {"description": "It neither failed nor was rejected by a machine"}},
    summary="Try a posting again",
)
async def retry_posting(
    id: PathId, caller: CallerDep, ports: PortsDep, origin: OriginDep
) -> Response:
    """Submit a posting that failed, or that was rejected by a machine, once more as it is. 409 in
    every other status."""
    posting = await retrying.retry(ports, id, caller.user, origin=origin)
    return json_response(receipt(ports, posting, API_PREFIX), 202, _tagged(posting))


@router.post("/{id}/why", response_model=Explanation, summary="Would this posting match?")
async def explain_posting(
    id: PathId, body: WhyBody, caller: CallerDep, ports: PortsDep
) -> Response:
    """Whether this posting meets a query, as text or tree, or one of your alerts, clause by
    clause."""
    explanation = await explanations.why_posting(
        ports,
        caller.user,
        id,
        query=body.query,
        criteria=body.criteria,
        alert_id=body.alert_id,
    )
    return json_response(explanation.model_dump(mode="json"))


@router.get("/{id}/near-misses", response_model=PostingNearMisses, summary="Whom does it miss?")
async def count_near_misses(id: PathId, caller: CallerDep, ports: PortsDep) -> Response:
    """How many alerts your posting meets, and how many it misses by one clause alone: what an
    employer could state or change. Nobody is named, and no count below five is told."""
    return json_response(await explanations.near_misses(ports, caller.user, id))


def _refuse_removal(body: Revision) -> None:
    """Raises InvalidInput for the null of a field that each posting must have."""
    faults = [
        FieldError(pointer=f"/{name}", expected="a text", got="null")
        for name in _NEEDED
        if name in body.model_fields_set and getattr(body, name) is None
    ]
    if faults:
        raise InvalidInput("a posting cannot do without these", errors=faults)


async def _given(ports: Ports, body: Submission) -> Given:
    stated: dict[str, Any] = body.model_dump(exclude={"company_id", "location"}, exclude_none=True)
    if body.company_id is not None:
        stated["company"] = await _company(ports, body.company_id)
    if body.location is not None:
        stated["locations"] = (body.location,)
    return Given.model_validate(stated)


async def _company(ports: Ports, id: str) -> str:
    try:
        return await companies.name_of(ports, id)
    except NotFound:
        fault = FieldError(pointer="/company_id", expected="the id of a company", got=id)
        raise InvalidInput("there is no such company", errors=[fault]) from None


def _tagged(posting: Posting) -> dict[str, str]:
    return {"ETag": etag_of(posting.version)}
