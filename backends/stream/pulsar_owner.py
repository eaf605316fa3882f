"""Who owns a partition of an ordered subscription, and how far it is acknowledged: one small log.

The owner holds the exclusive producer of the log. A newer one takes it by *exclusive with fencing*:
the broker raises the topic's epoch, stores it, and refuses every later send of the older one, also
after a restart. An acknowledgement is a send to this log, so it is durable when it returns, and
fenced by the very same broker: no clock is asked. The last entry tells where the next owner begins,
and whose it is: who lost the connection takes the log again only where nobody has written since.
"""

import asyncio
from dataclasses import dataclass

import orjson

from backends.stream.pulsar_client import PulsarClient, Sender
from backends.stream.pulsar_places import Place, event_place, event_text
from models.errors import Fenced


@dataclass(frozen=True, slots=True)
class Record:
    """An entry of the log: the owner `token` has acknowledged everything up to the place."""

    token: str
    place: Place

    def to_bytes(self) -> bytes:
        return orjson.dumps({"owner": self.token, "place": event_text(self.place)})

    @classmethod
    def of(cls, body: bytes) -> "Record":
        found = orjson.loads(body)
        return cls(str(found["owner"]), event_place(found["place"]))


class Owner:
    """The ownership of one partition, whose log is `topic`; `committed` is the last place
    acknowledged."""

    def __init__(
        self, client: PulsarClient, topic: str, token: str, sender: Sender, committed: Place
    ) -> None:
        self.committed = committed
        self._client, self._topic, self._token = client, topic, token
        self._sender = sender
        self._turn = asyncio.Lock()

    @classmethod
    async def take(
        cls, client: PulsarClient, topic: str, token: str, *, by_force: bool, begin: Place
    ) -> "Owner":
        """Become the owner; `begin` is where the subscription began. Raises Busy where there is one
        and it is not by force, Fenced where a newer one came meanwhile, Unavailable."""
        sender = await client.sender(topic, "fencing" if by_force else "exclusive")
        try:
            # Read after the fence: the older owner cannot add to it any more.
            last = await client.last(topic)
            committed = begin if last is None else Record.of(last.body).place
            owner = cls(client, topic, token, sender, committed)
            await owner.verify()
        except BaseException:
            await sender.close()
            raise
        return owner

    async def commit(self, place: Place) -> None:
        """Everything up to the place is acknowledged; never goes back. Raises Fenced,
        Unavailable."""
        async with self._turn:
            if place > self.committed:
                await self._sender.send(Record(self._token, place).to_bytes())
                self.committed = place

    async def verify(self) -> None:
        """Write once more what is true: raises Fenced where this is the owner no longer."""
        async with self._turn:
            await self._sender.send(Record(self._token, self.committed).to_bytes())

    async def revive(self) -> None:
        """Where the connection was lost, do not wait until the driver tries again: that may take a
        minute. Raises Fenced where a newer owner has been here, Busy, Unavailable."""
        async with self._turn:
            if self._sender.is_connected:
                return
            await self._sender.close()
            await self._check()
            self._sender = await self._client.sender(self._topic, "exclusive")
            await self._check()

    async def close(self) -> None:
        """The partition is free at once."""
        await self._sender.close()

    async def _check(self) -> None:
        last = await self._client.last(self._topic)
        if last is None or Record.of(last.body).token != self._token:
            raise Fenced("a newer owner has taken the partition")
