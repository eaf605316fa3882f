"""A search index in memory: the oracle of the port, by looking at every posting.

Nothing is clever here: `holds` decides, Python sorts. It serves tests and small embedded uses.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import Self

from backends.search.base import Hit, Owner, SearchRequest, SearchResult
from backends.search.columns import facets, published, sort_keys
from backends.search.compile import wanted_words
from backends.search.cursor import After, decode
from backends.search.highlights import MARKED_FIELDS, Marked, highlight
from backends.search.relevance import points_of
from backends.search.results import check_facets, most_frequent, page, rank
from matching.evaluate import holds, occurrences
from matching.subject import Subject
from models.criteria import Words
from models.posting import Posting


@dataclass(frozen=True, slots=True)
class _Entry:
    posting: Posting
    subject: Subject
    sort_keys: Mapping[str, int | None]

    @classmethod
    def of(cls, posting: Posting) -> Self:
        subject = Subject.of(published(posting))
        return cls(posting, subject, sort_keys(subject))


class MemorySearchIndex:
    """The SearchIndex port over a dictionary. What was committed survives `close`."""

    def __init__(self) -> None:
        self._visible: dict[str, _Entry] = {}
        self._pending: dict[str, _Entry | None] = {}
        self._owner: Owner | None = None

    async def open(self) -> None:
        return None

    async def close(self) -> None:
        self._pending.clear()

    async def take_over(self, owner: Owner) -> None:
        if not owner.is_next_to(self._owner):
            self._visible.clear()
        self._owner = owner

    async def upsert(self, postings: Sequence[Posting]) -> None:
        entries = {p.id: _Entry.of(p) for p in postings}
        self._pending.update(entries)

    async def remove(self, posting_ids: Sequence[str]) -> None:
        self._pending.update(dict.fromkeys(posting_ids))

    async def commit(self) -> None:
        for id_, entry in self._pending.items():
            if entry is None:
                self._visible.pop(id_, None)
            else:
                self._visible[id_] = entry
        self._pending.clear()

    async def count(self) -> int:
        return len(self._visible)

    async def search(self, request: SearchRequest) -> SearchResult:
        after = decode(request)
        check_facets(request)
        found = self._holding(request)
        wanted = list(wanted_words(request.criteria))
        hits = sorted((_hit(request, wanted, e) for e in found), key=rank, reverse=True)
        shown, next_ = page(request, [hit for hit in hits if after is None or _behind(hit, after)])
        marked = tuple(self._marked(hit, wanted) for hit in shown)
        counts = {name: _facet(name, request, found) for name in request.facets}
        return SearchResult(marked, len(found), counts, next_)

    async def histogram(self, request: SearchRequest, days: int) -> list[int]:
        today = request.now.astimezone(UTC).date()
        counts = Counter(
            entry.subject.first_seen_at.astimezone(UTC).date() for entry in self._holding(request)
        )
        return [counts[today - timedelta(days=back)] for back in reversed(range(days))]

    def _holding(self, request: SearchRequest) -> list[_Entry]:
        return [entry for entry in self._visible.values() if _holds(request, entry.subject)]

    def _marked(self, hit: Hit, wanted: Sequence[Words]) -> Hit:
        texts = self._visible[hit.posting_id].subject.texts
        fields = {field: Marked.of(texts[field]) for field in MARKED_FIELDS}
        return Hit(hit.posting_id, hit.score, highlight(wanted, fields), hit.key)


def _holds(request: SearchRequest, subject: Subject) -> bool:
    if request.first_seen_from is not None and subject.first_seen_at < request.first_seen_from:
        return False
    return request.criteria is None or holds(
        request.criteria, request.unknown, subject, request.now
    )


def _hit(request: SearchRequest, wanted: Sequence[Words], entry: _Entry) -> Hit:
    if request.sort != "relevance":
        return Hit(entry.posting.id, 0.0, (), entry.sort_keys[request.sort])
    score = sum(points_of({f for f, _, _ in occurrences(test, entry.subject)}) for test in wanted)
    return Hit(entry.posting.id, float(score), (), score)


def _behind(hit: Hit, after: After) -> bool:
    return rank(hit) < rank(Hit(after.id, 0.0, (), after.key))


def _facet(name: str, request: SearchRequest, entries: Sequence[_Entry]) -> list[tuple[str, int]]:
    counts = Counter(value for e in entries for value in facets(e.posting, e.subject)[name])
    return most_frequent(counts, request.facet_values)
