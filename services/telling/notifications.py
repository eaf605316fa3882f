"""A person's inbox: list, resume, read state, and the one form in which a notification is shown.

List, event, SSE and WebSocket all carry the `item` made here. `position` is part of it: it sorts
one person's notifications as they were made, and is what a live stream resumes from.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from backends.documents.base import Body, Document, Documents, Sort
from backends.documents.collections import DELIVERIES, NOTIFICATIONS
from backends.documents.filters import And, Contains, Eq, Exists, Filter, Gt, In, Lte
from models.alert import ChannelName
from models.errors import NotFound, VersionConflict
from models.events import NOTIFICATION_EVENTS, NOTIFICATION_READ, version_event
from models.notification import Delivery, Notification
from services.ports import Ports

BEGINNING = "0"
"""The position before every notification: text before any UUIDv7, and not empty, because an empty
SSE id means none."""
PAGE = 100
_CHANNELS = tuple(ChannelName)


def item(notification: Notification, deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """The notification as the API shows it: nothing of its owner, no address."""
    body = notification.model_dump(
        mode="json", include={"id", "kind", "position", "created_at", "read_at"}
    )
    for name, part in (
        ("alert", notification.alert),
        ("posting", notification.posting),
        ("why", notification.why),
    ):
        body[name] = None if part is None else part.model_dump(mode="json")
    body["deliveries"] = [
        {"channel": each.channel.value, "status": each.status.value, "attempts": each.attempts}
        for each in sorted(deliveries, key=lambda each: _CHANNELS.index(each.channel))
    ]
    return body


async def inbox(
    ports: Ports, user_id: str, *, unread: bool | None, limit: int, after: str | None
) -> tuple[list[dict[str, Any]], str | None]:
    """A page of a person's notifications, newest first, and the cursor of the next.

    `unread`: only those not read yet (True), only those read (False), or both (None).
    """
    filters: list[Filter] = [Eq("user_id", user_id)]
    if unread is not None:
        filters.append(Exists("read_at", present=not unread))
    page = await ports.documents.find(
        NOTIFICATIONS,
        And(tuple(filters)),
        sort=Sort("position", descending=True),
        limit=limit,
        after=after,
    )
    return await _items(ports.documents, page.items), page.after


async def since(ports: Ports, user_id: str, position: str) -> list[dict[str, Any]]:
    """The next notifications after a position that are shown in the app, oldest first, at most
    `PAGE`; call again from the last one's position until none is left."""
    page = await ports.documents.find(
        NOTIFICATIONS,
        And(
            (
                Eq("user_id", user_id),
                Gt("position", position),
                Contains("channels", ChannelName.INAPP.value),
            )
        ),
        sort=Sort("position"),
        limit=PAGE,
    )
    return await _items(ports.documents, page.items)


async def newest_position(ports: Ports, user_id: str) -> str:
    """The position of a person's newest notification, or `BEGINNING`."""
    page = await ports.documents.find(
        NOTIFICATIONS, Eq("user_id", user_id), sort=Sort("position", descending=True), limit=1
    )
    return str(page.items[0].body["position"]) if page.items else BEGINNING


async def mark_read(ports: Ports, user_id: str, notification_id: str) -> None:
    """Mark one as read; fine where it is already. Raises NotFound for one of another person."""
    try:
        document = await ports.documents.get(NOTIFICATIONS, notification_id)
    except NotFound:
        document = None
    if document is None or document.body["user_id"] != user_id:
        raise NotFound("there is no such notification")
    await _read(ports, document, ports.clock())


async def mark_all_read(ports: Ports, user_id: str) -> int:
    """Mark everything up to now as read; how many were not. What arrives meanwhile stays unread."""
    newest = await newest_position(ports, user_id)
    unread = And(
        (Eq("user_id", user_id), Exists("read_at", present=False), Lte("position", newest))
    )
    now, marked = ports.clock(), 0
    while True:
        page = await ports.documents.find(NOTIFICATIONS, unread, sort=Sort("position"), limit=PAGE)
        marks = await asyncio.gather(*(_read(ports, each, now) for each in page.items))
        marked += sum(marks)
        if len(page.items) < PAGE:
            return marked


async def _read(ports: Ports, document: Document, now: datetime) -> bool:
    """Whether it was us who marked it. Another tab may do so at the same moment: that is fine."""
    while document.body["read_at"] is None:
        notification = Notification.from_store(document.body).model_copy(update={"read_at": now})
        event = version_event(
            NOTIFICATION_READ,
            subject=notification.id,
            version=document.version + 1,
            key=notification.user_id,
            data={"id": notification.id, "position": notification.position},
            time=now,
        )
        try:
            await ports.documents.replace(
                NOTIFICATIONS,
                notification.id,
                notification.model_dump(mode="json"),
                expected_version=document.version,
                events=[(NOTIFICATION_EVENTS, event)],
            )
        except VersionConflict:
            document = await ports.documents.get(NOTIFICATIONS, notification.id)
        else:
            return True
    return False


async def _items(documents: Documents, found: Sequence[Document]) -> list[Body]:
    notifications = [Notification.from_store(each.body) for each in found]
    deliveries = await _deliveries(documents, [each.id for each in notifications])
    return [item(each, deliveries[each.id]) for each in notifications]


async def _deliveries(documents: Documents, ids: Sequence[str]) -> dict[str, list[Delivery]]:
    """The deliveries of a page of notifications, in as few queries as their number allows."""
    by_notification: dict[str, list[Delivery]] = {id: [] for id in ids}
    after: str | None = None
    while ids:
        page = await documents.find(
            DELIVERIES, In("notification_id", tuple(ids)), limit=PAGE * len(_CHANNELS), after=after
        )
        for document in page.items:
            delivery = Delivery.from_store(document.body)
            by_notification[delivery.notification_id].append(delivery)
        after = page.after
        if after is None:
            break
    return by_notification
