"""What a request must pass before it is parsed: host, rate, size, and whose request it is."""

from dataclasses import replace

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from deployments.address import Addresses
from models.errors import Unavailable

ME = "/api/v1/users/me"
REFRESH = "/api/v1/auth/refresh"
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "host,status",
    [
        ("localhost", 401),
        ("LOCALHOST:8000", 401),
        ("[::1]:8000", 401),
        ("127.0.0.1:1", 401),
        ("evil.example", 400),
        ("localhost.evil.example", 400),
        ("localhost@evil.example", 400),
        ("", 400),
        ("jobs.example.org", 401),
        ("example.org", 400),
        ("evilexample.org", 400),
    ],
)
async def test_only_hosts_of_ours_are_answered(serve, host, status):
    hosts = ("127.0.0.1", "localhost", "::1", "*.example.org")
    async with serve(allowed_hosts=hosts) as client:
        answer = await client.get(ME, headers={"Host": host})
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"


async def test_an_address_has_so_many_requests_a_minute(serve, clock):
    async with serve(rate_limit_per_minute=3) as client:
        statuses = [(await client.get(ME)).status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 429]
        refused = await client.get(ME)
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.headers["retry-after"] == "20"
        assert refused.headers["ratelimit"] == '"address";r=0;t=20'
        assert refused.headers["ratelimit-policy"] == '"address";q=3;w=60'
        clock.advance(20)
        assert (await client.get(ME)).status_code == 401


UNRATED = (
    "/health",
    "/ready",
    "/metrics",
    "/",
    "/jobs/0193f1c0-0000-7000-8000-000000000000",
    "/favicon.ico",
    "/docs",
    "/docs/swagger-ui.css",
    "/openapi.json",
)


@pytest.mark.parametrize("path", UNRATED)
async def test_probes_pages_and_metrics_are_not_counted(serve, path):
    async with serve(rate_limit_per_minute=1) as client:
        for _ in range(3):
            answer = await client.get(path)
            assert (answer.status_code, "ratelimit" in answer.headers) == (200, False)
        assert (await client.get(ME)).status_code == 401
        assert (await client.get(path)).status_code == 200
        assert (await client.get(ME)).status_code == 429


@pytest.mark.parametrize("path", ["/api/v1/nothing", "/mail", "/mail/x.eml", "/unsubscribe"])
async def test_what_costs_work_is_counted(serve, path):
    async with serve(rate_limit_per_minute=1) as client:
        assert (await client.get(path)).status_code != 429
        assert (await client.get(path)).status_code == 429


async def test_a_user_has_so_many_requests_whatever_address_they_come_from(serve, sign_up):
    async with serve() as client:
        headers = await sign_up(client)
    async with serve(rate_limit_per_minute=2, trusted_proxies=("127.0.0.0/8",)) as client:
        statuses = [
            (await client.get(ME, headers={**headers, "X-Forwarded-For": f"9.9.9.{n}"})).status_code
            for n in range(3)
        ]
    assert statuses == [200, 200, 429]


async def test_budgets_are_told_on_every_answer(client, sign_up):
    headers = await sign_up(client)
    answer = await client.get(ME, headers=headers)
    assert '"address";r=' in answer.headers["ratelimit"]
    assert '"user";r=999;t=0' in answer.headers["ratelimit"]


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.7"])
async def test_a_forged_forwarded_header_does_not_reset_the_limit(serve, peer):
    async with serve(peer=(peer, 1234), rate_limit_per_minute=2) as client:
        statuses = [
            (await client.get(ME, headers={"X-Forwarded-For": f"198.51.100.{n}"})).status_code
            for n in range(4)
        ]
    assert statuses == [401, 401, 429, 429]


FORWARDED = [
    # peer, header, trusted networks, client
    ("203.0.113.7", None, (), "203.0.113.7"),
    ("203.0.113.7", "1.1.1.1", (), "203.0.113.7"),
    ("203.0.113.7", "1.1.1.1", ("10.0.0.0/8",), "203.0.113.7"),
    ("10.0.0.2", "1.1.1.1", ("10.0.0.0/8",), "1.1.1.1"),
    ("10.0.0.2", "6.6.6.6, 1.1.1.1", ("10.0.0.0/8",), "1.1.1.1"),
    ("10.0.0.2", "6.6.6.6, 1.1.1.1, 10.0.0.9", ("10.0.0.0/8",), "1.1.1.1"),
    ("10.0.0.2", "10.0.0.3, 10.0.0.9", ("10.0.0.0/8",), "10.0.0.3"),
    ("10.0.0.2", "[2001:db8::1]:4711", ("10.0.0.0/8",), "2001:db8::1"),
    ("10.0.0.2", "1.1.1.1:4711", ("10.0.0.0/8",), "1.1.1.1"),
    ("10.0.0.2", "unknown", ("10.0.0.0/8",), "10.0.0.2"),
    ("127.0.0.1", "1.1.1.1", (), "127.0.0.1"),
    ("127.0.0.1", "6.6.6.6, 1.1.1.1", ("127.0.0.0/8",), "1.1.1.1"),
]


async def seen_by(peer, forwarded, trusted, *, uvicorn, server=None):
    """The address that we find, with or without uvicorn's own middleware before us. `server` is our
    end of the connection: on loopback where the peer is, unless it is given."""
    found = []

    async def app(scope, receive, send):
        found.append(Addresses(trusted).of(scope))

    headers = [] if forwarded is None else [(b"x-forwarded-for", forwarded.encode())]
    own = server or ("127.0.0.1" if peer == "127.0.0.1" else "192.0.2.1")
    scope = {
        "type": "http",
        "headers": headers,
        "client": (peer, 4711),
        "server": (own, 8000),
        "scheme": "http",
    }
    outer = ProxyHeadersMiddleware(app, ["127.0.0.1", "::1"]) if uvicorn else app
    await outer(scope, None, None)
    return found[0]


@pytest.mark.parametrize("uvicorn", [False, True])
@pytest.mark.parametrize("peer,forwarded,trusted,client", FORWARDED)
async def test_whose_request_it_is(peer, forwarded, trusted, client, uvicorn):
    assert await seen_by(peer, forwarded, trusted, uvicorn=uvicorn) == client


_HOPS = st.lists(
    st.sampled_from(
        ["127.0.0.1", "::1", "127.0.0.9", "203.0.113.7", "203.0.113.7:4711", "6.6.6.6", "x", ""]
    ),
    max_size=4,
)


@pytest.mark.parametrize(
    "peer,server,client",
    [
        ("127.0.0.1", "127.0.0.1", "127.0.0.1"),
        ("::1", "::1", "127.0.0.1"),
        ("203.0.113.7", "192.0.2.1", "203.0.113.7"),
        ("2001:db8::7", "2001:db8::1", "2001:db8::7"),
    ],
)
@given(hops=_HOPS)
async def test_without_trusted_proxies_every_client_has_one_budget(peer, server, client, hops):
    forwarded = ", ".join(hops)
    assert await seen_by(peer, forwarded, (), uvicorn=True, server=server) == client


@pytest.mark.parametrize("trusted", [(), ("10.0.0.0/8",)])
async def test_a_stranger_who_names_himself_stays_himself(trusted):
    for forwarded in ("203.0.113.7", "203.0.113.7:4711"):
        found = await seen_by("203.0.113.7", forwarded, trusted, uvicorn=True)
        assert found == "203.0.113.7"


async def test_without_a_peer_the_client_is_unknown():
    assert Addresses(()).of({"headers": [], "client": None, "server": None}) == "unknown"


async def test_a_body_is_refused_by_its_declared_length(serve):
    async with serve(body_limit_bytes=100) as client:
        answer = await client.post(REFRESH, content=b"x" * 101, headers=JSON)
        assert answer.status_code == 413
        assert answer.json()["type"] == "urn:jobray:problem:too-large"
        assert (await client.post(REFRESH, content=b"x" * 100, headers=JSON)).status_code == 400
        assert (
            await client.post(REFRESH, content=b"{}", headers={**JSON, "Content-Length": "-1"})
        ).status_code == 400


@pytest.mark.parametrize(
    "path,content_type",
    [
        (REFRESH, "application/json"),
        ("/api/v1/auth/login/access-token", "application/x-www-form-urlencoded"),
    ],
)
async def test_a_body_without_a_length_is_counted_while_it_comes(serve, path, content_type):
    sent = 0

    async def endless():
        nonlocal sent
        while sent < 1000:
            sent += 1
            yield b"x" * 50

    async with serve(body_limit_bytes=100) as client:
        answer = await client.post(path, content=endless(), headers={"Content-Type": content_type})
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"
    assert sent < 10


async def test_an_import_may_be_larger(serve):
    async with serve(body_limit_bytes=100, import_body_limit_bytes=200) as client:
        for size, status in ((150, {401, 404, 415}), (201, {413})):
            answer = await client.post("/api/v1/jobs/import", content=b"x" * size)
            assert answer.status_code in status


class BrokenCache:
    """A cache nobody reaches."""

    async def take(self, key, *, limit, per_s, cost=1):
        raise Unavailable("no cache")

    async def close(self): ...


async def test_without_a_cache_requests_pass(app, client, ports):
    app.state.ports = replace(ports, cache=BrokenCache())
    with capture_logs() as logs:
        assert (await client.get(ME)).status_code == 401
    assert {line["event"] for line in logs} == {"rate limit not checked"}


@pytest.mark.parametrize(
    "extensions,kind", [({}, "websocket.close"), (None, "websocket.http.response.start")]
)
async def test_a_websocket_is_refused_before_it_opens(app, extensions, kind):
    sent = []

    async def send(message):
        sent.append(message)

    scope = {
        "type": "websocket",
        "path": "/api/v1/notifications/ws",
        "query_string": b"",
        "headers": [(b"host", b"evil.example")],
        "client": ("127.0.0.1", 1),
        "extensions": {"websocket.http.response": {}} if extensions is None else extensions,
    }
    await app(scope, None, send)
    assert sent[0]["type"] == kind
    assert sent[0].get("status", 400) == 400


def below(app, prefix):
    """The application as Serve calls one that it found by this prefix: the path stays whole."""

    async def called(scope, receive, send):
        assert scope["path"].startswith(prefix)
        await app({**scope, "root_path": prefix}, receive, send)

    return httpx2.AsyncClient(transport=httpx2.ASGITransport(called), base_url="http://localhost")


@pytest.mark.parametrize("prefix", ["/api/v1/users", "/api/v1", "/api"])
async def test_a_path_is_the_same_wherever_serve_mounted_the_application(app, prefix):
    async with below(app, prefix) as mounted:
        refused = await mounted.get(ME)
        assert (refused.status_code, refused.json()["instance"]) == (401, ME)
        assert "RateLimit" in refused.headers
        unknown = await mounted.get(prefix + ME)
        assert (unknown.status_code, unknown.json()["instance"]) == (404, prefix + ME)


async def test_an_import_may_be_large_wherever_it_is_mounted(serve):
    async with (
        serve(body_limit_bytes=10, import_body_limit_bytes=20) as client,
        below(client._transport.app, "/api/v1/jobs") as mounted,
    ):
        for path, length, status in (("", 11, 413), ("/import", 11, 401), ("/import", 21, 413)):
            answer = await mounted.post(f"/api/v1/jobs{path}", content=b"x" * length)
            assert answer.status_code == status
