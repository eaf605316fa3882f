"""The application over real adapters in a temporary folder, with doors to no actors.

`app` and `client` are what router tests use; `sign_up(client, role)` gives the headers of a new
person. `serve` makes a client of an application with other settings over the same ports. Time is
simulated: `clock.advance(seconds)`.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from fastapi import FastAPI

from backends.cache.memory import MemoryCache
from backends.documents.sqlite import SqliteDocuments
from backends.files.local import LocalFiles
from backends.search.memory import MemorySearchIndex
from backends.stream.sqlite import SqliteStream
from deployments import live
from deployments.app import make_app
from deployments.settings import EdgeSettings
from models.alert import Alert
from models.posting import Posting
from models.user import Role
from services.people import passwords
from services.ports import ActorStatus, NearMisses, Ports
from tests.databases import new_database
from tests.unit.deployments.connections import Person

SECRET = "a-secret-of-a-test-with-32-bytes-or-more"
PASSWORD = "a long enough passphrase"
SETTINGS = EdgeSettings(
    secret_key=SECRET,
    sign_up_floor_s=0,
    rate_limit_per_minute=1000,
    login_limit_per_minute=1000,
    address_login_limit_per_minute=1000,
    mailbox_open=True,
)
Client = httpx2.AsyncClient
Headers = dict[str, str]
SignUp = Callable[..., Awaitable[Headers]]
Serve = Callable[..., AbstractAsyncContextManager[Client]]


class SimulatedClock:
    """Stands still until it is told to go on."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class NoMatchers:
    """A matcher door behind which nobody matches; it remembers what it was told, and tells the
    near misses it was given."""

    registered: list[Alert] = field(default_factory=list)
    unregistered: list[str] = field(default_factory=list)
    missed: NearMisses = field(default_factory=lambda: NearMisses(0, {}))

    async def register(self, alert: Alert) -> None:
        self.registered.append(alert)

    async def unregister(self, alert_id: str, user_id: str) -> None:
        self.unregistered.append(alert_id)

    async def near_misses(self, posting: Posting) -> NearMisses:
        return self.missed


@dataclass
class GivenSystem:
    """A system door that tells the statuses it was given."""

    actors: list[ActorStatus] = field(
        default_factory=lambda: [ActorStatus("matcher:0", "serving", "", {}, {})]
    )

    async def statuses(self) -> Sequence[ActorStatus]:
        return self.actors


@pytest.fixture(scope="module", autouse=True)
def quick_hashes() -> Iterator[None]:
    """Argon2 at its least cost: a thousand passwords are hashed here, each for 26 ms at the cost
    that is meant. That cost is asserted in tests/unit/services/people/test_passwords.py."""
    least = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(passwords, "_HASHER", least)
        passwords._nobodys_hash.cache_clear()
        yield
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(scope="session", autouse=True)
def no_trio() -> Iterator[None]:
    """Where the package sniffio is not installed, the client would look for it anew on the whole
    path of modules at each request, to learn whether trio runs; here asyncio does."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("httpx2._transports.asgi.is_running_trio", lambda: False)
        yield


@pytest.fixture
def clock() -> SimulatedClock:
    return SimulatedClock()


@pytest.fixture
def ports(tmp_path: Path, clock: SimulatedClock) -> Ports:
    """Not open yet: the application opens and closes them. `ports.search` is a whole index."""
    database = new_database(tmp_path / "jobray.db")
    return Ports(
        documents=SqliteDocuments(database),
        stream=SqliteStream(database),
        cache=MemoryCache(lambda: clock().timestamp()),
        files=LocalFiles(tmp_path / "files"),
        search=MemorySearchIndex(),
        matchers=NoMatchers(),
        system=GivenSystem(),
        clock=clock,
    )


async def _opened(ports: Ports) -> Ports:
    for port in (ports.documents, ports.stream, ports.cache, ports.files):
        await port.open()
    return ports


@pytest.fixture
def settings() -> EdgeSettings:
    """Override in a test module to change what `app` is told."""
    return SETTINGS


@pytest.fixture
def serve(ports: Ports) -> Serve:
    """`async with serve(rate_limit_per_minute=2) as client`: the same ports, other settings."""

    @asynccontextmanager
    async def serving(
        peer: tuple[str, int] = ("127.0.0.1", 50000), **changed: Any
    ) -> AsyncIterator[Client]:
        settings = EdgeSettings.model_validate({**SETTINGS.model_dump(), **changed})
        app = make_app(lambda: _opened(ports), settings)
        async with app.router.lifespan_context(app), _client_of(app, peer) as client:
            yield client

    return serving


@pytest.fixture
async def app(ports: Ports, settings: EdgeSettings) -> AsyncIterator[FastAPI]:
    app = make_app(lambda: _opened(ports), settings)
    async with app.router.lifespan_context(app):
        yield app


@pytest.fixture
async def client(app: FastAPI) -> AsyncIterator[Client]:
    async with _client_of(app) as client:
        yield client


def _client_of(app: FastAPI, peer: tuple[str, int] = ("127.0.0.1", 50000)) -> Client:
    transport = httpx2.ASGITransport(app, raise_app_exceptions=False, client=peer)
    return Client(transport=transport, base_url="http://localhost")


@pytest.fixture
def sign_up() -> SignUp:
    """`await sign_up(client, Role.EMPLOYER)`: headers of a new person, signed in."""
    numbers = count(1)

    async def signed_up(
        client: Client, role: Role | str = Role.SEEKER, email: str | None = None
    ) -> Headers:
        email = email or f"person{next(numbers)}@example.org"
        person = {"email": email, "name": "A Person", "password": PASSWORD, "role": str(role)}
        registered = await client.post("/api/v1/auth/register", json=person)
        assert registered.status_code == 201, registered.text
        form = {"username": email, "password": PASSWORD}
        granted = await client.post("/api/v1/auth/login/access-token", data=form)
        assert granted.status_code == 200, granted.text
        return {"Authorization": f"Bearer {granted.json()['access_token']}"}

    return signed_up


@pytest.fixture
async def ada(client: Client, sign_up: SignUp) -> Person:
    headers = await sign_up(client)
    me = (await client.get("/api/v1/users/me", headers=headers)).json()
    return Person(me["id"], headers)


@pytest.fixture
def fast_heartbeat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.05)
