"""Why a posting meets an alert, or by what it just fails to; and how many alerts it misses so."""

from typing import Any

from backends.documents.base import Body
from backends.documents.collections import MATCHES
from matching.explain import explain
from matching.subject import Subject
from models.criteria import Criteria, Explanation, UnknownPolicy
from models.errors import Conflict, FieldError, InvalidInput, NotFound
from models.posting import Posting
from models.user import User
from services.alerting import alerts, queries
from services.alerting.known_lists import known_lists
from services.alerting.queries import QueryInput, Wanted
from services.intake import board
from services.ports import NEAR_MISS_FIELDS, Ports

FEWEST = 5
"""The smallest number of alerts that is told: below it a count could point at a person."""


async def why_match(ports: Ports, user: User, id: str) -> Explanation:
    """The clauses as they stood when the alert fired: neither an edit of the alert nor the end of
    the posting changes why a person was told. Raises NotFound, also for another person's match."""
    body = await _match(ports, user, id)
    return Explanation.from_store({"matched": True, "clauses": body["clauses"]})


async def why_posting(
    ports: Ports,
    user: User,
    posting_id: str,
    *,
    query: str | None = None,
    criteria: dict[str, Any] | None = None,
    alert_id: str | None = None,
) -> Explanation:
    """Whether and why this posting meets a query, as text or as a tree, or an alert of this person,
    now.

    Raises NotFound for a posting or alert that is not theirs to see, Conflict while the posting is
    not processed, InvalidQuery, and InvalidInput where not exactly one of the three is given.
    """
    body = await board.read(ports, posting_id, user)
    _refuse_all_but_one(query=query, criteria=criteria, alert_id=alert_id)
    if alert_id is not None:
        alert = await alerts.read(ports, user.id, alert_id)
        tree, unknown = alert.criteria, alert.unknown
    else:
        tree, unknown = await _asked(ports, user, query, criteria)
    return explain(tree, unknown, Subject.of(_processed(body)), ports.clock())


async def near_misses(ports: Ports, user: User, posting_id: str) -> Body:
    """`{matched, by_field}`: how many alerts this posting meets, and for each field of the language
    how many it misses by one clause on that field alone, for who manages the posting. A count below
    FEWEST is not told, so that it tells of nobody: then `matched` is None and the field left out.
    Raises NotFound, Forbidden, Conflict while the posting is not processed, Unavailable while a
    matcher recovers."""
    body = await board.read_managed(ports, posting_id, user)
    found = await ports.matchers.near_misses(_processed(body))
    counts = {name: found.by_field.get(name, 0) for name in NEAR_MISS_FIELDS}
    return {
        "matched": found.matched if found.matched >= FEWEST else None,
        "by_field": {name: count for name, count in counts.items() if count >= FEWEST},
    }


def _processed(body: Body) -> Posting:
    posting = Posting.from_store(body)
    if posting.derived is None:
        raise Conflict("this posting has not been processed yet")
    return posting


async def _match(ports: Ports, user: User, id: str) -> Body:
    try:
        body = (await ports.documents.get(MATCHES, id)).body
    except NotFound:
        body = None
    if body is None or body["user_id"] != user.id:
        raise NotFound("there is no such match")
    return body


def _refuse_all_but_one(**given: object) -> None:
    """Raises InvalidInput unless exactly one of these is given."""
    names = [name for name, value in given.items() if value is not None]
    if len(names) == 1:
        return
    expected = "exactly one of " + ", ".join(given)
    fault = FieldError(
        pointer=f"/{next(iter(names or given))}",
        expected=expected,
        got=" and ".join(names) or "none of them",
    )
    raise InvalidInput(f"give {expected}", errors=[fault])


async def _asked(
    ports: Ports, user: User, query: str | None, criteria: dict[str, Any] | None
) -> tuple[Criteria, UnknownPolicy]:
    lists = await known_lists(ports, user.id, (query, criteria))
    if query is None:
        wanted = Wanted.of(QueryInput(criteria=criteria), lists)
        return wanted.criteria, wanted.policy
    parsed = queries.parse(query, lists=lists, pointer="/query")
    return parsed.criteria, parsed.unknown or UnknownPolicy.PASS
