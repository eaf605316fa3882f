"""The Fetcher over real sockets: what it refuses, where it stops, what it gives back."""

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from ipaddress import ip_address

import pytest

from backends.fetch.addresses import is_public
from backends.fetch.base import FetchFailed
from backends.fetch.http import FetchLimits, HttpFetcher

Serve = Callable[[dict[str, bytes]], Awaitable[str]]
LIMITS = FetchLimits(size=10_000, time_s=1.0, redirects=2)
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)


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
    fetcher = HttpFetcher(limits=LIMITS)
    await fetcher.open()
    with pytest.raises(FetchFailed, match=r"not public|cannot be resolved|Invalid IPv4"):
        await fetcher.get(f"http://{host}:9/feed")
    await fetcher.close()


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
        await fetcher.get(url)


async def test_a_whole_answer(fetcher: HttpFetcher, serve: Serve) -> None:
    headers = ('ETag: "1"', "Last-Modified: Sat, 21 Nov 2026 09:00:00 GMT", "Content-Type: a/b")
    base = await serve({"/": http(200, b"<rss/>", *headers)})
    found = await fetcher.get(base + "/#fragment")
    assert (found.body, found.etag, found.content_type) == (b"<rss/>", '"1"', "a/b")
    assert found.last_modified == "Sat, 21 Nov 2026 09:00:00 GMT"
    assert (found.url, found.not_modified) == (base + "/", False)


async def test_the_request_is_conditional_and_names_the_host(
    fetcher: HttpFetcher, serve: Serve
) -> None:
    base = (await serve({})).replace("127.0.0.1", "localhost")
    sent = (await fetcher.get(base + "/echo", etag='"1"', last_modified="yesterday")).body.lower()
    assert b'if-none-match: "1"' in sent
    assert b"if-modified-since: yesterday" in sent
    assert b"host: " + base.removeprefix("http://").encode() in sent


async def test_not_modified(fetcher: HttpFetcher, serve: Serve) -> None:
    base = await serve({"/": b"HTTP/1.1 304 X\r\n\r\n"})
    found = await fetcher.get(base + "/", etag='"1"')
    assert (found.not_modified, found.body) == (True, b"")


@pytest.mark.parametrize("pack, name", [(gzip.compress, "gzip"), (zlib.compress, "deflate")])
async def test_a_compressed_answer(
    fetcher: HttpFetcher, serve: Serve, pack: Callable[[bytes], bytes], name: str
) -> None:
    base = await serve({"/": http(200, pack(b"x" * 9_999), f"Content-Encoding: {name}")})
    assert (await fetcher.get(base + "/")).body == b"x" * 9_999


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
        await fetcher.get(base + ("/loop" if fault == "loop" else "/"))


async def test_redirects_are_followed(fetcher: HttpFetcher, serve: Serve) -> None:
    base = await serve({"/": http(301, b"", "Location: /b"), "/b": http(200, b"here")})
    found = await fetcher.get(base + "/")
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
    fetcher = HttpFetcher(limits=LIMITS)
    await fetcher.open()
    with pytest.raises(FetchFailed, match="not public"):
        await fetcher.get(outer + "/")
    assert judged == ["127.0.0.1", "127.0.0.1"]
    await fetcher.close()


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
        await fetcher.get(base + "/")
    assert failed.value.retry_after_s == expected
