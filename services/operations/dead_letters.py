"""Dead letters: events that an actor buried after its last try, each with its reason.

A letter is replayed as a copy of its event under an id of its own: the letter goes and the copy
comes in one write. Everybody who reads that topic sees the copy, and each effect happens once, so
only whoever had failed does anything with it. An event that carries a posting is told as the
posting is now, because those who read it believe what it says.
"""

from collections.abc import AsyncGenerator, AsyncIterable

from backends.documents import scan
from backends.documents.base import Body, Document, Sort
from backends.documents.collections import DEAD_LETTERS, POSTINGS
from backends.documents.filters import Eq
from models.base import derived_id
from models.errors import Conflict, NotFound, VersionConflict
from models.events import POSTING_CHANGED, POSTING_PUBLISHED, POSTING_SUBMITTED, Event
from models.posting import Status
from services.ports import Ports

_PER_SUBJECT = 100
_OLDEST = Sort("at")
_MISSING = "there is no such dead letter"


async def page(ports: Ports, *, limit: int, after: str | None) -> tuple[list[Body], str | None]:
    """A page of the letters, the oldest first, each with its `id`; and the cursor of the next.
    Raises InvalidInput."""
    found = await ports.documents.find(DEAD_LETTERS, sort=_OLDEST, limit=limit, after=after)
    return [_shown(letter) for letter in found.items], found.after


def every(ports: Ports) -> AsyncGenerator[Body, None]:
    """Every letter with its `id`, the oldest first. Raises Unavailable."""
    return _with_ids(scan.every(ports.documents, DEAD_LETTERS, sort=_OLDEST))


async def replay(ports: Ports, id: str) -> Event:
    """Have the event handled again; the event as it is told now. Raises NotFound; Conflict where it
    is of a posting that is on the board no more: then there is nothing to tell, and the letter can
    be discarded."""
    letter = await _letter(ports, id)
    event = Event.from_store(letter.body["event"])
    if event.type in (POSTING_PUBLISHED, POSTING_CHANGED):
        posting = await _on_board(ports, event.subject)
        event = event.model_copy(update={"data": {"posting": posting, "previous": None}})
    again = event.model_copy(update={"id": derived_id("replay", event.id)})
    await _remove(ports, letter, [(letter.body["topic"], again)])
    return again


async def discard(ports: Ports, id: str) -> None:
    """Remove the letter. Raises NotFound."""
    await _remove(ports, await _letter(ports, id), [])


async def forget_submissions(ports: Ports, posting_id: str) -> None:
    """Remove the letters of this posting's submissions: it was submitted again."""
    found = await ports.documents.find(
        DEAD_LETTERS, Eq("event.subject", posting_id), limit=_PER_SUBJECT
    )
    for letter in found.items:
        if letter.body["event"]["type"] == POSTING_SUBMITTED:
            try:
                await ports.documents.delete(DEAD_LETTERS, letter.id)
            except NotFound:
                continue


async def _with_ids(letters: AsyncIterable[Document]) -> AsyncGenerator[Body, None]:
    async for letter in letters:
        yield _shown(letter)


def _shown(letter: Document) -> Body:
    return letter.body | {"id": letter.id}


async def _letter(ports: Ports, id: str) -> Document:
    try:
        return await ports.documents.get(DEAD_LETTERS, id)
    except NotFound:
        raise NotFound(_MISSING) from None


async def _on_board(ports: Ports, id: str) -> Body:
    found = await ports.documents.get_many(POSTINGS, [id])
    if id not in found or found[id].body["status"] != Status.PUBLISHED:
        raise Conflict("its posting is on the board no more; discard the letter")
    return found[id].body


async def _remove(ports: Ports, letter: Document, events: list[tuple[str, Event]]) -> None:
    try:
        await ports.documents.delete(
            DEAD_LETTERS, letter.id, expected_version=letter.version, events=events
        )
    except (NotFound, VersionConflict):
        raise NotFound(_MISSING) from None
