"""The matcher shard, from posting events to durable match events; and how long it takes to recover.

    python -m bench.matcher [ALERTS] [POSTINGS]

The shard's plain object on the embedded store, no Ray. Alerts are the percolation workload's with a
rare word more each, so that a posting meets about two of 100,000. The baseline of the same run
inserts the very same matches with their events, as fast as the store takes them. The stages are
timed one by one over the same postings; in the shard writing goes on beside the others.

Goals: 1,000 postings a second. Recovery of 1,000,000 alerts: 3 s with a snapshot, 60 s without.
"""

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from actors.matcher import SCAN, WRITE, MatcherShard
from actors.registry import Registry
from backends.documents.base import Documents, Insert
from backends.documents.collections import ALERTS, MATCHES
from backends.documents.sqlite import SqliteDocuments
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream
from bench.percolation import postings as posting_source
from bench.percolation.vocabulary import NOW
from bench.percolation.workload import Workload, generate
from bench.table import show
from cluster.makers.matcher import GC_THRESHOLDS
from matching.language import normalise, to_text
from matching.subject import Subject
from models.alert import Alert
from models.base import derived_id
from models.criteria import And, Words
from models.events import JOB_EVENTS, POSTING_PUBLISHED, Event, version_event
from models.posting import Posting
from models.topology import ActorRole
from services.alerting.alert_reader import AlertReader
from services.alerting.matched import Arrival, clauses_of, insert_of

SEED = 20261121
STORED_AT_ONCE = 2_000
RARE = (7, 13)
"""In how many of the training postings (2,000) the additional word stands."""
ALERTS_OF_ONE = 3
"""Alerts of one person."""


class Stages:
    """Seconds by stage, in the order they were first met."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._since = time.perf_counter()

    def begin(self) -> None:
        self._since = time.perf_counter()

    def end(self, name: str) -> None:
        """The time since the last begin or end was this stage's."""
        now = time.perf_counter()
        self.seconds[name] = self.seconds.get(name, 0.0) + now - self._since
        self._since = now


@asynccontextmanager
async def store(folder: Path) -> AsyncIterator[tuple[Documents, Stream]]:
    database = Database(folder / "jobray.db")
    documents, stream = SqliteDocuments(database), SqliteStream(database)
    await documents.open()
    await stream.open()
    yield documents, stream
    await stream.close()
    await documents.close()


def alerts(workload: Workload) -> Iterator[Alert]:
    """The workload's, each with a rare word more."""
    vocabulary, seen = workload.atoms.vocabulary.words, workload.abstract.frequencies
    rare = [word for at, word in enumerate(vocabulary) if RARE[0] <= seen[at] <= RARE[1]]
    for at in range(len(workload)):
        word = Words(text=rare[at % len(rare)])
        criteria = normalise(And(items=(workload.criteria(at), word)))
        yield Alert(
            id=workload.alert_id(at),
            user_id=derived_id("bench-user", SEED, at // ALERTS_OF_ONE),
            name=f"alert {at}",
            query=to_text(criteria),
            criteria=criteria,
            created_at=NOW,
            updated_at=NOW,
        )


async def save(documents: Documents, found: Iterator[Alert]) -> None:
    inserts: list[Insert] = []
    for alert in found:
        inserts.append(Insert(alert.id, alert.model_dump(mode="json", by_alias=True)))
        if len(inserts) == STORED_AT_ONCE:
            await documents.insert_absent(ALERTS, inserts)
            inserts = []
    await documents.insert_absent(ALERTS, inserts)


def published(workload: Workload) -> list[Event]:
    """The postings as their processor tells of them: with their HTML, given and clean."""
    events = []
    for advert in workload.adverts:
        posting = posting_source.document(workload.atoms, SEED, advert)
        assert posting.derived is not None
        html = f"<p>{posting.derived.text}</p>"
        given = posting.given.model_copy(update={"description": html})
        derived = posting.derived.model_copy(update={"html": html})
        whole = posting.model_copy(update={"given": given, "derived": derived})
        data = {"posting": whole.model_dump(mode="json"), "previous": None}
        events.append(
            version_event(
                POSTING_PUBLISHED,
                subject=posting.id,
                version=1,
                key=posting.id,
                data=data,
                time=NOW,
            )
        )
    return events


def shard_of(documents: Documents, stream: Stream, folder: Path) -> MatcherShard:
    return MatcherShard(
        documents,
        stream,
        role=ActorRole("matcher"),
        snapshot=folder / "0.alerts",
        clock=lambda: NOW,
    )


async def recoveries(
    documents: Documents, stream: Stream, folder: Path
) -> tuple[MatcherShard, list[tuple[str, str, str]]]:
    """A shard that serves; and the seconds it took without a snapshot, to write one, with it."""
    begun = time.perf_counter()
    shard = shard_of(documents, stream, folder)
    await shard.recover()
    rebuilt = time.perf_counter()
    await shard.tend()
    written = time.perf_counter()
    shard = shard_of(documents, stream, folder)
    await shard.recover()
    restored = time.perf_counter()
    assert shard.status()[0]["matcher_rebuilds"] == 0.0
    megabytes = (folder / "0.alerts").stat().st_size / 1e6
    return shard, [
        ("recovery from the documents (goal 60 s at 1 M)", f"{rebuilt - begun:.2f} s", ""),
        ("snapshot written", f"{written - rebuilt:.2f} s", f"{megabytes:.0f} MB"),
        ("recovery from the snapshot (goal 3 s at 1 M)", f"{restored - written:.2f} s", ""),
    ]


async def work(shard: MatcherShard, postings: int) -> tuple[float, float]:
    """Seconds from the first event to the last match that is durable, and those of a core."""
    begun, begun_cpu, left = time.perf_counter(), time.process_time(), postings
    while left:
        left -= await shard.step(1.0)
    return time.perf_counter() - begun, time.process_time() - begun_cpu


async def staged(documents: Documents, stream: Stream, stages: Stages) -> list[list[Insert]]:
    """Every stage by itself; the matches as they are written."""
    registry = Registry(documents, stream, lambda _: True)
    await registry.rebuild()
    reader = AlertReader(documents, registry.percolator.version)
    writes = []
    stages.begin()
    events = [delivery.event async for delivery in stream.read(JOB_EVENTS)]
    stages.end("read events")
    for at in range(0, len(events), SCAN):
        scan = events[at : at + SCAN]
        stages.begin()
        postings = [Posting.from_store(event.data["posting"]) for event in scan]
        stages.end("validate")
        subjects = [Subject.of(posting) for posting in postings]
        stages.end("subject")
        ids = registry.percolator.percolate_many(subjects, NOW)
        stages.end("percolate")
        found = await reader.read({id_ for each in ids for id_ in each})
        stages.end("read alerts")
        clauses = [
            [clauses_of(found[id_], subject, NOW) or () for id_ in each]
            for subject, each in zip(subjects, ids, strict=True)
        ]
        stages.end("explain")
        inserts = []
        for posting, subject, each, reasons in zip(postings, subjects, ids, clauses, strict=True):
            arrival = Arrival(posting, subject, None)
            for id_, why in zip(each, reasons, strict=True):
                inserts.append(insert_of(found[id_], arrival, why, now=NOW))
        stages.end("make matches")
        writes += [inserts[i : i + WRITE] for i in range(0, len(inserts), WRITE)]
    return writes


async def insert_all(documents: Documents, writes: Sequence[Sequence[Insert]]) -> float:
    """Seconds to insert the matches and their events durably, and nothing else."""
    begun = time.perf_counter()
    for inserts in writes:
        await documents.insert_absent(MATCHES, inserts)
    return time.perf_counter() - begun


async def measure(folder: Path, count: int, n_postings: int) -> None:
    workload = generate(count, n_postings, SEED)
    events = published(workload)
    stages = Stages()
    async with store(folder / "shard") as (documents, stream):
        await save(documents, alerts(workload))
        shard, rows = await recoveries(documents, stream, folder)
        await stream.publish(JOB_EVENTS, events)
        seconds, cpu = await work(shard, n_postings)
        counters, _ = shard.status()
        writes = await staged(documents, stream, stages)
        await shard.stop()
    async with store(folder / "baseline") as (documents, _):
        bare = await insert_all(documents, writes)
    stages.seconds["write (baseline: only this)"] = bare
    rows += [
        (f"stage: {name}", "", f"{1e6 * taken / n_postings:.0f} µs")
        for name, taken in stages.seconds.items()
    ]
    size = sum(len(event.model_dump_json()) for event in events) / n_postings / 1e3
    rows += [
        ("matches a posting", f"{counters['matches'] / n_postings:.2f}", ""),
        ("kilobytes an event", f"{size:.1f}", ""),
        ("postings/s, only inserting", f"{n_postings / bare:,.0f}", ""),
        ("postings/s, the shard (goal 1,000)", f"{n_postings / seconds:,.0f}", ""),
        ("ratio", f"{bare / seconds:.2f}", f"{1e6 * seconds / n_postings:.0f} µs"),
        ("time of a core, all threads", "", f"{1e6 * cpu / n_postings:.0f} µs"),
    ]
    header = ("what", "measured", "a posting")
    show(f"Matcher shard: {count:,} alerts, {n_postings:,} postings", header, rows)


def main() -> None:
    gc.set_threshold(*GC_THRESHOLDS)
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    n_postings = int(sys.argv[2]) if len(sys.argv) > 2 else 4_096
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(measure(Path(folder), count, n_postings))


if __name__ == "__main__":
    main()
