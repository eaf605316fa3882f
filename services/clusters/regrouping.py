"""A person takes a posting out of its cluster, or puts it into another: what the machine took for
one vacancy and is two, or the other way round.

Where a posting belongs is remembered by its fingerprint, so that what is decided here holds for
good: edits leave it, later copies follow it, and so does the posting itself where it is removed and
comes again. The other members learn of it by the event, as they learn of everything
(`services.clusters.merging`).

Nobody is told twice. Of a wrong cluster the posting that stood for it was told, so it keeps the
cluster, whoever is split off: those that leave are the news. A posting that is moved remembers its
former cluster, and who was told of this posting as of that one is not told again.

The fingerprint is moved first, then the posting: where the system ends between the two, asking
again does the rest.
"""

from backends.documents.base import Document
from backends.documents.collections import POSTINGS
from backends.documents.filters import Eq
from backends.documents.scan import every
from models.base import derived_id
from models.errors import Conflict, FieldError, InvalidInput, NotFound, VersionConflict
from models.events import POSTING_CHANGED
from models.posting import Posting, Status
from models.user import User
from services.clusters import clustering
from services.intake import board
from services.intake.records import WRITE_TRIES, body_of, contended, extended, facts_of, told
from services.ports import Ports

SPLIT = "Taken for another vacancy no more."
MERGED = "Taken for the same vacancy as another posting."

_ON_ITS_WAY = (Status.SUBMITTED, Status.PROCESSING)


async def split(ports: Ports, id: str, editor: User) -> Posting:
    """Part the posting from the others of its cluster; one that is alone in it stays so. Raises
    NotFound, Forbidden; Conflict while one that is to be moved is being processed, or where the
    posting never was."""
    await board.read_managed(ports, id, editor)
    posting, _ = await _placed(ports, id)
    assert posting.cluster_id is not None
    others = [each for each in await _fellows(ports, posting.cluster_id) if each != id]
    if not others:
        return posting
    apart = derived_id("cluster", "apart", posting.cluster_id, id)
    if posting.merged is None:
        return await _move(ports, id, apart, SPLIT, editor)
    for other in others:
        await _move(ports, other, apart, SPLIT, editor)
    return posting


async def merge(ports: Ports, id: str, other_id: str, editor: User) -> Posting:
    """Put the posting, and all of its cluster, into the cluster of the other one. Raises NotFound;
    InvalidInput where there is no such other one; Conflict while a posting that is to be moved is
    being processed, or where one of the two never was."""
    await board.read_managed(ports, id, editor)
    posting, _ = await _placed(ports, id)
    try:
        other, _ = await _placed(ports, other_id)
    except NotFound:
        fault = FieldError(pointer="/posting_id", expected="the id of a posting", got=other_id[:80])
        raise InvalidInput("there is no such posting", errors=[fault]) from None
    assert posting.cluster_id is not None
    assert other.cluster_id is not None
    if posting.cluster_id == other.cluster_id:
        return posting
    # The posting itself goes last: until then its cluster is known, and asking again does the rest.
    for fellow in await _fellows(ports, posting.cluster_id):
        if fellow != id:
            await _move(ports, fellow, other.cluster_id, MERGED, editor)
    return await _move(ports, id, other.cluster_id, MERGED, editor)


async def _fellows(ports: Ports, cluster_id: str) -> list[str]:
    """The ids of all postings of the cluster."""
    named = Eq("cluster_id", cluster_id)
    return [document.id async for document in every(ports.documents, POSTINGS, named)]


async def _placed(ports: Ports, id: str) -> tuple[Posting, Document]:
    try:
        document = await ports.documents.get(POSTINGS, id)
    except NotFound:
        raise NotFound("there is no such posting") from None
    posting = Posting.from_store(document.body)
    if posting.status in _ON_ITS_WAY:
        raise Conflict("the posting is being processed; wait for its outcome")
    if posting.cluster_id is None:
        raise Conflict("the posting was never published, so it is in no cluster")
    return posting, document


async def _move(ports: Ports, id: str, cluster_id: str, why: str, editor: User) -> Posting:
    for _ in range(WRITE_TRIES):
        posting, document = await _placed(ports, id)
        if posting.cluster_id == cluster_id:
            return posting
        await clustering.move(ports.documents, posting, cluster_id)
        now = ports.clock()
        on_board = posting.status is Status.PUBLISHED
        former = [c for c in (*posting.former_clusters, posting.cluster_id) if c is not None]
        moved = posting.model_copy(
            update={
                "cluster_id": cluster_id,
                "canonical_id": None,
                "merged": None,
                "former_clusters": tuple(dict.fromkeys(former)),
                "repost_of": None,
                "version": posting.version + (1 if on_board else 0),
                "history": extended(posting.history, posting.status, now, why, editor.id),
                "updated_at": now,
            }
        )
        try:
            await ports.documents.replace(
                POSTINGS,
                id,
                body_of(moved),
                expected_version=document.version,
                events=told(POSTING_CHANGED, moved, facts_of(posting)) if on_board else (),
            )
        except VersionConflict:
            continue
        return moved
    raise contended()
