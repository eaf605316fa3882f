"""A process that dies at one instant of a write; arguments: url, driver, folder of the stream.

For each case the same write is begun again and again, each time by a fork with a document of its
own, and the fork ends itself (as SIGKILL would: nothing is cleaned up) one instant later than the
one before, until one comes through. An instant is the moment before a command is sent to the
server, the moment after its answer, and the same of a publication. Ids are `CASE-INSTANT`, of
further documents of a case `CASE-INSTANT-b` and so on.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

from pymongo import monitoring

from backends.documents.base import Insert, Outgoing
from backends.documents.mongo import MongoDocuments
from backends.documents.mongo_driver import Driver
from backends.sqlite import Database
from backends.stream.base import Stream
from backends.stream.sqlite import SqliteStream
from models.events import Event
from tests.contract.adapters import THINGS
from tests.contract.mongo_streams import Interrupted, Publishing, Switched

TOPIC = "job-events"
OTHERS = "bcdefg"
"""Names of the further documents of a case."""
DIED = 9


def announced(id_: str, *numbers: int) -> list[Outgoing]:
    """Events of a document, in the order of their numbers."""
    return [
        (TOPIC, Event(id=f"{id_}/{n}", type="test.v1", subject=f"{n}", key=id_)) for n in numbers
    ]


class Fuse(monitoring.CommandListener):
    """Ends the process at the instant of that number, counted from when it is lit."""

    def __init__(self, instant: int) -> None:
        self._left = instant
        self._lit = False

    def light(self) -> None:
        self._lit = True

    def burn(self) -> None:
        if self._lit:
            if not self._left:
                os._exit(DIED)
            self._left -= 1

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.burn()

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        self.burn()

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        self.burn()


class Fused(Publishing):
    def __init__(self, stream: Stream, fuse: Fuse) -> None:
        super().__init__(stream)
        self._fuse = fuse

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        self._fuse.burn()
        await super().publish(topic, events)
        self._fuse.burn()


Case = Callable[[MongoDocuments, MongoDocuments, str, Fuse], Awaitable[Any]]
"""Documents whose events get out, the same whose events do not, the id, and the fuse to light."""


async def insert(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    fuse.light()
    await out.insert(THINGS, id_, {"n": 1}, events=announced(id_, 1, 2))


async def insert_absent(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    fuse.light()
    new = [
        Insert(id_, {"n": 1}, announced(id_, 1)),
        Insert(f"{id_}-b", {}, announced(f"{id_}-b", 1)),
    ]
    await out.insert_absent(THINGS, new)


async def together(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    """More writers than may empty their outboxes at once."""
    fuse.light()
    ids = [id_, *(f"{id_}-{letter}" for letter in OTHERS)]
    async with asyncio.TaskGroup() as writers:
        for each in ids:
            writers.create_task(out.insert(THINGS, each, {}, events=announced(each, 1)))


async def replace(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    await stuck.insert(THINGS, id_, {"n": 1}, events=announced(id_, 1))
    fuse.light()
    await out.replace(THINGS, id_, {"n": 2}, expected_version=1, events=announced(id_, 2, 3))


async def overtaken(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    """Another writer pushes between publication and taking out."""
    await out.insert(THINGS, id_, {"n": 1})
    fuse.light()
    await out.replace(THINGS, id_, {"n": 2}, expected_version=1, events=announced(id_, 1))


async def delete(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    await stuck.insert(THINGS, id_, {"n": 1}, events=announced(id_, 1))
    fuse.light()
    await out.delete(THINGS, id_, events=announced(id_, 2))


async def delete_silently(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    await stuck.insert(THINGS, id_, {"n": 1}, events=announced(id_, 1))
    fuse.light()
    await out.delete(THINGS, id_)


async def insert_anew(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    await stuck.insert(THINGS, id_, {"n": 1}, events=announced(id_, 1))
    await stuck.delete(THINGS, id_, events=announced(id_, 2))
    fuse.light()
    await out.insert(THINGS, id_, {"n": 3}, events=announced(id_, 3))


async def relay(out: MongoDocuments, stuck: MongoDocuments, id_: str, fuse: Fuse) -> None:
    await stuck.insert(THINGS, id_, {"n": 1}, events=announced(id_, 1))
    await stuck.insert(THINGS, f"{id_}-b", {}, events=announced(f"{id_}-b", 1))
    await stuck.delete(THINGS, f"{id_}-b", events=announced(f"{id_}-b", 2))
    fuse.light()
    await out.relay(older_than_s=0)


CASES: dict[str, Case] = {
    case.__name__: case
    for case in (
        insert,
        insert_absent,
        together,
        replace,
        overtaken,
        delete,
        delete_silently,
        insert_anew,
        relay,
    )
}


async def run(url: str, driver: Driver, folder: Path, name: str, instant: int) -> None:
    id_, fuse = f"{name}-{instant}", Fuse(instant)
    monitoring.register(fuse)
    real = SqliteStream(Database(folder / "stream.db"))
    stuck = MongoDocuments(url, Switched(real, down=True), driver=driver, collections=[THINGS])
    stream: Stream = Fused(real, fuse)
    if name == "overtaken":
        stream = Interrupted(
            stream,
            lambda: stuck.replace(
                THINGS, id_, {"n": 3}, expected_version=2, events=announced(id_, 2)
            ),
        )
    out = MongoDocuments(url, stream, driver=driver, collections=[THINGS])
    async with AsyncExitStack() as stack:
        for port in (real, stuck, out):
            await port.open()
            stack.push_async_callback(port.close)
        await CASES[name](out, stuck, id_, fuse)


def dies(url: str, driver: Driver, folder: Path, name: str, instant: int) -> bool:
    """Whether a fork of this process, to end at that instant, did not come through before."""
    child = os.fork()
    if not child:
        try:
            asyncio.run(run(url, driver, folder, name, instant))
        except BaseException:
            sys.excepthook(*sys.exc_info())
            os._exit(1)
        os._exit(0)
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code not in (0, DIED):
        sys.exit(f"{name} failed at instant {instant}")
    return code == DIED


def main(url: str, driver: Driver, folder: Path) -> None:
    for name in CASES:
        instant = 0
        while dies(url, driver, folder, name, instant):
            instant += 1


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))  # type: ignore[arg-type]
