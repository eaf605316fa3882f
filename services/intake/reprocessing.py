"""Stored postings are derived anew where the code has newer parsers than those that saw them.

A run goes through the postings page by page, in the order of their ids. Its position is in the
store, written after each page, so that it goes on where it was after a restart; a page that is done
twice changes nothing the second time, and so do two who work on one run. A posting that somebody
else writes meanwhile is read again. One that cannot be derived is counted and left as it is.
"""

import asyncio
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

import structlog
from pydantic import ValidationError

from backends.documents.base import Body, Document, Documents, Page
from backends.documents.collections import POSTINGS, REPROCESSING
from backends.documents.filters import In
from models.errors import (
    Conflict,
    DuplicateKey,
    FieldError,
    InvalidInput,
    NotFound,
    Unavailable,
    VersionConflict,
)
from models.posting import Posting
from models.reprocessing import Cause, Run
from processing.derive import Derivation, derive
from processing.versions import PARSERS
from services.clusters import clustering
from services.intake.records import WRITE_TRIES, body_of, contended
from services.intake.rederiving import SETTLED, change_of, day_of
from services.ports import Ports

PAGE = 50
"""Postings between two writes of the position: what a restart does again."""

Derive = Callable[..., Derivation]

_STORED = In("status", tuple(status.value for status in SETTLED))

log = structlog.get_logger()


class Outcome(StrEnum):
    """What became of one posting."""

    CURRENT = "current"
    SAME = "same"
    CHANGED = "changed"
    DOUBTED = "doubted"
    FAILED = "failed"


async def runs(documents: Documents) -> dict[Cause, Run]:
    """The last run of each cause, finished or under way. Raises Unavailable."""
    found = await documents.get_many(REPROCESSING, [cause.value for cause in Cause])
    return {Cause(id_): Run.from_store(document.body) for id_, document in found.items()}


async def ask(ports: Ports, *, parser: str | None, everything: bool) -> Run:
    """Begin a run at an operator's wish, or find the one under way that does the same. Raises
    InvalidInput for a parser that there is not; Conflict where another one is under way."""
    if parser is not None and parser not in PARSERS:
        known = ", ".join(sorted(PARSERS))
        fault = FieldError(parameter="parser", expected=f"one of {known}", got=parser[:80])
        raise InvalidInput("there is no such parser", errors=[fault])
    before = await _stored(ports, Cause.ASKED)
    wish = await _begun(ports, Cause.ASKED, dict(PARSERS), parser, everything)
    run = Run.from_store(before.body) if before is not None else None
    if run is None or run.finished_at is not None:
        run = await _store(ports, before, wish)
    if not run.same_wish(wish):
        raise Conflict("another run is under way; wait for its end")
    return run


async def due(ports: Ports) -> Run | None:
    """The run to work on: that of an operator, else that for the newer parsers, which begins here
    where the code has some; None where there is nothing to do."""
    found = await runs(ports.documents)
    for run in (found.get(Cause.ASKED), found.get(Cause.NEWER_PARSERS)):
        if run is not None and run.finished_at is None and not _is_older(PARSERS, run.parsers):
            return run
    last = found.get(Cause.NEWER_PARSERS)
    if last is not None and not _is_older(last.parsers, PARSERS):
        return None  # also where this code is the older one, as in an upgrade that is going on
    run = await _begun(ports, Cause.NEWER_PARSERS, dict(PARSERS), None, False)
    return await _store(ports, await _stored(ports, Cause.NEWER_PARSERS), run)


async def work(ports: Ports, run: Run, *, derive: Derive = derive, size: int = PAGE) -> Run:
    """Do the run's next page; the run as it is then. Raises Unavailable."""
    page = await _page(ports, run, size)
    outcomes = [await _one(ports, document, run, derive) for document in page.items]
    count = {each: outcomes.count(each) for each in Outcome}
    now = ports.clock()
    after = run.model_copy(
        update={
            "after": page.after,
            "seen": run.seen + len(outcomes),
            "derived": run.derived + len(outcomes) - count[Outcome.CURRENT],
            "changed": run.changed + count[Outcome.CHANGED] + count[Outcome.DOUBTED],
            "doubted": run.doubted + count[Outcome.DOUBTED],
            "failed": run.failed + count[Outcome.FAILED],
            "updated_at": now,
            "finished_at": now if page.after is None else None,
        }
    )
    return await _store(ports, await _stored(ports, run.cause), after, before=run)


def is_outdated(derived: Body | None, run: Run) -> bool:
    """Whether the run derives a posting anew of which this is stored."""
    if derived is None:
        return False  # it was closed before it was ever processed
    seen: Mapping[str, int] = derived.get("parsers", {})
    if run.parser is not None:
        return seen.get(run.parser, 0) < run.parsers[run.parser]
    return run.everything or _is_older(seen, run.parsers)


def _is_older(seen: Mapping[str, int], parsers: Mapping[str, int]) -> bool:
    return any(seen.get(name, 0) < number for name, number in parsers.items())


async def _begun(
    ports: Ports, cause: Cause, parsers: dict[str, int], parser: str | None, everything: bool
) -> Run:
    now = ports.clock()
    return Run(
        cause=cause,
        parsers=parsers,
        parser=parser,
        everything=everything,
        total=await ports.documents.count(POSTINGS, _STORED),
        started_at=now,
        updated_at=now,
    )


async def _page(ports: Ports, run: Run, size: int) -> Page:
    try:
        return await ports.documents.find(POSTINGS, _STORED, limit=size, after=run.after)
    except InvalidInput:
        # A cursor of another version of the store's: what was done already is not done again.
        return await ports.documents.find(POSTINGS, _STORED, limit=size)


async def _one(ports: Ports, document: Document, run: Run, derive: Derive) -> Outcome:
    """Bring one posting up to date; whatever is wrong with it stays its own affair."""
    if not is_outdated(document.body.get("derived"), run):
        return Outcome.CURRENT
    try:
        return await _rederive(ports, document, derive)
    except Unavailable:
        raise
    except NotFound:
        return Outcome.CURRENT
    except Exception as error:
        log.error("posting not reprocessed", posting_id=document.id, error=_kind(error))
        return Outcome.FAILED


async def _rederive(ports: Ports, document: Document, derive: Derive) -> Outcome:
    for _ in range(WRITE_TRIES):
        stored = Posting.from_store(document.body)
        if stored.status not in SETTLED:
            return Outcome.CURRENT
        derivation = await asyncio.to_thread(derive, stored.given, today=day_of(stored))
        change = change_of(stored, derivation, ports.clock())
        if change is None:
            return Outcome.SAME
        if change.is_news and stored.cluster_id is not None:
            # It stays in its cluster; later copies recognise it by what is known of it now.
            await clustering.place(ports.documents, [(stored, derivation.derived)])
        try:
            await ports.documents.replace(
                POSTINGS,
                stored.id,
                body_of(change.posting),
                expected_version=document.version,
                events=change.events,
            )
        except VersionConflict:
            document = await ports.documents.get(POSTINGS, document.id)
            continue
        if change.is_doubted:
            return Outcome.DOUBTED
        return Outcome.CHANGED if change.is_news else Outcome.SAME
    raise contended()


def _kind(error: Exception) -> str:
    # What does not validate is said by its places: its message holds the posting's text.
    if isinstance(error, ValidationError):
        return " ".join(".".join(map(str, fault["loc"])) for fault in error.errors())
    return type(error).__name__


async def _stored(ports: Ports, cause: Cause) -> Document | None:
    return (await ports.documents.get_many(REPROCESSING, [cause.value])).get(cause.value)


async def _store(
    ports: Ports, document: Document | None, run: Run, *, before: Run | None = None
) -> Run:
    """Store the run in the place of this document; where another has written one meanwhile, that
    one. With `before`, the document must still be that."""
    body: dict[str, Any] = run.model_dump(mode="json")
    try:
        if document is None:
            await ports.documents.insert(REPROCESSING, run.cause.value, body)
        elif before is not None and Run.from_store(document.body) != before:
            return Run.from_store(document.body)
        else:
            await ports.documents.replace(
                REPROCESSING, run.cause.value, body, expected_version=document.version
            )
    except (DuplicateKey, VersionConflict):
        found = await ports.documents.get(REPROCESSING, run.cause.value)
        return Run.from_store(found.body)
    return run
