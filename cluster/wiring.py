"""Which adapter stands behind each port, chosen by the settings. Nothing else knows.

A process opens one embedded database and shares it between documents and stream.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from backends.cache.base import Cache
from backends.cache.memory import MemoryCache
from backends.channels.base import Channel
from backends.channels.email import SmtpMail
from backends.channels.kept import KeptMail
from backends.documents.base import Documents
from backends.documents.sqlite import SqliteDocuments
from backends.files.base import Files
from backends.files.local import LocalFiles
from backends.search.base import SearchRequest, SearchResult
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream
from cluster.settings import Settings
from deployments.settings import EdgeSettings
from models.alert import Alert, ChannelName
from models.base import utc_now
from models.errors import Unavailable
from services.ports import ActorStatus, MatcherDoor, Ports, SearchDoor, SystemDoor

DAY_S = 24 * 3600.0


@dataclass(frozen=True, slots=True)
class Store:
    """What lasts: documents and stream."""

    documents: Documents
    stream: Stream


class NoActors:
    """All three doors of a process that is outside of the running system, as a command is."""

    async def search(self, request: SearchRequest) -> SearchResult:
        raise Unavailable("search runs inside the system")

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        raise Unavailable("search runs inside the system")

    async def register(self, alert: Alert) -> None:
        raise Unavailable("matchers run inside the system")

    async def unregister(self, alert_id: str, user_id: str) -> None:
        raise Unavailable("matchers run inside the system")

    async def statuses(self) -> Sequence[ActorStatus]:
        return ()


@asynccontextmanager
async def open_command_ports(settings: Settings) -> AsyncIterator[Ports]:
    """The ports of a command: store, cache and files, no actors; closed at the end."""
    outside = NoActors()
    ports = await open_ports(settings, search=outside, matchers=outside, system=outside)
    try:
        yield ports
    finally:
        for port in (ports.stream, ports.documents, ports.cache, ports.files):
            await port.close()


def make_store(settings: Settings) -> Store:
    settings.prepare()
    database = Database(settings.database)
    retention_s = settings.stream.retention_days * DAY_S
    return Store(SqliteDocuments(database), SqliteStream(database, retention_s=retention_s))


def make_cache() -> Cache:
    return MemoryCache()


def make_files(settings: Settings) -> Files:
    return LocalFiles(settings.files_folder)


async def make_channels(settings: Settings) -> dict[ChannelName, Channel]:
    """The outer channels, for the notifier to open; in-app is the notification itself."""
    sender, url = settings.smtp.sender, settings.smtp.url
    if url:
        return {ChannelName.EMAIL: SmtpMail(url, sender=sender, clock=utc_now)}
    files = make_files(settings)
    await files.open()
    return {ChannelName.EMAIL: KeptMail(files, sender=sender, clock=utc_now)}


async def open_ports(
    settings: Settings, *, search: SearchDoor, matchers: MatcherDoor, system: SystemDoor
) -> Ports:
    """Every port, open. Raises Unavailable where a backend cannot be reached."""
    store, cache, files = make_store(settings), make_cache(), make_files(settings)
    for port in (store.documents, store.stream, cache, files):
        await port.open()
    return Ports(
        documents=store.documents,
        stream=store.stream,
        cache=cache,
        files=files,
        search=search,
        matchers=matchers,
        system=system,
        clock=utc_now,
    )


def edge_settings(settings: Settings) -> EdgeSettings:
    """What the HTTP edge is told."""
    return EdgeSettings(
        secret_key=settings.secret_key,
        previous_secret_key=settings.secret.previous_key or None,
        rate_limit_per_minute=settings.rate.limit_per_minute,
        # Who lets an address do more expects more people behind it.
        address_login_limit_per_minute=max(10, settings.rate.limit_per_minute // 6),
        allowed_hosts=_hosts(settings),
        cors_origins=settings.http.cors_origins,
        trusted_proxies=settings.http.trusted_proxies,
        public_url=settings.public_url,
        hsts=settings.public_url.startswith("https://"),
        mailbox_open=not settings.smtp.url,
        require_verified_employers=settings.require.verified_employers,
    )


def _hosts(settings: Settings) -> tuple[str, ...]:
    public = urlsplit(settings.public_url).hostname
    return (*settings.http.allowed_hosts, *((public,) if public else ()))
