"""The durable subscriptions on Pulsar: made, found where they stand, forgotten.

A subscription has a topic of its own in the namespace of owners, with its charter, its members and
its owners' logs, and on each partition of events that somebody has claimed the broker's
subscription of that name. The administration makes both; a consumer that only connects makes
neither, so one that was frozen meanwhile does not bring back what was forgotten.

Forgetting tells the members, waits until they have let go, deletes the broker's subscriptions and
at last the topic: until that moment it is not forgotten, and whoever repeats it finishes it.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress

from backends.stream.after import Standing, furthest_behind
from backends.stream.base import PARTITIONS, Mode
from backends.stream.pulsar_admin import PulsarAdmin
from backends.stream.pulsar_charter import (
    OWNERS_TOPIC_PARTITIONS,
    Charter,
    agree,
    find,
    owners_topic,
    partition_name,
)
from backends.stream.pulsar_client import Gone, PulsarClient, Receiver
from backends.stream.pulsar_members import Members, say_forgotten
from backends.stream.pulsar_owner import OwnerLog
from backends.stream.pulsar_places import NOTHING, Place, Position
from models.errors import Unavailable

LEAVE_S = 2.0
"""How long `forget` waits for the consumers to let go; whoever is frozen is thrown out."""
LOOK_S = 0.05
"""How often it looks."""


class Subscriptions:
    """`admin` is that of the events, `owners_admin` that of the namespace of owners. Every verb
    raises Unavailable."""

    def __init__(self, client: PulsarClient, admin: PulsarAdmin, owners_admin: PulsarAdmin) -> None:
        self._client, self._admin, self._owners_admin = client, admin, owners_admin

    async def join(
        self, topic: str, name: str, mode: Mode, begin: Callable[[], Awaitable[Position]]
    ) -> Charter:
        """The charter; where there is none it is written now, with what `begin` tells. Raises
        Conflict."""
        await self._owners_admin.create_topic(owners_topic(topic, name), OWNERS_TOPIC_PARTITIONS)
        return await agree(self._client, self._owners(topic, name), mode, begin)

    async def after(self, topic: str, names: Iterable[str]) -> Position:
        """Where a successor of these begins; each counts with its places at some moment of the
        call, whoever goes on acknowledging. Raises Conflict."""
        found = await asyncio.gather(*(self._standing(topic, name) for name in names))
        return furthest_behind((each for each in found if each is not None), NOTHING)

    async def forget(self, topic: str, name: str) -> None:
        if not await self._owners_admin.has_topic(owners_topic(topic, name)):
            return
        await self._say_forgotten(topic, name)
        await self._until_left(topic, name)
        deleting = (
            self._admin.delete_subscription(partition_name(topic, number), name)
            for number in range(PARTITIONS)
        )
        await asyncio.gather(*deleting)
        await self._owners_admin.delete_topic(owners_topic(topic, name))

    async def cursor(self, topic: str, name: str, number: int, begin: Place) -> Receiver:
        """What moves the broker's subscription of one partition, made if need be."""
        partition = partition_name(topic, number)
        await self._admin.create_subscription(partition, name, begin)
        return await self._client.cursor(self._admin.full_name(partition), name)

    async def shared(self, topic: str, name: str, charter: Charter) -> Receiver:
        """The broker's subscription of all partitions, made if need be, to receive from."""
        making = (
            self._admin.create_subscription(partition_name(topic, number), name, begin)
            for number, begin in enumerate(charter.begin)
        )
        await asyncio.gather(*making)
        return await self._client.shared(self._admin.full_name(topic), name)

    def owner_log(self, topic: str, name: str, number: int, charter: Charter) -> OwnerLog:
        log = partition_name(self._owners(topic, name), number)
        return OwnerLog(self._client, log, charter.id)

    def members(self, topic: str, name: str, token: str) -> Members:
        return Members(self._client, self._owners(topic, name), token)

    async def _standing(self, topic: str, name: str) -> Standing[Place] | None:
        """None where there is no such subscription."""
        if not await self._owners_admin.has_topic(owners_topic(topic, name)):
            return None
        owners = self._owners(topic, name)
        charter = await find(self._client, owners)
        if charter is None:
            return None
        charter.check(owners, "ordered")
        last = await asyncio.gather(
            *(self.owner_log(topic, name, number, charter).last() for number in range(PARTITIONS))
        )
        places = {n: record.place for n, record in enumerate(last) if record is not None}
        return Standing(charter.begin, places)

    async def _say_forgotten(self, topic: str, name: str) -> None:
        try:
            await say_forgotten(self._client, self._owners(topic, name))
        except Gone:
            return
        except Unavailable:
            # Another one may be forgetting it at the same time: what is sent to a log while the
            # broker deletes it is confirmed to nobody.
            if await self._owners_admin.has_topic(owners_topic(topic, name)):
                raise

    async def _until_left(self, topic: str, name: str) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_S):
                while True:
                    if not await self._admin.consumers(topic, name):
                        return
                    await asyncio.sleep(LOOK_S)

    def _owners(self, topic: str, name: str) -> str:
        """The full name of the topic that the subscription has for itself."""
        return self._owners_admin.full_name(owners_topic(topic, name))
