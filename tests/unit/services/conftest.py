"""The ports of the use cases: a real store and search index in a temporary folder, simulated time,
doors that remember what they were told."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backends.cache.memory import MemoryCache
from backends.documents.sqlite import SqliteDocuments
from backends.files.local import LocalFiles
from backends.search.memory import MemorySearchIndex
from backends.stream.sqlite import SqliteStream
from models.alert import Alert
from models.events import Event
from models.posting import Posting
from services.ports import ActorStatus, NearMisses, Ports
from tests.databases import new_database


class SimulatedClock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class RememberingMatchers:
    """A matcher door; `fault` is what it raises after it has been told, `missed` what it counts."""

    registered: list[Alert] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)
    fault: Exception | None = None
    missed: NearMisses = field(default_factory=lambda: NearMisses(0, {}))

    async def register(self, alert: Alert) -> None:
        self.registered.append(alert)
        if self.fault:
            raise self.fault

    async def unregister(self, alert_id: str, user_id: str) -> None:
        self.unregistered.append(alert_id)
        if self.fault:
            raise self.fault

    async def near_misses(self, posting: Posting) -> NearMisses:
        return self.missed


class NoActors:
    async def statuses(self) -> Sequence[ActorStatus]:
        return []


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
async def ports(tmp_path: Path, clock: SimulatedClock) -> AsyncIterator[Ports]:
    database = new_database(tmp_path / "jobray.db")
    ports = Ports(
        documents=SqliteDocuments(database),
        stream=SqliteStream(database),
        cache=MemoryCache(),
        files=LocalFiles(tmp_path / "files"),
        search=MemorySearchIndex(),
        matchers=RememberingMatchers(),
        system=NoActors(),
        clock=clock,
    )
    for port in (ports.documents, ports.stream, ports.cache, ports.files):
        await port.open()
    yield ports
    for port in (ports.stream, ports.documents, ports.cache, ports.files):
        await port.close()


@pytest.fixture
def events(ports: Ports) -> Callable[[str], Awaitable[list[Event]]]:
    """`await events(JOB_EVENTS)`: everything the topic holds, in order."""

    async def read(topic: str) -> list[Event]:
        return [delivery.event async for delivery in ports.stream.read(topic)]

    return read
