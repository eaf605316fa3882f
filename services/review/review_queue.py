"""The queue of postings that wait for an administrator, and how it is shown to one.

It is an index over the postings themselves: what waits is what has a review. The oldest stands
first, with the reasons, and with what the machine made of it.
"""

from dataclasses import dataclass
from datetime import datetime

from backends.documents.base import Body, Documents, Sort
from backends.documents.collections import POSTINGS, USERS
from backends.documents.filters import And, Contains, Exists, Filter, Gt
from models.posting import Posting, Review
from services.ports import Ports
from services.representations import posting_view
from services.telling.cards import card

EXCERPT_MAX = 1_000
"""Characters of the text that are shown of each; `GET jobs/{id}` has the whole."""
FACTS = (
    "language",
    "places",
    "mode",
    "remote_countries",
    "level",
    "roles",
    "skills",
    "pay",
    "pay_annual",
    "employment_type",
    "visa",
    "clearance",
    "category",
    "evidence",
)
"""What the machine derived, by the names of the posting's own answer."""

# A posting may keep its review when it is closed. To ask for the status instead would lead the
# store to the wrong index: most postings are published.
_QUEUE: Filter = And((Gt("review.since", ""), Exists("closed_at", present=False)))
_OLDEST = Sort("review.since")


@dataclass(frozen=True, slots=True)
class Queue:
    """How many postings wait, and how long the first of them has; 0 s where none does."""

    waiting: int
    oldest_s: float


async def waiting(documents: Documents) -> int:
    """How many postings wait. Raises Unavailable."""
    return await documents.count(POSTINGS, _QUEUE)


async def queue(documents: Documents, now: datetime) -> Queue:
    """How long the queue is, in both ways. Raises Unavailable."""
    first = await documents.find(POSTINGS, _QUEUE, sort=_OLDEST, limit=1)
    if not first.items:
        return Queue(0, 0.0)
    review = Review.from_store(first.items[0].body["review"])
    return Queue(await waiting(documents), _age_s(review, now))


async def page(
    ports: Ports, *, reason: str | None, limit: int, after: str | None
) -> tuple[list[Body], str | None]:
    """A page of what waits, the oldest first, and the cursor of the next; only what waits for this
    reason, where one is given by its code. Raises InvalidInput."""
    wanted = _QUEUE if reason is None else And((_QUEUE, Contains("review.codes", reason)))
    found = await ports.documents.find(POSTINGS, wanted, sort=_OLDEST, limit=limit, after=after)
    owners = {document.body["owner_id"] for document in found.items}
    users = await ports.documents.get_many(USERS, sorted(owners))
    names = {id_: user.body["name"] for id_, user in users.items()}
    now = ports.clock()
    return [_view(document.body, names, now) for document in found.items], found.after


def _view(body: Body, names: dict[str, str], now: datetime) -> Body:
    posting, shown = Posting.from_store(body), posting_view(body)
    review = body["review"]
    assert posting.review is not None, "the filter asks for one"
    return {
        "id": posting.id,
        "version": posting.version,
        "status": posting.status.value,
        "since": review["since"],
        "waiting_s": _age_s(posting.review, now),
        "reasons": review["reasons"],
        # The owner of what a feed or a file brought need not be a person.
        "owner": {"id": posting.owner_id, "name": names.get(posting.owner_id)},
        "sources": shown["sources"],
        "posting": card(posting).model_dump(mode="json"),
        "excerpt": (shown["text"] or "")[:EXCERPT_MAX],
        "given": shown["given"],
        "derived": {name: shown[name] for name in FACTS},
        "history": body["history"],
    }


def _age_s(review: Review, now: datetime) -> float:
    return max(0.0, (now - review.since).total_seconds())
