"""The charter of a subscription: its mode and where it began, written once by whoever came first.

Beside each topic of events, a subscription has a topic of its own in the namespace of owners. Its
partitions are small logs: one for the ownership of each partition of events (`pulsar_owner`), one
for its members (`pulsar_members`), one for this charter. The first entry counts. Only who holds the
exclusive producer writes it, so two that come at once agree.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import orjson

from backends.stream.base import PARTITIONS, Mode
from backends.stream.pulsar_client import Busy, PulsarClient
from backends.stream.pulsar_places import NOTHING, Position, position_of, position_text
from models.errors import Conflict, Unavailable

MEMBERS = PARTITIONS
CHARTER = PARTITIONS + 1
OWNERS_TOPIC_PARTITIONS = PARTITIONS + 2

TURN_S = 0.05
TURNS_MAX = 200
"""How often, and how long, to wait for another one that writes the charter."""


@dataclass(frozen=True, slots=True)
class Charter:
    """`begin` is where each partition begins."""

    mode: Mode
    begin: Position


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
    topic = partition_name(owners, CHARTER)
    charter = await _read(client, topic) or await _write(client, topic, mode, begin)
    if charter.mode != mode:
        raise Conflict(f"the subscription of {owners} is {charter.mode}, not {mode}")
    return charter


async def _read(client: PulsarClient, topic: str) -> Charter | None:
    source = await client.source(topic, NOTHING)
    try:
        if not await source.has_more():
            return None
        found = orjson.loads((await source.soon()).body)
        return Charter(found["mode"], position_of(found["begin"]))
    finally:
        await source.close()


async def _write(
    client: PulsarClient, topic: str, mode: Mode, begin: Callable[[], Awaitable[Position]]
) -> Charter:
    for _ in range(TURNS_MAX):
        try:
            sender = await client.sender(topic, "exclusive")
        except Busy:
            await asyncio.sleep(TURN_S)
            continue
        try:
            found = await _read(client, topic)
            if found is None:
                found = Charter(mode, await begin())
                text = {"mode": found.mode, "begin": position_text(found.begin)}
                await sender.send(orjson.dumps(text))
            return found
        finally:
            await sender.close()
    raise Unavailable("another process keeps the charter to itself")
