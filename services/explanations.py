"""Why a posting meets an alert, or by what it just fails to."""

from backends.documents.base import Body
from backends.documents.collections import MATCHES
from matching.explain import explain
from matching.subject import Subject
from models.criteria import Criteria, Explanation, UnknownPolicy
from models.errors import Conflict, FieldError, InvalidInput, NotFound
from models.posting import Posting
from models.user import User
from services import alerts, board, queries
from services.ports import Ports


async def why_match(ports: Ports, user: User, id: str) -> Explanation:
    """The clauses as they stood when the alert fired: neither an edit of the alert nor the end of
    the posting changes why a person was told. Raises NotFound, also for another person's match."""
    body = await _match(ports, user, id)
    return Explanation.model_validate({"matched": True, "clauses": body["clauses"]})


async def why_posting(
    ports: Ports, user: User, posting_id: str, *, query: str | None, alert_id: str | None
) -> Explanation:
    """Whether and why this posting meets a query, or an alert of this person, now.

    Raises NotFound for a posting or alert that is not theirs to see, Conflict while the posting is
    not processed, InvalidQuery, and InvalidInput where not exactly one of query and alert is given.
    """
    body = await board.read(ports, posting_id, user)
    criteria, unknown = await _asked(ports, user, query, alert_id)
    posting = Posting.model_validate(body)
    if posting.derived is None:
        raise Conflict("this posting has not been processed yet")
    return explain(criteria, unknown, Subject.of(posting), ports.clock())


async def _match(ports: Ports, user: User, id: str) -> Body:
    try:
        body = (await ports.documents.get(MATCHES, id)).body
    except NotFound:
        body = None
    if body is None or body["user_id"] != user.id:
        raise NotFound("there is no such match")
    return body


async def _asked(
    ports: Ports, user: User, query: str | None, alert_id: str | None
) -> tuple[Criteria, UnknownPolicy]:
    if query is not None and alert_id is None:
        parsed = queries.parse(query, pointer="/query")
        return parsed.criteria, parsed.unknown or UnknownPolicy.PASS
    if alert_id is not None and query is None:
        alert = await alerts.read(ports, user.id, alert_id)
        return alert.criteria, alert.unknown
    got = "neither" if query is None else "both"
    fault = FieldError(pointer="/query", expected="exactly one of query and alert_id", got=got)
    raise InvalidInput("give either a query or an alert_id", errors=[fault])
