"""A feed that is polled, with its schedule and health, and what it said of each posting; an import
of a file, with its progress."""

from enum import StrEnum
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import Field, model_validator

from models.base import Model, Timestamp
from models.errors import FieldError
from models.posting import WebAddress

FEED_INTERVAL_MIN_S = 60
FEED_INTERVAL_MAX_S = 7 * 24 * 3600
COUNTS_KEPT = 10
"""Whole rounds whose numbers of postings tell what is usual."""
REJECTIONS_KEPT = 1_000
"""Rejected records kept with an import; the rest is only counted."""


class Lease(Model):
    """Who polls a feed at this moment. `by_hand`: because a person asked for it."""

    id: str
    by_hand: bool = False


class Drop(Model):
    """A round that had far fewer postings than usual, and was not believed."""

    items: int
    usual: int
    at: Timestamp


class BelievedDrop(Drop):
    """One that the next round confirmed, at `at`: so many of its postings were `closed` then."""

    closed: int


class Feed(Model):
    """The stored document: a board of a platform (`platform`, `token`, `host`) that is polled.

    It is due when `next_at` has come, which for a paused feed is never. While it is polled, `lease`
    says by whom, and `next_at` is when that ends. `by_hand`: a person wants a round, and believes
    what it says. `owner_id` is whose its postings are, `added_by` the person who may manage it
    (None: the operator).

    `failures` counts those in a row. `etag`, `last_modified` and `body_hash` (SHA-256) are of the
    last answer that was read whole; `last_items` and `last_rejected` count its postings. `counts`
    are those of the last whole rounds, `drop` one that waits to be confirmed, `believed_drop` one
    that was, until the postings are back or a person asks for a round. `notice` says what the last
    round, which did not fail, has not read. `nameless` counts the records of the last whole round
    that did not say whose they are, `strangers` those of them that were there while no posting was
    missing. `position` is which of the answers that the first one leads to is read next, where one
    round does not read them all. `not_before`: the round after the next one waits until then, for
    the board was asked out of turn to be shown to a person. `quiet_until`: nobody asks its host
    before, for that wanted to be left alone.
    """

    id: str
    url: WebAddress
    platform: str
    token: str
    host: str
    company: str = ""
    name: str
    owner_id: str
    added_by: str | None = None
    interval_s: Annotated[int, Field(ge=FEED_INTERVAL_MIN_S, le=FEED_INTERVAL_MAX_S)]
    attribution: str | None = None
    republish: bool = True
    created_at: Timestamp
    next_at: Timestamp
    lease: Lease | None = None
    paused: bool = False
    by_hand: bool = False
    removed_at: Timestamp | None = None
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_ok_at: Timestamp | None = None
    last_items: int = 0
    last_rejected: int = 0
    counts: tuple[int, ...] = ()
    drop: Drop | None = None
    believed_drop: BelievedDrop | None = None
    notice: str | None = None
    nameless: int = 0
    strangers: int = 0
    position: int = 0
    not_before: Timestamp | None = None
    quiet_until: Timestamp | None = None
    last_error: str | None = None
    last_error_at: Timestamp | None = None
    failures: int = 0

    @model_validator(mode="before")
    @classmethod
    def _former_shape(cls, stored: Any) -> Any:
        """Feeds of before there were platforms: RSS, and nothing but their address."""
        if not isinstance(stored, dict) or "format" not in stored:
            return stored
        kept = {name: value for name, value in stored.items() if name != "format"}
        url = str(kept["url"])
        return {
            "platform": "rss",
            "token": url,
            "host": urlsplit(url).netloc.lower(),
            "name": url,
            **kept,
        }


class FeedItem(Model):
    """What a feed said last of one posting, by the feed's own id of it.

    `digest` is of everything it said, `mark` is what tells whether its own page has changed,
    `asked_at` when that was read last. `holds` are the ids of the postings that stand on a page
    which is not just one posting; such a page is an item of its own, without `digest` and
    `posting_id`, and without a `mark` where it is to be read again; `faults` counts how often in a
    row it could not be. `missed` counts the whole rounds in a row that were without it; `unread`:
    they are not counted, for it may be one of the records whose identity could not be read;
    `closed` once it was missed too often.
    """

    id: str
    feed_id: str
    external_id: str
    digest: str | None = None
    mark: str | None = None
    posting_id: str | None = None
    asked_at: Timestamp | None = None
    holds: tuple[str, ...] = ()
    faults: int = 0
    missed: int = 0
    unread: bool = False
    closed: bool = False
    updated_at: Timestamp


class ImportStatus(StrEnum):
    """`finished`: read to its end; `broken`: unreadable from some line on, what came before it was
    taken; `interrupted`: the sender or the store went away; importing again completes it."""

    RUNNING = "running"
    FINISHED = "finished"
    BROKEN = "broken"
    INTERRUPTED = "interrupted"


class Rejection(Model):
    """One record that was not taken. `line` is the 1-based line where it begins."""

    line: int
    errors: tuple[FieldError, ...]


class Import(Model):
    """The stored document. `accepted` counts the records that are stored now, of which
    `unchanged` were stored before with the same content. `body_hash` (SHA-256) is of the document,
    set where it came whole: it tells whether a later one under the same key is the same."""

    id: str
    owner_id: str
    source: str
    status: ImportStatus = ImportStatus.RUNNING
    accepted: int = 0
    unchanged: int = 0
    rejected_count: int = 0
    rejected: Annotated[tuple[Rejection, ...], Field(max_length=REJECTIONS_KEPT)] = ()
    created_at: Timestamp
    updated_at: Timestamp
    finished_at: Timestamp | None = None
    body_hash: str | None = None
