"""Which cluster a posting belongs to: that of the postings it is a copy of, or a new one.

Decided before anything is told, in batches: the postings of one employer one after the other
(`services.clusters.dockets`), so that two copies end in one cluster also where two processors meet
them at the same moment. A decision is entered before the posting itself is written; whoever handles
the posting again, after a crash, finds it there.

What was decided stays (ADR 8, ADR 13): an edit changes by what later copies recognise the posting,
never its cluster. Only a person moves it (`services.clusters.regrouping`).
"""

import asyncio
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from backends.documents.base import Body, Documents, Fence
from models.cluster import Fingerprint, Traits
from models.errors import VersionConflict
from models.posting import Derived, Posting
from processing.copies.fingerprint import Marks, cluster_id, marks
from processing.copies.similarity import likeness, titles_agree
from services.clusters.dockets import Docket, decide, dockets_of, filed, filed_under
from services.intake.records import WRITE_TRIES, contended


@dataclass(frozen=True, slots=True)
class Placement:
    """The cluster of a posting; `joined` where others were in it before."""

    cluster_id: str
    joined: bool


@dataclass(frozen=True, slots=True)
class _Case:
    """A posting to be placed. `own_id` is the id of a cluster of exact copies of it."""

    posting: Posting
    marks: Marks
    own_id: str
    lookups: frozenset[int]


async def place(
    documents: Documents,
    found: Sequence[tuple[Posting, Derived]],
    *,
    fence: Fence | None = None,
) -> dict[str, Placement]:
    """The placement of each of these postings, with the facts that were derived of it now, by its
    id. Safe to repeat. Raises Fenced, Unavailable."""
    by_employer: dict[str, list[_Case]] = {}
    for posting, derived in found:
        case = _case(posting, derived)
        by_employer.setdefault(case.marks.traits.company, []).append(case)
    known = await filed(documents, [posting.id for posting, _ in found])
    dockets = await dockets_of(documents, by_employer)
    placed = await asyncio.gather(
        *(
            _place(documents, dockets[employer], cases, known, fence)
            for employer, cases in by_employer.items()
        )
    )
    return {id_: placement for part in placed for id_, placement in part.items()}


async def move(documents: Documents, posting: Posting, cluster_id: str) -> None:
    """Decide that the posting, which was processed, is of this cluster from now on: what it is
    recognised by now leads there. Raises Unavailable."""
    assert posting.derived is not None, "only what was processed is in a cluster"
    case = _case(posting, posting.derived)
    employer = case.marks.traits.company
    for _ in range(WRITE_TRIES):
        docket = (await dockets_of(documents, [employer]))[employer]
        known = await filed(documents, [posting.id])
        before = _entered(docket, posting.id) or known.get(posting.id)
        if before is not None and before.cluster_id == cluster_id:
            return
        try:
            await decide(documents, docket, [_fingerprint(case, cluster_id, before)])
        except VersionConflict:
            continue
        return
    raise contended()


def _case(posting: Posting, derived: Derived) -> _Case:
    given = posting.given
    found = marks(given, derived, owner_id=posting.owner_id)
    return _Case(posting, found, cluster_id(given, derived), frozenset(found.lookups))


async def _place(
    documents: Documents,
    docket: Docket,
    cases: Sequence[_Case],
    known: Mapping[str, Fingerprint],
    fence: Fence | None,
) -> dict[str, Placement]:
    for _ in range(WRITE_TRIES):
        placed, decisions = await _decided(documents, docket, cases, known)
        if not decisions:
            return placed
        try:
            await decide(documents, docket, decisions, fence=fence)
        except VersionConflict:
            docket = (await dockets_of(documents, [docket.employer]))[docket.employer]
            known = await filed(documents, [case.posting.id for case in cases])
            continue
        return placed
    raise contended()


async def _decided(
    documents: Documents,
    docket: Docket,
    cases: Sequence[_Case],
    known: Mapping[str, Fingerprint],
) -> tuple[dict[str, Placement], list[Fingerprint]]:
    """The placements, and those fingerprints that are new or changed by them."""
    placed: dict[str, Placement] = {}
    decisions: dict[str, Fingerprint] = {}
    looked_up = await _filed_candidates(documents, docket, cases)
    for case, others in zip(cases, looked_up, strict=True):
        id_ = case.posting.id
        before = decisions.get(id_) or _entered(docket, id_) or known.get(id_)
        recent = [body for body in docket.entries.values() if _shares_band(body["bands"], case)]
        near = [each for each in decisions.values() if _shares_band(each.bands, case)]
        candidates = [*_promising(case, [*others, *recent]), *near]
        placed[id_] = _placement(case, before, candidates)
        if before is None or before.traits != case.marks.traits:
            decisions[id_] = _fingerprint(case, placed[id_].cluster_id, before)
    return placed, list(decisions.values())


def _fingerprint(case: _Case, cluster_id: str, before: Fingerprint | None) -> Fingerprint:
    return Fingerprint(
        id=case.posting.id,
        cluster_id=cluster_id,
        traits=case.marks.traits,
        bands=case.marks.bands,
        revision=before.revision + 1 if before is not None else 1,
    )


def _placement(
    case: _Case, before: Fingerprint | None, candidates: Iterable[Fingerprint]
) -> Placement:
    """What was decided before, or is stored with the posting, stays; else the cluster of the most
    alike; else a new one."""
    if before is not None:
        return Placement(before.cluster_id, joined=True)
    if case.posting.cluster_id is not None:
        return Placement(case.posting.cluster_id, joined=True)
    best = _most_alike(case.marks.traits, candidates)
    return Placement(best.cluster_id, True) if best else Placement(case.own_id, False)


def _most_alike(traits: Traits, candidates: Iterable[Fingerprint]) -> Fingerprint | None:
    """The candidate that is most likely the same vacancy: before all others the same source's own
    posting of it that was removed meanwhile; of several that are as alike, the earliest."""
    alike = [
        (traits.origin is None or each.traits.origin != traits.origin, -found, each.id, each)
        for each in candidates
        if (found := likeness(each.traits, traits)) is not None
    ]
    return min(alike)[-1] if alike else None


def _entered(docket: Docket, posting_id: str) -> Fingerprint | None:
    body = docket.entries.get(posting_id)
    return Fingerprint.from_store(body) if body is not None else None


def _promising(case: _Case, bodies: Iterable[Body]) -> Iterator[Fingerprint]:
    """Those whose title can be that of the same vacancy; the others are not even read."""
    for body in bodies:
        traits = body["traits"]
        if titles_agree(case.marks.traits, traits["terms"], traits["ranks"]):
            yield Fingerprint.from_store(body)


def _shares_band(bands: Iterable[int], case: _Case) -> bool:
    return not case.lookups.isdisjoint(bands)


async def _filed_candidates(
    documents: Documents, docket: Docket, cases: Sequence[_Case]
) -> list[list[Body]]:
    """For each posting without a cluster what is filed under its bands, where the docket has no
    later decision."""
    if not docket.has_filed:
        return [[] for _ in cases]

    async def look_up(case: _Case) -> list[Body]:
        if case.posting.cluster_id is not None:
            return []
        found = await filed_under(documents, case.marks.lookups)
        return [body for body in found if body["id"] not in docket.entries]

    return await asyncio.gather(*(look_up(case) for case in cases))
