"""Alerts: stored with their event in one write, then made known to their matcher at once.

The direct call to the matcher is a hint that only saves time: whatever becomes of it, the shard
reads the event before it matches the next posting. So it is given a second, and a failure of it is
logged and never fails the request, whose alert is stored.

An alert holds the items of the lists that it names. Whoever changes a list writes the list first
and then looks for alerts (`relist`); an alert is written first and then looks at its lists
(`_settled`). So whichever comes second sees the other, and no alert stays with an older list.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import structlog

from backends.documents import scan
from backends.documents.base import Body, Document, Outgoing, Sort
from backends.documents.collections import ALERTS, MATCHES, POSTINGS
from backends.documents.filters import Eq
from models.alert import Alert
from models.base import new_id
from models.errors import (
    Conflict,
    DomainError,
    DuplicateKey,
    NotFound,
    VersionConflict,
)
from models.events import ALERT_DELETED, ALERT_EVENTS, ALERT_SAVED, version_event
from services.alerting.known_lists import known_lists, lists_named, own_lists, renewed
from services.alerting.queries import QueryInput, Wanted, text_of
from services.alerting.terms import AlertTerms, kept
from services.intake.records import WRITE_TRIES, contended
from services.ports import Ports
from services.representations import match_view

ALERTS_MAX = 200
"""Alerts of one person: what one person can make every posting be tested against."""
HINT_S = 1.0
"""Seconds the matcher has to take the hint before the answer goes out without it."""

_log = structlog.get_logger(__name__)


async def create(
    ports: Ports,
    user_id: str,
    name: str,
    wanted: QueryInput,
    terms: AlertTerms,
    *,
    id: str | None = None,
) -> Alert:
    """Store a new alert; from now on every posting submitted is tested against it (invariant 4).

    `id` is derived from an idempotency key: an alert of that id is the effect of this very request
    and is returned. Raises InvalidQuery, InvalidInput, Conflict at ALERTS_MAX.
    """
    query, now = await _wanted(ports, user_id, wanted), ports.clock()
    if id is not None and (made := await ports.documents.get_many(ALERTS, [id])):
        return Alert.from_store(made[id].body)
    alert = Alert(
        id=id or new_id(),
        user_id=user_id,
        name=name,
        query=query.text,
        criteria=query.criteria,
        unknown=query.policy,
        created_at=now,
        updated_at=now,
        **kept(terms),
    )
    if await ports.documents.count(ALERTS, Eq("user_id", user_id)) >= ALERTS_MAX:
        raise Conflict(f"you have {ALERTS_MAX} alerts; delete one to add another")
    try:
        await ports.documents.insert(ALERTS, alert.id, _body(alert), events=_saved(alert))
    except DuplicateKey:
        return Alert.from_store((await ports.documents.get(ALERTS, alert.id)).body)
    await _hint(ports.matchers.register(alert), alert.id)
    return await _settled(ports, alert)


async def page(
    ports: Ports, user_id: str, *, limit: int, after: str | None
) -> tuple[list[Body], str | None]:
    """A page of this person's alerts, newest first, and the cursor of the next."""
    newest = Sort("created_at", descending=True)
    found = await ports.documents.find(
        ALERTS, Eq("user_id", user_id), sort=newest, limit=limit, after=after
    )
    return [document.body for document in found.items], found.after


async def read(ports: Ports, user_id: str, id: str) -> Alert:
    """The alert, if it is this person's. Raises NotFound."""
    return Alert.from_store((await _own(ports, user_id, id)).body)


async def update(
    ports: Ports,
    user_id: str,
    id: str,
    name: str | None,
    wanted: QueryInput,
    terms: AlertTerms,
    *,
    expected_version: int | None,
) -> Alert:
    """Change what is given and leave the rest; a new query or criteria replaces both forms.
    Raises NotFound, VersionConflict, InvalidQuery, InvalidInput."""
    changes: dict[str, Any] = kept(terms)
    if name is not None:
        changes["name"] = name
    query = None
    if wanted.query is not None or wanted.criteria is not None:
        query = await _wanted(ports, user_id, wanted)

    async def changed(alert: Alert) -> dict[str, Any]:
        criteria = query.criteria if query else alert.criteria
        unknown = (query.unknown if query else wanted.unknown) or alert.unknown
        text = text_of(criteria, unknown)
        return changes | {"criteria": criteria, "unknown": unknown, "query": text}

    alert = await _change(ports, user_id, id, changed, expected_version)
    return await _settled(ports, alert)


async def pause(ports: Ports, user_id: str, id: str) -> Alert:
    """The alert matches nothing until it is resumed. Raises NotFound."""
    return await _change(ports, user_id, id, lambda _: _always({"paused": True}), None)


async def resume(ports: Ports, user_id: str, id: str) -> Alert:
    """The alert matches again from now on. Raises NotFound."""
    return await _change(ports, user_id, id, lambda _: _always({"paused": False}), None)


async def delete(ports: Ports, user_id: str, id: str, *, expected_version: int | None) -> None:
    """Remove the alert; what it found stays. Raises NotFound, VersionConflict."""
    for _ in range(WRITE_TRIES):
        document = await _own(ports, user_id, id)
        alert = Alert.from_store(document.body)
        _guard(alert, expected_version)
        gone = alert.model_copy(update={"version": alert.version + 1, "updated_at": ports.clock()})
        try:
            await ports.documents.delete(
                ALERTS,
                id,
                expected_version=document.version,
                events=[_told(ALERT_DELETED, gone)],
            )
        except VersionConflict:
            continue
        await _hint(ports.matchers.unregister(id, user_id), id)
        return
    raise contended()


async def matches(
    ports: Ports, user_id: str, id: str, *, limit: int, after: str | None
) -> tuple[list[Body], str | None]:
    """What this alert found, newest first, each with the card of its posting; and the cursor of
    the next page. Raises NotFound."""
    await _own(ports, user_id, id)
    newest = Sort("created_at", descending=True)
    found = await ports.documents.find(
        MATCHES, Eq("alert_id", id), sort=newest, limit=limit, after=after
    )
    wanted = list({document.body["posting_id"] for document in found.items})
    postings = await ports.documents.get_many(POSTINGS, wanted)
    bodies = {id_: document.body for id_, document in postings.items()}
    views = [
        match_view(document.body, bodies.get(document.body["posting_id"]))
        for document in found.items
    ]
    return views, found.after


async def using(ports: Ports, user_id: str, name: str) -> AsyncIterator[Alert]:
    """The alerts of this person that name this list of his."""
    async for document in scan.every(ports.documents, ALERTS, Eq("user_id", user_id)):
        alert = Alert.from_store(document.body)
        if name in own_lists(alert.criteria):
            yield alert


async def relist(ports: Ports, user_id: str, name: str) -> int:
    """Save anew, each in one write with its event, the alerts that name this list, with the items
    it has now; returns how many name it. An alert that has them already is left alone, so this can
    be repeated until it has come to its end."""
    count = 0
    async for alert in using(ports, user_id, name):
        with contextlib.suppress(NotFound):  # deleted meanwhile
            await _settled(ports, alert)
            count += 1
    return count


async def _wanted(ports: Ports, user_id: str, given: QueryInput) -> Wanted:
    lists = await known_lists(ports, user_id, (given.query, given.criteria))
    return Wanted.of(given, lists)


async def _settled(ports: Ports, alert: Alert) -> Alert:
    """The alert with the items that its lists have in the store now."""
    if not own_lists(alert.criteria):
        return alert

    async def changed(alert: Alert) -> dict[str, Any]:
        # Read after the alert was: a change of the list in between is a change of the alert too.
        lists = await lists_named(ports, alert.user_id, own_lists(alert.criteria))
        return {"criteria": renewed(alert.criteria, lists)}

    return await _change(ports, alert.user_id, alert.id, changed, None)


async def _always(changes: dict[str, Any]) -> dict[str, Any]:
    return changes


async def _change(
    ports: Ports,
    user_id: str,
    id: str,
    changes: Callable[[Alert], Awaitable[dict[str, Any]]],
    expected_version: int | None,
) -> Alert:
    for _ in range(WRITE_TRIES):
        document = await _own(ports, user_id, id)
        alert = Alert.from_store(document.body)
        _guard(alert, expected_version)
        changed = alert.model_copy(update=await changes(alert))
        if changed == alert:
            return alert
        changed = changed.model_copy(
            update={"version": alert.version + 1, "updated_at": ports.clock()}
        )
        try:
            await ports.documents.replace(
                ALERTS,
                id,
                _body(changed),
                expected_version=document.version,
                events=_saved(changed),
            )
        except VersionConflict:
            continue
        await _hint(ports.matchers.register(changed), id)
        return changed
    raise contended()


async def _own(ports: Ports, user_id: str, id: str) -> Document:
    try:
        document = await ports.documents.get(ALERTS, id)
    except NotFound:
        document = None
    if document is None or document.body["user_id"] != user_id:
        raise NotFound("there is no such alert")
    return document


def _guard(alert: Alert, expected_version: int | None) -> None:
    if expected_version is not None and alert.version != expected_version:
        raise VersionConflict(f"the alert is at version {alert.version}")


def _body(alert: Alert) -> Body:
    return alert.model_dump(mode="json", by_alias=True)


def _saved(alert: Alert) -> list[Outgoing]:
    return [_told(ALERT_SAVED, alert)]


def _told(type_: str, alert: Alert) -> Outgoing:
    event = version_event(
        type_,
        subject=alert.id,
        version=alert.version,
        key=alert.user_id,
        data={"alert": _body(alert)},
        time=alert.updated_at,
    )
    return ALERT_EVENTS, event


async def _hint(call: Awaitable[None], alert_id: str) -> None:
    try:
        await asyncio.wait_for(call, HINT_S)
    except (TimeoutError, DomainError) as error:
        _log.warning("matcher hint failed", alert_id=alert_id, error=type(error).__name__)
