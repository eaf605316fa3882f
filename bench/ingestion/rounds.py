"""One matcher shard against two, round by round in turns, so that whatever else the machine does
meets both alike; and whether both found what they must.
"""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.ingestion.postings import Expected, Pool
from bench.ingestion.shards import ONE, TWICE, TWO, Group, Round
from bench.ingestion.stores import Backend, MakeAlerts, fill_alike, matched, must_agree, opened
from bench.percolation.workload import Workload
from models.events import JOB_EVENTS

WARM_UP = 256
"""Postings before the first round that counts: code and caches are warm then."""
PERCOLATED = 30_000
"""Postings of a round of percolation alone, some seconds of it."""

Environment = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Speed:
    """Of one group: postings that all its shards have seen in a second, and microseconds of a core
    that a posting took in each shard (medians of the rounds)."""

    postings_a_second: float
    core_us: tuple[float, ...]

    @classmethod
    def of(cls, rounds: Sequence[Round], postings: int) -> "Speed":
        shards = zip(*(each.core_s for each in rounds), strict=True)
        return cls(
            median(postings / each.seconds for each in rounds),
            tuple(1e6 * median(taken) / postings for taken in shards),
        )


@dataclass(frozen=True, slots=True)
class Compared:
    """One shard, and two."""

    name: str
    one: Speed
    two: Speed

    @property
    def ratio(self) -> float:
        return self.two.postings_a_second / self.one.postings_a_second


def percolation(folder: Path, pool: int, rounds: int) -> list[Compared]:
    """The percolation alone, of shards that worked in `folder` before; first, all of it on each of
    two cores, whose rate counts the postings of both."""
    parts = ((ONE, folder / "one"), (TWICE, folder / "one"), (TWO, folder / "two"))
    with ExitStack() as stack:
        groups = [
            stack.enter_context(Group.percolating(shares, where, pool)) for shares, where in parts
        ]
        for group in groups:
            group.ready()
        turns = [[group.work(PERCOLATED) for group in groups] for _ in range(rounds)]
    one, twice, two = (Speed.of(each, PERCOLATED) for each in zip(*turns, strict=True))
    both = Speed(2 * twice.postings_a_second, twice.core_us)
    return [
        Compared("all alerts on each core (what the machine gives)", one, both),
        Compared("percolation alone", one, two),
    ]


@dataclass(frozen=True, slots=True)
class _Party:
    """A group of shards with the store of each."""

    group: Group
    stores: tuple[Environment, ...]

    @property
    def distinct(self) -> list[Environment]:
        return [store for at, store in enumerate(self.stores) if store not in self.stores[:at]]


def matching(
    backend: Backend,
    folder: Path,
    workload: Workload,
    pool: Pool,
    make: MakeAlerts,
    *,
    postings: int,
    rounds: int,
) -> list[Compared]:
    """Whole shards on this backend: two on stores of their own (where it is embedded), and two on
    one. Raises DifferenceError."""
    names = ("one", "two") if backend.pids else ("one", "two", "first", "second")
    folders = [folder / name for name in names]
    expected = asyncio.run(fill_alike(backend, folders, workload, pool, make))
    one, two, *apart = (backend.environment(each) for each in folders)
    stores = [(one,), (two, two)] + ([(apart[0], apart[1])] if apart else [])
    with ExitStack() as stack:
        parties = [
            _Party(stack.enter_context(Group.matching(ONE if len(each) == 1 else TWO, each)), each)
            for each in stores
        ]
        for party in parties:
            party.group.ready()
        turns = _turns(parties, pool, postings, rounds)
    sent = WARM_UP + rounds * postings
    for party in parties:
        asyncio.run(_check(party, expected, sent))
    alone, shared, *separate = (Speed.of(each, postings) for each in zip(*turns, strict=True))
    met = f"{backend.name}, {expected.a_posting:,.1f} matches a posting"
    found = [Compared(f"{met}, one store", alone, shared)]
    if separate:
        found.insert(0, Compared(f"{met}, a store each", alone, separate[0]))
    return found


def _turns(parties: Sequence[_Party], pool: Pool, postings: int, rounds: int) -> list[list[Round]]:
    """What each party did in each round, after a warm-up that does not count."""
    turns = []
    begin = 0
    for size in (WARM_UP, *[postings] * rounds):
        serials = range(begin, begin + size)
        turns.append([_turn(party, pool, serials) for party in parties])
        begin = serials.stop
    return turns[1:]


def _turn(party: _Party, pool: Pool, serials: range) -> Round:
    asyncio.run(_publish(party.distinct, pool, serials))
    return party.group.work(len(serials))


async def _publish(stores: Sequence[Environment], pool: Pool, serials: range) -> None:
    events = [pool.event(serial) for serial in serials]
    for environment in stores:
        async with opened(environment) as store:
            await store.stream.publish(JOB_EVENTS, events)


async def _check(party: _Party, expected: Expected, sent: int) -> None:
    """Raises DifferenceError unless the shards together found what they must, each alert once."""
    found: dict[int, list[str]] = {}
    for environment in party.distinct:
        async with opened(environment) as store:
            for serial, alerts in (await matched(store.documents, range(sent))).items():
                found.setdefault(serial, []).extend(alerts)
    must_agree(found, expected, range(sent))
