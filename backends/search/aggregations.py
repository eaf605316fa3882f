"""One pass over a result: how many, the page after a cursor, the facets, the hits of each day.

The bodies follow the aggregations of Elasticsearch, which tantivy reads as well. The page is a
`composite` aggregation over (sort key, id): it is exact for any number of equal keys, and it costs
the same on every page.
https://www.elastic.co/docs/reference/aggregations/search-aggregations-bucket-composite-aggregation
"""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from backends.search.base import FACET_VALUES_MAX, SearchRequest, SortBy
from backends.search.columns import EPOCH, FIRST_SEEN, ID, SORT_KEYS, microseconds
from backends.search.cursor import After
from backends.search.results import most_frequent

Body = dict[str, Any]
_DAY_US = 86_400_000_000


def total() -> Body:
    return {"value_count": {"field": ID}}


def page(sort: SortBy, size: int, after: After | None) -> Body:
    """The ids of the next `size` postings; of equally relevant ones, by id alone."""
    sources: list[Body] = []
    if sort != "relevance":
        key = {"field": SORT_KEYS[sort], "order": "desc"}
        sources.append({"key": {"terms": key | {"missing_bucket": True, "missing_order": "last"}}})
    sources.append({"id": {"terms": {"field": ID, "order": "desc"}}})
    body: Body = {"size": size, "sources": sources}
    if after is not None:
        body["after"] = {"id": f"str:{after.id}"}
        if sort != "relevance":
            body["after"]["key"] = "null:" if after.key is None else f"i64:{after.key}"
    return {"composite": body}


def read_page(result: Body) -> list[After]:
    return [After(bucket["key"].get("key"), bucket["key"]["id"]) for bucket in result["buckets"]]


def facet(name: str) -> Body:
    return {"terms": {"field": name, "size": FACET_VALUES_MAX, "segment_size": FACET_VALUES_MAX}}


def read_facet(result: Body, request: SearchRequest) -> list[tuple[str, int]]:
    counts = Counter({bucket["key"]: bucket["doc_count"] for bucket in result["buckets"]})
    return most_frequent(counts, request.facet_values)


def days() -> Body:
    """Hits by the UTC day they were first seen on. The edges are whole days since 1970."""
    return {"histogram": {"field": FIRST_SEEN, "interval": _DAY_US, "min_doc_count": 1}}


def read_days(result: Body, request: SearchRequest, days: int) -> list[int]:
    counts = {round(bucket["key"] / _DAY_US): bucket["doc_count"] for bucket in result["buckets"]}
    last = (request.now.astimezone(UTC) - EPOCH) // timedelta(days=1)
    return [counts.get(day, 0) for day in range(last - days + 1, last + 1)]


def first_day(now: datetime, days: int) -> int:
    """The start of the earliest day of a histogram, as a column value."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return microseconds(day - timedelta(days=days - 1))
