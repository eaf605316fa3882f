"""The matcher shard over the embedded store: every alert known in time, every match once."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from backends.documents.collections import ALERTS, POSTINGS, Collection
from matching.language import parse
from models.base import new_id
from models.errors import Fenced
from models.events import (
    ALERT_EVENTS,
    ALERT_SAVED,
    JOB_EVENTS,
    MATCH_EVENTS,
    POSTING_PUBLISHED,
    Event,
    version_event,
)
from models.posting import Posting
from services.ports import NearMisses, Ports
from tests.unit.actors.matchers import (
    MakeShard,
    delete,
    edit,
    matches,
    publish,
    save,
    settle,
    shard_of,
)

__all__ = ["shard_of"]

Events = Callable[[str], Awaitable[list[Event]]]


async def test_an_alert_saved_after_recovery_is_known_without_the_direct_call(
    ports: Ports,
    shard_of: MakeShard,
) -> None:
    shard = shard_of()
    await shard.recover()
    alert = await save(ports, "title:baker")
    posting = await publish(ports, "Senior Baker")
    await settle(shard)
    [match] = await matches(ports)
    assert (match.body["alert_id"], match.body["posting_id"]) == (alert.id, posting)
    assert match.body["clauses"][0]["text"] == "Baker"


async def test_what_was_published_while_the_shard_was_dead_is_matched(
    ports: Ports, shard_of: MakeShard, events: Events
) -> None:
    await save(ports, "baker")
    first = shard_of()
    await first.recover()
    await publish(ports, "Baker one")
    await publish(ports, "Baker two")
    second = shard_of()
    await second.recover()
    await settle(second)
    assert len(await matches(ports)) == 2
    told = await events(MATCH_EVENTS)
    assert [event.key for event in told] == ["u1", "u1"]
    assert told[0].data["posting"]["title"].startswith("Baker")


async def test_replaying_everything_three_times_changes_nothing(
    ports: Ports, shard_of: MakeShard, events: Events
) -> None:
    await save(ports, "baker")
    await publish(ports, "Baker")
    shard = shard_of()
    await shard.recover()
    replayed = [delivery async for delivery in ports.stream.read(JOB_EVENTS)]
    for _ in range(3):
        await shard._handle(replayed)
    assert len(await matches(ports)) == 1
    assert len(await events(MATCH_EVENTS)) == 1


async def test_a_zombie_is_fenced(ports: Ports, shard_of: MakeShard) -> None:
    await save(ports, "baker")
    zombie, owner = shard_of(), shard_of()
    await zombie.recover()
    await owner.recover()
    await publish(ports, "Baker")
    with pytest.raises(Fenced):
        await settle(zombie)
    assert await matches(ports) == []
    await settle(owner)
    assert len(await matches(ports)) == 1


async def test_paused_and_deleted_alerts_do_not_match(ports: Ports, shard_of: MakeShard) -> None:
    await save(ports, "baker", paused=True)
    deleted = await save(ports, "baker")
    shard = shard_of()
    await shard.recover()
    await delete(ports, deleted)
    await publish(ports, "Baker")
    await settle(shard)
    assert await matches(ports) == []


async def test_each_user_belongs_to_exactly_one_shard(ports: Ports, shard_of: MakeShard) -> None:
    for number in range(20):
        await save(ports, "baker", user_id=f"user-{number}")
    await publish(ports, "Baker")
    counts = []
    for index in range(3):
        shard = shard_of(index, 3)
        await shard.recover()
        await settle(shard)
        counts.append(len(await matches(ports)))
    assert counts == sorted(counts)
    assert 0 < counts[0] < counts[2] == 20


async def test_hints_in_the_wrong_order_leave_the_newest_version(
    ports: Ports, shard_of: MakeShard
) -> None:
    shard = shard_of()
    await shard.recover()
    old = await save(ports, "title:baker")
    newer = await edit(ports, old, "title:miller")
    await shard.register(newer)
    await shard.register(old)
    await publish(ports, "Baker")
    await publish(ports, "Miller")
    await settle(shard)
    [match] = await matches(ports)
    assert match.body["clauses"][0]["text"] == "Miller"


@pytest.mark.parametrize("ending", ["paused", "deleted"])
async def test_a_late_hint_brings_nothing_back(
    ports: Ports, shard_of: MakeShard, ending: str
) -> None:
    shard = shard_of()
    await shard.recover()
    alert = await save(ports, "baker")
    if ending == "paused":
        await edit(ports, alert, paused=True)
    else:
        await delete(ports, alert)
    await publish(ports, "Baker one")
    await settle(shard)
    await shard.register(alert)
    assert shard.status()[1]["alerts_registered"] == 0.0
    await publish(ports, "Baker two")
    await settle(shard)
    assert await matches(ports) == []


async def test_a_paused_alert_matches_again_once_it_is_resumed(
    ports: Ports, shard_of: MakeShard
) -> None:
    shard = shard_of()
    await shard.recover()
    alert = await edit(ports, await save(ports, "baker"), paused=True)
    await publish(ports, "Baker one")
    await settle(shard)
    assert await matches(ports) == []
    await edit(ports, alert, paused=False)
    await publish(ports, "Baker two")
    await settle(shard)
    assert len(await matches(ports)) == 1


async def test_a_match_tells_the_alert_as_it_is_after_an_edit(
    ports: Ports, shard_of: MakeShard
) -> None:
    shard = shard_of()
    await shard.recover()
    alert = await save(ports, "baker")
    await publish(ports, "Baker one")
    await settle(shard)
    await edit(ports, alert, name="renamed")
    await publish(ports, "Baker two")
    await settle(shard)
    assert {match.body["alert_name"] for match in await matches(ports)} == {"mine", "renamed"}


@pytest.mark.parametrize("change", ["gone", "paused", "edited", "broken"])
async def test_what_the_document_no_longer_wants_is_not_told(
    ports: Ports, shard_of: MakeShard, change: str
) -> None:
    """The alert changes between the last event that was read and the reading of the document."""
    shard = shard_of()
    alert = await save(ports, "title:baker")
    await save(ports, "title:baker", user_id="other")
    await shard.recover()
    changed = {
        "paused": alert.model_copy(update={"paused": True, "version": 2}),
        "edited": alert.model_copy(update={"criteria": parse("miller").criteria, "version": 2}),
    }
    if change == "gone":
        await ports.documents.delete(ALERTS, alert.id)
    else:
        body = changed[change].model_dump(mode="json") if change in changed else {"id": alert.id}
        await ports.documents.replace(ALERTS, alert.id, body, expected_version=1)
    await publish(ports, "Baker")
    await settle(shard)
    assert [match.body["user_id"] for match in await matches(ports)] == ["other"]
    assert shard.status()[0]["matches_refused"] == 1.0


async def test_a_large_batch_is_matched_in_scans_and_written_in_order(
    ports: Ports, shard_of: MakeShard, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.matcher.SCAN", 4)
    monkeypatch.setattr("actors.matcher.WRITE", 3)
    for number in range(2):
        await save(ports, "baker", user_id=f"u{number}")
    sent = [await publish(ports, f"Baker {number}") for number in range(9)]
    shard = shard_of()
    await shard.recover()
    await shard._handle([delivery async for delivery in ports.stream.read(JOB_EVENTS)])
    told = await events(MATCH_EVENTS)
    assert [event.data["match"]["posting_id"] for event in told] == [p for p in sent for _ in "12"]
    assert shard.status()[0]["matches"] == 18.0


async def test_a_posting_that_cannot_be_read_holds_up_nobody(
    ports: Ports, shard_of: MakeShard
) -> None:
    await save(ports, "baker")
    poison = version_event(
        POSTING_PUBLISHED,
        subject="poison",
        version=1,
        key="poison",
        data={"posting": {"id": "poison"}},
        time=ports.clock(),
    )
    await ports.stream.publish(JOB_EVENTS, [poison])
    await publish(ports, "Baker")
    shard = shard_of()
    await shard.recover()
    await shard.step(0.02)
    assert len(await matches(ports)) == 1


async def test_near_misses_are_counted_by_field(ports: Ports, shard_of: MakeShard) -> None:
    await save(ports, "baker")
    await save(ports, "title:baker night")
    await save(ports, "title:miller work")
    await save(ports, "title:miller night")
    await save(ports, "work (title:miller OR night)")
    await save(ports, "title:miller")
    await publish(ports, "Baker")
    shard = shard_of()
    await shard.recover()
    [posting] = (await ports.documents.find(POSTINGS)).items
    expected = NearMisses(1, {"several": 1, "text": 1, "title": 1})
    assert await shard.near_misses(Posting.model_validate(posting.body)) == expected


async def test_alerts_are_filed_in_the_background(ports: Ports, shard_of: MakeShard) -> None:
    shard = shard_of()
    await shard.recover()
    alert = await save(ports, "baker")
    for _ in range(4 * 1024 + 1):
        await shard.register(alert.model_copy(update={"id": new_id()}))
    await shard.tend()
    async with asyncio.timeout(30):
        while shard.status()[0]["compactions"] < 1.0:
            await asyncio.sleep(0.01)
    gauges = shard.status()[1]
    assert gauges["alerts_registered"] == 4 * 1024 + 2


async def test_an_edited_posting_tells_nobody_twice_and_somebody_new_once(
    ports: Ports, shard_of: MakeShard
) -> None:
    await save(ports, "baker", user_id="first")
    await save(ports, "night", user_id="second")
    shard = shard_of()
    await shard.recover()
    await publish(ports, "Baker", external_id="x")
    await settle(shard)
    assert len(await matches(ports)) == 1
    await publish(ports, "Baker at night", external_id="x")
    await settle(shard)
    assert sorted(m.body["user_id"] for m in await matches(ports)) == ["first", "second"]


@pytest.mark.parametrize("stored_first", [True, False])
async def test_an_unreadable_alert_stops_nobody_else(
    ports: Ports, shard_of: MakeShard, stored_first: bool
) -> None:
    shard = shard_of()
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


@pytest.mark.parametrize("data", [{}, {"alert": None}, {"alert": {"id": "half"}}, {"alert": 3}])
async def test_a_malformed_alert_event_stops_nobody(
    ports: Ports, shard_of: MakeShard, data: dict[str, object]
) -> None:
    shard = shard_of()
    await shard.recover()
    event = Event(type=ALERT_SAVED, subject=new_id(), key="u1", data=data)
    await ports.stream.publish(ALERT_EVENTS, [event])
    await save(ports, "python")
    await publish(ports, "Python developer")
    await settle(shard)
    assert len(await matches(ports)) == 1
    assert shard.status()[0]["alerts_unreadable"] == 1


async def test_a_shard_forgets_what_nobody_asks_any_more(
    ports: Ports, shard_of: MakeShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actors.registry.LITTER_BYTES", 2_000)
    await save(ports, "python")
    shard = shard_of()
    await shard.recover()
    for number in range(200):
        changing = await save(ports, f"word{number}")
        await shard.register(changing)
        await shard.unregister(changing.id)
        await ports.documents.delete(ALERTS, changing.id)
    littered = shard.status()[1]["question_bytes"]
    await shard.tend()
    counters, gauges = shard.status()
    assert gauges["question_bytes"] < littered / 10
    assert counters["matcher_rebuilds"] == 2
    await publish(ports, "Python developer")
    await settle(shard)
    assert len(await matches(ports)) == 1
    assert shard.status()[0]["matcher_rebuilds"] == 2


async def test_an_alert_whose_event_still_waits_in_its_document_is_known(
    ports: Ports, shard_of: MakeShard, monkeypatch: pytest.MonkeyPatch
) -> None:
    shard = shard_of()
    await shard.recover()
    alert = await save(ports, "python", paused=True)
    resumed = alert.model_copy(update={"paused": False, "version": 2})
    body = resumed.model_dump(mode="json")
    await ports.documents.replace(ALERTS, alert.id, body, expected_version=1)
    waits = Event(type=ALERT_SAVED, subject=alert.id, key="u1", data={"alert": body})

    async def waiting(_: Collection) -> list[Event]:
        return [waits]

    monkeypatch.setattr(ports.documents, "waiting", waiting)
    await publish(ports, "Python developer")
    await settle(shard)
    assert [match.body["alert_id"] for match in await matches(ports)] == [alert.id]
