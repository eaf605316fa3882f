"""A feed that is polled, with its schedule and health; an import of a file, with its progress."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from models.base import Model, Timestamp
from models.errors import FieldError
from models.posting import WebAddress

FEED_INTERVAL_MIN_S = 60
FEED_INTERVAL_MAX_S = 7 * 24 * 3600
REJECTIONS_KEPT = 1_000
"""Rejected records kept with an import; the rest is only counted."""


class Feed(Model):
    """The stored document. It is due when `next_at` has come; `failures` counts those in a row.

    `etag`, `last_modified` and `body_hash` (SHA-256) are of the last answer that was read whole.
    `last_items` and `last_rejected` count the records of that answer.
    """

    id: str
    url: WebAddress
    format: Literal["rss"] = "rss"
    owner_id: str
    interval_s: Annotated[int, Field(ge=FEED_INTERVAL_MIN_S, le=FEED_INTERVAL_MAX_S)]
    created_at: Timestamp
    next_at: Timestamp
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None
    last_ok_at: Timestamp | None = None
    last_items: int = 0
    last_rejected: int = 0
    last_error: str | None = None
    last_error_at: Timestamp | None = None
    failures: int = 0


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
