"""From matches to notifications: what a notification queue stores for a batch of matches.

Everything has a derived id, so a match told twice changes nothing. The deliveries are stored
first and the notification, with its event, last: a notification that is there means that all of
its deliveries are. The position is made here, by the one owner of the user, so it rises.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from backends.documents.base import Document, Documents, Fence, Insert
from backends.documents.collections import DELIVERIES, NOTIFICATIONS, USERS
from matching.explain import one_line
from models.alert import ChannelName, Match
from models.base import derived_id
from models.criteria import Explanation, Outcome
from models.events import NOTIFICATION_CREATED, NOTIFICATION_EVENTS, Event, version_event
from models.notification import (
    AlertRef,
    Delivery,
    DeliveryStatus,
    Notification,
    PostingRef,
    Why,
)
from models.shards import bucket_of
from models.user import User
from services.telling.notifications import item


@dataclass(frozen=True, slots=True)
class Told:
    """How many notifications are new, and their deliveries that must be sent now."""

    notifications: int
    pending: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class _Plan:
    notification: Notification
    deliveries: tuple[Delivery, ...]


async def notify(
    documents: Documents,
    events: Sequence[Event],
    *,
    sendable: frozenset[ChannelName],
    now: datetime,
    new_position: Callable[[], str],
    fence: Fence,
) -> Told:
    """Store the notifications and deliveries of these `match.created` events, in their order.

    A match whose notification is stored already, or whose person is gone or disabled, is passed
    over. A channel outside of `sendable` gets no delivery; the in-app one is delivered by being
    stored. Raises Fenced, Unavailable, and pydantic's ValidationError for an event that is none.
    """
    matches = {match.id: (match, posting) for match, posting in map(_read, events)}
    known = await documents.get_many(NOTIFICATIONS, [_notification_id(id) for id in matches])
    fresh = [pair for id, pair in matches.items() if _notification_id(id) not in known]
    users = await documents.get_many(USERS, sorted({match.user_id for match, _ in fresh}))
    plans = []
    for index, (match, posting) in enumerate(fresh):
        if match.user_id not in users:
            continue
        user = User.from_store(users[match.user_id].body)
        if user.disabled_at is None:
            # One moment each, so that whatever is sorted by time keeps the order of the matches.
            at = now + timedelta(microseconds=index)
            plans.append(_plan(match, posting, user, sendable, at, new_position()))
    return await _store(documents, plans, fence)


def _read(event: Event) -> tuple[Match, PostingRef]:
    match = Match.from_store(event.data["match"])
    return match, PostingRef.from_store(event.data["posting"])


def _notification_id(match_id: str) -> str:
    return derived_id("notification", match_id)


def _plan(
    match: Match,
    posting: PostingRef,
    user: User,
    sendable: frozenset[ChannelName],
    at: datetime,
    position: str,
) -> _Plan:
    line = one_line(Explanation(matched=True, clauses=match.clauses))
    held = tuple(clause for clause in match.clauses if clause.outcome is Outcome.TRUE)
    notification = Notification(
        id=_notification_id(match.id),
        user_id=user.id,
        position=position,
        created_at=at,
        match_id=match.id,
        alert=AlertRef(id=match.alert_id, name=match.alert_name),
        posting=posting,
        why=Why(line=line, clauses=held),
        channels=match.channels,
        traceparent=match.traceparent,
    )
    wanted = dict.fromkeys(match.channels)
    deliveries = [
        _delivery(notification, channel, user, at)
        for channel in wanted
        if channel is ChannelName.INAPP or channel in sendable
    ]
    return _Plan(notification, tuple(deliveries))


def _delivery(
    notification: Notification, channel: ChannelName, user: User, at: datetime
) -> Delivery:
    """In-app needs no attempt of its own: that it is stored is that it arrived."""
    stored = channel is ChannelName.INAPP
    address = user.id if stored else user.email
    return Delivery(
        id=derived_id("delivery", notification.id, channel.value, address),
        notification_id=notification.id,
        user_id=user.id,
        bucket=bucket_of(user.id),
        channel=channel,
        address=address,
        status=DeliveryStatus.DELIVERED if stored else DeliveryStatus.PENDING,
        attempts=1 if stored else 0,
        due_at=at,
        created_at=at,
        finished_at=at if stored else None,
    )


async def _store(documents: Documents, plans: Sequence[_Plan], fence: Fence) -> Told:
    deliveries = {each.id: each for plan in plans for each in plan.deliveries}
    bodies = {id: each.model_dump(mode="json") for id, each in deliveries.items()}
    new = await documents.insert_absent(
        DELIVERIES, [Insert(id, body) for id, body in bodies.items()], fence=fence
    )
    told = await documents.insert_absent(
        NOTIFICATIONS, [_announced(plan) for plan in plans], fence=fence
    )
    pending = (id for id in new if deliveries[id].status is DeliveryStatus.PENDING)
    return Told(len(told), tuple(Document(id, 1, bodies[id]) for id in pending))


def _announced(plan: _Plan) -> Insert:
    notification = plan.notification
    event = version_event(
        NOTIFICATION_CREATED,
        subject=notification.id,
        version=1,
        key=notification.user_id,
        data={"notification": item(notification, plan.deliveries)},
        time=notification.created_at,
        traceparent=notification.traceparent,
    )
    body = notification.model_dump(mode="json")
    return Insert(notification.id, body, [(NOTIFICATION_EVENTS, event)])
