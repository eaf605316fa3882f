"""What every job platform offers: how its boards are recognised, asked for and read.

A platform is pure. It says which requests to make and reads the answers; fetching them is somebody
else's. An answer is read by a `Reader`, which is a `Parser` that also knows, once it is closed,
which requests come next: further pages, and single postings whose listing carries no text
(`Pending`), so that only those which are new or changed need to be fetched.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sources.base import Parsed, Parser, broken, charset_of

ANSWER_MAX_BYTES = 64 * 1024 * 1024
"""The largest answer that is kept whole for parsing; what streams has no such limit."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What a platform asks of those who read it.

    `interval_s` is the shortest time between two rounds, `timeout_s` how long one answer may take,
    `concurrency` how many requests one host may have open. One round asks for `pages` answers of
    the list and `details` single postings at most; None: as many as we read at once anyway.
    `attribution` must stand beside each posting, which must link back; `republish` tells whether
    our public feeds may carry them; `robots` whether robots.txt governs (pages made for people, not
    an API made for programs).
    """

    interval_s: int = 300
    timeout_s: float = 30.0
    concurrency: int = 2
    pages: int | None = None
    details: int | None = None
    attribution: str | None = None
    republish: bool = True
    robots: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """One list of postings on a platform: `acme` of `boards.greenhouse.io/acme`.

    `token` is the platform's own name of it, or the address of a feed. `host` tells hosts of one
    platform apart (`api.eu.lever.co`). `company` is whose postings they are, for platforms that do
    not say it in each.
    """

    platform: str
    token: str
    host: str
    company: str


@dataclass(frozen=True, slots=True)
class Request:
    """One GET. `step` is the platform's own word for what the answer is read as; `page` counts
    from 1; `content_type` is what its answer is said to be, once it is there."""

    url: str
    step: str = "list"
    page: int = 1
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str | None = None

    @property
    def charset(self) -> str | None:
        """The encoding that the answer is said to have."""
        return charset_of(self.content_type)


@dataclass(frozen=True, slots=True)
class Pending:
    """A posting that is listed here but has its text elsewhere. As long as `mark` (a date, a hash
    of the listing) is the same, the posting need not be fetched again: for about `believed_s`
    seconds, for the text may change without it; None: it never does."""

    external_id: str
    mark: str
    request: Request
    believed_s: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """What one answer says. `total` is how many postings the board says it has in all; `cut` why
    this is sound but less than the answer has."""

    records: tuple[Parsed, ...] = ()
    pending: tuple[Pending, ...] = ()
    next: tuple[Request, ...] = ()
    total: int | None = None
    cut: str | None = None


class Reader(Parser, Protocol):
    """Reads one answer. `rest` is what it says beyond its records; it is complete once closed."""

    @property
    def rest(self) -> Page: ...


@dataclass(frozen=True, slots=True)
class Platform:
    """`recognise` gives the board that an address belongs to, None where it is none of this
    platform's. `listing` tells what a posting's absence means: of a *complete* list that it is
    closed, of a *window* (the newest, a search) nothing. `secrets` names the credentials it needs;
    `authorise` adds them to a request, and what it returns is neither stored nor logged."""

    name: str
    title: str
    terms: Terms
    listing: Literal["complete", "window"]
    recognise: Callable[[str], Board | None]
    start: Callable[[Board], Request]
    reader: Callable[[Board, Request], Reader]
    secrets: tuple[str, ...] = ()
    authorise: Callable[[Request, Mapping[str, str]], Request] | None = None


class WholeReader:
    """Keeps an answer until it is complete and reads it at once: for the JSON of platforms.

    `read` raises nothing for what the bytes say: what cannot be read is a `broken` record.
    """

    def __init__(self, read: Callable[[bytes], Page]) -> None:
        self._read = read
        self._body = bytearray()
        self._too_long = False
        self._rest = Page()

    @property
    def rest(self) -> Page:
        return self._rest

    def feed(self, data: bytes) -> list[Parsed]:
        if len(self._body) + len(data) > ANSWER_MAX_BYTES:
            self._too_long = True
        elif not self._too_long:
            self._body += data
        return []

    def close(self) -> list[Parsed]:
        if self._too_long:
            return [broken(1, f"an answer of at most {ANSWER_MAX_BYTES} bytes", "a longer one")]
        body, self._body = bytes(self._body), bytearray()
        self._rest = self._read(body)
        return list(self._rest.records)


class StreamReader:
    """A format's own parser as a reader: one answer has it all."""

    rest = Page()

    def __init__(self, parser: Parser) -> None:
        self.feed = parser.feed
        self.close = parser.close
