"""The matcher shard over the embedded store: every alert known in time, every match once."""

from collections.abc import Awaitable, Callable

import pytest

from actors.matcher import MatcherShard
from actors.processor import Processor
from backends.documents.base import Document
from backends.documents.collections import ALERTS, MATCHES
from matching.language import parse, to_text
from models.alert import Alert
from models.base import new_id
from models.errors import Fenced
from models.events import (
    ALERT_DELETED,
    ALERT_EVENTS,
    ALERT_SAVED,
    MATCH_EVENTS,
    Event,
    version_event,
)
from models.posting import Given
from services import postings
from services.metrics import ACTOR_COUNTERS, ACTOR_GAUGES
from services.ports import Ports
from tests.unit.services.conftest import SimulatedClock

TEXT = "<p>Good work in a small team that cares for its people.</p>"

Events = Callable[[str], Awaitable[list[Event]]]


def shard_of(ports: Ports, shard: int = 0, shards: int = 1) -> MatcherShard:
    return MatcherShard(
        ports.documents, ports.stream, shard=shard, shards=shards, clock=ports.clock
    )


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
        given=Given(title=title, company="Orb", description=TEXT, **given),  # type: ignore[arg-type]
        source="api",
    )
    processor = Processor(ports, shard=0, shards=1)
    await processor.recover()
    await settle(processor)
    return submitted.id


async def settle(actor: MatcherShard | Processor) -> None:
    """Work until nothing is left to do."""
    while await actor.step(0.02):
        pass


async def matches(ports: Ports) -> list[Document]:
    return list((await ports.documents.find(MATCHES)).items)


async def test_an_alert_saved_after_recovery_is_known_without_the_direct_call(
    ports: Ports,
) -> None:
    shard = shard_of(ports)
    await shard.recover()
    alert = await save(ports, "title:baker")
    posting = await publish(ports, "Senior Baker")
    await settle(shard)
    [match] = await matches(ports)
    assert (match.body["alert_id"], match.body["posting_id"]) == (alert.id, posting)
    assert match.body["clauses"][0]["text"] == "Baker"


async def test_what_was_published_while_the_shard_was_dead_is_matched(
    ports: Ports, events: Events
) -> None:
    await save(ports, "baker")
    first = shard_of(ports)
    await first.recover()
    await publish(ports, "Baker one")
    await publish(ports, "Baker two")
    second = shard_of(ports)
    await second.recover()
    await settle(second)
    assert len(await matches(ports)) == 2
    told = await events(MATCH_EVENTS)
    assert [event.key for event in told] == ["u1", "u1"]
    assert told[0].data["posting"]["title"].startswith("Baker")


async def test_replaying_everything_three_times_changes_nothing(
    ports: Ports, events: Events
) -> None:
    await save(ports, "baker")
    await publish(ports, "Baker")
    shard = shard_of(ports)
    await shard.recover()
    replayed = [delivery async for delivery in ports.stream.read("job-events")]
    for _ in range(3):
        await shard._handle(replayed)
    assert len(await matches(ports)) == 1
    assert len(await events(MATCH_EVENTS)) == 1


async def test_a_zombie_is_fenced(ports: Ports) -> None:
    await save(ports, "baker")
    zombie, owner = shard_of(ports), shard_of(ports)
    await zombie.recover()
    await owner.recover()
    await publish(ports, "Baker")
    with pytest.raises(Fenced):
        await settle(zombie)
    assert await matches(ports) == []
    await settle(owner)
    assert len(await matches(ports)) == 1


async def test_paused_deleted_and_foreign_alerts_do_not_match(ports: Ports) -> None:
    await save(ports, "baker", paused=True)
    deleted = await save(ports, "baker")
    shard = shard_of(ports)
    await shard.recover()
    event = version_event(
        ALERT_DELETED, subject=deleted.id, version=2, key="u1", data={}, time=ports.clock()
    )
    await ports.documents.delete(ALERTS, deleted.id, events=[(ALERT_EVENTS, event)])
    await publish(ports, "Baker")
    await settle(shard)
    assert await matches(ports) == []


async def test_each_user_belongs_to_exactly_one_shard(ports: Ports) -> None:
    for number in range(20):
        await save(ports, "baker", user_id=f"user-{number}")
    await publish(ports, "Baker")
    counts = []
    for index in range(3):
        shard = shard_of(ports, index, 3)
        await shard.recover()
        await settle(shard)
        counts.append(len(await matches(ports)))
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[2] == 20


async def test_an_older_version_never_overwrites_a_newer_one(
    ports: Ports, clock: SimulatedClock
) -> None:
    shard = shard_of(ports)
    await shard.recover()
    old = await save(ports, "title:baker")
    newer = old.model_copy(update={"version": 2, "criteria": parse("title:miller").criteria})
    await shard.register(newer)
    await shard.register(old)
    await publish(ports, "Baker")
    await publish(ports, "Miller")
    await settle(shard)
    [match] = await matches(ports)
    assert match.body["alert_id"] == old.id
    assert shard.status()[0]["matches"] == 1.0


async def test_an_edited_posting_tells_nobody_twice_and_somebody_new_once(ports: Ports) -> None:
    await save(ports, "baker", user_id="first")
    await save(ports, "night", user_id="second")
    shard = shard_of(ports)
    await shard.recover()
    await publish(ports, "Baker", external_id="x")
    await settle(shard)
    assert len(await matches(ports)) == 1
    await publish(ports, "Baker at night", external_id="x")
    await settle(shard)
    assert sorted(m.body["user_id"] for m in await matches(ports)) == ["first", "second"]


async def test_a_late_hint_does_not_bring_a_deleted_alert_back(ports: Ports) -> None:
    shard = shard_of(ports)
    await shard.recover()
    alert = await save(ports, "baker")
    event = version_event(
        ALERT_DELETED, subject=alert.id, version=2, key="u1", data={}, time=ports.clock()
    )
    await ports.documents.delete(ALERTS, alert.id, events=[(ALERT_EVENTS, event)])
    await publish(ports, "Baker one")
    await settle(shard)
    await shard.register(alert)
    await publish(ports, "Baker two")
    await settle(shard)
    assert await matches(ports) == []


@pytest.mark.parametrize("stored_first", [True, False])
async def test_an_unreadable_alert_stops_nobody_else(ports: Ports, stored_first: bool) -> None:
    shard = shard_of(ports)
    body = {"id": "broken", "user_id": "u1", "colour": "red"}
    event = version_event(
        ALERT_SAVED, subject="broken", version=1, key="u1", data={"alert": body}, time=ports.clock()
    )
    if not stored_first:
        await shard.recover()
    await ports.documents.insert(ALERTS, "broken", body, events=[(ALERT_EVENTS, event)])
    if stored_first:
        await shard.recover()
    good = await save(ports, "baker")
    await publish(ports, "Baker")
    await settle(shard)
    assert [match.body["alert_id"] for match in await matches(ports)] == [good.id]
    assert shard.status()[0]["alerts_unreadable"] == 1.0


async def test_what_an_actor_counts_is_declared(ports: Ports) -> None:
    counters, gauges = shard_of(ports).status()
    assert counters.keys() <= ACTOR_COUNTERS.keys()
    assert gauges.keys() <= ACTOR_GAUGES.keys()
