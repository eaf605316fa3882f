"""The guard: who is stopped while nobody works is started again, and nobody else."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from actors.guard import SILENT_S, Guard
from backends.documents.sqlite import SqliteDocuments
from models.topology import SCALED, Kind, Shards
from services.operations import topology
from tests.databases import new_database

ONE: dict[Kind, Shards] = dict.fromkeys(SCALED, 1)
NAME = "notifier:0"


class Actors:
    """A cluster: who is there, in which state, and who was restarted."""

    def __init__(self, state: str) -> None:
        self.states = {f"{kind}:0": state for kind in SCALED}
        self.restarted: list[str] = []

    async def state(self, name: str) -> str:
        return self.states.get(name, "missing")

    async def restart(self, name: str) -> None:
        self.restarted.append(name)
        self.states[name] = "recovering"


class World:
    """One store and two clusters on it; `pass_by` lets time pass, with a look of each guard of the
    clusters that are left each five seconds."""

    def __init__(self, documents: SqliteDocuments) -> None:
        self.documents = documents
        self.now = 0.0
        self.here, self.there = Actors("serving"), Actors("stopped")
        self.guards = {id(each): self._guard(each) for each in (self.here, self.there)}

    def _guard(self, actors: Actors) -> Guard:
        return Guard(self.documents, actors, ONE, clock=lambda: self.now)

    async def pass_by(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            for guard in self.guards.values():
                await guard.look()
            self.now += 5

    def remove(self, actors: Actors) -> None:
        """The cluster is no more."""
        del self.guards[id(actors)]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    documents = SqliteDocuments(new_database(tmp_path / "jobray.db"))
    await documents.open()
    await topology.establish(documents, ONE)
    yield World(documents)
    await documents.close()


async def test_while_another_cluster_works_the_stopped_stay_so(world: World) -> None:
    await world.pass_by(10 * SILENT_S)
    assert world.here.restarted == world.there.restarted == []


async def test_when_the_other_cluster_is_gone_the_stopped_begin_again(world: World) -> None:
    await world.pass_by(SILENT_S)
    world.remove(world.here)
    await world.pass_by(SILENT_S - 5)
    assert world.there.restarted == []
    await world.pass_by(15)
    assert sorted(world.there.restarted) == sorted(world.there.states)
    [guard] = world.guards.values()
    assert guard.status() == ({"actors_revived": 4.0}, {})


async def test_only_the_actor_that_nobody_does_the_work_of(world: World) -> None:
    world.remove(world.there)
    world.here.states[NAME] = "stopped"
    await world.pass_by(SILENT_S + 10)
    assert world.here.restarted == [NAME]


async def test_one_that_stops_again_waits_as_long_again(world: World) -> None:
    world.remove(world.there)
    world.here.states[NAME] = "stopped"
    await world.pass_by(SILENT_S + 5)
    world.here.states[NAME] = "stopped"
    await world.pass_by(SILENT_S)
    assert world.here.restarted == [NAME]
    await world.pass_by(10)
    assert world.here.restarted == [NAME, NAME]


@pytest.mark.parametrize("state", ["recovering", "standby", "missing"])
async def test_who_is_on_the_way_is_left_alone(world: World, state: str) -> None:
    world.remove(world.there)
    world.here.states[NAME] = state
    await world.pass_by(3 * SILENT_S)
    assert world.here.restarted == []


async def test_who_is_stopped_for_a_handover_is_left_alone(world: World) -> None:
    world.remove(world.there)
    await topology.change(world.documents, "notifier", lambda plan: plan.wished(2))
    world.here.states[NAME] = "stopped"
    await world.pass_by(3 * SILENT_S)
    assert world.here.restarted == []


async def test_who_works_again_elsewhere_is_heard(world: World) -> None:
    """A silence that ended before its time counts for nothing."""
    for _ in range(3):
        world.here.states[NAME] = "missing"
        await world.pass_by(SILENT_S - 10)
        world.here.states[NAME] = "serving"
        await world.pass_by(10)
    assert world.there.restarted == []
