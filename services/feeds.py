"""Feeds: their schedule and health, and one poll of one feed.

The schedule is in the store, so it survives restarts: a feed is due when `next_at` has come. Who
polls it first moves `next_at` on by LEASE under the version it read (the claim), so two pollers
never fetch one feed at once, and a poller that dies leaves the feed due again when the lease ends.

An answer counts only when it was read whole. A failed or cut one, or an HTML page in place of a
feed, is recorded in the feed's health; what could be read of it is taken, nothing is closed, and
the next poll waits longer. An answer that is the same as the last one (304, or the same body, for
few feeds honour conditional requests) is not parsed.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from backends.documents import scan
from backends.documents.base import Document, Insert, Sort
from backends.documents.collections import FEEDS
from backends.documents.filters import Lte
from backends.fetch.base import Fetched, Fetcher, FetchFailed
from models.base import derived_id, timestamp
from models.errors import FieldError, InvalidInput, NotFound, VersionConflict
from models.feed import Feed
from services import imports
from services.imports import Tally
from services.ports import Ports
from sources.base import parse_stream
from sources.detect import Format, make_parser

LEASE = timedelta(minutes=5)
"""How long a poll may take before another poller tries: many times a fetch's own limit."""
BACKOFF_MAX = timedelta(hours=24)
SPREAD = 0.05
"""Part of its interval by which a feed's next poll is put off at random, so that feeds that were
added together do not stay together."""

Chance = Callable[[], float]
"""A random number of [0, 1)."""

_PIECE = 1 << 16

log = structlog.get_logger()


async def add(ports: Ports, url: str, interval_s: int) -> Feed:
    """Poll this URL from now on, every `interval_s` seconds (at least 60). A URL that is polled
    already keeps its state and takes over the interval. Raises InvalidInput."""
    now = ports.clock()
    id_ = derived_id("feed", url)
    try:
        feed = Feed(
            id=id_,
            url=url,
            owner_id=f"feed:{id_}",
            interval_s=interval_s,
            created_at=now,
            next_at=now,
        )
    except ValidationError as error:
        raise InvalidInput(errors=[_fault(fault) for fault in error.errors()]) from error
    if await ports.documents.insert_absent(FEEDS, [Insert(id_, feed.model_dump(mode="json"))]):
        return feed
    return await _with_interval(ports, id_, interval_s)


async def every(ports: Ports) -> AsyncIterator[Feed]:
    """The feeds with their health, by id."""
    async for document in scan.every(ports.documents, FEEDS):
        yield Feed.model_validate(document.body)


async def claim_due(ports: Ports, limit: int) -> list[Document]:
    """Up to `limit` due feeds, longest due first, that are this caller's to poll for LEASE."""
    now = ports.clock()
    due = await ports.documents.find(
        FEEDS, Lte("next_at", timestamp(now)), sort=Sort("next_at"), limit=limit
    )
    claimed = []
    for document in due.items:
        body = {**document.body, "next_at": timestamp(now + LEASE)}
        try:
            claimed.append(
                await ports.documents.replace(
                    FEEDS, document.id, body, expected_version=document.version
                )
            )
        except (NotFound, VersionConflict):
            continue
    return claimed


async def poll(ports: Ports, fetcher: Fetcher, claimed: Document, chance: Chance) -> Feed:
    """Fetch a claimed feed, submit what is new in it, store its health and when it is next due.
    Raises Unavailable when the store cannot be reached: the feed is due again after its lease."""
    feed = Feed.model_validate(claimed.body)
    try:
        fetched = await fetcher.get(feed.url, etag=feed.etag, last_modified=feed.last_modified)
        polled = await _read(ports, feed, fetched, chance)
    except FetchFailed as error:
        polled = _failed(feed, ports.clock(), error.detail, error.retry_after_s, chance)
    try:
        await ports.documents.replace(
            FEEDS, feed.id, polled.model_dump(mode="json"), expected_version=claimed.version
        )
    except (NotFound, VersionConflict):  # removed or changed meanwhile, or the lease was over
        log.info("outcome of a poll dropped", feed_id=feed.id)
    return polled


async def _read(ports: Ports, feed: Feed, fetched: Fetched, chance: Chance) -> Feed:
    digest = hashlib.sha256(fetched.body).hexdigest()
    if fetched.not_modified or digest == feed.body_hash:
        return _succeeded(feed, ports.clock(), chance, _validators(fetched))
    tally = await imports.take_in(
        ports,
        owner_id=feed.owner_id,
        source=feed.id,
        parsed_stream=parse_stream(make_parser(Format(feed.format)), _pieces(fetched.body)),
    )
    if tally.broken is not None:
        fault = tally.broken.errors[0]
        detail = f"line {tally.broken.line}: expected {fault.expected}, got {fault.got}"
        return _failed(feed, ports.clock(), detail, None, chance)
    health = {**_validators(fetched), **_counts(tally), "body_hash": digest}
    return _succeeded(feed, ports.clock(), chance, health)


async def _pieces(body: bytes) -> AsyncIterator[bytes]:
    """The body bit by bit, letting others run in between."""
    for start in range(0, len(body), _PIECE):
        yield body[start : start + _PIECE]
        await asyncio.sleep(0)


def _validators(fetched: Fetched) -> dict[str, Any]:
    given = {"etag": fetched.etag, "last_modified": fetched.last_modified}
    if fetched.not_modified:  # a 304 may leave them out; those of the full answer stay good
        return {name: value for name, value in given.items() if value is not None}
    return given


def _counts(tally: Tally) -> dict[str, int]:
    return {
        "last_items": tally.accepted + tally.rejected_count,
        "last_rejected": tally.rejected_count,
    }


def _succeeded(feed: Feed, now: datetime, chance: Chance, health: dict[str, Any]) -> Feed:
    delay_s = feed.interval_s * (1 + SPREAD * chance())
    update = {
        "next_at": now + timedelta(seconds=delay_s),
        "last_ok_at": now,
        "last_error": None,
        "failures": 0,
    }
    return feed.model_copy(update={**health, **update})


def _failed(
    feed: Feed, now: datetime, detail: str, retry_after_s: float | None, chance: Chance
) -> Feed:
    """Wait twice as long for each failure in a row, half of it at random, at least as long as the
    server asked for, at most BACKOFF_MAX (or one interval, where that is longer)."""
    longest = max(BACKOFF_MAX.total_seconds(), feed.interval_s)
    doubled = feed.interval_s * 2.0 ** min(feed.failures + 1, 20)
    delay_s = min(longest, max(doubled * (0.5 + chance() / 2), retry_after_s or 0.0))
    log.warning("feed failed", feed_id=feed.id, reason=detail, failures=feed.failures + 1)
    update = {
        "next_at": now + timedelta(seconds=delay_s),
        "last_error": detail,
        "last_error_at": now,
        "failures": feed.failures + 1,
    }
    return feed.model_copy(update=update)


async def _with_interval(ports: Ports, id_: str, interval_s: int) -> Feed:
    while True:
        document = await ports.documents.get(FEEDS, id_)
        feed = Feed.model_validate(document.body).model_copy(update={"interval_s": interval_s})
        if document.body["interval_s"] == interval_s:
            return feed
        try:
            await ports.documents.replace(
                FEEDS, id_, feed.model_dump(mode="json"), expected_version=document.version
            )
        except VersionConflict:
            continue
        return feed


def _fault(fault: ErrorDetails) -> FieldError:
    expected = fault["msg"].removeprefix("Input should be ").removeprefix("Value error, ")
    return FieldError(
        pointer=f"/{fault['loc'][0]}", expected=expected, got=str(fault["input"])[:80]
    )
