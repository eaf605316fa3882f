"""Search over the published postings: one query in the alert language, its page of postings.

The index answers with ids; the postings come from the store in one read, so what is shown is never
older than what is stored. A posting that has just left the board is left out.
"""

from dataclasses import dataclass, field

from backends.documents.base import Body
from backends.documents.collections import POSTINGS
from backends.search.base import Hit, SearchRequest, SearchResult, SortBy
from models.criteria import Criteria, UnknownPolicy, Words
from models.errors import FieldError, InvalidInput
from services.alerting import shorthand
from services.alerting.known_lists import known_lists, leaves
from services.ports import Ports
from services.representations import on_board, posting_view


@dataclass(frozen=True, slots=True)
class Asked:
    """`fields` are the single-field parameters by name. `unknown` None: as the query says, else
    *pass*. `sort` None: relevance where the query has words, else date."""

    q: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    unknown: UnknownPolicy | None = None
    sort: SortBy | None = None
    facets: tuple[str, ...] = ()
    limit: int = 20
    cursor: str | None = None


async def search(ports: Ports, asked: Asked, *, user_id: str | None = None) -> Body:
    """`{items, total, facets, next_cursor, took_ms}`; an empty query finds everything. Whoever is
    signed in can name lists of his own. Raises InvalidQuery and InvalidInput by parameter,
    Unavailable while the index recovers."""
    began = ports.clock()
    lists = await known_lists(ports, user_id, (asked.q, *asked.fields.values()))
    criteria, unknown = shorthand.joined(asked.q, asked.fields, lists)
    request = SearchRequest(
        criteria=criteria,
        now=began,
        unknown=_policy(asked.unknown, unknown),
        sort=asked.sort or _natural_sort(criteria),
        facets=tuple(dict.fromkeys(asked.facets)),
        limit=asked.limit,
        after=asked.cursor,
    )
    result = await ports.search.search(request)
    items = await _items(ports, result.hits)
    took = ports.clock() - began
    return _page(result, items) | {"took_ms": max(0.0, took.total_seconds() * 1000)}


def _policy(asked: UnknownPolicy | None, said: UnknownPolicy | None) -> UnknownPolicy:
    """What becomes of unknown facts, by the parameter and by the query. Raises InvalidInput where
    they contradict each other."""
    if asked and said and asked is not said:
        fault = FieldError(parameter="unknown", expected=said, got=asked)
        raise InvalidInput(
            "the query and the parameter unknown contradict each other", errors=[fault]
        )
    return asked or said or UnknownPolicy.PASS


def _natural_sort(criteria: Criteria | None) -> SortBy:
    """Relevance is about words: without any, the newest come first."""
    found = leaves(criteria) if criteria is not None else ()
    return "relevance" if any(isinstance(test, Words) for test in found) else "date"


def _page(result: SearchResult, items: list[Body]) -> Body:
    return {
        "items": items,
        "total": result.total,
        "facets": {
            name: [{"value": value, "count": count} for value, count in values]
            for name, values in result.facets.items()
        },
        "next_cursor": result.after,
    }


async def _items(ports: Ports, hits: tuple[Hit, ...]) -> list[Body]:
    documents = await ports.documents.get_many(POSTINGS, [hit.posting_id for hit in hits])
    items = []
    for hit in hits:
        document = documents.get(hit.posting_id)
        shown = on_board(document.body) if document is not None else None
        if shown is not None:
            view = posting_view(shown)
            items.append(view | {"score": hit.score, "highlights": _highlights(hit, view)})
    return items


def _highlights(hit: Hit, view: Body) -> list[Body]:
    """The named words with their spans; a span beyond the text belongs to an older version."""
    texts = {"title": view["title"], "description": view["text"] or ""}
    return [
        {
            "field": mark.field,
            "start": mark.start,
            "end": mark.end,
            "text": texts[mark.field][mark.start : mark.end],
        }
        for mark in hit.highlights
        if mark.end <= len(texts[mark.field])
    ]
