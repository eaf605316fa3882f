"""A write under an Idempotency-Key has one effect and one answer, however often it is sent.

The claim is stored before the action runs, so two copies in flight do not both act; it carries a
lease, so that a crash in between does not block the key for ever. The answer is stored after and
replayed for `KEPT`. Between the two a crash may repeat the action: an action that creates takes
its id from `new_entity_id`, so that the second run meets the first one's document.
(Semantics follow draft-ietf-httpapi-idempotency-key-header-07.)
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from backends.documents.base import Document
from backends.documents.collections import IDEMPOTENCY
from backends.documents.filters import Lte
from models.base import derived_id, new_id, timestamp
from models.errors import (
    Conflict,
    DomainError,
    DuplicateKey,
    FieldError,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from services.ports import Ports

KEPT = timedelta(hours=24)
"""How long an answer is replayed."""
LEASE = timedelta(seconds=30)
"""How long an action may run before a retry takes its key over; a request takes milliseconds."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Stored:
    """An answer as it is sent and replayed; `body` is UTF-8 text (JSON)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


Action = Callable[[], Awaitable[Stored]]


def new_entity_id(kind: str, user_id: str, key: str | None) -> str:
    """The id of what a create makes: with a key always the same one, without a new one."""
    return new_id() if key is None else derived_id(kind, user_id, key)


async def once(
    ports: Ports, *, scope: str, key: str | None, request_hash: str, action: Action
) -> Stored:
    """Run the action, or replay the answer of its first run under this key. `scope` tells apart
    users and routes, `request_hash` two requests under one key.

    Raises InvalidInput where the key came with another request, Conflict (with Retry-After) while
    the first one is still running; whatever the action raises passes on and frees the key.
    """
    if key is None:
        return await action()
    id_ = derived_id("idempotency", scope, key)
    claim = await _claim(ports, id_, request_hash)
    if isinstance(claim, Stored):
        return claim
    try:
        answer = await action()
    except Exception:
        await _release(ports, claim)
        raise
    await _keep(ports, id_, claim, answer)
    return answer


async def forget_expired(ports: Ports, *, limit: int = 500) -> int:
    """Delete up to `limit` answers whose time is over; returns how many there were."""
    over = Lte("expires_at", timestamp(ports.clock()))
    page = await ports.documents.find(IDEMPOTENCY, over, limit=limit)
    for document in page.items:
        await _delete(ports, document)
    return len(page.items)


async def _claim(ports: Ports, id_: str, request_hash: str) -> Document | Stored:
    """The key taken for this request, or the answer that stands under it."""
    now = ports.clock()
    body = {
        "request_hash": request_hash,
        "lease_until": timestamp(now + LEASE),
        "expires_at": timestamp(now + KEPT),
        "answer": None,
    }
    try:
        return await ports.documents.insert(IDEMPOTENCY, id_, body)
    except DuplicateKey:
        pass
    try:
        found = await ports.documents.get(IDEMPOTENCY, id_)
        given_up = await ports.cache.get(_given_up(found)) is not None
        if (answer := _standing(found, request_hash, now, given_up=given_up)) is not None:
            return answer
        return await ports.documents.replace(IDEMPOTENCY, id_, body, expected_version=found.version)
    except (NotFound, VersionConflict) as error:
        raise still_running("request") from error


def _standing(
    found: Document, request_hash: str, now: datetime, *, given_up: bool
) -> Stored | None:
    """The answer to replay, or None where the key is free to be taken over."""
    if found.body["expires_at"] <= timestamp(now):
        return None
    if found.body["request_hash"] != request_hash:
        raise key_reused("request")
    if found.body["answer"] is not None:
        return _replayed(found.body["answer"])
    if found.body["lease_until"] > timestamp(now) and not given_up:
        raise still_running("request")
    return None


def key_reused(what: str) -> InvalidInput:
    """The key came before with another `what`."""
    fault = FieldError(
        parameter="Idempotency-Key",
        expected=f"a new key, or the {what} it was first used for",
        got=f"another {what}",
    )
    return InvalidInput(f"this Idempotency-Key was used for another {what}", errors=[fault])


def still_running(what: str) -> Conflict:
    """The first `what` of this key has no outcome yet."""
    return Conflict(f"the first {what} with this Idempotency-Key is still running", retry_after_s=1)


async def _keep(ports: Ports, id_: str, claim: Document, answer: Stored) -> None:
    """Store the answer. Where that fails the effect stands all the same and has a derived id, so
    the answer is still given: a retry would only do the work again."""
    body = {**claim.body, "answer": _as_body(answer)}
    try:
        await ports.documents.replace(IDEMPOTENCY, id_, body, expected_version=claim.version)
    except DomainError as error:
        log.warning("idempotent answer not kept", reason=error.slug)


async def _release(ports: Ports, claim: Document) -> None:
    try:
        await _delete(ports, claim)
    except DomainError as error:
        # Its lease frees it. Until then a retry should not be told that the first still runs.
        await ports.cache.put(_given_up(claim), b"", ttl_s=LEASE.total_seconds())
        log.warning("idempotency key not released", reason=error.slug)


def _given_up(claim: Document) -> str:
    """Where the cache remembers that whoever holds this claim has ended."""
    return f"idempotency-given-up:{claim.id}:{claim.version}"


async def _delete(ports: Ports, document: Document) -> None:
    """Forget this claim, unless someone took it over or forgot it meanwhile."""
    try:
        await ports.documents.delete(IDEMPOTENCY, document.id, expected_version=document.version)
    except (NotFound, VersionConflict):
        return


def _as_body(answer: Stored) -> dict[str, Any]:
    return {
        "status": answer.status,
        "headers": [list(pair) for pair in answer.headers],
        "body": answer.body.decode(),
    }


def _replayed(body: dict[str, Any]) -> Stored:
    headers = [(name, value) for name, value in body["headers"]]
    return Stored(
        body["status"],
        (*headers, ("Idempotency-Replayed", "true")),
        body["body"].encode(),
    )
