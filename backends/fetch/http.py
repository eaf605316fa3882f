"""The Fetcher over HTTP: the only file that imports httpx2.

The URL's host is replaced by the address that was resolved and judged; the name goes into the Host
header and, for TLS, into SNI and the certificate check. Connections are not kept: two names on one
address must not share one. Redirects are followed by hand, each as judged as the first request.
Time is counted while we wait for the other side, whatever the reader does in between.
"""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import cache, partial
from typing import TypeVar

import httpx2

from backends.fetch import addresses
from backends.fetch.addresses import Endpoint, Resolve
from backends.fetch.base import Answer, FetchFailed, Wanted
from backends.fetch.encodings import ACCEPTED, IDENTITY, unpacked
from backends.fetch.hosts import Hosts
from backends.fetch.robots import SIZE_MAX, Robots
from models.base import Clock, utc_now

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = (
    "application/json, application/rss+xml, application/atom+xml, application/xml;q=0.9,"
    " text/html;q=0.8, */*;q=0.5"
)
_ADDRESSES_TRIED = 3
_PORT_MAX = 65_535
_SLOW_DOWN = frozenset({429, 503})
PRODUCT = "Jobray"

T = TypeVar("T")

# It would log whole URLs, and some have credentials in them.
logging.getLogger("httpx2").setLevel(logging.WARNING)


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """`size` in bytes, decompressed; `time_s` of waiting for one answer with its redirects. A
    request may want less or more of both. `pause_s` between two requests to one host."""

    size: int = 16 * 1024 * 1024
    time_s: float = 30.0
    connect_s: float = 5.0
    redirects: int = 5
    pause_s: float = 0.0


def user_agent(contact: str) -> str:
    """How we name ourselves to those we ask; `contact` is an address or a page for complaints."""
    return f"{PRODUCT} (+{contact})" if contact else PRODUCT


class HttpFetcher:
    """`allow_private` lets addresses through that are not public: for a laptop and for tests.
    `user_agent` names us and where to complain. `resolve` and `tls` are the system's where none
    are given; a `resolve` of one's own judges addresses itself."""

    def __init__(
        self,
        *,
        user_agent: str = PRODUCT,
        limits: FetchLimits | None = None,
        allow_private: bool = False,
        clock: Clock = utc_now,
        resolve: Resolve | None = None,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._limits = limits or FetchLimits()
        self._user_agent = user_agent
        self._clock = clock
        self._resolve = resolve or partial(addresses.resolve, allow_private=allow_private)
        self._tls = tls
        self._hosts = Hosts(pause_s=self._limits.pause_s, clock=clock)
        self._robots = Robots(self._load_robots, agent=PRODUCT, clock=clock)
        self._client: httpx2.AsyncClient | None = None

    async def open(self) -> None:
        if self._client is not None:
            return
        self._client = httpx2.AsyncClient(
            verify=self._tls or _system_tls(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(None, connect=self._limits.connect_s),
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    @asynccontextmanager
    async def stream(self, wanted: Wanted) -> AsyncIterator[Answer]:
        budget = _Budget(wanted.time_s or self._limits.time_s)
        target = first = _target(wanted.url)
        for _ in range(self._limits.redirects + 1):
            if wanted.robots:
                await self._robots.check(str(target))
            async with self._hosts.turn(_host_of(target), wanted.concurrency):
                headers = self._headers(wanted, own=_host_of(target) == _host_of(first))
                answer = await budget.spend(self._send(target, headers))
                try:
                    if answer.status_code not in _REDIRECTS:
                        yield self._judged(target, answer, budget, wanted.size)
                        return
                finally:
                    await answer.aclose()
            target = _redirected(target, answer)
        raise FetchFailed(f"more than {self._limits.redirects} redirects")

    def _headers(self, wanted: Wanted, *, own: bool) -> dict[str, str]:
        """`own`: it goes to the host that the caller named, who may add headers and conditions."""
        headers = {
            "User-Agent": self._user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": ACCEPTED,
        }
        if own:
            headers |= wanted.headers
        if wanted.etag:
            headers["If-None-Match"] = wanted.etag
        if wanted.last_modified:
            headers["If-Modified-Since"] = wanted.last_modified
        return headers

    async def _send(self, target: httpx2.URL, headers: dict[str, str]) -> httpx2.Response:
        """The answer's head, from the first of the host's addresses that takes a connection."""
        port = target.port or (443 if target.scheme == "https" else 80)
        endpoints = await self._resolve(target.host, port)
        *first, last = endpoints[:_ADDRESSES_TRIED]
        with _told():
            for endpoint in first:
                try:
                    return await self._send_to(endpoint, target, headers)
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    continue
            return await self._send_to(last, target, headers)

    async def _send_to(
        self, endpoint: Endpoint, target: httpx2.URL, headers: dict[str, str]
    ) -> httpx2.Response:
        if self._client is None:
            raise FetchFailed("the fetcher is not open")
        request = self._client.build_request(
            "GET",
            target.copy_with(host=str(endpoint.address), port=endpoint.port),
            headers={**headers, "Host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": target.host},
        )
        return await self._client.send(request, stream=True)

    def _judged(
        self, target: httpx2.URL, answer: httpx2.Response, budget: "_Budget", size: int | None
    ) -> Answer:
        headers, status = answer.headers, answer.status_code
        if status not in (200, 304):
            retry_after_s = _retry_after_s(headers.get("retry-after"), self._clock())
            if status in _SLOW_DOWN and retry_after_s:
                self._hosts.quieten(_host_of(target), retry_after_s)
            raise FetchFailed(
                f"the answer has status {status}", answered=status, retry_after_s=retry_after_s
            )
        unchanged = status == 304
        limit = self._limits.size if size is None else size
        encoding = headers.get("content-encoding", IDENTITY)
        return Answer(
            url=str(target),
            chunks=_nothing() if unchanged else unpacked(_raw(answer, budget), encoding, limit),
            content_type=headers.get("content-type"),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            not_modified=unchanged,
        )

    async def _load_robots(self, url: str) -> bytes:
        """What is beyond SIZE_MAX is not read."""
        body = bytearray()
        async with self.stream(Wanted(url, size=2 * SIZE_MAX)) as answer:
            async for chunk in answer.chunks:
                body += chunk
                if len(body) >= SIZE_MAX:
                    break
        return bytes(body[:SIZE_MAX])


@cache
def _system_tls() -> ssl.SSLContext:
    """Believes whom the system believes; reading that takes some 20 ms."""
    return ssl.create_default_context()


class _Budget:
    """What is left of the time that may be spent waiting for one answer."""

    def __init__(self, time_s: float) -> None:
        self._time_s = self._left_s = time_s

    async def spend(self, waited_for: Awaitable[T]) -> T:
        """Raises FetchFailed when the time is over."""
        loop = asyncio.get_running_loop()
        begun = loop.time()
        try:
            async with asyncio.timeout(self._left_s):
                return await waited_for
        except TimeoutError as error:
            raise FetchFailed(f"no whole answer within {self._time_s:g} s") from error
        finally:
            self._left_s -= loop.time() - begun


async def _nothing() -> AsyncIterator[bytes]:
    return
    yield


async def _raw(answer: httpx2.Response, budget: _Budget) -> AsyncIterator[bytes]:
    pieces = answer.aiter_raw()
    while True:
        with _told():
            piece = await budget.spend(anext(pieces, None))
        if piece is None:
            return
        yield piece


@contextmanager
def _told() -> Iterator[None]:
    """What the driver raises, as FetchFailed."""
    try:
        yield
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise FetchFailed(f"{type(error).__name__}: {error}"[:300]) from error


def _redirected(target: httpx2.URL, answer: httpx2.Response) -> httpx2.URL:
    location = answer.headers.get("location")
    if not location:
        raise FetchFailed(
            f"the answer has status {answer.status_code} and no Location",
            answered=answer.status_code,
        )
    with _told():
        absolute = str(target.join(location))
    return _target(absolute)


def _target(url: str) -> httpx2.URL:
    with _told():
        target = httpx2.URL(url)
    if target.scheme not in ("http", "https") or not target.host:
        raise FetchFailed("only http and https addresses are fetched")
    if target.userinfo:
        raise FetchFailed("an address with a user name or password is not fetched")
    if target.port is not None and target.port > _PORT_MAX:
        raise FetchFailed(f"there is no port {target.port}")
    return target.copy_with(fragment=None)


def _host_of(target: httpx2.URL) -> str:
    """Scheme, name and port: what a credential is for, and whose patience counts."""
    return f"{target.scheme}://{target.netloc.decode('ascii')}"


def _retry_after_s(value: str | None, now: datetime) -> float | None:
    """Seconds, or the time until an HTTP date (RFC 9110, 10.2.3)."""
    if value is None:
        return None
    if value.strip().isdecimal():
        return float(value.strip()[:9])
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds())
    except (ValueError, TypeError):  # no date, or one without a zone
        return None
