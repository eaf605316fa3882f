"""What the file keeps for subscriptions that begin after others, and for those that are gone."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backends.sqlite import MIGRATIONS, Database, Sql, migrate
from backends.stream.base import PARTITIONS, After
from backends.stream.sqlite import SqliteStream
from tests.contract.streaming import TOPIC, event, names, receive_all, receive_what_comes

ALL = range(PARTITIONS)
KEPT_S = 100.0


class Aged:
    """A stream whose clock a test moves."""

    def __init__(self, path: Path) -> None:
        self.now = datetime(2026, 1, 1, tzinfo=UTC)
        self.database = Database(path / "jobray.db", clock=lambda: self.now)
        self.stream = SqliteStream(self.database, retention_s=KEPT_S, lease_s=1e9)

    def pass_by(self) -> None:
        self.now += timedelta(seconds=KEPT_S + 1)


@pytest.fixture
async def aged(tmp_path: Path) -> AsyncIterator[Aged]:
    made = Aged(tmp_path)
    await made.stream.open()
    yield made
    await made.stream.close()


@pytest.mark.parametrize("mode", ["ordered", "shared"])
async def test_a_forgotten_subscription_keeps_no_event(aged: Aged, mode: str) -> None:
    stream = aged.stream
    subscription = await stream.subscribe(TOPIC, "s", mode)  # type: ignore[arg-type]
    await stream.publish(TOPIC, [event("a"), event("b")])
    await receive_all(subscription, 2)
    aged.pass_by()
    assert await stream.sweep() == 0
    await stream.forget(TOPIC, "s")
    assert await stream.sweep() == 2
    await subscription.close()


async def test_what_a_successor_will_read_is_kept_from_its_first_moment(aged: Aged) -> None:
    stream = aged.stream
    old = await stream.subscribe(TOPIC, "old", "ordered", partitions=ALL)
    await stream.publish(TOPIC, [event("a"), event("b"), event("c")])
    got = await receive_all(old, 3)
    await old.ack(got[:1])
    new = await stream.subscribe(TOPIC, "new", "ordered", start=After(("old",)), partitions=ALL)
    await old.ack(got)
    await old.close()
    await stream.forget(TOPIC, "old")
    aged.pass_by()
    assert await stream.sweep() == 1
    assert names(await receive_all(new, 2)) == ["b", "c"]
    await new.close()


async def test_a_file_of_before_is_lifted_with_its_subscriptions(tmp_path: Path) -> None:
    path = tmp_path / "jobray.db"
    before = Sql(path)
    before.configure()
    migrate(before, MIGRATIONS[:2])
    before.run("INSERT INTO stream_subscriptions VALUES (?, 's', 'ordered', 0)", (TOPIC,))
    before.run("INSERT INTO stream_subscriptions VALUES (?, 'late', 'ordered', 2)", (TOPIC,))
    before.close()
    stream = SqliteStream(Database(path))
    await stream.open()
    await stream.publish(TOPIC, [event(name) for name in "abc"])
    first = await stream.subscribe(TOPIC, "s", "ordered")
    await first.ack((await receive_all(first, 3))[:1])
    last = await stream.subscribe(TOPIC, "next", "ordered", start=After(("late", "s")))
    assert names(await receive_what_comes(last)) == ["b", "c"]
    late = await stream.subscribe(TOPIC, "later", "ordered", start=After(("late",)))
    assert names(await receive_what_comes(late)) == ["c"]
    for each in (first, last, late):
        await each.close()
    await stream.close()
