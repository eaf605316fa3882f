"""The Fetcher over real sockets: what it refuses, where it stops, what it gives back."""

import asyncio
import gzip
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

import pytest

from backends.fetch.addresses import Endpoint, is_public
from backends.fetch.base import Answer, Disallowed, Fetched, FetchFailed, NotAsked, Wanted, fetch
from backends.fetch.http import FetchLimits, HttpFetcher, user_agent

Serve = Callable[[dict[str, bytes]], Awaitable[str]]
LIMITS = FetchLimits(size=10_000, time_s=1.0, redirects=2)
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


async def get(fetcher: HttpFetcher, url: str, **wanted: Any) -> Fetched:
    return await fetch(fetcher, Wanted(url, **wanted))


async def head(fetcher: HttpFetcher, url: str, **wanted: Any) -> Answer:
    """The answer, once its body was read."""
    async with fetcher.stream(Wanted(url, **wanted)) as answer:
        async for _ in answer.chunks:
            pass
    return answer


@asynccontextmanager
async def opened(**options: Any) -> AsyncIterator[HttpFetcher]:
    fetcher = HttpFetcher(**{"limits": LIMITS, **options})
    await fetcher.open()
    try:
        yield fetcher
    finally:
        await fetcher.close()


@pytest.fixture
async def serve() -> AsyncIterator[Serve]:
    """`await serve({"/path": raw answer})` gives the base URL; an empty answer hangs. What it was
    sent is in `seen`."""
    servers: list[asyncio.Server] = []

    async def serving(answers: dict[str, bytes]) -> str:
        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            head = await reader.readuntil(b"\r\n\r\n")
            answer = answers.get(head.split()[1].decode(), http(404))
            if head.split()[1] == b"/echo":
                answer = http(200, head)
            writer.write(answer)
            await writer.drain()
            if not answer:
                await asyncio.sleep(5)
            writer.close()

        server = await asyncio.start_server(handle, "127.0.0.1", 0)
        servers.append(server)
        return f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    yield serving
    for server in servers:
        server.close()


def http(status: int, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


@pytest.fixture
async def fetcher() -> AsyncIterator[HttpFetcher]:
    fetcher = HttpFetcher(limits=LIMITS, allow_private=True, clock=lambda: NOW)
    await fetcher.open()
    yield fetcher
    await fetcher.close()


@pytest.mark.parametrize(
    "address, public",
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("224.0.0.1", False),
        ("240.0.0.1", False),
        ("255.255.255.255", False),
        ("::1", False),
        ("::", False),
        ("fe80::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("::ffff:93.184.216.34", True),
        ("::127.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::5db8:d822", False),
        ("64:ff9b:1::1", False),
        ("2002:7f00:1::", False),
        ("2001:0:1::1", False),
        ("fec0::1", False),
        ("3fff::1", False),
        ("192.88.99.1", False),
    ],
)
def test_public_addresses(address: str, public: bool) -> None:
    assert is_public(ip_address(address)) is public


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "localhost",
        "[::1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::7f00:1]",
    ],
)
async def test_what_is_not_public_is_refused_in_every_form(host: str) -> None:
    async with opened() as fetcher:
        with pytest.raises(FetchFailed, match=r"not public|cannot be resolved|Invalid IPv4"):
            await get(fetcher, f"http://{host}:9/feed")


@pytest.mark.parametrize(
    "url, reason",
    [
        ("ftp://127.0.0.1/", "only http and https"),
        ("file:///etc/passwd", "only http and https"),
        ("http://", "only http and https"),
        ("http://user:pass@127.0.0.1/", "a user name"),
        ("http://127.0.0.1:99999/", "no port 99999"),
        ("http://exa mple/", "InvalidURL|cannot be resolved"),
        ("http://nosuch.invalid/", "cannot be resolved"),
    ],
)
async def test_what_is_no_address(fetcher: HttpFetcher, url: str, reason: str) -> None:
    with pytest.raises(FetchFailed, match=reason):
        await get(fetcher, url)


async def test_a_whole_answer(fetcher: HttpFetcher, serve: Serve) -> None:
    headers = ('ETag: "1"', "Last-Modified: Sat, 21 Nov 2026 09:00:00 GMT", "Content-Type: a/b")
    base = await serve({"/": http(200, b"<rss/>", *headers)})
    found = await head(fetcher, base + "/#fragment")
    assert (found.etag, found.content_type) == ('"1"', "a/b")
    assert found.last_modified == "Sat, 21 Nov 2026 09:00:00 GMT"
    assert (found.url, found.not_modified) == (base + "/", False)
    assert await get(fetcher, base + "/") == Fetched(base + "/", b"<rss/>", "a/b")


async def test_the_request_is_conditional_and_names_the_host(
    fetcher: HttpFetcher, serve: Serve
) -> None:
    base = (await serve({})).replace("127.0.0.1", "localhost")
    sent = (await get(fetcher, base + "/echo", etag='"1"', last_modified="yesterday")).body.lower()
    assert b'if-none-match: "1"' in sent
    assert b"if-modified-since: yesterday" in sent
    assert b"host: " + base.removeprefix("http://").encode() in sent


async def test_not_modified(fetcher: HttpFetcher, serve: Serve) -> None:
    base = await serve({"/": b"HTTP/1.1 304 X\r\n\r\n"})
    found = await head(fetcher, base + "/", etag='"1"')
    assert found.not_modified
    assert (await get(fetcher, base + "/", etag='"1"')).body == b""


@pytest.mark.parametrize("pack, name", [(gzip.compress, "gzip"), (zlib.compress, "deflate")])
async def test_a_compressed_answer(
    fetcher: HttpFetcher, serve: Serve, pack: Callable[[bytes], bytes], name: str
) -> None:
    base = await serve({"/": http(200, pack(b"x" * 9_999), f"Content-Encoding: {name}")})
    assert (await get(fetcher, base + "/")).body == b"x" * 9_999


FAULTS = {
    "large": (http(200, b"x" * 10_001), "larger than 10000 bytes"),
    "bomb": (
        http(200, gzip.compress(b"x" * 50_000_000), "Content-Encoding: gzip"),
        "larger than 10000 bytes",
    ),
    "cut": (http(200, b"x" * 100)[:-50], "RemoteProtocolError"),
    "cut gzip": (
        http(200, gzip.compress(b"hello")[:-9], "Content-Encoding: gzip"),
        "compressed answer is cut",
    ),
    "no gzip": (http(200, b"hello", "Content-Encoding: gzip"), "incorrect header"),
    "brotli": (http(200, b"hello", "Content-Encoding: br"), "encoded as br"),
    "slow": (b"", "no whole answer within 1 s"),
    "no http": (b"SSH-2.0-x\r\n\r\n", "RemoteProtocolError"),
    "error": (http(503), "status 503"),
    "nowhere": (http(302), "no Location"),
    "loop": (http(302, b"", "Location: /loop"), "more than 2 redirects"),
    "other scheme": (http(302, b"", "Location: file:///etc/passwd"), "only http and https"),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_no_whole_answer(fetcher: HttpFetcher, serve: Serve, fault: str) -> None:
    answer, reason = FAULTS[fault]
    base = await serve({"/loop" if fault == "loop" else "/": answer})
    with pytest.raises(FetchFailed, match=reason):
        await get(fetcher, base + ("/loop" if fault == "loop" else "/"))


async def test_redirects_are_followed(fetcher: HttpFetcher, serve: Serve) -> None:
    base = await serve({"/": http(301, b"", "Location: /b"), "/b": http(200, b"here")})
    found = await get(fetcher, base + "/")
    assert (found.body, found.url) == (b"here", base + "/b")


async def test_every_redirect_is_judged(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first hop that is taken for public, and a second that is not."""
    inner = await serve({"/": http(200, b"secret")})
    outer = await serve({"/": http(302, b"", f"Location: {inner}/")})
    judged: list[str] = []

    def public_once(address: object) -> bool:
        judged.append(str(address))
        return len(judged) == 1

    monkeypatch.setattr("backends.fetch.addresses.is_public", public_once)
    async with opened() as fetcher:
        with pytest.raises(FetchFailed, match="not public"):
            await get(fetcher, outer + "/")
    assert judged == ["127.0.0.1", "127.0.0.1"]


@pytest.mark.parametrize(
    "value, expected",
    [
        ("120", 120.0),
        ("Sat, 21 Nov 2026 09:31:00 GMT", 60.0),
        ("soon", None),
        ("Sat, 21 Nov 2020 09:31:00 GMT", 0.0),
    ],
)
async def test_retry_after(
    fetcher: HttpFetcher, serve: Serve, value: str, expected: float | None
) -> None:
    base = await serve({"/": http(429, b"", f"Retry-After: {value}")})
    with pytest.raises(FetchFailed) as failed:
        await get(fetcher, base + "/")
    assert failed.value.retry_after_s == expected


def test_we_say_who_we_are_and_where_to_complain() -> None:
    assert user_agent("ops@example.org") == "Jobray (+ops@example.org)"
    assert user_agent("") == "Jobray"


async def test_headers_of_the_caller_stay_with_the_host_he_named(serve: Serve) -> None:
    inner = await serve({})
    outer = await serve({"/": http(302, b"", f"Location: {inner}/echo")})
    async with opened(allow_private=True, user_agent="Ours") as fetcher:
        own = {"Authorization-Key": "canary", "User-Agent": "me@example.org"}
        sent = (await get(fetcher, outer + "/echo", headers=own)).body
        assert b"canary" in sent
        assert b"me@example.org" in sent
        followed = (await get(fetcher, outer + "/", headers=own)).body
        assert b"canary" not in followed
        assert b"Ours" in followed


async def test_a_name_is_resolved_once_and_that_address_is_asked(serve: Serve) -> None:
    """DNS that answers something public first and something private a moment later."""
    public = await serve({"/": http(200, b"public")})
    private = await serve({"/": http(200, b"secret")})
    answers = [int(base.rpartition(":")[2]) for base in (public, private)]
    asked: list[tuple[str, int]] = []

    async def changing(host: str, port: int) -> list[Endpoint]:
        asked.append((host, port))
        return [Endpoint(ip_address("127.0.0.1"), answers.pop(0))]

    async with opened(resolve=changing) as fetcher:
        assert (await get(fetcher, "http://rebinding.example/")).body == b"public"
    assert asked == [("rebinding.example", 80)]


async def test_the_systems_resolver_is_not_asked_again_for_the_connection(
    serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = await serve({"/": http(200, b"here")})
    port = int(base.rpartition(":")[2])
    loop = asyncio.get_running_loop()
    real, asked = loop.getaddrinfo, Counter[str]()

    async def changing(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        asked[name] += 1
        if name == "rebinding.example":
            return await real("127.0.0.1" if asked[name] == 1 else "10.0.0.1", *args, **options)
        return await real(host, *args, **options)

    monkeypatch.setattr(loop, "getaddrinfo", changing)
    async with opened(allow_private=True) as fetcher:
        assert (await get(fetcher, f"http://rebinding.example:{port}/")).body == b"here"
    assert asked["rebinding.example"] == 1


async def test_only_waiting_for_the_other_side_counts(serve: Serve) -> None:
    base = await serve({"/": http(200, b"x" * 9_000)})
    async with (
        opened(allow_private=True) as fetcher,
        fetcher.stream(Wanted(base + "/", time_s=0.3)) as answer,
    ):
        await asyncio.sleep(0.5)
        assert sum([len(chunk) async for chunk in answer.chunks]) == 9_000


async def test_an_answer_that_drips_is_too_slow_as_a_whole() -> None:
    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(http(200, b"x" * 100)[:-100])
        with suppress(ConnectionError):
            for _ in range(100):
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    async with opened(allow_private=True) as fetcher:
        with pytest.raises(FetchFailed, match=r"no whole answer within 0.4 s"):
            await get(fetcher, url, time_s=0.4)
    server.close()


async def test_a_request_has_its_own_limits(fetcher: HttpFetcher, serve: Serve) -> None:
    base = await serve({"/": http(200, b"x" * 100), "/slow": b""})
    with pytest.raises(FetchFailed, match="larger than 99 bytes"):
        await get(fetcher, base + "/", size=99)
    with pytest.raises(FetchFailed, match=r"within 0.1 s"):
        await get(fetcher, base + "/slow", time_s=0.1)


# Manners


@dataclass
class Busy:
    """A host that remembers how many requests it had open, and when each began."""

    url: str = ""
    open: int = 0
    most: int = 0
    begun: list[float] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    answers: dict[str, bytes] = field(default_factory=dict)


@pytest.fixture
async def busy() -> AsyncIterator[Busy]:
    host = Busy()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        path = (await reader.readuntil(b"\r\n\r\n")).split()[1].decode()
        host.paths.append(path)
        host.begun.append(asyncio.get_running_loop().time())
        host.open += 1
        host.most = max(host.most, host.open)
        await asyncio.sleep(0.02)
        host.open -= 1
        writer.write(host.answers.get(path, http(200, b"here")))
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    yield host
    server.close()


async def test_a_host_has_so_many_requests_open_at_most(busy: Busy) -> None:
    async with opened(allow_private=True) as fetcher:
        await asyncio.gather(*(get(fetcher, busy.url + "/", concurrency=2) for _ in range(8)))
    assert (len(busy.begun), busy.most) == (8, 2)


async def test_requests_to_a_host_have_a_pause_between_them(busy: Busy) -> None:
    limits = FetchLimits(pause_s=0.05)
    async with opened(allow_private=True, limits=limits) as fetcher:
        await asyncio.gather(*(get(fetcher, busy.url + "/", concurrency=9) for _ in range(5)))
    pauses = [later - earlier for earlier, later in zip(busy.begun, busy.begun[1:], strict=False)]
    assert min(pauses) >= 0.03  # as the server sees it, with the noise of a busy machine


async def test_a_host_that_wants_quiet_is_not_asked_by_anybody(busy: Busy) -> None:
    now = [NOW]
    busy.answers["/"] = http(429, b"", "Retry-After: 60")
    async with opened(allow_private=True, clock=lambda: now[0]) as fetcher:
        for path, robots in (("/", False), ("/other", False), ("/third", True)):
            with pytest.raises(FetchFailed) as failed:
                await get(fetcher, busy.url + path, robots=robots)
            assert failed.value.retry_after_s == 60
            assert isinstance(failed.value, NotAsked) is (path != "/")
        assert busy.paths == ["/"]
        now[0] += timedelta(seconds=60)
        assert (await get(fetcher, busy.url + "/other")).body == b"here"
        assert (await get(fetcher, busy.url + "/third", robots=True)).body == b"here"


async def test_robots_are_obeyed_where_that_is_wanted(busy: Busy) -> None:
    rules = b"User-agent: *\nDisallow: /\n\nUser-agent: Jobray\nDisallow: /private\n"
    busy.answers["/robots.txt"] = http(200, rules)
    busy.answers["/moved"] = http(302, b"", "Location: /private/2")
    now = [NOW]
    async with opened(allow_private=True, clock=lambda: now[0]) as fetcher:
        assert (await get(fetcher, busy.url + "/jobs", robots=True)).body == b"here"
        for path in ("/private/1", "/moved"):
            with pytest.raises(Disallowed):
                await get(fetcher, busy.url + path, robots=True)
        assert (await get(fetcher, busy.url + "/private/1")).body == b"here"
        assert busy.paths == ["/robots.txt", "/jobs", "/moved", "/private/1"]
        now[0] += timedelta(hours=24)
        await get(fetcher, busy.url + "/jobs", robots=True)
        assert busy.paths[-2:] == ["/robots.txt", "/jobs"]


@pytest.mark.parametrize(
    "answer, allowed",
    [(http(404), True), (http(403), True), (http(500), False), (http(429), False), (b"", False)],
)
async def test_robots_that_cannot_be_had(busy: Busy, answer: bytes, allowed: bool) -> None:
    busy.answers["/robots.txt"] = answer
    now = [NOW]
    async with opened(allow_private=True, clock=lambda: now[0]) as fetcher:
        if allowed:
            assert (await get(fetcher, busy.url + "/jobs", robots=True)).body == b"here"
            return
        with pytest.raises(FetchFailed, match=r"robots.txt cannot be read") as failed:
            await get(fetcher, busy.url + "/jobs", robots=True)
        assert (failed.value.retry_after_s, busy.paths) == (600, ["/robots.txt"])
        busy.answers["/robots.txt"] = http(200, b"")
        now[0] += timedelta(minutes=10)
        assert (await get(fetcher, busy.url + "/jobs", robots=True)).body == b"here"
