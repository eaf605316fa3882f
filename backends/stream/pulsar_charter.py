"""The charter of a subscription: its mode and where it began, written once by whoever came first.

Beside each topic of events, a subscription has a topic of its own in the namespace of owners. Its
partitions are small logs: one for the ownership of each partition of events (`pulsar_owner`), one
for its members (`pulsar_members`), one for this charter. The first entry counts. Only who holds the
exclusive producer writes it, so two that come at once agree. A subscription ends when its topic is
deleted; a later one of that name has another charter.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson

from backends.stream.base import PARTITIONS, Mode
from backends.stream.pulsar_client import Busy, PulsarClient
from backends.stream.pulsar_places import NOTHING, Position, position_of, position_text
from models.base import new_id
from models.errors import Conflict, Unavailable

MEMBERS = PARTITIONS
CHARTER = PARTITIONS + 1
OWNERS_TOPIC_PARTITIONS = PARTITIONS + 2

TURN_S = 0.05
TURNS_MAX = 200
"""How often, and how long, to wait for another one that writes the charter."""


@dataclass(frozen=True, slots=True)
class Charter:
    """`begin` is where each partition begins; `id` tells the subscription from an earlier one of
    its name (older ones have none)."""

    id: str
    mode: Mode
    begin: Position

    def check(self, owners: str, mode: Mode) -> None:
        """Raises Conflict where the subscription has another mode."""
        if self.mode != mode:
            raise Conflict(f"the subscription of {owners} is {self.mode}, not {mode}")

    def to_bytes(self) -> bytes:
        begin = position_text(self.begin)
        return orjson.dumps({"id": self.id, "mode": self.mode, "begin": begin})

    @classmethod
    def of(cls, body: bytes) -> "Charter":
        found = orjson.loads(body)
        return cls(found.get("id", ""), found["mode"], position_of(found["begin"]))


def owners_topic(topic: str, name: str) -> str:
    """The name of the topic of one subscription in the namespace of owners."""
    return f"{topic}~{name}"


def partition_name(topic: str, number: int) -> str:
    return f"{topic}-partition-{number}"


async def agree(
    client: PulsarClient,
    owners: str,
    mode: Mode,
    begin: Callable[[], Awaitable[Position]],
) -> Charter:
    """The charter, written now where there is none: then `begin` tells where the subscription
    begins. `owners` is the full name of the subscription's topic. Raises Conflict where it has
    another mode, Unavailable."""
    charter = await find(client, owners) or await _write(client, owners, mode, begin)
    charter.check(owners, mode)
    return charter


async def find(client: PulsarClient, owners: str) -> Charter | None:
    """The charter, where there is one. Raises Unavailable."""
    source = await client.source(partition_name(owners, CHARTER), NOTHING)
    try:
        return Charter.of((await source.soon()).body) if await source.has_more() else None
    finally:
        await source.close()


async def _write(
    client: PulsarClient, owners: str, mode: Mode, begin: Callable[[], Awaitable[Position]]
) -> Charter:
    for _ in range(TURNS_MAX):
        try:
            sender = await client.sender(partition_name(owners, CHARTER), "exclusive")
        except Busy:
            await asyncio.sleep(TURN_S)
            continue
        try:
            found = await find(client, owners)
            if found is None:
                found = Charter(new_id(), mode, await begin())
                await sender.send(found.to_bytes())
            return found
        finally:
            await sender.close()
    raise Unavailable("another process keeps the charter to itself")
