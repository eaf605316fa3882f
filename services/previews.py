"""What an alert would have caught in the last 30 days: asked of the search index before saving.

Search and alerts are one language over one posting (invariant 5), so counting the past by search
tells truly what the alert would have done.
"""

import asyncio
from datetime import UTC, datetime, time, timedelta

from backends.documents.base import Body
from backends.documents.collections import POSTINGS
from backends.search.base import SearchRequest
from services.ports import Ports
from services.queries import QueryInput, Wanted
from services.representations import card_view, on_board

DAYS = 30
SAMPLE = 5
BUSY_PER_DAY = 20
"""Postings a day above which we warn: more than a person reads."""


async def preview(ports: Ports, given: QueryInput) -> Body:
    """`{query, criteria, count_30d, per_day[30], sample[], warnings[{code, detail}]}`. `per_day`
    counts UTC days, today last, and sums up to `count_30d`. Raises InvalidQuery, InvalidInput, also
    for what would match everything; Unavailable while the index recovers."""
    wanted, now = Wanted.of(given), ports.clock()
    request = SearchRequest(
        criteria=wanted.criteria,
        now=now,
        unknown=wanted.policy,
        sort="date",
        limit=SAMPLE,
        first_seen_from=_first_day(now),
    )
    result, per_day = await asyncio.gather(
        ports.search.search(request), ports.search.histogram(request, DAYS)
    )
    documents = await ports.documents.get_many(POSTINGS, [hit.posting_id for hit in result.hits])
    found = [documents[hit.posting_id].body for hit in result.hits if hit.posting_id in documents]
    shown = [body for body in map(on_board, found) if body is not None]
    return {
        "query": wanted.text,
        "criteria": wanted.criteria.model_dump(mode="json"),
        "count_30d": result.total,
        "per_day": per_day,
        "sample": [card_view(body) for body in shown],
        "warnings": _warnings(result.total),
    }


def _first_day(now: datetime) -> datetime:
    day = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    return datetime.combine(day, time(), UTC)


def _warnings(count: int) -> list[Body]:
    if count == 0:
        detail = f"Nothing in the last {DAYS} days would have matched."
        return [{"code": "no_matches", "detail": detail}]
    if count > BUSY_PER_DAY * DAYS:
        detail = f"This would tell you about {round(count / DAYS)} postings a day."
        return [{"code": "high_volume", "detail": detail}]
    return []
