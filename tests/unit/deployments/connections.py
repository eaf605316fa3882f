"""Connections to the live streams that speak ASGI to the application as a server does, so that an
answer can be read while it is still being written.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from fastapi import FastAPI

from deployments.live import Live

PATH = "/api/v1/notifications"


OnAccept = Callable[[], Awaitable[object]]


async def nothing() -> None: ...


class Connection:
    """One connection to the application."""

    def __init__(self, app: FastAPI, scope: dict[str, Any], on_accept: OnAccept = nothing) -> None:
        self._to_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._from_app: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._on_accept = on_accept
        self.done = asyncio.create_task(app(scope, self._to_app.get, self._send))

    async def _send(self, message: dict[str, Any]) -> None:
        if message["type"] == "websocket.accept":
            await self._on_accept()
        await self._from_app.put(message)

    async def got(self) -> dict[str, Any]:
        async with asyncio.timeout(3):
            return await self._from_app.get()

    def put(self, message: dict[str, Any]) -> None:
        self._to_app.put_nowait(message)

    async def quiet(self) -> bool:
        """Whether nothing comes for a moment."""
        await asyncio.sleep(0.05)
        return self._from_app.empty()

    async def ended(self) -> None:
        async with asyncio.timeout(3):
            await self.done


def scope(kind: str, path: str, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "scheme": "http" if kind == "http" else "ws",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [
            (name.lower().encode(), value.encode())
            for name, value in {"Host": "localhost", **headers}.items()
        ],
        "client": ("127.0.0.1", 50000),
        "server": ("localhost", 80),
        **more,
    }


@dataclass
class Sse:
    """An open event stream. `start` is the message with status and headers."""

    connection: Connection
    start: dict[str, Any]
    first_id: str = ""

    @property
    def headers(self) -> dict[str, str]:
        return {name.decode(): value.decode() for name, value in self.start["headers"]}

    async def block(self) -> dict[str, str]:
        """The fields of the next block; a comment has the name ""."""
        body = (await self.connection.got())["body"].decode()
        assert body.endswith("\n\n")
        return dict(line.split(": ", 1) for line in body.strip().splitlines())

    async def item(self) -> tuple[str, dict[str, Any]]:
        """Id and data of the next event; it must be a notification."""
        block = await self.block()
        assert block["event"] == "notification"
        return block["id"], orjson.loads(block["data"])

    async def posting(self) -> str:
        posting: str = (await self.item())[1]["posting"]["id"]
        return posting


@asynccontextmanager
async def sse(
    app: FastAPI,
    headers: dict[str, str],
    client: tuple[str, int] = ("127.0.0.1", 50000),
    **more: str,
) -> AsyncIterator[Sse]:
    message = scope("http", f"{PATH}/stream", {**headers, **more}, method="GET", client=client)
    connection = Connection(app, message)
    connection.put({"type": "http.request", "body": b"", "more_body": False})
    try:
        stream = Sse(connection, await connection.got())
        if stream.start["status"] == 200:
            stream.first_id = (await stream.block())["id"]
        yield stream
    finally:
        connection.put({"type": "http.disconnect"})
        await connection.ended()


class Socket:
    """An open WebSocket."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.protocol: str | None = None

    def say(self, body: Any) -> None:
        text = body if isinstance(body, str) else orjson.dumps(body).decode()
        self.connection.put({"type": "websocket.receive", "text": text})

    async def posting(self) -> str:
        message = await self.connection.got()
        assert message["type"] == "websocket.send", message
        posting: str = orjson.loads(message["text"])["posting"]["id"]
        return posting

    async def close_code(self) -> int:
        message = await self.connection.got()
        assert message["type"] == "websocket.close", message
        assert 0 < len(message["reason"].encode()) <= 123
        code: int = message["code"]
        return code


@asynccontextmanager
async def ws(
    app: FastAPI, *protocols: str, on_accept: OnAccept = nothing, **headers: str
) -> AsyncIterator[Socket]:
    message = scope("websocket", f"{PATH}/ws", headers, subprotocols=list(protocols))
    connection = Connection(app, message, on_accept)
    connection.put({"type": "websocket.connect"})
    socket = Socket(connection)
    try:
        accepted = await connection.got()
        if accepted["type"] == "websocket.accept":
            socket.protocol = accepted.get("subprotocol")
        else:
            connection._from_app.put_nowait(accepted)
        yield socket
    finally:
        connection.put({"type": "websocket.disconnect", "code": 1000})
        await connection.ended()


@dataclass
class Person:
    id: str
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return self.headers["Authorization"].removeprefix("Bearer ")


def open_streams(app: FastAPI) -> int:
    fan_out: Live | None = getattr(app.state, "live", None)
    return fan_out.open if fan_out else 0


async def until_open(app: FastAPI, number: int) -> None:
    """Wait until so many streams are open and have joined."""
    async with asyncio.timeout(3):
        while open_streams(app) != number or joined(app) != number:
            await asyncio.sleep(0.005)


def joined(app: FastAPI) -> int:
    return sum(map(len, app.state.live._by_user.values()))


async def last_of(stream: Sse) -> None:
    """Read to the end of the answer, which must come."""
    async with asyncio.timeout(3):
        while (await stream.connection.got())["more_body"]:
            pass
