"""The decisions which postings are copies, kept by employer: the latest in a docket, the others
filed.

All decisions about one employer's postings are made one after the other, whoever makes them: who
decides has read the employer's docket, and writes it only if nobody else did meanwhile. A docket
keeps the latest DOCKET_MAX fingerprints. Before it drops any they are filed, each as a document of
its own that is found by its bands. So a decision is in the docket or filed, at every instant, and
whoever reads first the docket and then the files misses none; a crash between the two leaves what
is filed already in the docket too, which does no harm. An employer of few postings has nothing
filed, and costs one read and one write for a batch of them.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from backends.documents.base import Body, Document, Documents, Fence, Insert
from backends.documents.collections import DOCKETS, FINGERPRINTS
from backends.documents.filters import Contains, Or
from models.base import derived_id
from models.cluster import Fingerprint
from models.errors import DuplicateKey, VersionConflict
from services.intake.records import WRITE_TRIES, contended

DOCKET_MAX = 32
"""Fingerprints of a docket at most, about 1 KB each, but for those of the last batch."""
DOCKET_KEPT = 8
"""So many of the latest stay when a docket is full: filing many at once is cheaper."""
FOUND_MAX = 100
"""Filed fingerprints that one posting is compared with at most."""


@dataclass(frozen=True, slots=True)
class Docket:
    """One employer's latest fingerprints by posting id, the latest last; `has_filed` tells whether
    there are others. `version` is 0 where it was never written. They are kept as bodies, because
    few of them are ever looked into."""

    employer: str
    version: int
    entries: Mapping[str, Body]
    has_filed: bool


def _id_of(employer: str) -> str:
    return derived_id("docket", employer)


async def dockets_of(documents: Documents, employers: Collection[str]) -> dict[str, Docket]:
    """The dockets of these employers (their keys), also of those never seen before."""
    ids = {employer: _id_of(employer) for employer in employers}
    found = await documents.get_many(DOCKETS, list(ids.values()))
    return {employer: _read(employer, found.get(id_)) for employer, id_ in ids.items()}


def _read(employer: str, document: Document | None) -> Docket:
    if document is None:
        return Docket(employer, 0, {}, False)
    entries = {entry["id"]: entry for entry in document.body["entries"]}
    return Docket(employer, document.version, entries, document.body["has_filed"])


async def filed(documents: Documents, posting_ids: Sequence[str]) -> dict[str, Fingerprint]:
    """The filed fingerprints of these postings; a docket may hold a later one."""
    found = await documents.get_many(FINGERPRINTS, posting_ids)
    return {id_: Fingerprint.from_store(document.body) for id_, document in found.items()}


async def filed_under(documents: Documents, bands: Sequence[int]) -> list[Body]:
    """At most FOUND_MAX filed fingerprints, as bodies, that have one of these bands: one indexed
    query."""
    within = Or(tuple(Contains("bands", band) for band in bands))
    page = await documents.find(FINGERPRINTS, within, limit=FOUND_MAX)
    return [document.body for document in page.items]


async def decide(
    documents: Documents,
    docket: Docket,
    decisions: Sequence[Fingerprint],
    *,
    fence: Fence | None = None,
) -> None:
    """Enter these decisions, which were made after reading this docket. Raises VersionConflict
    where somebody else has decided meanwhile: then read and decide again."""
    new = {decision.id: decision.model_dump(mode="json") for decision in decisions}
    entries = {id_: body for id_, body in docket.entries.items() if id_ not in new} | new
    has_filed = docket.has_filed
    if len(entries) > DOCKET_MAX:
        # The new ones, which stand at the end, are no decisions before this is written: they stay.
        leaving = list(entries)[: len(entries) - max(DOCKET_KEPT, len(new))]
        await _file(documents, [entries.pop(id_) for id_ in leaving], fence)
        has_filed = True
    body: Body = {"entries": list(entries.values()), "has_filed": has_filed}
    await _write(documents, docket, body, fence)


async def _write(documents: Documents, docket: Docket, body: Body, fence: Fence | None) -> None:
    id_ = _id_of(docket.employer)
    if docket.version:
        await documents.replace(DOCKETS, id_, body, expected_version=docket.version, fence=fence)
        return
    try:
        await documents.insert(DOCKETS, id_, body, fence=fence)
    except DuplicateKey:
        raise VersionConflict("somebody else has begun this docket") from None


async def _file(documents: Documents, bodies: Sequence[Body], fence: Fence | None) -> None:
    inserts = [Insert(body["id"], body) for body in bodies]
    new = set(await documents.insert_absent(FINGERPRINTS, inserts, fence=fence))
    for body in bodies:
        if body["id"] not in new:
            await _refile(documents, body, fence)


async def _refile(documents: Documents, body: Body, fence: Fence | None) -> None:
    """File a later decision about a posting that has one filed already."""
    for _ in range(WRITE_TRIES):
        stored = await documents.get(FINGERPRINTS, body["id"])
        if stored.body["revision"] >= body["revision"]:
            return
        try:
            await documents.replace(
                FINGERPRINTS, body["id"], body, expected_version=stored.version, fence=fence
            )
        except VersionConflict:
            continue
        return
    raise contended()
