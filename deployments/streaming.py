"""Notifications to a browser as they are made: as server-sent events, or over a WebSocket.

Both check the origin before they open and the token again with each heartbeat: a stream ends when
the token's time is over or its session is. SSE: https://html.spec.whatwg.org/#server-sent-events
"""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import Annotated
from urllib.parse import urlsplit

import orjson
from fastapi import WebSocket
from pydantic import Field, ValidationError
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocketDisconnect

from deployments.live import Feed, Item, Live, StreamEnded, follow
from deployments.settings import EdgeSettings
from models.base import Model
from models.errors import (
    DomainError,
    FieldError,
    Forbidden,
    InvalidInput,
    TooManyRequests,
    Unauthenticated,
    Unavailable,
)
from services.ports import Ports
from services.telling.notifications import BEGINNING, newest_position

Check = Callable[[], Awaitable[object]]

RETRY_MS = 2000
"""What a browser waits before it comes back."""
_POSITION = re.compile(rf"{BEGINNING}|[0-9a-f]{{8}}(?:-[0-9a-f]{{4}}){{3}}-[0-9a-f]{{12}}")
_MESSAGE_MAX = 8192
_TOKEN_MAX = 4096
BEARER = "bearer."
"""What stands before the token, as a subprotocol and, where the client likes, in a message."""
_BARE_TOKEN = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
"""A JWS in its compact form (RFC 7515, 3.1), as all our tokens are."""
_REASON_MAX = 123
"""Bytes of a close reason: what a control frame holds beside the code (RFC 6455, 5.5)."""

CLOSE_MESSAGE = 4400
CLOSE_TOKEN = 4401
CLOSE_ORIGIN = 4403
CLOSE_TOO_MANY = 4429
CLOSE_INTERNAL = 1011
CLOSE_TRY_AGAIN = 1013
"""Close codes: 44xx says what the HTTP status 4xx says; 10xx are the registry's (RFC 6455)."""


def check_origin(connection: HTTPConnection, settings: EdgeSettings) -> None:
    """Let in what names no origin (a program), our own pages, and the origins of the settings.
    Raises Forbidden for the page of anybody else."""
    origin = connection.headers.get("origin")
    if origin is None or origin in settings.cors_origins:
        return
    place = urlsplit(origin).netloc
    own = (connection.headers.get("host"), urlsplit(settings.public_url).netloc)
    if not place or place not in own:
        raise Forbidden("pages of this origin may not listen here")


def position_of(text: str | None, parameter: str) -> str | None:
    """A resume position as a client sent it. Raises InvalidInput for what is none."""
    if not text:
        return None
    if not _POSITION.fullmatch(text):
        fault = FieldError(parameter=parameter, expected="a position we sent", got=text[:80])
        raise InvalidInput(errors=[fault])
    return text


async def begin(live: Live, feed: Feed, ports: Ports, user_id: str, resume: str | None) -> str:
    """Join the feed to this user's notifications; returns the position after which it begins. That
    is taken first, so what is made before the feed has joined is found as missed and not lost.
    Raises what `Live.join` raises."""
    position = resume or await newest_position(ports, user_id)
    await live.join(feed, user_id)
    return position


class EventStream(StreamingResponse):
    """A feed as server-sent events. Whatever ends the answer, the feed is left."""

    media_type = "text/event-stream"

    def __init__(self, live: Live, feed: Feed, ports: Ports, position: str, check: Check) -> None:
        super().__init__(
            _events(ports, feed, position, check),
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._live, self._feed = live, feed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            with contextlib.suppress(ClientDisconnect):
                await super().__call__(scope, receive, send)
        finally:
            self._live.leave(self._feed)


async def _events(
    ports: Ports, feed: Feed, position: str, check: Check
) -> AsyncGenerator[bytes, None]:
    # An id without data sets where the browser resumes, before it has seen any event.
    yield f"retry: {RETRY_MS}\nid: {position}\n\n".encode()
    with contextlib.suppress(StreamEnded, Unauthenticated, Unavailable):
        async with contextlib.aclosing(follow(ports, feed, position, check=check)) as items:
            async for item in items:
                yield b": heartbeat\n\n" if item is None else _event(item)


def _event(item: Item) -> bytes:
    head = f"event: notification\nid: {item['position']}\ndata: ".encode()
    return head + orjson.dumps(item) + b"\n\n"


class ClientMessage(Model):
    """What a client may say: its token, first; and where it left off, at any time."""

    token: Annotated[str | None, Field(max_length=_TOKEN_MAX)] = None
    last_position: Annotated[str | None, Field(pattern=rf"^(?:{_POSITION.pattern})$")] = None


async def read_first(socket: WebSocket) -> ClientMessage:
    """The first message, which may also be the token alone, as it is or as `bearer.<token>`.
    Raises InvalidInput for anything that is not one."""
    text = await _read_text(socket)
    token = text.strip().removeprefix(BEARER)
    if len(token) <= _TOKEN_MAX and _BARE_TOKEN.fullmatch(token):
        return ClientMessage(token=token)
    return _message_of(text)


async def read_message(socket: WebSocket) -> ClientMessage:
    """The next message. Raises InvalidInput for anything that is not one."""
    return _message_of(await _read_text(socket))


async def _read_text(socket: WebSocket) -> str:
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    return message.get("text") or ""


def _message_of(text: str) -> ClientMessage:
    try:
        if len(text) > _MESSAGE_MAX:
            raise ValueError
        return ClientMessage.model_validate_json(text)
    except (ValidationError, ValueError):
        expected = '{"token": …} or {"last_position": …}'
        fault = FieldError(pointer="", expected=expected, got="something else")
        raise InvalidInput(f"a message is {expected}", errors=[fault]) from None


async def serve_socket(
    socket: WebSocket, ports: Ports, feed: Feed, position: str, check: Check
) -> None:
    """Send the notifications of a feed that has begun until one side ends it. Raises what ended
    it."""
    try:
        async with asyncio.TaskGroup() as sides:
            sides.create_task(_listen(socket, feed))
            sides.create_task(_tell(socket, ports, feed, position, check))
    except BaseExceptionGroup as faults:
        raise faults.exceptions[0] from None


async def _listen(socket: WebSocket, feed: Feed) -> None:
    while True:
        message = await read_message(socket)
        if message.last_position is not None:
            feed.ask(message.last_position)


async def _tell(socket: WebSocket, ports: Ports, feed: Feed, position: str, check: Check) -> None:
    async with contextlib.aclosing(follow(ports, feed, position, check=check)) as items:
        async for item in items:
            if item is not None:
                await socket.send_text(orjson.dumps(item).decode())


def close_reason(fault: DomainError | StreamEnded) -> str:
    """Why this fault ends a WebSocket, for whoever reads the close: at most _REASON_MAX bytes."""
    reason = fault.detail if isinstance(fault, DomainError) else "resume from the last position"
    return reason.encode()[:_REASON_MAX].decode(errors="ignore")


def close_code(fault: DomainError | StreamEnded) -> int:
    """With which code this fault ends a WebSocket."""
    match fault:
        case Unauthenticated():
            return CLOSE_TOKEN
        case InvalidInput():
            return CLOSE_MESSAGE
        case TooManyRequests():
            return CLOSE_TOO_MANY
        case StreamEnded() | Unavailable():
            return CLOSE_TRY_AGAIN
        case _:
            return CLOSE_INTERNAL
