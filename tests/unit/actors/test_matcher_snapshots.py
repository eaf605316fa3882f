"""The snapshot of a matcher shard is believed only where it fits the store."""

from datetime import timedelta
from pathlib import Path

import pytest

from actors.registry import Registry
from actors.snapshots import (
    CHANGES_MAX,
    PERIOD_S,
    REST_S,
    UNREADABLE_MAX,
    Snapshots,
    forget_older,
)
from backends.documents.collections import ALERTS
from backends.stream.sqlite import SqliteStream
from models.base import new_id
from services.ports import Ports
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
from tests.unit.services.conftest import SimulatedClock

__all__ = ["shard_of"]


async def write_snapshot(shard_of: MakeShard, shard: int = 0, shards: int = 1) -> None:
    """Leave a snapshot behind, as a shard that stops does; the store stays open."""
    made = shard_of(shard, shards)
    await made.recover()
    await made._intake.leave()
    await made._snapshots.finish(made._registry)


async def rebuilds(shard_of: MakeShard, shard: int = 0, shards: int = 1) -> float:
    """How many times a new shard has to read the documents."""
    made = shard_of(shard, shards)
    await made.recover()
    return made.status()[0]["matcher_rebuilds"]


async def test_a_shard_recovers_from_its_snapshot_and_the_events_since(
    ports: Ports, shard_of: MakeShard
) -> None:
    kept = await save(ports, "title:baker", user_id="kept")
    edited = await save(ports, "title:baker", user_id="edited")
    deleted = await save(ports, "title:baker", user_id="deleted")
    await write_snapshot(shard_of)
    await edit(ports, edited, "title:miller")
    await delete(ports, deleted)
    added = await save(ports, "title:baker", user_id="added")
    shard = shard_of()
    await shard.recover()
    await publish(ports, "Baker")
    await settle(shard)
    assert {match.body["alert_id"] for match in await matches(ports)} == {kept.id, added.id}
    assert shard.status()[0]["matcher_rebuilds"] == 0.0


async def test_each_shard_counts_its_own_alerts(ports: Ports, shard_of: MakeShard) -> None:
    for number in range(12):
        await save(ports, "baker", user_id=f"user-{number}")
    for shard in range(2):
        await write_snapshot(shard_of, shard, 2)
        assert await rebuilds(shard_of, shard, 2) == 0.0


async def test_a_damaged_snapshot_is_no_snapshot(
    ports: Ports, shard_of: MakeShard, tmp_path: Path
) -> None:
    await save(ports, "baker")
    await write_snapshot(shard_of)
    assert await rebuilds(shard_of) == 0.0
    file = tmp_path / "0.alerts"
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    assert await rebuilds(shard_of) == 1.0


async def test_a_snapshot_that_disagrees_with_the_store_is_no_snapshot(
    ports: Ports, shard_of: MakeShard
) -> None:
    await save(ports, "baker")
    lost = await save(ports, "baker")
    await write_snapshot(shard_of)
    await ports.documents.delete(ALERTS, lost.id)
    assert await rebuilds(shard_of) == 1.0


async def test_a_snapshot_from_before_the_retention_is_read_anew(
    ports: Ports, shard_of: MakeShard, tmp_path: Path
) -> None:
    await save(ports, "title:baker")
    await write_snapshot(shard_of)
    missed = await save(ports, "title:miller")
    assert isinstance(ports.stream, SqliteStream)
    ports.stream._retention_s = -timedelta(days=1).total_seconds()
    assert await ports.stream.sweep() == 2
    shard = shard_of()
    await shard.recover()
    assert shard.status()[0]["matcher_rebuilds"] == 1.0
    await publish(ports, "Miller")
    await settle(shard)
    assert [match.body["alert_id"] for match in await matches(ports)] == [missed.id]


async def test_an_unreadable_alert_is_tried_again(ports: Ports, shard_of: MakeShard) -> None:
    alert = await save(ports, "baker")
    good = (await ports.documents.get(ALERTS, alert.id)).body
    await ports.documents.replace(ALERTS, alert.id, {**good, "colour": "red"}, expected_version=1)
    await write_snapshot(shard_of)
    await ports.documents.replace(ALERTS, alert.id, good, expected_version=2)
    shard = shard_of()
    await shard.recover()
    counters, gauges = shard.status()
    assert (counters["matcher_rebuilds"], gauges["alerts_registered"]) == (0.0, 1.0)


async def test_where_nothing_can_be_written_matching_goes_on(
    ports: Ports, shard_of: MakeShard, tmp_path: Path
) -> None:
    (tmp_path / "0.alerts").mkdir()
    await save(ports, "baker")
    shard = shard_of()
    await shard.recover()
    await shard.tend()
    await publish(ports, "Baker")
    await settle(shard)
    assert len(await matches(ports)) == 1
    counters, _ = shard.status()
    assert (counters["snapshots_written"], counters["snapshot_failures"]) == (0.0, 1.0)


async def test_stop_leaves_a_snapshot_only_where_something_changed(
    ports: Ports, shard_of: MakeShard, tmp_path: Path
) -> None:
    await save(ports, "baker")
    await write_snapshot(shard_of)
    file = tmp_path / "0.alerts"
    written = file.stat().st_mtime_ns
    await write_snapshot(shard_of)
    assert file.stat().st_mtime_ns == written


@pytest.fixture
def registry(ports: Ports) -> Registry:
    registry = Registry(ports.documents, ports.stream, lambda _: True)
    registry.is_complete = True
    return registry


async def test_a_snapshot_is_due_by_changes_or_by_time(
    registry: Registry, clock: SimulatedClock, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "a", monotonic=lambda: clock.now.timestamp())

    async def written() -> int:
        await snapshots.tend(registry)
        return snapshots.written

    assert await written() == 0
    registry.changes = CHANGES_MAX
    assert await written() == 1
    registry.changes += CHANGES_MAX
    assert await written() == 1
    clock.advance(REST_S)
    assert await written() == 2
    registry.changes += 1
    clock.advance(PERIOD_S - 1)
    assert await written() == 2
    clock.advance(1)
    assert await written() == 3
    assert snapshots.age_s == 0.0


async def test_half_a_rebuild_and_mass_failure_leave_no_snapshot(
    registry: Registry, tmp_path: Path
) -> None:
    snapshots = Snapshots(tmp_path / "a")
    registry.changes, registry.is_complete = 1, False
    await snapshots.finish(registry)
    registry.is_complete = True
    registry.unreadable.update(new_id() for _ in range(UNREADABLE_MAX + 1))
    await snapshots.finish(registry)
    assert (snapshots.written, snapshots.failures) == (0, 0)
    registry.unreadable.clear()
    await snapshots.finish(registry)
    assert snapshots.written == 1


async def test_tombstones_are_bounded(ports: Ports) -> None:
    registry = Registry(ports.documents, ports.stream, lambda _: True, tombstones_max=2)
    alerts = [await save(ports, "baker") for _ in range(3)]
    for alert in alerts:
        registry.bury(alert.id)
    for alert in alerts:
        registry.take(alert)
    assert [alert.id in registry.percolator for alert in alerts] == [True, False, False]


def test_snapshots_of_earlier_generations_are_deleted(tmp_path: Path) -> None:
    for generation in ("1", "2", "3"):
        (tmp_path / generation).mkdir()
        (tmp_path / generation / "0.alerts").write_bytes(b"x")
    forget_older(tmp_path, 2)
    forget_older(tmp_path / "absent", 2)
    assert sorted(folder.name for folder in tmp_path.iterdir()) == ["2", "3"]
