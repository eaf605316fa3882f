"""What an operator can see of a running system beside HTTP: its store and its stream.

The harness asks them for what no sink shows: whether anything is still on its way, in which order
events were told, how many effects a request had, what was buried. Each question opens the ports of
a command and closes them again, so that it works while the system's own processes die.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from random import Random
from typing import Any, TypeVar

from backends.documents.collections import DEAD_LETTERS, POSTINGS
from backends.documents.filters import Eq
from chaos.checker import descents, inversions
from cluster.settings import Settings
from cluster.wiring import command_ports
from models.base import derived_id, new_id
from models.errors import Unavailable
from models.events import (
    JOB_EVENTS,
    MATCH_CREATED,
    MATCH_EVENTS,
    NOTIFICATION_CREATED,
    NOTIFICATION_EVENTS,
    POSTING_CHANGED,
    POSTING_PUBLISHED,
    Event,
)
from services.operations import operating
from services.ports import Ports

T = TypeVar("T")
PAGE = 100


def ask(settings: Settings, question: Callable[[Ports], Awaitable[T]]) -> T:
    """The answer of the system with these settings. Raises Unavailable where it is down."""

    async def work() -> T:
        async with command_ports(settings) as ports:
            return await question(ports)

    return asyncio.run(work())


def outstanding(settings: Settings) -> int | None:
    """Events and deliveries on their way; None where the store cannot say."""
    try:
        return ask(settings, lambda ports: operating.outstanding(ports.documents, ports.stream))
    except Unavailable:
        return None


@dataclass(frozen=True, slots=True)
class Disorder:
    """How many notifications stand after one whose match was told later in the inboxes, and how
    many outcomes of a posting came after that of a later version: neither may be. `overtaken` left
    for the open pages after a later one, which the port allows: order there is per document, and
    the relay of a stream that was away sends many documents."""

    inbox: int
    versions: int
    overtaken: int

    @property
    def total(self) -> int:
        return self.inbox + self.versions


def disorder(
    settings: Settings, inboxes: Mapping[str, Sequence[str]], postings: Collection[str]
) -> Disorder:
    """`inboxes` are the ids of each user's notifications, oldest first."""

    async def count(ports: Ports) -> Disorder:
        inbox = overtaken = 0
        for user, listed in inboxes.items():
            matches = await subjects(ports, MATCH_EVENTS, MATCH_CREATED, user)
            told = await subjects(ports, NOTIFICATION_EVENTS, NOTIFICATION_CREATED, user)
            order = [derived_id("notification", match) for match in matches]
            inbox += inversions(order, listed)
            overtaken += inversions(order, told)
        # By first sight of each: what is replayed comes in any order.
        versions: dict[str, dict[int, None]] = {id_: {} for id_ in postings}
        async for event in _read(ports, JOB_EVENTS, None):
            version = _version_told(event)
            if version is not None and event.subject in versions:
                versions[event.subject].setdefault(version)
        return Disorder(inbox, sum(map(descents, versions.values())), overtaken)

    return ask(settings, count)


def _version_told(event: Event) -> int | None:
    """The version whose publication the event tells of; None for other events, and for poison."""
    if event.type not in (POSTING_PUBLISHED, POSTING_CHANGED):
        return None
    version = event.data["posting"].get("version")
    return version if isinstance(version, int) else None


async def subjects(ports: Ports, topic: str, type_: str, key: str) -> list[str]:
    """What the events of this type and key are about, in their order."""
    return [event.subject async for event in _read(ports, topic, key) if event.type == type_]


async def _read(ports: Ports, topic: str, key: str | None) -> AsyncIterator[Event]:
    seen: set[str] = set()
    async for delivery in ports.stream.read(topic, key=key):
        # On Pulsar an event may be stored twice; the first one counts.
        if delivery.event.id not in seen:
            seen.add(delivery.event.id)
            yield delivery.event


def posting_count(settings: Settings, owner_ids: Sequence[str]) -> int:
    """How many postings these owners have."""

    async def count(ports: Ports) -> int:
        found = [await ports.documents.count(POSTINGS, Eq("owner_id", id_)) for id_ in owner_ids]
        return sum(found)

    return ask(settings, count)


def dead_letters(settings: Settings) -> list[dict[str, Any]]:
    """Every letter: topic, subscription, event, reason."""

    async def read(ports: Ports) -> list[dict[str, Any]]:
        letters: list[dict[str, Any]] = []
        after: str | None = None
        while True:
            page = await ports.documents.find(DEAD_LETTERS, limit=PAGE, after=after)
            letters += [document.body for document in page.items]
            after = page.after
            if after is None:
                return letters

    return ask(settings, read)


def publish(settings: Settings, topic: str, events: Sequence[Event]) -> None:
    """Append these events, as a faulty program might."""

    async def append(ports: Ports) -> None:
        await ports.stream.publish(topic, events)

    ask(settings, append)


def replay(settings: Settings, topics: Sequence[str], times: int, random: Random) -> int:
    """Publish every event of the topics again, `times` times, shuffled each time: first as it was
    (a copy with its id, which the stream leaves out where it can), then under new ids, so that
    every actor sees it again, long after newer versions. How many there were."""

    async def work(ports: Ports) -> int:
        count = 0
        for topic in topics:
            events = [event async for event in _read(ports, topic, None)]
            for time in range(times):
                again = [event if time == 0 else _renamed(event) for event in events]
                random.shuffle(again)
                await ports.stream.publish(topic, again)
                count += len(again)
        return count

    return ask(settings, work)


def _renamed(event: Event) -> Event:
    return event.model_copy(update={"id": new_id()})
