"""Generations: who is missing is made; the next take over once they stand by, and not before."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.generations import Generations
from backends.documents.base import Fence, Insert
from backends.documents.collections import MATCHES
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.sqlite import SqliteStream
from models.errors import Fenced, Unavailable
from models.events import JOB_EVENTS
from models.topology import SCALED, ActorRole, Kind, Plan, Shards
from services.operations import topology
from tests.databases import new_database

ONE: dict[Kind, Shards] = dict.fromkeys(SCALED, 1)


class Actors:
    """A cluster: who lives, in which state, and what happened in which order."""

    def __init__(self) -> None:
        self.states: dict[str, str] = {}
        self.told: list[str] = []

    async def ensure(self, role: ActorRole) -> bool:
        if role.name in self.states:
            return False
        self.states[role.name] = "serving" if role.generation == 1 else "recovering"
        self.told.append(f"made {role.name}")
        return True

    async def state(self, name: str) -> str:
        return self.states.get(name, "missing")

    async def end(self, name: str) -> None:
        if self.states.pop(name, None):
            self.told.append(f"ended {name}")

    def of(self, kind: str) -> dict[str, str]:
        return {n: state for n, state in self.states.items() if n.startswith(kind)}


class Lingering(Actors):
    """Of these, `slow` ends when it may and `lost` cannot be ended."""

    def __init__(self, slow: str, lost: str = "") -> None:
        super().__init__()
        self.slow, self.lost = slow, lost
        self.ending, self.may_end = asyncio.Event(), asyncio.Event()

    async def end(self, name: str) -> None:
        if name == self.lost:
            raise Unavailable
        if name == self.slow:
            self.ending.set()
            await self.may_end.wait()
        await super().end(name)


class Cluster:
    def __init__(self, database: Database) -> None:
        self.documents, self.stream = SqliteDocuments(database), SqliteStream(database)
        self.actors = Actors()
        self.generations = Generations(self.documents, self.stream, self.actors, ONE)

    async def wish(self, kind: Kind, shards: Shards) -> None:
        await topology.change(self.documents, kind, lambda plan: plan.wished(shards))

    async def plan(self, kind: Kind) -> Plan:
        [plan] = [p for p in await topology.plans(self.documents, ONE) if p.kind == kind]
        return plan

    def become(self, state: str, *names: str) -> None:
        self.actors.states |= dict.fromkeys(names, state)


@pytest.fixture
async def cluster(tmp_path: Path) -> AsyncIterator[Cluster]:
    cluster = Cluster(new_database(tmp_path / "jobray.db"))
    await cluster.stream.open()
    await cluster.documents.open()
    await cluster.generations.begin()
    yield cluster
    await cluster.stream.close()
    await cluster.documents.close()


async def write(cluster: Cluster, fence: Fence) -> None:
    await cluster.documents.insert_absent(MATCHES, [Insert("m", {})], fence=fence)


async def test_one_of_each_is_made_and_made_again(cluster: Cluster) -> None:
    assert set(cluster.actors.states) == {"index:0", "matcher:0", "processor:0", "notifier:0"}
    assert cluster.generations.created == 4
    del cluster.actors.states["matcher:0"]
    await cluster.generations.tend()
    assert cluster.actors.of("matcher") == {"matcher:0": "serving"}
    assert cluster.generations.created == 5


async def test_those_at_work_stay_until_all_of_the_next_stand_by(cluster: Cluster) -> None:
    await cluster.wish("matcher", 2)
    await cluster.generations.tend()
    cluster.become("standby", "matcher:0@2")
    await cluster.generations.tend()
    assert cluster.actors.of("matcher") == {
        "matcher:0": "serving",
        "matcher:0@2": "standby",
        "matcher:1@2": "recovering",
    }
    assert (await cluster.plan("matcher")).current.shards == 1


async def test_those_at_work_are_ended_and_fenced_before_the_next_begin(cluster: Cluster) -> None:
    zombie = await cluster.documents.take_epoch("matcher:0")
    await cluster.wish("matcher", 2)
    await cluster.generations.tend()
    cluster.become("standby", "matcher:0@2", "matcher:1@2")
    await cluster.generations.tend()
    assert set(cluster.actors.of("matcher")) == {"matcher:0@2", "matcher:1@2"}
    with pytest.raises(Fenced):
        await write(cluster, zombie)
    plan = await cluster.plan("matcher")
    assert (plan.current.number, plan.current.shards, plan.next) == (2, 2, None)
    assert [role.follows for role in plan.working] == [("matcher:0",)] * 2
    assert cluster.generations.handovers == 1


async def test_subscriptions_of_the_retired_are_kept_until_their_successors_serve(
    cluster: Cluster,
) -> None:
    def names() -> set[str]:
        return {lag.subscription for lag in lags}

    left = await cluster.stream.subscribe(JOB_EVENTS, "matcher:0", "ordered", partitions=[0])
    await left.close()
    await cluster.wish("matcher", 2)
    await cluster.generations.tend()
    cluster.become("standby", "matcher:0@2", "matcher:1@2")
    await cluster.generations.tend()
    await cluster.generations.tend()
    lags = await cluster.stream.lags()
    assert names() == {"matcher:0"}
    cluster.become("serving", "matcher:0@2", "matcher:1@2")
    await cluster.generations.tend()
    lags = await cluster.stream.lags()
    assert names() == set()
    assert (await cluster.plan("matcher")).retired == ()


async def test_an_index_answers_until_its_successors_are_named(cluster: Cluster) -> None:
    await cluster.wish("index", 2)
    await cluster.generations.tend()
    cluster.become("serving", "index:0@2", "index:1@2")
    await cluster.generations.tend()
    assert "index:0" in cluster.actors.states
    assert (await cluster.plan("index")).current.shards == 2
    await cluster.generations.tend()
    assert set(cluster.actors.of("index")) == {"index:0@2", "index:1@2"}


async def test_a_wish_taken_back_ends_those_that_got_ready(cluster: Cluster) -> None:
    await cluster.wish("notifier", 4)
    await cluster.generations.tend()
    await cluster.wish("notifier", 1)
    await cluster.generations.tend()
    assert cluster.actors.of("notifier") == {"notifier:0": "serving"}
    plan = await cluster.plan("notifier")
    assert (plan.current.number, plan.next, plan.retired) == (1, None, ())


async def test_a_wish_changed_while_those_at_work_were_ended(cluster: Cluster) -> None:
    class Changing(Actors):
        async def end(self, name: str) -> None:
            await super().end(name)
            await cluster.wish("matcher", 4)

    await cluster.wish("matcher", 2)
    await cluster.generations.tend()
    changing = Changing()
    changing.states = cluster.actors.states
    generations = Generations(cluster.documents, cluster.stream, changing, ONE)
    cluster.become("standby", "matcher:0@2", "matcher:1@2")
    await generations.tend()
    plan = await cluster.plan("matcher")
    assert (plan.current.shards, plan.next and plan.next.shards) == (1, 4)
    await cluster.generations.tend()
    assert "matcher:0" in cluster.actors.states
    assert generations.handovers == 0


async def test_a_supervisor_that_died_in_between_leaves_nothing_half_done(
    cluster: Cluster,
) -> None:
    await cluster.wish("matcher", 2)
    await cluster.generations.tend()
    cluster.become("standby", "matcher:0@2", "matcher:1@2")
    await cluster.actors.end("matcher:0")  # and died
    await cluster.generations.tend()
    assert set(cluster.actors.of("matcher")) == {"matcher:0@2", "matcher:1@2"}
    assert (await cluster.plan("matcher")).current.number == 2


async def test_numbers_are_never_given_twice(cluster: Cluster) -> None:
    for shards in (2, 1, 4):
        await cluster.wish("matcher", shards)
        await cluster.generations.tend()
    plan = await cluster.plan("matcher")
    assert plan.next is not None
    assert (plan.current.number, plan.next.number, plan.made) == (1, 3, 3)


async def look_that_fails(generations: Generations, actors: Lingering) -> None:
    """It fails, but not before what it has begun has ended."""
    async with asyncio.timeout(5):
        looking = asyncio.create_task(generations.tend())
        await actors.ending.wait()
        _, under_way = await asyncio.wait([looking], timeout=0.1)
        assert under_way, "it has left a handover behind"
        actors.may_end.set()
        with pytest.raises(Unavailable):
            await looking


async def test_a_look_that_fails_for_one_kind_ends_after_the_handover_of_another(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(topic: str, name: str) -> None:
        raise Unavailable

    await cluster.wish("matcher", 2)
    await cluster.wish("notifier", 2)
    await cluster.generations.tend()
    cluster.become("serving", "matcher:0@2", "matcher:1@2")
    await cluster.generations.tend()
    cluster.become("standby", "notifier:0@2", "notifier:1@2")
    monkeypatch.setattr(cluster.stream, "forget", forget)
    lingering = Lingering("notifier:0")
    lingering.states = cluster.actors.states
    await look_that_fails(Generations(cluster.documents, cluster.stream, lingering, ONE), lingering)
    assert (await cluster.plan("notifier")).current.number == 2


async def test_a_handover_that_fails_for_one_shard_ends_after_the_others_were_ended(
    cluster: Cluster,
) -> None:
    await cluster.wish("notifier", 2)
    await cluster.generations.tend()
    cluster.become("standby", "notifier:0@2", "notifier:1@2")
    await cluster.generations.tend()
    cluster.become("serving", "notifier:0@2", "notifier:1@2")
    await cluster.generations.tend()
    await cluster.wish("notifier", 1)
    await cluster.generations.tend()
    cluster.become("standby", "notifier:0@3")
    lingering = Lingering("notifier:1@2", lost="notifier:0@2")
    lingering.states = cluster.actors.states
    await look_that_fails(Generations(cluster.documents, cluster.stream, lingering, ONE), lingering)
    assert "notifier:1@2" not in lingering.states
    assert (await cluster.plan("notifier")).current.number == 2


async def test_who_was_given_up_before_it_worked_is_followed_by_nobody(cluster: Cluster) -> None:
    await cluster.wish("matcher", 2)
    await cluster.generations.tend()
    cluster.become("standby", "matcher:0@2", "matcher:1@2")
    await cluster.generations.tend()
    await cluster.wish("matcher", 4)
    await cluster.wish("matcher", 8)
    plan = await cluster.plan("matcher")
    assert [gone.number for gone in plan.retired] == [1, 3]
    assert [role.follows for role in plan.working] == [("matcher:0",)] * 2
    assert plan.waiting[0].follows == ("matcher:0@2", "matcher:1@2")
