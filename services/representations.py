"""The shapes in which the API shows things: allow-lists over the stored bodies.

They work on bodies as the store returns them, not on models, because reading a posting is a hot
path: one read of the store, one of these functions, one dump.
"""

from collections.abc import Sequence
from typing import Any

from models.posting import Posting, Status
from models.user import Role, User
from services.telling.cards import card

Body = dict[str, Any]

_STATED = (
    "title",
    "company",
    "locations",
    "mode",
    "remote_countries",
    "employment_type",
    "level",
    "salary",
    "skills",
    "category",
    "url",
    "apply_url",
    "external_id",
    "posted_at",
    "closes_at",
)
_FOUND_ONE = (
    "mode",
    "utc_offsets",
    "level",
    "employment_type",
    "category",
    "language",
    "visa",
    "clearance",
    "pay",
    "pay_annual",
    "on_target",
    "equity",
    "experience_years",
    "closes_on",
)
_FOUND_MANY = ("remote_countries", "roles", "skills")
_PLACE = ("id", "name", "country", "region", "lat", "lon")
_STANDING = (
    "id",
    "version",
    "status",
    "cluster_id",
    "created_at",
    "updated_at",
    "first_seen_at",
    "published_at",
    "closed_at",
)
_STEP = ("status", "at", "detail")


def manages(user: User | None, body: Body) -> bool:
    """Whether this person may change the posting, and see it before it is published."""
    return user is not None and (user.role is Role.ADMIN or body["owner_id"] == user.id)


def on_board(body: Body) -> Body | None:
    """The posting as everybody may see it: published, or closed after it was. While a revision
    waits for its outcome it is as it was published last, for what never passed processing is
    nobody else's. None where there is nothing to see."""
    if (published := body.get("published")) is not None:
        standing = Status.PUBLISHED if body["closed_at"] is None else Status.CLOSED
        return {**body, **published, "status": standing.value}
    status = body["status"]
    was_closed = status == Status.CLOSED and body["published_at"] is not None
    return body if status == Status.PUBLISHED or was_closed else None


def posting_view(body: Body, *, private: bool = False) -> Body:
    """A posting: the facts as they hold, each derived one with its `evidence`, and under `given`
    what its source stated.

    `description` is the cleaned HTML, `text` the plain text that offsets count in; both are null
    until processing is done. `private` adds what only its owner and an admin see: the owner, and
    the description as it was handed in.
    """
    given, derived = body["given"], body["derived"] or {}
    view = {name: body[name] for name in _STANDING}
    stated = {name: given[name] for name in _STATED}
    view |= stated
    view["description"], view["text"] = derived.get("html"), derived.get("text")
    view |= {name: derived.get(name) for name in _FOUND_ONE}
    view |= {name: derived.get(name, []) for name in _FOUND_MANY}
    view |= _of_cluster(body, derived)
    view["evidence"] = derived.get("evidence", {})
    view["given"] = stated
    if private:
        view["given"] = stated | {"description": given["description"]}
        view["owner_id"] = body["owner_id"]
    return view


def _of_cluster(body: Body, derived: Body) -> Body:
    """Its places and sources, with those of the other members where it stands for all of them, and
    what it is among them. A posting that is off the board speaks for itself alone."""
    is_open = body["closed_at"] is None
    merged = body.get("merged") if is_open else None
    added = merged or {"places": (), "sources": ()}
    places = (*derived.get("places", ()), *added["places"])
    return {
        "places": [{name: place[name] for name in _PLACE} for place in places],
        "sources": [*body["sources"], *added["sources"]],
        "cluster": _vacancy(body, merged, is_open) if body["cluster_id"] is not None else None,
        "repost_of": body.get("repost_of"),
    }


def _vacancy(body: Body, merged: Body | None, is_open: bool) -> Body:
    """The one that stands for all knows the others; each of these knows that one."""
    canonical_id = (body.get("canonical_id") if is_open else None) or body["id"]
    members = merged["members"] if merged else sorted({body["id"], canonical_id})
    # A document of before there was a count had all of its members listed.
    count = (merged.get("count") if merged else None) or len(members)
    is_canonical = canonical_id == body["id"]
    return {
        "id": body["cluster_id"],
        "canonical_id": canonical_id,
        "members": list(members),
        "count": count if is_canonical else None,
    }


def cluster_view(id: str, shown: Sequence[Posting], count: int) -> Body:
    """A vacancy of `count` postings on the board, of which these are shown, each as it was
    published last; the first one stands for all."""
    return {
        "id": id,
        "canonical_id": shown[0].id if shown else None,
        "members": list(map(_member, shown)),
        "count": count,
    }


def _member(posting: Posting) -> Body:
    body = posting.model_dump(mode="json")
    body = {**body, **(body["published"] or {})}
    places = body["derived"]["places"] if body["derived"] else ()
    return {
        "id": posting.id,
        "title": body["given"]["title"],
        "company": body["given"]["company"],
        "places": [{name: place[name] for name in _PLACE} for place in places],
        "sources": body["sources"],
        "url": body["given"]["url"],
        "first_seen_at": body["first_seen_at"],
    }


def status_view(body: Body) -> Body:
    """Where a posting stands on its way, and why; who decided it is for administrators."""
    names = ("id", "version", "status", "reasons", "attempts")
    view = {name: body[name] for name in names}
    view["history"] = [{name: step[name] for name in _STEP} for step in body["history"]]
    return view


def card_view(body: Body) -> Body:
    """A posting as its card."""
    return card(Posting.from_store(body)).model_dump(mode="json")


def alert_view(body: Body) -> Body:
    """An alert, to its owner."""
    return {name: value for name, value in body.items() if name != "user_id"}


def match_view(body: Body, posting: Body | None) -> Body:
    """A match with the card of its posting, which is null once that is gone from the board."""
    names = ("id", "alert_id", "posting_version", "firing", "clauses", "created_at")
    shown = on_board(posting) if posting is not None else None
    return {name: body[name] for name in names} | {"posting": card_view(shown) if shown else None}
