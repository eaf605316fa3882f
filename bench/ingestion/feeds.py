"""How postings get into a running system: as an employer imports them, or past the processor."""

import asyncio
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Protocol

from backends.stream.base import Stream
from bench.ingestion.postings import Pool
from bench.ingestion.stores import opened
from chaos.people import Person
from models.events import JOB_EVENTS

BATCH = 250
"""Postings of one request, or of one write to the stream."""
SIGNED_IN_S = 300.0
"""A person's token is good for longer than this."""


class Feed(Protocol):
    def send(self, serials: range) -> None:
        """Returns when the system has these postings."""


class Importing:
    """`POST /jobs/import`; by somebody else every few minutes, as tokens end."""

    def __init__(self, pool: Pool, url: str) -> None:
        self._pool, self._url = pool, url
        self._employer: Person | None = None
        self._since = 0.0

    def send(self, serials: range) -> None:
        body = b"\n".join(map(self._pool.record, serials))
        headers = {"Content-Type": "application/x-ndjson"}
        answer = self._signed_in().http.post("/jobs/import", content=body, headers=headers)
        taken = Person.ok(answer, 202)
        assert taken["accepted"] == len(serials), taken["rejected"]

    def _signed_in(self) -> Person:
        if self._employer is None or time.monotonic() - self._since > SIGNED_IN_S:
            self.close()
            self._employer, self._since = Person(self._url, "employer"), time.monotonic()
        return self._employer

    def close(self) -> None:
        if self._employer is not None:
            self._employer.http.close()


class Publishing:
    """`posting.published` on the stream, from this process, as if a processor had stored each."""

    def __init__(self, pool: Pool, stream: Stream, runner: asyncio.Runner) -> None:
        self._pool, self._stream, self._runner = pool, stream, runner

    def send(self, serials: range) -> None:
        events = [self._pool.event(serial) for serial in serials]
        self._runner.run(self._stream.publish(JOB_EVENTS, events))


@contextmanager
def importing(pool: Pool, url: str) -> Iterator[Importing]:
    feed = Importing(pool, url)
    try:
        yield feed
    finally:
        feed.close()


@contextmanager
def publishing(pool: Pool, environment: Mapping[str, str]) -> Iterator[Publishing]:
    with asyncio.Runner() as runner:
        store = opened(environment)
        stream = runner.run(store.__aenter__()).stream
        try:
            yield Publishing(pool, stream, runner)
        finally:
            runner.run(store.__aexit__(None, None, None))
