"""Alerts and postings around a matcher shard over the embedded store."""

from collections.abc import Callable
from pathlib import Path

import pytest

from actors.matcher import MatcherShard
from actors.processor import Processor
from backends.documents.base import Document
from backends.documents.collections import ALERTS, MATCHES
from matching.language import parse, to_text
from models.alert import Alert
from models.base import new_id
from models.events import ALERT_DELETED, ALERT_EVENTS, ALERT_SAVED, version_event
from models.posting import Given
from models.topology import ActorRole
from services.intake import postings
from services.ports import Ports

TEXT = "<p>Good work in a small team that cares for its people.</p>"

MakeShard = Callable[..., MatcherShard]


@pytest.fixture
def shard_of(ports: Ports, tmp_path: Path) -> MakeShard:
    def make(shard: int = 0, shards: int = 1) -> MatcherShard:
        return MatcherShard(
            ports.documents,
            ports.stream,
            role=ActorRole("matcher", shard, shards),
            snapshot=tmp_path / f"{shard}.alerts",
            clock=ports.clock,
        )

    return make


async def save(ports: Ports, query: str, user_id: str = "u1", **changes: object) -> Alert:
    """Store an alert as the API does, without telling any shard."""
    now = ports.clock()
    criteria = parse(query).criteria
    alert = Alert(
        id=new_id(),
        user_id=user_id,
        name="mine",
        query=to_text(criteria),
        criteria=criteria,
        created_at=now,
        updated_at=now,
    ).model_copy(update=changes)
    body = alert.model_dump(mode="json")
    event = version_event(
        ALERT_SAVED, subject=alert.id, version=1, key=user_id, data={"alert": body}, time=now
    )
    await ports.documents.insert(ALERTS, alert.id, body, events=[(ALERT_EVENTS, event)])
    return alert


async def publish(ports: Ports, title: str, owner_id: str = "o1", **given: object) -> str:
    """Submit a posting and let a processor publish it."""
    submitted = await postings.submit(
        ports,
        owner_id=owner_id,
        given=Given(title=title, company="Orb", description=TEXT, **given),
        source="api",
    )
    processor = Processor(ports, role=ActorRole("processor"))
    await processor.recover()
    await settle(processor)
    return submitted.id


async def settle(actor: MatcherShard | Processor) -> None:
    """Work until nothing is left to do."""
    while await actor.step(0.02):
        pass


async def matches(ports: Ports) -> list[Document]:
    return list((await ports.documents.find(MATCHES)).items)


async def edit(ports: Ports, alert: Alert, query: str = "", **changes: object) -> Alert:
    """Store the next version of an alert as the API does, without telling any shard."""
    if query:
        criteria = parse(query).criteria
        changes |= {"criteria": criteria, "query": to_text(criteria)}
    newer = alert.model_copy(update={"version": alert.version + 1, **changes})
    body = newer.model_dump(mode="json")
    event = version_event(
        ALERT_SAVED,
        subject=alert.id,
        version=newer.version,
        key=alert.user_id,
        data={"alert": body},
        time=ports.clock(),
    )
    await ports.documents.replace(
        ALERTS,
        alert.id,
        body,
        expected_version=alert.version,
        events=[(ALERT_EVENTS, event)],
    )
    return newer


async def delete(ports: Ports, alert: Alert) -> None:
    event = version_event(
        ALERT_DELETED,
        subject=alert.id,
        version=alert.version + 1,
        key=alert.user_id,
        data={},
        time=ports.clock(),
    )
    await ports.documents.delete(ALERTS, alert.id, events=[(ALERT_EVENTS, event)])
