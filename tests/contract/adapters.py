"""The adapters that the contract suites of documents and stream run on; others join by one entry.

A `Backend` is a documents adapter with the stream its events go to. `another()` gives a second pair
on the same data, as another process would have it. The documents on MongoDB publish to a stream of
SQLite here, so that their suite shows what they do and not what Pulsar does.
"""

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from pymongo import AsyncMongoClient

import servers
from backends.documents.base import Documents
from backends.documents.collections import COLLECTIONS, DEAD_LETTERS, USERS, Collection, Index
from backends.documents.mongo import MongoDocuments
from backends.documents.mongo_driver import Driver
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream
from models.base import new_id

LEASE_S = 0.6

THINGS = Collection(
    "things",
    (
        Index("thing_mail", ("owner", "mail"), unique=True),
        Index("thing_rank", ("owner", "rank")),
        Index("thing_tags", ("tags",), array=True),
    ),
)


@dataclass(frozen=True)
class Backend:
    documents: Documents
    stream: Stream
    another: Callable[[], AbstractAsyncContextManager["Backend"]]


Made = Callable[[Path, float], AbstractAsyncContextManager[Backend]]
"""From a folder for its files, and how long a consumer of the stream is believed without a sign of
life (s)."""


@asynccontextmanager
async def sqlite_backend(folder: Path, lease_s: float) -> AsyncIterator[Backend]:
    database = Database(folder / "jobray.db")
    documents = SqliteDocuments(database, (*COLLECTIONS, THINGS))
    stream = SqliteStream(database, lease_s=lease_s)
    async with AsyncExitStack() as stack:
        for port in (documents, stream):
            await port.open()
            stack.push_async_callback(port.close)
        yield Backend(documents, stream, lambda: sqlite_backend(folder, lease_s))


def mongo_backend(driver: Driver, server: str) -> Made:
    """The documents through `driver` on a shared server, in a database of the test's own."""

    @asynccontextmanager
    async def made(folder: Path, lease_s: float) -> AsyncIterator[Backend]:
        async with (
            mongo_database(server) as url,
            on_mongo(driver, url, folder, lease_s) as backend,
        ):
            yield backend

    return made


@asynccontextmanager
async def on_mongo(
    driver: Driver, url: str, folder: Path, lease_s: float = LEASE_S
) -> AsyncIterator[Backend]:
    # Only what the suites touch: an index costs a server more than a document does.
    stream = SqliteStream(Database(folder / "stream.db"), lease_s=lease_s)
    documents = MongoDocuments(
        url, stream, driver=driver, collections=(THINGS, USERS, DEAD_LETTERS)
    )
    async with AsyncExitStack() as stack:
        for port in (stream, documents):
            await port.open()
            stack.push_async_callback(port.close)
        yield Backend(documents, stream, lambda: on_mongo(driver, url, folder, lease_s))


@asynccontextmanager
async def mongo_database(server: str) -> AsyncIterator[str]:
    """The URL of a new database on a shared server; it is dropped afterwards."""
    shared, name = await asyncio.to_thread(shared_server, server), f"test-{new_id()}"
    yield mongo_url(server, shared, name)
    async with AsyncMongoClient(shared) as client:
        await client.drop_database(name)


def mongo_url(server: str, url: str, database: str) -> str:
    # FerretDB reads a document and writes it in two transactions: only commands of one connection
    # do not lose each other's updates.
    return f"{url}/{database}" + ("?maxPoolSize=1" if server == "ferretdb" else "")


@cache
def shared_server(name: str) -> str:
    """The URL of the shared server."""
    needed(name)
    return servers.running(name)


def needed(name: str) -> None:
    """Where this machine lacks what the server needs, the test is skipped; in CI (`JOBRAY_CI=1`) it
    fails."""
    if lacks := servers.missing(name):
        if os.environ.get("JOBRAY_CI") == "1":
            pytest.fail(lacks)
        pytest.skip(lacks)


MONGO_SERVERS = ("ferretdb", "mongo-java")
MONGO: dict[str, Made] = {
    f"{driver}-{server}": mongo_backend(driver, server)
    for driver in ("motor", "pymongo")
    for server in MONGO_SERVERS
}
STREAMS: dict[str, Made] = {"sqlite": sqlite_backend}
DOCUMENTS: dict[str, Made] = {"sqlite": sqlite_backend, **MONGO}


class ManualClock:
    """Monotonic seconds that only a test moves."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now
