"""Many postings of one owner come in from one document, and come in only once.

Records are submitted in batches, one after the other: a batch is few writes, and two records of
one external id keep their order. What is in memory is one batch and the parser's one record. A
record without an external id gets one made of all that it says: two vacancies that differ in one
word stay two, and importing a document a second time changes nothing, which also is the way to
complete an import that was interrupted.
"""

from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

import orjson
import structlog

from backends.documents.base import Document
from backends.documents.collections import IMPORTS
from models.base import derived_id
from models.errors import (
    Conflict,
    DomainError,
    DuplicateKey,
    InvalidInput,
    NotFound,
    VersionConflict,
)
from models.feed import REJECTIONS_KEPT, Import, ImportStatus, Rejection
from models.posting import Given
from services.idempotency import still_running
from services.intake import postings
from services.intake.import_keys import Hashed, is_free
from services.intake.records import NO_REQUEST, Origin
from services.ports import Ports
from sources.base import Parsed

BATCH = 250
"""Postings submitted at once: large enough for one durable write to carry many."""
PROGRESS_EVERY = timedelta(seconds=1)
"""How often a running import stores how far it is."""

log = structlog.get_logger()


@dataclass(slots=True)
class Tally:
    """What became of the records so far; `rejected` keeps only the first REJECTIONS_KEPT.
    `broken` is where and why the document could not be read to its end."""

    accepted: int = 0
    unchanged: int = 0
    rejected_count: int = 0
    rejected: list[Rejection] = field(default_factory=list)
    broken: Rejection | None = None

    @property
    def new(self) -> int:
        """Accepted records that were not there before, or say something else now."""
        return self.accepted - self.unchanged

    def reject(self, parsed: Parsed) -> None:
        rejection = Rejection(line=parsed.line, errors=parsed.errors)
        self.rejected_count += 1
        if len(self.rejected) < REJECTIONS_KEPT:
            self.rejected.append(rejection)
        if parsed.broken:
            self.broken = rejection


async def run(
    ports: Ports,
    *,
    owner_id: str,
    source: str,
    parsed_stream: AsyncIterable[Parsed],
    id: str,
    body: Hashed,
    origin: Origin = NO_REQUEST,
) -> Import:
    """Import a document, of which `body` is the source, for its owner; the import as it is at the
    end. Its progress can be read by `id` meanwhile. Raises InvalidInput for a document that cannot
    be read at all, of which nothing is stored; Conflict where this id is of another import that has
    ended or is under way; what the store and the stream raise: what was taken until then stays, and
    the import is *interrupted*. One that was interrupted, or has not moved for `LEASE`, is begun
    anew, and a run before that is still at it raises Conflict."""
    parsed_stream = await _readable(parsed_stream)
    progress = await _Progress.begin(ports, owner_id, source, id)
    try:
        tally = await take_in(
            ports,
            owner_id=owner_id,
            source=source,
            parsed_stream=parsed_stream,
            on_batch=progress.report,
            origin=origin,
        )
    except BaseException:
        with suppress(DomainError):
            await progress.store(ImportStatus.INTERRUPTED)
        log.warning("import interrupted", import_id=id)
        raise
    progress.tally = tally
    status = ImportStatus.BROKEN if tally.broken else ImportStatus.FINISHED
    return await progress.store(status, body_hash=body.hexdigest())


async def read(ports: Ports, *, owner_id: str, id: str) -> Import:
    """An import of this owner. Raises NotFound, also for anybody else's."""
    try:
        body = (await ports.documents.get(IMPORTS, id)).body
    except NotFound:
        body = None
    if body is None or body["owner_id"] != owner_id:
        raise NotFound("there is no such import")
    return Import.from_store(body)


async def take_in(
    ports: Ports,
    *,
    owner_id: str,
    source: str,
    parsed_stream: AsyncIterable[Parsed],
    on_batch: Callable[[Tally], Awaitable[None]] | None = None,
    origin: Origin = NO_REQUEST,
) -> Tally:
    """Submit every record that could be read; `on_batch` is told after each batch."""
    tally = Tally()
    batch: list[Given] = []

    async def submit() -> None:
        began = ports.clock()
        stored = await postings.submit_many(
            ports, owner_id=owner_id, givens=batch, source=source, origin=origin
        )
        tally.accepted += len(stored)
        tally.unchanged += sum(posting.updated_at < began for posting in stored)
        batch.clear()
        if on_batch is not None:
            await on_batch(tally)

    async for parsed in parsed_stream:
        if parsed.given is None:
            tally.reject(parsed)
            continue
        batch.append(identified(parsed.given))
        if len(batch) == BATCH:
            await submit()
    if batch:
        await submit()
    return tally


def identified(given: Given) -> Given:
    """The record with an external id: its own, or one derived from everything it says."""
    if given.external_id is not None:
        return given
    stated = orjson.dumps(
        given.model_dump(mode="json", exclude_none=True), option=orjson.OPT_SORT_KEYS
    )
    return given.model_copy(update={"external_id": derived_id("imported", stated.decode())})


async def _readable(parsed_stream: AsyncIterable[Parsed]) -> AsyncIterator[Parsed]:
    """The same stream. Raises InvalidInput where the document is broken before its first record."""
    stream = aiter(parsed_stream)
    first = await anext(stream, None)
    if first is not None and first.broken:
        (fault,) = first.errors
        detail = (
            f"nothing can be read: line {first.line}: expected {fault.expected}, got {fault.got}"
        )
        raise InvalidInput(detail, errors=first.errors)

    async def whole() -> AsyncIterator[Parsed]:
        if first is not None:
            yield first
        async for parsed in stream:
            yield parsed

    return whole()


class _Progress:
    """The document of one import, written by the one request that runs it."""

    def __init__(self, ports: Ports, begun: Import, document: Document) -> None:
        self._ports = ports
        self._current = begun
        self._version = document.version
        self.tally = Tally()

    @classmethod
    async def begin(cls, ports: Ports, owner_id: str, source: str, id: str) -> "_Progress":
        now = ports.clock()
        begun = Import(id=id, owner_id=owner_id, source=source, created_at=now, updated_at=now)
        body = begun.model_dump(mode="json")
        try:
            document = await ports.documents.insert(IMPORTS, id, body)
        except DuplicateKey:
            stored = await ports.documents.get(IMPORTS, id)
            if stored.body["owner_id"] != owner_id:
                raise
            if not is_free(Import.from_store(stored.body), now):
                raise still_running("import") from None
            try:
                document = await ports.documents.replace(
                    IMPORTS, id, body, expected_version=stored.version
                )
            except VersionConflict as error:
                raise still_running("import") from error
        return cls(ports, begun, document)

    async def report(self, tally: Tally) -> None:
        self.tally = tally
        if self._ports.clock() - self._current.updated_at >= PROGRESS_EVERY:
            await self.store(ImportStatus.RUNNING)

    async def store(self, status: ImportStatus, *, body_hash: str | None = None) -> Import:
        now = self._ports.clock()
        self._current = self._current.model_copy(
            update={
                "status": status,
                "accepted": self.tally.accepted,
                "unchanged": self.tally.unchanged,
                "rejected_count": self.tally.rejected_count,
                "rejected": tuple(self.tally.rejected),
                "updated_at": now,
                "finished_at": None if status is ImportStatus.RUNNING else now,
                "body_hash": body_hash,
            }
        )
        body = self._current.model_dump(mode="json")
        try:
            document = await self._ports.documents.replace(
                IMPORTS, self._current.id, body, expected_version=self._version
            )
        except VersionConflict as error:
            raise Conflict("another request has begun this import anew") from error
        self._version = document.version
        return self._current
