"""What a second matcher shard brings, and what the whole system does on each backend.

    python -m bench.scale [--quick] [--alerts 100000] [--rounds 3] [--only shards|systems]
                          [--without-servers]

*Shards*: the same alerts in one matcher shard and split over two by their owners' buckets, each
shard a process pinned to one core; the same postings, from their events on the stream to durable
matches. Goal: two do 1.8 times what one does. Whatever serves the store runs on the same two cores,
so there are several rows: the percolation alone; whole shards, each with a store to itself; and
whole shards on one store. The first row is what the machine gives to work that shares nothing.
Every shard reads every posting, so it matters how many matches a posting has, which are what two
shards share: a group of rows is of about two, another of some hundreds.

*Systems*: postings imported over HTTP, until their notifications are stored: embedded, and on
MongoDB's protocol, Pulsar and Redis, which run on the same machine.

Every run must find exactly the alerts that each posting meets, or it ends with exit code 1.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, replace
from pathlib import Path

import psutil

from bench.ingestion.drive import Drive, StalledError
from bench.ingestion.feeds import importing
from bench.ingestion.gauges import CLIENT, Gauges, cores
from bench.ingestion.postings import Expected, Pool
from bench.ingestion.rounds import Compared, Speed, matching, percolation
from bench.ingestion.stores import (
    EMBEDDED,
    Backend,
    DifferenceError,
    check_told,
    fill,
    plain_alerts,
    servers,
)
from bench.matcher import SEED, alerts
from bench.percolation.workload import Workload, generate
from bench.table import show
from chaos.running import Running
from servers.process import ServerError

GOAL = 1.8
WARM_UP = 500
"""Postings that a system takes in before the clock runs."""
SHARDS, SYSTEMS = "shards", "systems"


@dataclass(frozen=True, slots=True)
class Size:
    """How much of everything."""

    alerts: int = 100_000
    pool: int = 2_048
    postings: int = 4_096
    """Of a round of shards, with few matches each."""
    popular: int = 64
    """The same, with many matches each."""
    imported: int = 6_000
    rounds: int = 3


QUICK = Size(alerts=20_000, pool=512, postings=1_024, popular=64, imported=1_500, rounds=1)


@dataclass(frozen=True, slots=True)
class System:
    """What a whole system did: postings a second, and the cores that its processes, its servers and
    the client used."""

    name: str
    postings_a_second: float
    cores: float
    server_cores: float
    client_cores: float


def system(backend: Backend, folder: Path, workload: Workload, pool: Pool, count: int) -> System:
    """Import so many postings and wait until all is told. Raises DifferenceError, StalledError."""
    running = Running(folder, **backend.environment(folder))
    expected = asyncio.run(fill(running.environment, workload, pool))
    running.start()
    try:
        found = _measured(backend, running, pool, expected, count)
        asyncio.run(check_told(running.environment, expected, WARM_UP + count))
    finally:
        running.stop()
    return found


def _measured(
    backend: Backend, running: Running, pool: Pool, expected: Expected, count: int
) -> System:
    with closing(Gauges(running)) as gauges, importing(pool, running.url) as feed:
        drive = Drive(gauges, feed)
        drive.send(WARM_UP)
        drive.until_told(expected.count(range(WARM_UP)))
        before, servers_before = gauges.sample(), _core_s(backend.pids)
        drive.send(count)
        drive.until_told(expected.count(range(WARM_UP + count)))
        after, servers_after = gauges.sample(), _core_s(backend.pids)
    seconds, used = after.at - before.at, cores([before, after])
    return System(
        backend.name,
        count / seconds,
        sum(share for name, share in used.items() if name != CLIENT),
        (servers_after - servers_before) / seconds,
        used[CLIENT],
    )


def _core_s(pids: Sequence[int]) -> float:
    """Seconds of a core that these processes have used."""
    times = [psutil.Process(pid).cpu_times() for pid in pids]
    return float(sum(each.user + each.system for each in times))


def shards(
    backends: Sequence[Backend], folder: Path, workload: Workload, pool: Pool, size: Size
) -> list[Compared]:
    """All comparisons of one shard and two. Raises DifferenceError."""
    found: list[Compared] = []
    kinds = (("few", alerts, size.postings), ("many", plain_alerts, size.popular))
    for kind, make, postings in kinds:
        for at, backend in enumerate(backends):
            place = folder / f"{kind}-{at}"
            found += matching(
                backend, place, workload, pool, make, postings=postings, rounds=size.rounds
            )
    return percolation(folder / "few-0", size.pool, size.rounds) + found


def show_shards(compared: Sequence[Compared], size: Size) -> None:
    header = (
        *("what", "one shard, postings/s", "two", "ratio", f"goal {GOAL}"),
        *("µs of a core a posting: one", "each of two"),
    )
    rows = [
        (
            each.name,
            f"{each.one.postings_a_second:,.0f}",
            f"{each.two.postings_a_second:,.0f}",
            f"{each.ratio:.2f}",
            "met" if each.ratio >= GOAL else "**missed**",
            _core_us(each.one),
            _core_us(each.two),
        )
        for each in compared
    ]
    show(f"One matcher shard and two: {size.alerts:,} alerts", header, rows)


def _core_us(speed: Speed) -> str:
    return ", ".join(f"{each:,.0f}" for each in speed.core_us)


def show_systems(systems: Sequence[System], size: Size) -> None:
    rows = [
        (
            each.name,
            f"{each.postings_a_second:,.0f}",
            f"{each.postings_a_second / systems[0].postings_a_second:.2f}",
            *(f"{used:.2f}" for used in (each.cores, each.server_cores, each.client_cores)),
        )
        for each in systems
    ]
    header = ("backend", "postings/s", "ratio", "cores: system", "servers", "client")
    title = f"Imported to told: {size.alerts:,} alerts, {size.imported:,} postings"
    show(title, header, rows)


def measure(folder: Path, size: Size, parts: Sequence[str], with_servers: bool) -> None:
    """Raises DifferenceError, StalledError, ServerError."""
    workload = generate(size.alerts, size.pool, SEED)
    pool = Pool(workload)
    with ExitStack() as stack:
        backends = [EMBEDDED]
        if with_servers:
            backends.append(stack.enter_context(servers(folder / "servers")))
        if SHARDS in parts:
            show_shards(shards(backends, folder, workload, pool, size), size)
        if SYSTEMS in parts:
            found = [
                system(backend, folder / f"system-{at}", workload, pool, size.imported)
                for at, backend in enumerate(backends)
            ]
            show_systems(found, size)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.scale", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer alerts and postings, one round")
    parser.add_argument("--alerts", type=int)
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--only", choices=(SHARDS, SYSTEMS))
    parser.add_argument("--without-servers", action="store_true", help="the embedded store alone")
    given = parser.parse_args()
    size = QUICK if given.quick else Size()
    changed = {name: getattr(given, name) for name in ("alerts", "rounds") if getattr(given, name)}
    parts = (given.only,) if given.only else (SHARDS, SYSTEMS)
    with tempfile.TemporaryDirectory() as folder:
        try:
            measure(Path(folder), replace(size, **changed), parts, not given.without_servers)
        except (DifferenceError, StalledError, ServerError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
