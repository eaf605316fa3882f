"""Matcher shards, each in a process of its own that is pinned to one core, and how fast they work.

A shard is the plain object that an actor runs, on a store that others may share. A round is the
same for any number of them: the postings are on the stream, all shards of a group are told to
begin, and the round is over when the last one has settled the last posting, its matches stored.

The percolation of a shard is measured by itself too, in a process that has loaded the shard's
snapshot, over postings that are there already: no stream, no store.
"""

import asyncio
import gc
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Protocol, Self

from actors.matcher import MatcherShard
from bench.ingestion.postings import SCAN
from bench.ingestion.stores import opened
from bench.matcher import SEED
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import TRAINING_POSTINGS, generate
from cluster.makers.matcher import GC_THRESHOLDS
from cluster.wiring import when_available
from matching.percolator import Percolator
from matching.percolator.warm import warm
from matching.subject import Subject
from models.topology import ActorRole

CONTEXT = multiprocessing.get_context("spawn")
READY_S, ROUND_S = 600.0, 600.0
STEP_S = 1.0
Body = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Share:
    """Which alerts: those of shard `shard` of `shards`; `core` is where they are matched."""

    shard: int
    shards: int
    core: int

    def snapshot(self, folder: Path) -> Path:
        return folder / f"{self.shard}-of-{self.shards}.alerts"


ONE = (Share(0, 1, core=0),)
TWO = (Share(0, 2, core=0), Share(1, 2, core=1))
TWICE = (Share(0, 1, core=0), Share(0, 1, core=1))
"""All alerts on each of two cores: what the machine gives to work that shares nothing."""


@dataclass(frozen=True, slots=True)
class Worked:
    """When a process ended its part of a round, by the monotonic clock of the machine, and the
    seconds of a core that this part took."""

    ended: float
    core_s: float


@dataclass(frozen=True, slots=True)
class Round:
    """Seconds until the last of a group was done, and those of a core that each of them took."""

    seconds: float
    core_s: tuple[float, ...]


class Worker:
    """One process: made, ready, told to work round by round, ended."""

    def __init__(self, body: Body, share: Share, *arguments: Any) -> None:
        self._pipe, theirs = CONTEXT.Pipe()
        self._process = CONTEXT.Process(
            target=_pinned, args=(body, theirs, share, *arguments), daemon=True
        )
        self._process.start()
        theirs.close()

    def ready(self) -> None:
        """Wait until it has loaded its alerts."""
        self._answer(READY_S)

    def begin(self, postings: int) -> None:
        """Tell it to work off so many."""
        self._pipe.send(postings)

    def worked(self) -> Worked:
        """Wait until it has. Raises TimeoutError, and EOFError where it died."""
        answer: Worked = self._answer(ROUND_S)
        return answer

    def end(self) -> None:
        """Let it stop in order, and wait until it has."""
        with suppress(BrokenPipeError):  # it died: its own error is on the terminal
            self._pipe.send(None)
        self._process.join(ROUND_S)
        self._pipe.close()

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()
        self._process.join()
        self._pipe.close()

    def _answer(self, timeout_s: float) -> Any:
        if not self._pipe.poll(timeout_s):
            raise TimeoutError(f"a shard did not answer within {timeout_s:.0f} s")
        return self._pipe.recv()


class Working(Protocol):
    """What a group asks of a process; `Worker` is one."""

    def ready(self) -> None: ...

    def begin(self, postings: int) -> None: ...

    def worked(self) -> Worked: ...

    def end(self) -> None: ...

    def kill(self) -> None: ...


class Group:
    """Processes that share the work of a round; they load their alerts from the beginning on."""

    def __init__(self, workers: Sequence[Working]) -> None:
        self._workers = workers

    @classmethod
    def matching(cls, shares: Sequence[Share], stores: Sequence[Mapping[str, str]]) -> Self:
        """Whole shards, each on the store of the environment at its place."""
        pairs = zip(shares, stores, strict=True)
        return cls([Worker(match, share, dict(store)) for share, store in pairs])

    @classmethod
    def percolating(cls, shares: Sequence[Share], folder: Path, postings: int) -> Self:
        """The percolation alone, from the snapshots that shards left in the folder, over so many
        different postings."""
        return cls([Worker(percolate, share, folder, postings) for share in shares])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        for worker in self._workers:
            if kind is None:
                worker.end()
            else:
                worker.kill()

    def ready(self) -> None:
        """Wait until all have loaded their alerts."""
        for worker in self._workers:
            worker.ready()

    def work(self, postings: int) -> Round:
        """One round of so many postings, each of which every shard must see."""
        begun = time.monotonic()
        for worker in self._workers:
            worker.begin(postings)
        done = [worker.worked() for worker in self._workers]
        seconds = max(each.ended for each in done) - begun
        return Round(seconds, tuple(each.core_s for each in done))


def _pinned(body: Body, pipe: Connection, share: Share, *arguments: Any) -> None:
    """The process' main: threads that it starts from here on stay on the core, too."""
    os.sched_setaffinity(0, {share.core})
    gc.set_threshold(*GC_THRESHOLDS)
    warm()
    body(pipe, share, *arguments)


def match(pipe: Connection, share: Share, environment: Mapping[str, str]) -> None:
    """A whole shard: from posting events to durable matches."""
    asyncio.run(_match(pipe, share, environment))


async def _match(pipe: Connection, share: Share, environment: Mapping[str, str]) -> None:
    async with opened(environment) as store:
        shard = MatcherShard(
            store.documents,
            store.stream,
            role=ActorRole("matcher", share.shard, share.shards),
            snapshot=share.snapshot(Path(environment["JOBRAY_DATA_DIR"])),
            clock=lambda: NOW,
        )
        await when_available(shard.recover)
        await shard.tend()  # writes the snapshot
        pipe.send("ready")
        # Its leases live on while it waits for the parent.
        while (left := await asyncio.to_thread(pipe.recv)) is not None:
            core_s = time.process_time()
            while left > 0:
                left -= await shard.step(STEP_S)
            pipe.send(Worked(time.monotonic(), time.process_time() - core_s))
        await shard.stop()


def percolate(
    pipe: Connection, share: Share, folder: Path, postings: int, training: int = TRAINING_POSTINGS
) -> None:
    """The percolation alone, 64 postings at once, as in the shard; the alerts are filed by what
    the `training` postings asked, as in a shard after its first minutes."""
    loaded = Percolator.load(share.snapshot(folder))
    assert loaded is not None, "the shard wrote its snapshot"
    percolator, _ = loaded
    subjects = generate(1, training + postings, SEED).subjects
    for batch in _batches(subjects):  # each word of a posting is read once, and that is not timed
        percolator.percolate_many(batch, NOW)
    percolator.compact(whole=True)
    batches = _batches(subjects[training:])
    pipe.send("ready")
    while (left := pipe.recv()) is not None:
        core_s = time.process_time()
        for batch in cycle(batches):
            percolator.percolate_many(batch, NOW)
            left -= len(batch)
            if left <= 0:
                break
        pipe.send(Worked(time.monotonic(), time.process_time() - core_s))


def _batches(subjects: Sequence[Subject]) -> list[Sequence[Subject]]:
    return [subjects[at : at + SCAN] for at in range(0, len(subjects), SCAN)]
