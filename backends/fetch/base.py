"""The Fetcher port: one GET of an address that somebody else chose."""

from dataclasses import dataclass
from typing import Protocol

from models.errors import DomainError


@dataclass(frozen=True, slots=True)
class Fetched:
    """A whole answer. `not_modified`: the server says that what the caller has is still good, and
    `body` is empty. `body` is decompressed; `url` is the one that answered in the end."""

    url: str
    body: bytes
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    not_modified: bool = False


class FetchFailed(DomainError):
    """No whole answer: refused, unreachable, too slow, too large, or another status than 200.
    `retry_after_s` is the server's own wish."""

    slug, status, title = "fetch-failed", 502, "The address could not be fetched"


class Fetcher(Protocol):
    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def get(
        self, url: str, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Follows redirects. With `etag` or `last_modified` of an earlier answer the request is
        conditional. Raises FetchFailed."""
