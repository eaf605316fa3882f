"""Administering a Pulsar of several brokers: each sends on to the one that owns the topic."""

import json
import ssl
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from backends.stream.pulsar_admin import PulsarAdmin
from backends.stream.pulsar_places import NOTHING, Place
from models.errors import Unavailable
from servers.pulsar.security import Credentials, credentials

NAMESPACE = "public/events"
PARTITION = "job-events-partition-3"
PARTITION_PATH = f"/admin/v2/persistent/{NAMESPACE}/{PARTITION}/subscription/s"
TOKEN = "the-token"


@dataclass(frozen=True)
class Asked:
    """One request, as a broker saw it."""

    method: str
    path: str
    token: str | None
    content_type: str | None
    body: object


class Broker(ThreadingHTTPServer):
    """A web service that answers 204, or sends every request on to `elsewhere` plus its path."""

    def __init__(self, tls: Credentials | None = None) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.scheme = "https" if tls else "http"
        self.status, self.elsewhere = 204, ""
        self.asked: list[Asked] = []
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(tls.certificate_file, tls.key_file)
            self.socket = context.wrap_socket(self.socket, server_side=True)

    @property
    def url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.server_port}"

    def sends_on(self, elsewhere: str, status: int = 307) -> None:
        self.status, self.elsewhere = status, elsewhere


class _Handler(BaseHTTPRequestHandler):
    server: Broker

    def _answer(self) -> None:
        text = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append(
            Asked(
                self.command,
                self.path,
                self.headers["Authorization"],
                self.headers["Content-Type"],
                json.loads(text) if text else None,
            )
        )
        self.send_response(self.server.status)
        if self.server.elsewhere:
            self.send_header("Location", self.server.elsewhere + self.path)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_GET = do_PUT = do_POST = do_DELETE = _answer

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


Serve = Callable[..., Broker]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Makes brokers, which end with the test."""
    with ExitStack() as stack:
        yield lambda tls=None: stack.enter_context(serving(tls))


@contextmanager
def serving(tls: Credentials | None) -> Iterator[Broker]:
    with Broker(tls) as broker:
        thread = threading.Thread(target=broker.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield broker
        finally:
            broker.shutdown()
            thread.join()


@pytest.fixture
def tls(tmp_path: Path) -> Credentials:
    return credentials(tmp_path / "tls", datetime.now(UTC))


def admin_of(broker: Broker, tls: Credentials | None = None) -> PulsarAdmin:
    return PulsarAdmin(broker.url, NAMESPACE, token=TOKEN, tls_ca=str(tls.ca_file) if tls else None)


def subscribing(admin: PulsarAdmin) -> Awaitable[None]:
    return admin.create_subscription(PARTITION, "s", Place(7, 4))


SUBSCRIBED = Asked(
    "PUT",
    PARTITION_PATH,
    f"Bearer {TOKEN}",
    "application/json",
    {"ledgerId": 7, "entryId": 5, "partitionIndex": -1},
)


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize(
    "verb",
    [
        subscribing,
        lambda admin: admin.create_subscription(PARTITION, "s", NOTHING),
        lambda admin: admin.delete_subscription(PARTITION, "s"),
        lambda admin: admin.create_namespace(retention_minutes=5, retention_mb=-1),
    ],
    ids=["subscribe", "subscribe to all", "forget", "make the namespace"],
)
async def test_a_request_is_repeated_whole_where_a_broker_sends_it(
    serve: Serve, verb: Callable[[PulsarAdmin], Awaitable[None]], status: int
) -> None:
    other, owner = serve(), serve()
    other.sends_on(owner.url, status)
    await verb(admin_of(other))
    assert owner.asked == other.asked
    assert {each.token for each in owner.asked} == {f"Bearer {TOKEN}"}


async def test_the_owner_gets_what_was_asked_first(serve: Serve) -> None:
    other, owner = serve(), serve()
    other.sends_on(owner.url)
    await subscribing(admin_of(other))
    assert owner.asked == [SUBSCRIBED]
    await admin_of(other).delete_subscription(PARTITION, "s")
    assert owner.asked[1].method == "DELETE"
    assert owner.asked[1].path == f"{PARTITION_PATH}?force=true"


async def test_what_the_owner_answers_counts(serve: Serve) -> None:
    other, owner = serve(), serve()
    other.sends_on(owner.url)
    owner.status = 409
    await subscribing(admin_of(other))
    owner.status = 503
    with pytest.raises(Unavailable, match="answered 503"):
        await subscribing(admin_of(other))


async def test_brokers_that_disagree_about_the_owner_are_left(serve: Serve) -> None:
    one, two = serve(), serve()
    one.sends_on(two.url)
    two.sends_on(one.url)
    with pytest.raises(Unavailable, match="answered 307"):
        await subscribing(admin_of(one))
    assert (len(one.asked), len(two.asked)) == (2, 1)


async def test_five_brokers_are_followed_and_no_more(serve: Serve) -> None:
    broker = serve()
    broker.sends_on(f"{broker.url}/further")
    with pytest.raises(Unavailable, match="answered 307"):
        await subscribing(admin_of(broker))
    assert len(broker.asked) == 1 + 5


async def test_brokers_under_tls_are_verified_alike(serve: Serve, tls: Credentials) -> None:
    other, owner = serve(tls), serve(tls)
    other.sends_on(owner.url)
    await subscribing(admin_of(other, tls))
    assert owner.asked == [SUBSCRIBED]


@pytest.mark.parametrize("verb", [subscribing, PulsarAdmin.topics])
async def test_the_token_does_not_leave_tls(
    serve: Serve, tls: Credentials, verb: Callable[[PulsarAdmin], Awaitable[object]]
) -> None:
    broker, plain = serve(tls), serve()
    broker.sends_on(plain.url)
    with pytest.raises(Unavailable, match="answered 307"):
        await verb(admin_of(broker, tls))
    assert plain.asked == []


@pytest.mark.parametrize("status", [301, 302, 303])
async def test_what_is_no_broker_is_not_followed(serve: Serve, status: int) -> None:
    gateway, page = serve(), serve()
    gateway.sends_on(page.url, status)
    with pytest.raises(Unavailable, match=f"answered {status}"):
        await admin_of(gateway).has_topic("job-events")
    assert page.asked == []


async def test_the_proxy_of_the_environment_gets_no_token(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy, broker = serve(), serve()
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", proxy.url)
    await subscribing(admin_of(broker))
    assert proxy.asked == []
    assert broker.asked == [SUBSCRIBED]
