"""Writers and servers are killed: what was answered is there, what was not is whole or absent, and
every event of what is stored reaches the stream once and in order."""

import asyncio
import contextlib
import socket
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import psutil
import pytest
from pymongo import AsyncMongoClient

import servers
from backends.documents.base import Documents, Insert
from backends.documents.mongo_driver import Driver
from backends.stream.base import Stream
from models.errors import Unavailable
from servers import Server
from tests.contract.adapters import (
    THINGS,
    mongo_database,
    mongo_url,
    needed,
    on_mongo,
)
from tests.contract.mongo_writer import CASES, OTHERS, TOPIC, announced

ROOT = Path(__file__).parents[2]
PAIRS: tuple[tuple[Driver, str], ...] = (("motor", "mongo-java"), ("pymongo", "ferretdb"))
"""Each driver and each server once: what is shown here is neither's own."""

STORED_EVENTS: dict[str, dict[int | None, int]] = {
    "insert": {None: 0, 1: 2},
    "insert_absent": {None: 0, 1: 1},
    "insert_absent-b": {None: 0, 1: 1},
    "together": {None: 0, 1: 1},
    **{f"together-{letter}": {None: 0, 1: 1} for letter in OTHERS},
    "replace": {1: 1, 2: 3},
    "overtaken": {1: 0, 2: 1, 3: 2},
    "delete": {1: 1, None: 2},
    "delete_silently": {1: 1, None: 1},
    "insert_anew": {None: 2, 1: 3},
    "relay": {1: 1},
    "relay-b": {None: 2},
}
"""For each case: how many events belong to a document at a version (None: it is not there)."""


async def versions(documents: Documents) -> dict[str, int]:
    found = await documents.find(THINGS, limit=100_000)
    return {document.id: document.version for document in found.items}


async def published(stream: Stream) -> dict[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    async for delivery in stream.read(TOPIC):
        found[delivery.event.key].append(int(delivery.event.subject))
    return found


async def waiting(documents: Documents) -> dict[str, set[int]]:
    found: dict[str, set[int]] = defaultdict(set)
    for event in await documents.waiting(THINGS):
        found[event.key].add(int(event.subject))
    return found


def due(id_: str, version: int | None) -> list[int]:
    """The numbers of the events that belong to a document in this state."""
    case, _, *second = id_.split("-")
    states = STORED_EVENTS["-".join([case, *second])]
    return list(range(1, states[version] + 1))


@pytest.mark.parametrize("driver, server", PAIRS)
async def test_a_writer_may_die_at_any_instant(driver: Driver, server: str, tmp_path: Path) -> None:
    async with mongo_database(server) as url:
        command = [sys.executable, "-m", "tests.contract.mongo_writer", url, driver, str(tmp_path)]
        done = await asyncio.to_thread(subprocess.run, command, cwd=ROOT, capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        async with on_mongo(driver, url, tmp_path) as backend:
            documents, stream = backend.documents, backend.stream
            stored, out, held = (
                await versions(documents),
                await published(stream),
                await waiting(documents),
            )
            ids = stored.keys() | out.keys() | held.keys()
            assert {id_.split("-")[0] for id_ in ids} == CASES.keys()
            for id_ in ids:
                assert {*out[id_], *held[id_]} == {*due(id_, stored.get(id_))}, id_
            await documents.relay(older_than_s=0)
            assert await waiting(documents) == {}
            out = await published(stream)
            assert {id_: out[id_] for id_ in ids} == {id_: due(id_, stored.get(id_)) for id_ in ids}
        async with AsyncMongoClient(url) as client:
            records = client.get_default_database()["things"]
            assert {record["_id"] async for record in records.find()} == stored.keys()
            assert await records.count_documents({"out_at": {"$exists": True}}) == 0


@dataclass(frozen=True)
class Private:
    """A server of the test's own, and the URL and driver to reach it."""

    server: Server
    url: str
    driver: Driver


@pytest.fixture(params=PAIRS, ids="-".join)
def private(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Private]:
    driver, name = request.param
    needed(name)
    with servers.launch(name, tmp_path / "server") as server:
        yield Private(server, mongo_url(name, server.url, "jobray"), driver)


class Writer:
    """Writes documents with events and keeps what it was told: the version of each document."""

    def __init__(self, documents: Documents, name: str) -> None:
        self._documents = documents
        self._name = name
        self.acknowledged: dict[str, int] = {}
        self.attempted: dict[str, int] = {}
        self.refused = 0
        self.tired = False

    async def write(self) -> None:
        """Write until `tired`; what was not answered is left as it is."""
        for number in count():
            id_ = f"{self._name}-{number}"
            for version in range(1, 4):
                if self.tired:
                    return
                try:
                    await self._write(id_, version)
                except Unavailable:
                    self.refused += 1
                    await asyncio.sleep(0.05)
                    break

    async def _write(self, id_: str, version: int) -> None:
        self.attempted[id_] = version
        events = announced(id_, version)
        if version == 1:
            await self._documents.insert_absent(THINGS, [Insert(id_, {"n": 1}, events)])
        else:
            await self._documents.replace(
                THINGS, id_, {"n": version}, expected_version=version - 1, events=events
            )
        self.acknowledged[id_] = version


async def until(met: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not met():
            await asyncio.sleep(0.01)


async def test_a_server_may_die_amid_writes(private: Private, tmp_path: Path) -> None:
    async with on_mongo(private.driver, private.url, tmp_path) as backend:
        documents, stream = backend.documents, backend.stream
        writers = [Writer(documents, f"w{n}") for n in range(8)]

        def answered() -> int:
            return sum(len(writer.acknowledged) for writer in writers)

        tasks = [asyncio.create_task(writer.write()) for writer in writers]
        await until(lambda: answered() > 40)
        await asyncio.to_thread(private.server.kill)
        await until(lambda: all(writer.refused for writer in writers))
        before = answered()
        await asyncio.to_thread(private.server.start)
        await until(lambda: answered() > before + 40)
        for writer in writers:
            writer.tired = True
        await asyncio.gather(*tasks)

        await documents.relay(older_than_s=0)
        assert await waiting(documents) == {}
        stored, out = await versions(documents), await published(stream)
        promised = {id_: v for writer in writers for id_, v in writer.acknowledged.items()}
        tried = {id_: v for writer in writers for id_, v in writer.attempted.items()}
        assert {id_: v for id_, v in promised.items() if stored.get(id_, 0) < v} == {}
        assert {id_: v for id_, v in stored.items() if tried[id_] < v} == {}
        assert out == {id_: list(range(1, v + 1)) for id_, v in stored.items()}


async def test_a_server_that_does_not_answer_is_unavailable(
    private: Private, tmp_path: Path
) -> None:
    url = private.url + ("&" if "?" in private.url else "?") + "socketTimeoutMS=300"
    url += "&serverSelectionTimeoutMS=300"
    async with on_mongo(private.driver, url, tmp_path) as backend:
        documents = backend.documents
        await documents.insert(THINGS, "a", {"n": 1})
        private.server.pause()
        await until(lambda: psutil.Process(private.server.pid).status() == psutil.STATUS_STOPPED)
        verbs = (
            lambda: documents.get(THINGS, "a"),
            lambda: documents.find(THINGS),
            lambda: documents.insert(THINGS, "b", {}),
            lambda: documents.relay(),
        )
        for verb in verbs:
            async with asyncio.timeout(5):
                with pytest.raises(Unavailable):
                    await verb()
        private.server.resume()
        async with asyncio.timeout(10):
            while True:
                with contextlib.suppress(Unavailable):
                    assert (await documents.get(THINGS, "a")).body == {"n": 1}
                    break


@pytest.mark.parametrize("driver", [driver for driver, _ in PAIRS])
async def test_opening_without_a_server_is_unavailable(driver: Driver, tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"mongodb://127.0.0.1:{taken.getsockname()[1]}"
        async with asyncio.timeout(8):
            with pytest.raises(Unavailable):
                async with on_mongo(driver, url, tmp_path):
                    pass
