"""How many postings a second a whole system takes in and tells, and whether its memory stays flat.

    python -m bench.ingest [--minutes 10] [--quick] [--alerts 100000] [--only import|events]

`jobray up` on the embedded store, with alerts such that a posting meets about two. Two parts, one
after the other on the same system: postings imported over HTTP (`POST /jobs/import`), from there
to stored notifications; and postings that are normalised already, which begin where the processor
ends, as `posting.published` on the stream. In the end every posting must have been told to exactly
the alerts that it meets, or the run fails. The baseline of the second part is the first.

Goals: 300 postings a second with processing, 1,000 without; memory flat.
"""

import argparse
import asyncio
import sys
import tempfile
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from pathlib import Path

from bench.ingestion.drive import Drive, StalledError
from bench.ingestion.feeds import Feed, importing, publishing
from bench.ingestion.gauges import Gauges
from bench.ingestion.postings import Expected, Pool
from bench.ingestion.report import EVENTS, IMPORT, Part, print_part
from bench.ingestion.stores import EMBEDDED, DifferenceError, check_told, fill
from bench.matcher import SEED
from bench.percolation.workload import generate
from chaos.running import Running

ALERTS, POOL, MINUTES = 100_000, 2_048, 2.0
QUICK_ALERTS, QUICK_POOL, QUICK_MINUTES = 20_000, 512, 0.5
WARM_UP_S = 30.0
"""Caches fill, code is loaded, alerts are filed by what postings ask."""


def feed_of(name: str, running: Running, pool: Pool) -> AbstractContextManager[Feed]:
    if name == IMPORT:
        return importing(pool, running.url)
    return publishing(pool, running.environment)


def run_part(name: str, drive: Drive, expected: Expected, seconds: float) -> Part:
    drive.keep_busy(min(WARM_UP_S, seconds))
    samples = drive.keep_busy(seconds)
    drained_s = drive.until_told(expected.count(range(drive.next_serial)))
    return Part(name, samples, drained_s)


def run_parts(
    running: Running, pool: Pool, expected: Expected, names: Sequence[str], seconds: float
) -> int:
    """Every part, printed as it ends; how many postings were sent. Raises StalledError."""
    sent, before = 0, None
    with closing(Gauges(running)) as gauges:
        for name in names:
            with feed_of(name, running, pool) as feed:
                drive = Drive(gauges, feed, sent)
                part = run_part(name, drive, expected, seconds)
            sent = drive.next_serial
            print_part(part, before)
            before = part
    return sent


def measure(
    folder: Path, alerts: int, pool_size: int, names: Sequence[str], seconds: float
) -> None:
    """Raises DifferenceError, StalledError."""
    workload = generate(alerts, pool_size, SEED)
    pool = Pool(workload)
    running = Running(folder, **EMBEDDED.environment(folder))
    expected = asyncio.run(fill(running.environment, workload, pool))
    print(f"{alerts:,} alerts, {expected.a_posting:.2f} of them met by a posting")
    running.start()
    try:
        sent = run_parts(running, pool, expected, names, seconds)
        asyncio.run(check_told(running.environment, expected, sent))
    finally:
        running.stop()
    print(f"\n{sent:,} postings: each was told to exactly the alerts that it meets, once.")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.ingest", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer alerts, half a minute")
    parser.add_argument("--minutes", type=float, help="of each part, after its warm-up")
    parser.add_argument("--alerts", type=int)
    parser.add_argument("--only", choices=(IMPORT, EVENTS))
    given = parser.parse_args()
    minutes = given.minutes or (QUICK_MINUTES if given.quick else MINUTES)
    alerts = given.alerts or (QUICK_ALERTS if given.quick else ALERTS)
    pool_size = QUICK_POOL if given.quick else POOL
    names = (given.only,) if given.only else (IMPORT, EVENTS)
    with tempfile.TemporaryDirectory() as folder:
        try:
            measure(Path(folder) / "system", alerts, pool_size, names, 60.0 * minutes)
        except (DifferenceError, StalledError) as error:
            print(error, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
