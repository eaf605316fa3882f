"""Which adapter stands behind each port, chosen by the settings. Nothing else knows.

A process opens one embedded database and shares it between documents and stream.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import structlog

from backends.cache.base import Cache
from backends.cache.memory import MemoryCache
from backends.documents.base import Documents
from backends.documents.sqlite import SqliteDocuments
from backends.files.base import Files
from backends.files.links import LINKS_PATH, LinkMaker
from backends.files.local import LocalFiles
from backends.search.base import SearchRequest, SearchResult
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream
from cluster.settings import REDIS, S3, Settings
from models.alert import Alert
from models.base import utc_now
from models.errors import Unavailable
from models.posting import Posting
from services.ports import ActorStatus, MatcherDoor, NearMisses, Ports, SearchDoor, SystemDoor

log = structlog.get_logger()
T = TypeVar("T")

DAY_S = 24 * 3600.0
PATIENCE_S, PAUSE_S = 60.0, 1.0
"""How long servers that are away or busy are waited for, and between two tries."""


@dataclass(frozen=True, slots=True)
class Store:
    """What lasts: documents and stream."""

    documents: Documents
    stream: Stream

    async def close(self) -> None:
        await self.stream.close()
        await self.documents.close()


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways from a process to the actors."""

    search: SearchDoor
    matchers: MatcherDoor
    system: SystemDoor


class _NoActors:
    """All three doors of a process that asks no actor: a command, or an actor itself."""

    async def search(self, request: SearchRequest) -> SearchResult:
        raise Unavailable("search is not reached from here")

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        raise Unavailable("search is not reached from here")

    async def register(self, alert: Alert) -> None:
        raise Unavailable("matchers are not reached from here")

    async def unregister(self, alert_id: str, user_id: str) -> None:
        raise Unavailable("matchers are not reached from here")

    async def near_misses(self, posting: Posting) -> NearMisses:
        raise Unavailable("matchers are not reached from here")

    async def statuses(self) -> Sequence[ActorStatus]:
        return ()


MakeDoors = Callable[[Documents], Doors]
"""Where the actors are is in the store."""


def no_actors(documents: Documents) -> Doors:
    return Doors(_NoActors(), _NoActors(), _NoActors())


# The drivers of the servers are imported where they are used: on a laptop they would cost every
# process memory and time for nothing.


async def when_available(action: Callable[[], Awaitable[T]]) -> T:
    """Do it, again and again for a while where servers do not answer in time. Raises
    Unavailable."""
    loop = asyncio.get_running_loop()
    end = loop.time() + PATIENCE_S
    while True:
        try:
            return await action()
        except Unavailable as error:
            if loop.time() > end:
                raise
            log.warning("waiting for the servers", reason=error.detail)
            await asyncio.sleep(PAUSE_S)


async def open_store(settings: Settings) -> Store:
    """The store, open. Raises Unavailable where it cannot be reached."""
    store = _store(settings)
    await store.stream.open()
    try:
        await store.documents.open()
    except BaseException:
        await store.stream.close()
        raise
    return store


@asynccontextmanager
async def documents_of(settings: Settings) -> AsyncIterator[Documents]:
    """The documents alone, for a moment, to read. Raises Unavailable."""
    documents = _store(settings).documents
    await documents.open()
    try:
        yield documents
    finally:
        await documents.close()


def _store(settings: Settings) -> Store:
    settings.prepare()
    return _embedded(settings) if settings.is_embedded else _on_servers(settings)


def _embedded(settings: Settings) -> Store:
    database = Database(settings.database)
    return Store(
        SqliteDocuments(database), SqliteStream(database, retention_s=_retention(settings))
    )


def _on_servers(settings: Settings) -> Store:
    from backends.documents.mongo import MongoDocuments
    from backends.stream.pulsar import PulsarStream

    stream = PulsarStream(
        settings.stream.url,
        admin_url=settings.stream_admin_url,
        namespace=settings.stream.namespace,
        token=settings.stream.token or None,
        tls_ca=settings.stream.tls_ca or None,
        retention_s=_retention(settings),
    )
    documents = MongoDocuments(settings.documents.url, stream, driver=settings.documents.driver)
    return Store(documents, stream)


def _retention(settings: Settings) -> float:
    return settings.stream.retention_days * DAY_S


def make_cache(settings: Settings) -> Cache:
    if settings.cache.url.startswith(REDIS):
        from backends.cache.redis import RedisCache

        return RedisCache(settings.cache.url)
    return MemoryCache()


def make_files(settings: Settings) -> Files:
    if settings.files.url.startswith(S3):
        from backends.files.s3 import S3Files

        return S3Files(**settings.files.model_dump())
    links = LinkMaker(settings.public_url + LINKS_PATH, settings.secret_key, utc_now)
    return LocalFiles(settings.files_folder, links=links)


async def open_ports(settings: Settings, make_doors: MakeDoors = no_actors) -> Ports:
    """Every port, open. Raises Unavailable where a backend cannot be reached."""
    store, cache, files = await open_store(settings), make_cache(settings), make_files(settings)
    async with AsyncExitStack() as undone:
        for port in (store.stream, store.documents, cache, files):
            undone.push_async_callback(port.close)
        await cache.open()
        await files.open()
        undone.pop_all()
    doors = make_doors(store.documents)
    return Ports(
        documents=store.documents,
        stream=store.stream,
        cache=cache,
        files=files,
        search=doors.search,
        matchers=doors.matchers,
        system=doors.system,
        clock=utc_now,
    )


@asynccontextmanager
async def command_ports(settings: Settings) -> AsyncIterator[Ports]:
    """The ports of a command: no actors; closed at the end."""
    ports = await open_ports(settings)
    try:
        yield ports
    finally:
        for port in (ports.documents, ports.stream, ports.cache, ports.files):
            await port.close()
