"""The benchmark of shards: each does its own part, and the group is as fast as its slowest."""

import asyncio
import multiprocessing
from pathlib import Path

import pytest

from bench import scale
from bench.ingestion.postings import Expected, Pool
from bench.ingestion.rounds import Compared, Speed
from bench.ingestion.shards import ONE, TWO, Group, Round, Share, Worked, match, percolate
from bench.ingestion.stores import (
    EMBEDDED,
    DifferenceError,
    fill,
    matched,
    must_agree,
    opened,
)
from bench.percolation.vocabulary import data_file
from bench.percolation.workload import Workload, generate
from bench.scale import QUICK, Size, System
from models.events import JOB_EVENTS

try:
    data_file()
except FileNotFoundError as absent:
    pytest.skip(str(absent), allow_module_level=True)

POSTINGS = 150


@pytest.fixture(scope="module")
def workload() -> Workload:
    return generate(800, 100, seed=5)


@pytest.fixture(scope="module")
def pool(workload: Workload) -> Pool:
    return Pool(workload)


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return EMBEDDED.environment(tmp_path / "store")


@pytest.fixture
def expected(environment: dict[str, str], workload: Workload, pool: Pool) -> Expected:
    async def filled() -> Expected:
        expected = await fill(environment, workload, pool)
        async with opened(environment) as store:
            events = [pool.event(serial) for serial in range(POSTINGS)]
            await store.stream.publish(JOB_EVENTS, events)
        return expected

    return asyncio.run(filled())


def worked(share: Share, environment: dict[str, str]) -> Worked:
    """What a shard answers to one round, here instead of in a process of its own."""
    ours, theirs = multiprocessing.Pipe()
    ours.send(POSTINGS)
    ours.send(None)
    match(theirs, share, environment)
    assert ours.recv() == "ready"
    answer: Worked = ours.recv()
    return answer


def found_in(environment: dict[str, str]) -> dict[int, list[str]]:
    async def found() -> dict[int, list[str]]:
        async with opened(environment) as store:
            return await matched(store.documents, range(POSTINGS))

    return asyncio.run(found())


def test_two_shards_find_together_what_one_finds(
    environment: dict[str, str], expected: Expected
) -> None:
    first, second = TWO
    worked(first, environment)
    with pytest.raises(DifferenceError):
        must_agree(found_in(environment), expected, range(POSTINGS))
    worked(second, environment)
    must_agree(found_in(environment), expected, range(POSTINGS))
    assert expected.count(range(POSTINGS)) > 0


def test_a_shard_leaves_a_snapshot_for_the_percolation_alone(
    environment: dict[str, str], expected: Expected
) -> None:
    (share,) = ONE
    assert worked(share, environment).core_s > 0
    must_agree(found_in(environment), expected, range(POSTINGS))
    ours, theirs = multiprocessing.Pipe()
    ours.send(POSTINGS)
    ours.send(None)
    percolate(theirs, share, Path(environment["JOBRAY_DATA_DIR"]), 70, training=10)
    assert ours.recv() == "ready"
    assert ours.recv().core_s > 0


class Fake:
    """A worker whose part of a round ends at a given time of the machine's clock."""

    def __init__(self, ended: float) -> None:
        self._ended = ended
        self.told: list[object] = []

    def ready(self) -> None:
        self.told.append("ready")

    def begin(self, postings: int) -> None:
        self.told.append(postings)

    def worked(self) -> Worked:
        return Worked(self._ended, core_s=0.5)

    def end(self) -> None:
        self.told.append("end")

    def kill(self) -> None:
        self.told.append("kill")


def test_a_round_ends_with_its_last_shard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.ingestion.shards.time.monotonic", lambda: 10.0)
    first, second = Fake(ended=12.0), Fake(ended=13.5)
    with Group([first, second]) as group:
        group.ready()
        assert group.work(64) == Round(3.5, (0.5, 0.5))
    assert first.told == second.told == ["ready", 64, "end"]


def test_a_group_that_failed_is_not_waited_for() -> None:
    worker = Fake(ended=0.0)
    group = Group([worker])
    group.__exit__(TimeoutError, TimeoutError(), None)
    assert worker.told == ["kill"]


def test_a_speed_is_the_median_of_its_rounds() -> None:
    rounds = [Round(2.0, (1.0, 2.0)), Round(1.0, (0.5, 0.5)), Round(8.0, (4.0, 1.0))]
    assert Speed.of(rounds, 1_000) == Speed(500.0, (1_000.0, 1_000.0))


@pytest.mark.parametrize("two, said", [(1_800.0, "1.80 | met"), (1_790.0, "1.79 | **missed**")])
def test_two_shards_are_judged_by_the_goal(
    two: float, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    compared = Compared("shards", Speed(1_000.0, (1.0,)), Speed(two, (1.0, 1.0)))
    scale.show_shards([compared], Size())
    assert said in capsys.readouterr().out


def test_backends_are_compared_with_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    systems = [System("embedded", 200.0, 1.5, 0.0, 0.1), System("servers", 50.0, 1.0, 0.8, 0.1)]
    scale.show_systems(systems, QUICK)
    assert "| servers | 50 | 0.25 | 1.00 | 0.80 | 0.10 |" in capsys.readouterr().out
