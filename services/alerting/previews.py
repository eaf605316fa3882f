"""What an alert would have caught in the last 30 days: asked of the search index before saving.

Search and alerts are one language over one posting (invariant 5), so counting the past by search
tells truly what the alert would have done. So do variants of it: the alert minus one clause shows
what that clause costs, and the alert with a fact made hard shows how many match only because they
do not state it.
"""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from backends.documents.base import Body
from backends.documents.collections import POSTINGS
from backends.search.base import SearchRequest, SearchResult
from matching.printer import printed_item
from models.criteria import (
    And,
    CategoryIn,
    ClearanceIs,
    Criteria,
    EmploymentIn,
    Experience,
    HasSkill,
    In,
    InList,
    LanguageIn,
    Leaf,
    LevelIn,
    ModeIn,
    Near,
    Or,
    Pay,
    RemoteFrom,
    UnknownPolicy,
    VisaIs,
)
from services.alerting.known_lists import known_lists
from services.alerting.queries import QueryInput, Wanted
from services.ports import Ports
from services.representations import card_view, on_board

DAYS = 30
SAMPLE = 5
BUSY_PER_DAY = 20
"""Postings a day above which we warn: more than a person reads. Days without any posting do not
count, so that a board of one day warns too."""
NEARLY_ALL = 0.5
"""The share of all postings above which we warn: the alert then hardly chooses."""
FEW = 20
"""Postings below which a share of all of them tells nothing."""
CLAUSES_MAX = 10
"""Clauses that are tried out: each is a search or two, and a person looks at no more of them."""
MOSTLY = 0.5
"""The share of postings that do not state a fact above which we warn: the alert is then less about
the fact than about its absence."""

_FACTS: tuple[tuple[tuple[type[Leaf], ...], str], ...] = (
    ((Pay,), "pay"),
    ((LevelIn,), "level"),
    ((Experience,), "years of experience"),
    ((EmploymentIn,), "type of employment"),
    ((ModeIn,), "mode of work"),
    ((Near, In), "place"),
    ((RemoteFrom,), "remote countries"),
    ((HasSkill, InList), "skills"),
    ((CategoryIn,), "category"),
    ((VisaIs,), "visa sponsorship"),
    ((ClearanceIs,), "security clearance"),
    ((LanguageIn,), "language"),
)
"""Tests that can be unknown, and what the posting then does not state."""


@dataclass(frozen=True, slots=True)
class _Board:
    """All postings of the same days, and on how many of them there were any."""

    total: int
    days: int


@dataclass(frozen=True, slots=True)
class _Fact:
    """`criteria` with the tests of one clause made hard: what states the fact `name`."""

    name: str
    criteria: Criteria


async def preview(ports: Ports, user_id: str, given: QueryInput) -> Body:
    """`{query, criteria, count_30d, per_day[30], sample[], warnings[{code, detail}],
    near_misses[{clause, count}]}`. `per_day` counts UTC days, today last, and sums up to
    `count_30d`; a near miss counts what would match besides without that clause. Raises
    InvalidQuery, InvalidInput, also for what would match everything; Unavailable while the index
    recovers."""
    lists = await known_lists(ports, user_id, (given.query, given.criteria))
    wanted = Wanted.of(given, lists)
    request = _request(ports, wanted)
    result, per_day, board = await asyncio.gather(
        ports.search.search(request), ports.search.histogram(request, DAYS), _board(ports, request)
    )
    warnings, misses = await asyncio.gather(
        _warnings(ports, request, wanted, result.total, board),
        _near_misses(ports, request, wanted.criteria, result.total),
    )
    return {
        "query": wanted.text,
        "criteria": wanted.criteria.model_dump(mode="json"),
        "count_30d": result.total,
        "per_day": per_day,
        "sample": await _sample(ports, result),
        "warnings": warnings,
        "near_misses": misses,
    }


def _request(ports: Ports, wanted: Wanted) -> SearchRequest:
    now = ports.clock()
    day = now.astimezone(UTC).date() - timedelta(days=DAYS - 1)
    return SearchRequest(
        criteria=wanted.criteria,
        now=now,
        unknown=wanted.policy,
        sort="date",
        limit=SAMPLE,
        first_seen_from=datetime.combine(day, time(), UTC),
    )


async def _board(ports: Ports, request: SearchRequest) -> _Board:
    per_day = await ports.search.histogram(replace(request, criteria=None), DAYS)
    return _Board(sum(per_day), sum(count > 0 for count in per_day))


async def _sample(ports: Ports, result: SearchResult) -> list[Body]:
    documents = await ports.documents.get_many(POSTINGS, [hit.posting_id for hit in result.hits])
    found = [documents[hit.posting_id].body for hit in result.hits if hit.posting_id in documents]
    shown = [body for body in map(on_board, found) if body is not None]
    return [card_view(body) for body in shown]


async def _counts(ports: Ports, request: SearchRequest, variants: Sequence[Criteria]) -> list[int]:
    """How many postings of the same days each of these finds."""
    asked = (replace(request, criteria=criteria, limit=1) for criteria in variants)
    return [found.total for found in await asyncio.gather(*map(ports.search.search, asked))]


async def _near_misses(
    ports: Ports, request: SearchRequest, criteria: Criteria, count: int
) -> list[Body]:
    if not isinstance(criteria, And):
        return []
    tried = criteria.items[:CLAUSES_MAX]
    counts = await _counts(ports, request, [_without(criteria, item) for item in tried])
    return [
        {"clause": printed_item(item), "count": without - count}
        for item, without in zip(tried, counts, strict=True)
    ]


def _without(criteria: And, clause: Criteria) -> Criteria:
    rest = tuple(item for item in criteria.items if item is not clause)
    return And(items=rest) if len(rest) > 1 else rest[0]


async def _warnings(
    ports: Ports, request: SearchRequest, wanted: Wanted, count: int, board: _Board
) -> list[Body]:
    if count == 0:
        detail = f"Nothing in the last {DAYS} days would have matched."
        return [_warning("no_matches", detail)]
    warnings = list(_of_volume(count, board))
    facts = _facts(wanted.criteria) if wanted.policy is UnknownPolicy.PASS else []
    stating = await _counts(ports, request, [fact.criteria for fact in facts])
    for fact, stated in zip(facts, stating, strict=True):
        share = 1 - stated / count
        if share > MOSTLY:
            detail = f"Most of these ({share:.0%}) do not state their {fact.name}."
            warnings.append(_warning("mostly_unknown", detail))
    return warnings


def _of_volume(count: int, board: _Board) -> Iterator[Body]:
    """Postings that appear between the counts can make `count` a little more than there were."""
    total = max(count, board.total)
    if total >= FEW and count > NEARLY_ALL * total:
        detail = f"This matches nearly everything: {count:,} of {total:,} postings."
        yield _warning("nearly_everything", detail)
    a_day = count / max(1, board.days)
    if a_day > BUSY_PER_DAY:
        yield _warning("high_volume", f"This would tell you about {a_day:,.0f} postings a day.")


def _warning(code: str, detail: str) -> Body:
    return {"code": code, "detail": detail}


def _facts(criteria: Criteria) -> list[_Fact]:
    """The clauses about a fact that a posting may not state, as far as their tests are of one."""
    items = criteria.items if isinstance(criteria, And) else (criteria,)
    found = []
    for at, item in enumerate(items[:CLAUSES_MAX]):
        if (name := _fact_of(item)) is not None:
            rest = (*items[:at], _hardened(item), *items[at + 1 :])
            found.append(_Fact(name, And(items=rest) if len(rest) > 1 else rest[0]))
    return found


def _fact_of(item: Criteria) -> str | None:
    if isinstance(item, Or):
        names = {_fact_of(each) for each in item.items}
        return names.pop() if len(names) == 1 else None
    if isinstance(item, InList) and item.field == "company":
        return None
    return next((name for kinds, name in _FACTS if isinstance(item, kinds)), None)


def _hardened(item: Criteria) -> Criteria:
    if isinstance(item, Or):
        return item.model_copy(update={"items": tuple(map(_hardened, item.items))})
    return item.model_copy(update={"hard": True})
