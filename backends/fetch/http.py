"""The Fetcher over HTTP: the only file that imports httpx2.

The URL's host is replaced by the address that was resolved and judged; the name goes into the Host
header and, for TLS, into SNI and the certificate check. Connections are not kept: two names on one
address must not share one. Redirects are followed by hand, each as judged as the first request.
The body is decompressed here in bounded steps, so that a small answer cannot grow past the limit.
"""

import asyncio
import ssl
import zlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

import httpx2

from backends.fetch.addresses import Address, resolve
from backends.fetch.base import Fetched, FetchFailed
from models.base import Clock, utc_now

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_ACCEPT = "application/rss+xml, application/atom+xml, application/xml;q=0.9, */*;q=0.5"
_ADDRESSES_TRIED = 3
_PORT_MAX = 65_535
_GZIP_OR_ZLIB = 47
"""zlib's window bits for both containers, told apart by their header."""


@dataclass(frozen=True, slots=True)
class FetchLimits:
    """`size` in bytes, decompressed; `time_s` for the whole fetch with its redirects."""

    size: int = 16 * 1024 * 1024
    time_s: float = 30.0
    connect_s: float = 5.0
    redirects: int = 5


class HttpFetcher:
    """`allow_private` lets addresses through that are not public: for a laptop and for tests.
    `user_agent` names us and where to complain."""

    def __init__(
        self,
        *,
        user_agent: str = "Jobray",
        limits: FetchLimits | None = None,
        allow_private: bool = False,
        clock: Clock = utc_now,
    ) -> None:
        self._limits = limits or FetchLimits()
        self._allow_private = allow_private
        self._user_agent = user_agent
        self._clock = clock
        self._client: httpx2.AsyncClient | None = None

    async def open(self) -> None:
        self._client = httpx2.AsyncClient(
            verify=ssl.create_default_context(),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx2.Timeout(self._limits.time_s, connect=self._limits.connect_s),
            limits=httpx2.Limits(max_connections=100, max_keepalive_connections=0),
        )

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        headers = {
            "User-Agent": self._user_agent,
            "Accept": _ACCEPT,
            "Accept-Encoding": "gzip, deflate",
        }
        if etag:
            headers["If-None-Match"] = etag
        if last_modified:
            headers["If-Modified-Since"] = last_modified
        try:
            async with asyncio.timeout(self._limits.time_s):
                return await self._follow(url, headers)
        except TimeoutError as error:
            raise FetchFailed(f"no whole answer within {self._limits.time_s:g} s") from error
        except (httpx2.HTTPError, httpx2.InvalidURL, zlib.error) as error:
            raise FetchFailed(f"{type(error).__name__}: {error}"[:300]) from error

    async def _follow(self, url: str, headers: dict[str, str]) -> Fetched:
        target = _target(url)
        for _ in range(self._limits.redirects + 1):
            answer = await self._send(target, headers)
            try:
                if answer.status_code not in _REDIRECTS:
                    return await self._read(str(target), answer)
                location = answer.headers.get("location")
            finally:
                await answer.aclose()
            if not location:
                raise FetchFailed(f"the answer has status {answer.status_code} and no Location")
            target = _target(str(target.join(location)))
        raise FetchFailed(f"more than {self._limits.redirects} redirects")

    async def _send(self, target: httpx2.URL, headers: dict[str, str]) -> httpx2.Response:
        """The answer's head, from the first of the host's addresses that takes a connection."""
        port = target.port or (443 if target.scheme == "https" else 80)
        addresses = await resolve(target.host, port, allow_private=self._allow_private)
        *first, last = addresses[:_ADDRESSES_TRIED]
        for address in first:
            try:
                return await self._send_to(address, target, headers)
            except (httpx2.ConnectError, httpx2.ConnectTimeout):
                continue
        return await self._send_to(last, target, headers)

    async def _send_to(
        self, address: Address, target: httpx2.URL, headers: dict[str, str]
    ) -> httpx2.Response:
        if self._client is None:
            raise FetchFailed("the fetcher is not open")
        request = self._client.build_request(
            "GET",
            target.copy_with(host=str(address)),
            headers={**headers, "Host": target.netloc.decode("ascii")},
            extensions={"sni_hostname": target.host},
        )
        return await self._client.send(request, stream=True)

    async def _read(self, url: str, answer: httpx2.Response) -> Fetched:
        headers = answer.headers
        if answer.status_code not in (200, 304):
            raise FetchFailed(
                f"the answer has status {answer.status_code}",
                retry_after_s=_retry_after_s(headers.get("retry-after"), self._clock()),
            )
        unchanged = answer.status_code == 304
        return Fetched(
            url=url,
            body=b"" if unchanged else await self._body(answer),
            content_type=headers.get("content-type"),
            etag=headers.get("etag"),
            last_modified=headers.get("last-modified"),
            not_modified=unchanged,
        )

    async def _body(self, answer: httpx2.Response) -> bytes:
        body = bytearray()
        async for piece in self._decompressed(answer):
            body += piece
            if len(body) > self._limits.size:
                raise FetchFailed(f"the answer is larger than {self._limits.size} bytes")
        return bytes(body)

    async def _decompressed(self, answer: httpx2.Response) -> AsyncIterator[bytes]:
        encoding = answer.headers.get("content-encoding", "identity").strip().lower()
        if encoding == "identity":
            async for raw in answer.aiter_raw():
                yield raw
            return
        if encoding not in ("gzip", "x-gzip", "deflate"):
            raise FetchFailed(f"the answer is encoded as {encoding[:40]}, which was not asked for")
        inflate = zlib.decompressobj(_GZIP_OR_ZLIB)
        async for raw in answer.aiter_raw():
            yield inflate.decompress(raw, self._limits.size + 1)
            if inflate.unconsumed_tail:
                raise FetchFailed(f"the answer is larger than {self._limits.size} bytes")
        if not inflate.eof:
            raise FetchFailed("the compressed answer is cut")


def _target(url: str) -> httpx2.URL:
    target = httpx2.URL(url)
    if target.scheme not in ("http", "https") or not target.host:
        raise FetchFailed("only http and https addresses are fetched")
    if target.userinfo:
        raise FetchFailed("an address with a user name or password is not fetched")
    if target.port is not None and target.port > _PORT_MAX:
        raise FetchFailed(f"there is no port {target.port}")
    return target.copy_with(fragment=None)


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
