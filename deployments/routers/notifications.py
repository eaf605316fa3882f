"""A person's notifications: the inbox, its read state, and the live streams."""

import asyncio
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request, Response, WebSocket
from starlette.websockets import WebSocketDisconnect, WebSocketState

from deployments.context import context_of
from deployments.deps import (
    AUTHENTICATES_ITSELF,
    BearerDep,
    CallerDep,
    PageDep,
    PortsDep,
    json_response,
)
from deployments.live import Live, StreamEnded, live_of
from deployments.streaming import (
    BEARER,
    CLOSE_ORIGIN,
    EventStream,
    begin,
    check_origin,
    close_code,
    close_reason,
    position_of,
    read_first,
    serve_socket,
)
from models.alert import ChannelName
from models.base import Model, Timestamp
from models.errors import DomainError, Forbidden, Unauthenticated
from models.notification import AlertRef, DeliveryStatus, PostingRef, Why
from services.people import sessions
from services.people.sessions import Caller
from services.ports import Ports
from services.telling import notifications

router = APIRouter(prefix="/notifications", tags=["notifications"])

TOKEN_WITHIN_S = 10.0
"""Seconds a WebSocket may take to say who it is."""
NEUTRAL_PROTOCOL = "jobray"

LiveDep = Annotated[Live, Depends(live_of)]


class DeliveryView(Model):
    """How one channel stands."""

    channel: ChannelName
    status: DeliveryStatus
    attempts: int


class NotificationView(Model):
    """One notification; `position` is what a live stream resumes from."""

    id: str
    kind: str
    position: str
    created_at: Timestamp
    read_at: Timestamp | None
    alert: AlertRef | None
    posting: PostingRef | None
    why: Why | None
    deliveries: tuple[DeliveryView, ...]


class NotificationPage(Model):
    items: tuple[NotificationView, ...]
    next_cursor: str | None


class ReadAnswer(Model):
    """How many were unread until now."""

    marked: int


@router.get("", response_model=NotificationPage, summary="The inbox, newest first")
async def inbox(
    caller: CallerDep,
    ports: PortsDep,
    page: PageDep,
    unread: Annotated[
        bool | None, Query(description="Only those not read yet, or only those read.")
    ] = None,
) -> Response:
    """A page of one's notifications, each with how its deliveries stand."""
    items, after = await notifications.inbox(
        ports, caller.user.id, unread=unread, limit=page.limit, after=page.cursor
    )
    return json_response({"items": items, "next_cursor": after})


@router.post("/read-all", summary="Mark everything as read")
async def read_all(caller: CallerDep, ports: PortsDep) -> ReadAnswer:
    """What arrives in this moment stays unread."""
    return ReadAnswer(marked=await notifications.mark_all_read(ports, caller.user.id))


@router.post("/{id}/read", status_code=204, summary="Mark one as read")
async def read(id: str, caller: CallerDep, ports: PortsDep) -> None:
    """Fine where it was read before."""
    await notifications.mark_read(ports, caller.user.id, id)


@router.get(
    "/stream",
    response_class=EventStream,
    summary="New notifications as server-sent events",
    responses={200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}}},
)
async def stream(
    request: Request,
    caller: CallerDep,
    token: BearerDep,
    ports: PortsDep,
    live: LiveDep,
    last_event_id: Annotated[
        str | None, Header(alias="Last-Event-ID", description="The `id` seen last.")
    ] = None,
) -> EventStream:
    """Event `notification` with the item as its data and its position as its id; a comment every
    15 seconds. With `Last-Event-ID` it begins with what was missed, else with what comes.

    `GET notifications/ws` is the same over a WebSocket, each message one item. It takes the access
    token as the subprotocol `bearer.<token>` (offer `jobray` beside it and that one is chosen), or,
    within 10 seconds, as the first message: `{"token": "<token>"}`, which may hold `last_position`
    too, or the bare `<token>`, or `bearer.<token>`. At any time `{"last_position": "<position>"}`
    asks for what was missed since. It is closed with a reason and 4400 (not such a message), 4401
    (no good token, or no more), 4429 (too many streams), 1013 (come back and resume) or 1011; the
    page of a foreign origin is refused before it opens."""
    check_origin(request, request.app.state.settings)
    resume = position_of(last_event_id, "Last-Event-ID")
    feed = live.enter(context_of(request.scope).address)
    try:
        position = await begin(live, feed, ports, caller.user.id, resume)
    except BaseException:
        live.leave(feed)
        raise

    async def check() -> Caller:
        return await sessions.authenticate(ports, request.app.state.tokens, token or "")

    return EventStream(live, feed, ports, position, check)


@router.websocket("/ws", dependencies=[AUTHENTICATES_ITSELF])
async def socket(socket: WebSocket, ports: PortsDep, live: LiveDep) -> None:
    """The same items as JSON messages. The token comes as the subprotocol `bearer.<token>`, and
    nothing made after the socket is open is left out; or as the first message: `{"token": …}`, or
    the token alone, or `bearer.<token>`. `{"last_position": …}` asks for what was missed since."""
    try:
        check_origin(socket, socket.app.state.settings)
    except Forbidden as fault:
        await socket.close(CLOSE_ORIGIN, close_reason(fault))
        return
    try:
        await _converse(socket, ports, live)
    except WebSocketDisconnect:
        return
    except (DomainError, StreamEnded) as fault:
        # A browser is told nothing of a refused handshake, but the code of a close.
        await _open(socket)
        await socket.close(close_code(fault), close_reason(fault))


async def _converse(socket: WebSocket, ports: Ports, live: Live) -> None:
    """Find out who it is, then send until one side ends it. Raises what ended it."""
    feed = live.enter(context_of(socket.scope).address)
    try:
        token, resume = await _hello(socket)

        async def check() -> Caller:
            return await sessions.authenticate(ports, socket.app.state.tokens, token)

        caller = await check()
        position = await begin(live, feed, ports, caller.user.id, resume)
        await _open(socket)
        await serve_socket(socket, ports, feed, position, check)
    finally:
        live.leave(feed)


async def _open(socket: WebSocket) -> None:
    """Accept the socket where that was not done before. A browser wants one of the protocols it
    offered: the one without the token, where there is one."""
    if socket.application_state is not WebSocketState.CONNECTING:
        return
    offered: list[str] = socket.scope["subprotocols"]
    protocol = NEUTRAL_PROTOCOL if NEUTRAL_PROTOCOL in offered else _bearer_of(offered)
    await socket.accept(protocol)


async def _hello(socket: WebSocket) -> tuple[str, str | None]:
    """The token and, if it came with it, the position: from the protocols, else from the first
    message, for which the socket must open. Raises Unauthenticated, InvalidInput."""
    protocol = _bearer_of(socket.scope["subprotocols"])
    if protocol is not None:
        return protocol.removeprefix(BEARER), None
    await _open(socket)
    try:
        async with asyncio.timeout(TOKEN_WITHIN_S):
            message = await read_first(socket)
    except TimeoutError:
        raise Unauthenticated("no token came") from None
    if message.token is None:
        raise Unauthenticated("the first message must carry the token")
    return message.token, message.last_position


def _bearer_of(offered: list[str]) -> str | None:
    """The offered protocol that carries the token."""
    return next((each for each in offered if each.startswith(BEARER)), None)
