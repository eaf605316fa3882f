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

from backends.stream.pulsar_client import Gone, PulsarClient, Sender
from backends.stream.pulsar_places import Place, event_place, event_text
from models.errors import Fenced


@dataclass(frozen=True, slots=True)
class Record:
    """An entry of the log: the owner `token` has acknowledged everything up to the place, in the
    subscription of this charter."""

    token: str
    place: Place
    charter: str

    def to_bytes(self) -> bytes:
        place = event_text(self.place)
        return orjson.dumps({"owner": self.token, "place": place, "charter": self.charter})

    @classmethod
    def of(cls, body: bytes) -> "Record":
        found = orjson.loads(body)
        return cls(str(found["owner"]), event_place(found["place"]), found.get("charter", ""))


@dataclass(frozen=True, slots=True)
class OwnerLog:
    """The log of one partition: a topic of its own, for the subscription of this charter."""

    client: PulsarClient
    topic: str
    charter: str

    async def last(self) -> Record | None:
        """What its owner wrote last; None where nobody has ever claimed the partition. An owner of
        an earlier subscription of that name, frozen while that was forgotten, may have written
        here: that does not count. Raises Gone, Unavailable."""
        entry = await self.client.last(self.topic)
        if entry is None:
            return None
        record = Record.of(entry.body)
        return record if record.charter == self.charter else None

    async def sender(self, *, by_force: bool) -> Sender:
        """Raises Busy, Gone, Unavailable."""
        return await self.client.sender(self.topic, "fencing" if by_force else "exclusive")


class Owner:
    """The ownership of one partition; `committed` is the last place acknowledged."""

    def __init__(self, log: OwnerLog, token: str, sender: Sender, committed: Place) -> None:
        self.committed = committed
        self._log, self._token, self._sender = log, token, sender
        self._turn = asyncio.Lock()

    @classmethod
    async def take(cls, log: OwnerLog, token: str, *, by_force: bool, begin: Place) -> "Owner":
        """Become the owner; `begin` is where the subscription began. Raises Busy where there is one
        and it is not by force, Fenced where a newer one came meanwhile, Unavailable."""
        sender = await log.sender(by_force=by_force)
        try:
            # Read after the fence: the older owner cannot add to it any more.
            last = await log.last()
            owner = cls(log, token, sender, begin if last is None else last.place)
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
                await self._write(place)
                self.committed = place

    async def verify(self) -> None:
        """Write once more what is true: raises Fenced where this is the owner no longer."""
        async with self._turn:
            await self._write(self.committed)

    async def revive(self) -> bool:
        """Where the connection was lost, do not wait until the driver tries again: that may take a
        minute. Whether it was. Raises Fenced where a newer owner has been here or the subscription
        was forgotten, Busy, Unavailable."""
        async with self._turn:
            if self._sender.is_connected:
                return False
            await self._sender.close()
            await self._check()
            self._sender = await self._log.sender(by_force=False)
            await self._check()
            return True

    async def close(self) -> None:
        """The partition is free at once."""
        await self._sender.close()

    async def _write(self, place: Place) -> None:
        await self._sender.send(Record(self._token, place, self._log.charter).to_bytes())

    async def _check(self) -> None:
        try:
            last = await self._log.last()
        except Gone as error:
            raise Fenced("the subscription was forgotten") from error
        if last is None or last.token != self._token:
            raise Fenced("a newer owner has taken the partition")
