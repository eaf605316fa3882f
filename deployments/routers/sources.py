"""Sources that are polled (`/sources…`): job boards and feeds, tried before they are kept.

Employers have their own, admins see and manage all of them.
"""

from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.requests import HTTPConnection
from starlette.responses import Response

from deployments.deps import (
    OnceDep,
    PageDep,
    PortsDep,
    PosterDep,
    json_response,
    require,
    stored_json,
)
from deployments.ids import PathId
from deployments.settings import API_PREFIX
from deployments.shapes_sources import (
    PreviewAnswer,
    SourceAnswer,
    SourceBody,
    SourceChange,
    SourcePage,
    preview_answer,
    source_answer,
)
from models.feed import Feed
from models.user import Role, User
from services.idempotency import Stored
from services.people.sessions import Caller
from services.polling import feed_adding, feed_previews, feeds
from services.polling.outside import Outside

router = APIRouter(prefix="/sources", tags=["sources"])


async def outside_of(connection: HTTPConnection) -> Outside:
    outside: Outside = connection.app.state.outside
    return outside


EmployerDep = Annotated[Caller, Depends(require(Role.EMPLOYER))]
OutsideDep = Annotated[Outside, Depends(outside_of)]


@router.post(
    "",
    status_code=201,
    response_model=SourceAnswer,
    responses={200: {"model": PreviewAnswer, "description": "With `preview`: it was only tried"}},
    summary="Poll a source",
)
async def add_source(
    body: SourceBody, caller: PosterDep, ports: PortsDep, outside: OutsideDep, once: OnceDep
) -> Response:
    """Paste the address of a careers page, a job board or a feed. Its platform is found out and a
    first round tried; with `preview` that is all, otherwise it is polled from now on. A board is
    asked as seldom as its platform wants, so a preview may be as it was some time ago."""
    user = caller.user

    async def action() -> Stored:
        found = await feed_previews.preview(
            ports, outside, body.url, company=body.company, person=_manager(user)
        )
        if body.preview:
            return stored_json(preview_answer(outside, found).model_dump(mode="json"))
        feed = await feed_adding.save(
            ports,
            found.platform,
            found.board,
            url=body.url,
            interval_s=body.interval_s,
            added_by=_manager(user),
            tried_at=found.as_of,
        )
        headers = {"Location": f"{API_PREFIX}/sources/{feed.id}"}
        return stored_json(source_answer(outside, feed).model_dump(mode="json"), 201, headers)

    return await once.run(user.id, action)


@router.get("", response_model=SourcePage, summary="Sources and their health")
async def list_sources(
    caller: EmployerDep, ports: PortsDep, outside: OutsideDep, page: PageDep
) -> Response:
    """Yours (an admin's: all), the newest first."""
    found, after = await feeds.page(
        ports, manager=_manager(caller.user), limit=page.limit, after=page.cursor
    )
    items = [source_answer(outside, feed).model_dump(mode="json") for feed in found]
    return json_response({"items": items, "next_cursor": after})


@router.get("/{id}", response_model=SourceAnswer, summary="A source and its health")
async def read_source(
    id: PathId, caller: EmployerDep, ports: PortsDep, outside: OutsideDep
) -> Response:
    """How its last rounds went, and when the next one is."""
    return _answer(outside, await feeds.read(ports, id, manager=_manager(caller.user)))


@router.patch("/{id}", response_model=SourceAnswer, summary="Change a source")
async def change_source(
    id: PathId, body: SourceChange, caller: EmployerDep, ports: PortsDep, outside: OutsideDep
) -> Response:
    """How often it is polled, and whose the postings are that name no company."""
    changed = await feeds.revise(
        ports,
        outside,
        id,
        manager=_manager(caller.user),
        interval_s=body.interval_s,
        company=body.company,
    )
    return _answer(outside, changed)


@router.post("/{id}/pause", response_model=SourceAnswer, summary="Pause a source")
async def pause_source(
    id: PathId, caller: EmployerDep, ports: PortsDep, outside: OutsideDep
) -> Response:
    """It is not polled until it is resumed; its postings stay."""
    return _answer(outside, await feeds.pause(ports, id, manager=_manager(caller.user)))


@router.post("/{id}/resume", response_model=SourceAnswer, summary="Resume a source")
async def resume_source(
    id: PathId, caller: EmployerDep, ports: PortsDep, outside: OutsideDep
) -> Response:
    """It is polled again: at once, if its last round is an interval ago and its host does not want
    to be left alone."""
    return _answer(outside, await feeds.resume(ports, id, manager=_manager(caller.user)))


@router.post("/{id}/run", status_code=202, response_model=SourceAnswer, summary="Poll it now")
async def run_source(
    id: PathId, caller: EmployerDep, ports: PortsDep, outside: OutsideDep
) -> Response:
    """A round out of turn, whose outcome is believed even where it has suddenly few postings; 409
    so soon after the last one that its platform would mind, or while its host wants to be left
    alone."""
    feed = await feeds.run(ports, outside, id, manager=_manager(caller.user))
    return _answer(outside, feed, 202)


@router.delete("/{id}", status_code=204, summary="Remove a source")
async def remove_source(id: PathId, caller: EmployerDep, ports: PortsDep) -> None:
    """It is polled no more, and its postings are closed."""
    await feeds.remove(ports, id, manager=_manager(caller.user))


def _manager(user: User) -> str | None:
    """Whose sources this person manages; None: everybody's."""
    return None if user.role is Role.ADMIN else user.id


def _answer(outside: Outside, feed: Feed, status: int = 200) -> Response:
    return json_response(source_answer(outside, feed).model_dump(mode="json"), status)
