"""The Fetcher port: GETs of addresses that somebody else chose, read while they arrive."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from typing import Protocol

from models.errors import DomainError


@dataclass(frozen=True, slots=True)
class Wanted:
    """One GET. With `etag` or `last_modified` of an earlier answer it is conditional.

    `time_s` bounds the waiting for the other side, redirects included, not the reader's own time;
    `size` counts decompressed bytes; None: the fetcher's own limits. `concurrency`: how many
    requests that host may have open meanwhile. `robots`: its robots.txt is obeyed. `headers` may
    carry credentials: they go to the host of `url` only, not where that redirects to.
    """

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    etag: str | None = None
    last_modified: str | None = None
    time_s: float | None = None
    size: int | None = None
    concurrency: int = 2
    robots: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer whose head has come. `url` is the one that answered in the end. `not_modified`: the
    server says that what the caller has is still good, and `chunks` is empty. `chunks` is the
    decompressed body, to be read once; reading raises FetchFailed."""

    url: str
    chunks: AsyncIterator[bytes]
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer."""

    url: str
    body: bytes
    content_type: str | None = None


class FetchFailed(DomainError):
    """No whole answer: refused, unreachable, too slow, too large, or another status than 200.
    `answered` is that status; `retry_after_s` is the server's own wish."""

    slug, status, title = "fetch-failed", 502, "The address could not be fetched"

    def __init__(
        self, detail: str = "", *, answered: int | None = None, retry_after_s: float | None = None
    ) -> None:
        super().__init__(detail, retry_after_s=retry_after_s)
        self.answered = answered


class Disallowed(FetchFailed):
    """The host's robots.txt does not let us ask for this."""


class NotAsked(FetchFailed):
    """The host was not asked: it wants to be left alone for `retry_after_s` from now."""


class Fetcher(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    def stream(self, wanted: Wanted) -> AbstractAsyncContextManager[Answer]:
        """The answer, for as long as the context is open. Follows redirects; waits for its turn at
        the host. Entering it and reading `chunks` raise FetchFailed."""


async def fetch(fetcher: Fetcher, wanted: Wanted) -> Fetched:
    """The whole answer, kept in memory: `wanted.size` is what it may cost. Raises FetchFailed."""
    async with fetcher.stream(wanted) as answer:
        body = b"".join([chunk async for chunk in answer.chunks])
        return Fetched(answer.url, body, answer.content_type)
