"""The notification queue: told once, sent at least once, in order, fairly."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from actors.notifier import COUNTED, NotificationQueue
from backends.channels.base import Message, Sent
from backends.documents.base import Document
from backends.documents.collections import (
    ALERTS,
    ATTEMPTS,
    DEAD_LETTERS,
    DELIVERIES,
    NOTIFICATIONS,
    USERS,
)
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.sqlite import SqliteStream
from models.alert import ChannelName
from models.base import derived_id
from models.errors import Fenced, Unavailable
from models.events import MATCH_CREATED, MATCH_EVENTS, Event
from models.shards import bucket_of
from services.telling.lanes import LaneLimits
from tests.unit.actors.notifiers import LIMITS, ScriptedChannel, World, until


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    world = World(tmp_path / "jobray.db")
    await world.documents.open()
    await world.stream.open()
    yield world
    await world.stream.close()
    await world.documents.close()


async def test_a_match_becomes_one_notification_and_one_mail(world: World) -> None:
    await world.person("ada")
    async with world.running() as queue:
        match_id = await world.matched("ada", "p1")
        [mail] = await world.mails(1, "delivered")
    counters, gauges = queue.status()
    [stored] = await world.all(NOTIFICATIONS)
    [event] = await world.told()
    item = event.data["notification"]
    assert stored.body["match_id"] == match_id
    assert (event.key, event.subject, event.traceparent) == ("ada", stored.id, "00-0123")
    assert item["posting"]["title"] == "Python dev"
    assert item["alert"] == {"id": "alert-ada", "name": "my alert"}
    assert [clause["clause"] for clause in item["why"]["clauses"]] == ["title:python"]
    assert item["deliveries"] == [
        {"channel": "inapp", "status": "delivered", "attempts": 1},
        {"channel": "email", "status": "pending", "attempts": 0},
    ]
    [message] = world.channel.sent
    assert (message.id, message.address) == (mail["id"], "ada@example.org")
    assert message.subject == "New match: Python dev at Acme — my alert"
    [attempt] = await world.all(ATTEMPTS, "number")
    assert (attempt.body["delivery_id"], attempt.body["outcome"]) == (mail["id"], "delivered")
    once = {"notifications_created": 1, "deliveries_delivered": 1}
    assert counters == dict.fromkeys(COUNTED, 0) | once
    assert gauges == {"deliveries_waiting": 0, "deliveries_in_flight": 0}


async def test_a_new_mail_does_not_wait_for_the_poll(world: World) -> None:
    await world.person("ada")
    async with world.running(limits=LaneLimits(poll_s=3600)):
        await asyncio.sleep(0.05)
        await world.matched("ada", "p1")
        await until(lambda: world.channel.sent, within_s=1.0)


async def test_replaying_three_times_changes_nothing(world: World) -> None:
    await world.person("ada")
    async with world.running():
        for copy in range(3):
            for posting in ("p1", "p2"):
                await world.matched("ada", posting, copy=copy)
        await world.matched("ada", "last")
        await world.mails(3, "delivered")
        await asyncio.sleep(0.05)
    assert len(await world.all(NOTIFICATIONS)) == len(await world.told()) == 3
    assert len(world.channel.sent) == 3


async def test_a_replay_after_a_change_of_address_mails_nobody(world: World) -> None:
    await world.person("ada")
    async with world.running():
        await world.matched("ada", "p1")
        await world.mails(1, "delivered")
        user = await world.documents.get(USERS, "ada")
        moved = user.body | {"email": "new@example.org"}
        await world.documents.replace(USERS, "ada", moved, expected_version=1)
        await world.matched("ada", "p1", copy=1)
        await world.matched("ada", "p2")
        await world.mails(2, "delivered")
    assert [each.address for each in world.channel.sent] == ["ada@example.org", "new@example.org"]


async def test_one_persons_notifications_and_mails_keep_their_order(world: World) -> None:
    await world.person("ada")
    postings = [f"p{number:02}" for number in range(30)]
    async with world.running():
        for posting in postings:
            await world.matched("ada", posting)
        await world.mails(30, "delivered")
    by_position = await world.all(NOTIFICATIONS, "position")
    assert [each.body["posting"]["id"] for each in by_position] == postings
    assert [event.data["notification"]["posting"]["id"] for event in await world.told()] == postings
    ids = {each.id: each.body["notification_id"] for each in await world.all(DELIVERIES)}
    order = [each.id for each in by_position]
    assert [order.index(ids[message.id]) for message in world.channel.sent] == list(range(30))


async def test_at_most_ten_are_in_flight_and_no_user_waits_for_anothers_backlog(
    world: World,
) -> None:
    people = [f"user{number}" for number in range(15)]
    for person in ("greedy", *people):
        await world.person(person)
    world.channel.gate.clear()
    async with world.running():
        for number in range(40):
            await world.matched("greedy", f"g{number}")
        for person in people:
            await world.matched(person, "p")
        await until(lambda: world.channel.in_flight == 10)
        # A mail server that does not answer holds up nothing but mail.
        await world.all_told(55)
        world.channel.gate.set()
        await world.mails(55, "delivered")
    assert world.channel.most_in_flight == 10
    receivers = [message.address for message in world.channel.sent]
    last = max(receivers.index(f"{person}@example.org") for person in people)
    assert receivers[:last].count("greedy@example.org") < 10


async def test_a_backlog_beyond_the_buffer_is_worked_off(world: World) -> None:
    await world.person("ada")
    await world.person("bob")
    small = LaneLimits(poll_s=0.01, capacity=120, per_user=5)
    async with world.running(limits=small):
        for number in range(40):
            await world.matched("ada", f"p{number}")
        await world.matched("bob", "p")
        await world.all_told(41)
        await world.mails(41, "delivered")
    assert len(world.channel.sent) == 41


async def test_in_app_only_sends_no_mail(world: World) -> None:
    await world.person("ada")
    async with world.running():
        await world.matched("ada", "p1", (ChannelName.INAPP,))
        await world.matched("ada", "p2", (ChannelName.EMAIL,))
        await world.mails(1, "delivered")
    assert len(world.channel.sent) == 1
    assert sorted(each.body["channel"] for each in await world.all(DELIVERIES)) == [
        "email",
        "inapp",
    ]


async def test_a_person_who_is_gone_is_told_nothing(world: World) -> None:
    await world.person("ada")
    await world.person("out", disabled_at=world.clock())
    async with world.running():
        await world.matched("gone", "p1")
        await world.matched("out", "p1")
        await world.matched("ada", "p1")
        await world.mails(1, "delivered")
    assert [each.body["user_id"] for each in await world.all(NOTIFICATIONS)] == ["ada"]
    assert {each.body["user_id"] for each in await world.all(DELIVERIES)} == {"ada"}


async def test_a_transient_fault_is_tried_again_later_with_the_same_id(world: World) -> None:
    await world.person("ada")
    world.channel.answers = [Sent("transient", "busy"), Sent("transient", "busy", 3000.0)]
    async with world.running() as queue:
        await world.matched("ada", "p1")
        await until(lambda: queue.status()[0].get("deliveries_retried") == 1)
        [waiting] = await world.mails(1, "pending")
        assert waiting["due_at"] == "2026-11-21T09:30:10.000000Z"
        assert (waiting["attempts"], waiting["detail"]) == (1, "busy")
        world.clock.advance(10)
        await until(lambda: queue.status()[0].get("deliveries_retried") == 2)
        world.clock.advance(2999)
        await asyncio.sleep(0.05)
        assert len(world.channel.sent) == 2
        world.clock.advance(1)
        [mail] = await world.mails(1, "delivered")
    assert mail["attempts"] == 3
    assert len({message.id for message in world.channel.sent}) == 1
    outcomes = [each.body["outcome"] for each in await world.all(ATTEMPTS, "number")]
    assert outcomes == ["transient", "transient", "delivered"]


async def test_a_server_down_for_a_day_is_tried_at_least_eight_times(world: World) -> None:
    await world.person("ada")
    world.channel.answers = [Sent("transient", "down")] * 100
    async with world.running() as queue:
        await world.matched("ada", "p1")
        while not queue.status()[0].get("deliveries_failed"):
            tries = len(world.channel.sent)
            await until(lambda: len(world.channel.sent) > tries or _failed(queue))  # noqa: B023
            await until(lambda: queue.status()[1]["deliveries_in_flight"] == 0)
            world.clock.advance(43_200)
        [mail] = await world.mails(1, "failed")
    assert mail["attempts"] == len(world.channel.sent) >= 8
    assert mail["finished_at"] is not None


def _failed(queue: NotificationQueue) -> bool:
    return bool(queue.status()[0].get("deliveries_failed"))


async def test_a_permanent_fault_is_suppressed_after_one_try(world: World) -> None:
    await world.person("ada")
    world.channel.answers = [Sent("permanent", "no such user")]
    async with world.running():
        await world.matched("ada", "p1")
        [mail] = await world.mails(1, "suppressed")
        world.clock.advance(90_000)
        await asyncio.sleep(0.05)
    assert (mail["attempts"], mail["detail"]) == (1, "no such user")
    assert len(world.channel.sent) == 1


async def test_an_alert_without_the_channel_sends_no_more_mail(world: World) -> None:
    await world.person("ada")
    world.channel.answers = [Sent("transient", "busy")]
    async with world.running() as queue:
        await world.matched("ada", "p1")
        await until(lambda: queue.status()[0].get("deliveries_retried") == 1)
        alert = await world.documents.get(ALERTS, "alert-ada")
        body = alert.body | {"channels": ["inapp"]}
        await world.documents.replace(ALERTS, alert.id, body, expected_version=1)
        world.clock.advance(10)
        await world.mails(1, "suppressed")
    assert len(world.channel.sent) == 1


async def test_a_queue_killed_between_claim_and_send_costs_one_copy_at_most(
    world: World,
) -> None:
    await world.person("ada")
    world.channel.gate.clear()
    dead = await world.queue()
    work = asyncio.create_task(dead.run())
    await world.matched("ada", "p1")
    await until(lambda: world.channel.sent)
    work.cancel()
    await asyncio.wait([work])
    [claimed] = await world.mails(1, "pending")
    assert claimed["attempts"] == 1
    [attempt] = await world.all(ATTEMPTS, "number")
    assert attempt.body["outcome"] == "started"

    world.channel.gate.set()
    async with world.running():
        [mail] = await world.mails(1, "delivered")
    assert (mail["attempts"], len(world.channel.sent)) == (2, 2)
    assert len({message.id for message in world.channel.sent}) == 1
    await dead.stop()


async def test_what_waits_for_its_next_try_waits_on_under_the_next_queue(world: World) -> None:
    await world.person("ada")
    world.channel.answers = [Sent("transient", "later")]
    async with world.running():
        await world.matched("ada", "p1")
        await until(lambda: world.channel.sent)
    async with world.running():
        await asyncio.sleep(0.05)
        assert len(world.channel.sent) == 1
        world.clock.advance(LIMITS.lease_s)
        await world.mails(1, "delivered")


async def test_a_queue_killed_before_the_notification_loses_nothing(world: World) -> None:
    """It died between its two writes: the delivery is there, the notification is not."""
    await world.person("ada")
    await world.matched("ada", "p1")
    async with world.running():
        [mail] = await world.mails(1, "delivered")
    [notification] = await world.all(NOTIFICATIONS)
    pending = mail | {"status": "pending", "attempts": 0, "finished_at": None}
    await world.documents.delete(NOTIFICATIONS, notification.id)
    await world.documents.delete(ATTEMPTS, derived_id("attempt", mail["id"], 1))
    await world.documents.replace(DELIVERIES, mail["id"], pending, expected_version=3)
    await world.matched("ada", "p1", copy=1)
    async with world.running() as queue:
        await world.some(NOTIFICATIONS)
        await until(lambda: queue.status()[1]["deliveries_in_flight"] == 0)
        world.clock.advance(10)  # in case the delivery was tried before the notification came
        await world.mails(1, "delivered")
    assert len(world.channel.sent) == 2


async def test_a_zombie_is_refused_and_the_new_owner_goes_on(world: World) -> None:
    await world.person("ada")
    zombie = await world.queue()
    work = asyncio.create_task(zombie.run())
    async with world.running():
        await world.matched("ada", "p1")
        await world.mails(1, "delivered")
        with pytest.raises(Fenced):
            await asyncio.wait_for(work, 10)
    assert len(world.channel.sent) == 1
    await zombie.stop()


async def test_each_shard_serves_its_own_people_only(world: World) -> None:
    people = [f"user{number}" for number in range(12)]
    for person in people:
        await world.person(person)
    channels = [ScriptedChannel() for _ in range(4)]
    async with (
        world.running(shard=0, shards=4, channel=channels[0]),
        world.running(shard=1, shards=4, channel=channels[1]),
        world.running(shard=2, shards=4, channel=channels[2]),
        world.running(shard=3, shards=4, channel=channels[3]),
    ):
        for person in people:
            await world.matched(person, "p")
        await world.mails(12, "delivered")
    for shard, channel in enumerate(channels):
        served = {message.address.partition("@")[0] for message in channel.sent}
        assert served == {person for person in people if bucket_of(person) % 4 == shard}


async def test_a_poisoned_match_is_buried_and_its_neighbours_pass(world: World) -> None:
    await world.person("ada")
    await world.person("bob")
    broken = Event(type=MATCH_CREATED, subject="m", key="ada", data={"match": {"id": 1}})
    async with world.running():
        await world.stream.publish(MATCH_EVENTS, [broken])
        await world.matched("bob", "p1")
        await world.mails(1, "delivered")
        [letter] = await world.some(DEAD_LETTERS, "at")
    assert letter.body["event"]["id"] == broken.id


async def test_a_channel_that_hangs_is_cut_off(world: World) -> None:
    await world.person("ada")
    world.channel.gate.clear()
    async with world.running(limits=LaneLimits(poll_s=0.01, send_s=0.05)) as queue:
        await world.matched("ada", "p1")
        await until(lambda: queue.status()[0].get("deliveries_retried") == 1)
        [mail] = await world.mails(1, "pending")
    assert mail["detail"] == "no answer in time"


async def test_a_channel_with_a_fault_does_not_end_the_lane(world: World) -> None:
    class Broken(ScriptedChannel):
        async def send(self, message: Message) -> Sent:
            if "/jobs/p1" in message.text:
                raise KeyError("a fault of ours")
            return await super().send(message)

    await world.person("ada")
    async with world.running(channel=Broken()):
        await world.matched("ada", "p1")
        await world.matched("ada", "p2")
        await world.mails(1, "delivered")
        [mail] = await world.mails(1, "pending")
    assert mail["detail"] == "a fault of ours: KeyError"


class Interrupted(SqliteDocuments):
    """The embedded store, which is down for the next `refusals` replacements."""

    refusals = 0

    async def replace(self, *args: Any, **options: Any) -> Document:
        if self.refusals > 0:
            self.refusals -= 1
            raise Unavailable
        return await super().replace(*args, **options)


async def test_a_store_that_is_down_after_the_send_causes_no_copy(world: World) -> None:
    database = Database(world.path)
    documents, stream = Interrupted(database), SqliteStream(database)
    world.backends = lambda: (documents, stream)  # type: ignore[method-assign]
    await world.person("ada")
    world.channel.gate.clear()
    async with world.running():
        await world.matched("ada", "p1")
        await until(lambda: world.channel.in_flight == 1)
        documents.refusals = 5
        world.channel.gate.set()
        await until(lambda: documents.refusals < 3)
        world.clock.advance(LIMITS.lease_s + 1)
        await world.mails(1, "delivered")
    assert len(world.channel.sent) == 1


async def test_a_store_that_is_down_before_the_send_only_costs_time(world: World) -> None:
    database = Database(world.path)
    documents, stream = Interrupted(database), SqliteStream(database)
    world.backends = lambda: (documents, stream)  # type: ignore[method-assign]
    await world.person("ada")
    documents.refusals = 3
    async with world.running():
        await world.matched("ada", "p1")
        [mail] = await world.mails(1, "delivered")
    assert (mail["attempts"], len(world.channel.sent)) == (1, 1)


class Unheard(SqliteDocuments):
    """The embedded store, which writes and then loses the answer, `lost` times from now."""

    lost = 0

    async def replace(self, *args: Any, **options: Any) -> Document:
        return self._answer(await super().replace(*args, **options))

    async def insert(self, *args: Any, **options: Any) -> Document:
        return self._answer(await super().insert(*args, **options))

    def _answer(self, stored: Document) -> Document:
        if self.lost > 0:
            self.lost -= 1
            raise Unavailable
        return stored


async def test_a_lost_answer_after_the_send_causes_no_copy(world: World) -> None:
    database = Database(world.path)
    documents, stream = Unheard(database), SqliteStream(database)
    world.backends = lambda: (documents, stream)  # type: ignore[method-assign]
    people = [f"user{number}" for number in range(6)]
    for person in people:
        await world.person(person)
    world.channel.gate.clear()
    async with world.running() as queue:
        for person in people:
            await world.matched(person, "p")
        await until(lambda: world.channel.in_flight == 6)
        documents.lost = 3
        world.channel.gate.set()
        mails = await world.mails(6, "delivered")
        attempts = await world.all(ATTEMPTS, "number")
        await until(lambda: queue.status()[0]["deliveries_delivered"] == 6)
    assert [mail["attempts"] for mail in mails] == [1] * 6
    assert [attempt.body["outcome"] for attempt in attempts] == ["delivered"] * 6
    assert len(world.channel.sent) == 6


async def test_a_lost_answer_before_the_send_only_costs_time(world: World) -> None:
    database = Database(world.path)
    documents, stream = Unheard(database), SqliteStream(database)
    world.backends = lambda: (documents, stream)  # type: ignore[method-assign]
    await world.person("ada")
    async with world.running():
        documents.lost = 2  # of the claim and of the attempt
        await world.matched("ada", "p1")
        [mail] = await world.mails(1, "delivered")
    assert documents.lost == 0
    assert (mail["attempts"], len(world.channel.sent)) == (1, 1)
    assert len(await world.all(ATTEMPTS, "number")) == 1


@pytest.mark.parametrize("is_gone", [False, True])
async def test_a_delivery_that_others_changed_costs_the_rest_nothing(
    world: World, is_gone: bool
) -> None:
    await world.person("ada")
    await world.person("bob")
    world.channel.gate.clear()
    async with world.running():
        await world.matched("ada", "p1")
        await world.matched("bob", "p1")
        await until(lambda: world.channel.in_flight == 2)
        [hers] = [mail for mail in await world.mails(2, "pending") if mail["user_id"] == "ada"]
        if is_gone:
            await world.documents.delete(DELIVERIES, hers["id"])
        else:
            changed = hers | {"detail": "by hand", "status": "failed"}
            await world.documents.replace(DELIVERIES, hers["id"], changed, expected_version=2)
        world.channel.gate.set()
        await world.mails(1, "delivered")
        await world.matched("ada", "p2")
        await world.mails(2, "delivered")
    left = [mail.body for mail in await world.all(DELIVERIES) if mail.id == hers["id"]]
    assert left == ([] if is_gone else [changed])
    assert len(world.channel.sent) == 3


async def test_a_zombie_with_a_mail_in_flight_settles_nothing(world: World) -> None:
    await world.person("ada")
    world.channel.gate.clear()
    zombie = await world.queue()
    work = asyncio.create_task(zombie.run())
    await world.matched("ada", "p1")
    await until(lambda: world.channel.in_flight == 1)
    await world.documents.take_epoch(zombie.name)
    world.channel.gate.set()
    with pytest.raises(Fenced):
        await asyncio.wait_for(work, 10)
    await world.mails(1, "pending")
    await zombie.stop()


async def test_stop_lets_what_is_in_flight_finish(world: World) -> None:
    await world.person("ada")
    world.channel.gate.clear()
    queue = await world.queue()
    work = asyncio.create_task(queue.run())
    await world.matched("ada", "p1")
    await until(lambda: world.channel.in_flight == 1)
    stopping = asyncio.create_task(queue.stop())
    await asyncio.sleep(0.01)
    world.channel.gate.set()
    await asyncio.wait_for(stopping, 5)
    assert work.done()
    await world.mails(1, "delivered")
