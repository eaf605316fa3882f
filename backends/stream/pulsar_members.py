"""The members of an ordered subscription: what each says of itself, heard by all the others.

Each consumer announces itself, and what it holds, on one small log: when it comes, whenever that
changes, and again and again as a sign of life. It is believed for as long as it says, by the
hearer's own clock. The log only makes balance and news fast; who owns a partition is decided in
`pulsar_owner`. The last word on it is that the subscription was forgotten.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass

import orjson
import structlog

from backends.stream.pulsar_charter import MEMBERS, partition_name
from backends.stream.pulsar_client import Entry, Gone, PulsarClient, Sender, Source
from models.errors import Unavailable

log = structlog.get_logger(__name__)

RETRY_S = 1.0
FORGET_S = 600.0
"""How long after its time a silent member is remembered."""
FORGOTTEN = b'{"forgotten":true}'


@dataclass(frozen=True, slots=True)
class Announcement:
    """What a member says: it shares the partitions with the group (or holds a claim), it holds
    these, and that is true for `valid_s`; 0 is goodbye."""

    token: str
    shares: bool
    holds: frozenset[int]
    valid_s: float

    def to_bytes(self) -> bytes:
        return orjson.dumps(
            {
                "token": self.token,
                "shares": self.shares,
                "holds": sorted(self.holds),
                "valid_s": self.valid_s,
            }
        )

    @classmethod
    def of(cls, body: bytes) -> "Announcement":
        found = orjson.loads(body)
        return cls(
            str(found["token"]),
            bool(found["shares"]),
            frozenset(int(number) for number in found["holds"]),
            float(found["valid_s"]),
        )


class Circle:
    """What one member knows of the others. Pure: `now` is given, in seconds."""

    def __init__(self, token: str) -> None:
        self._token = token
        self._heard: dict[str, tuple[Announcement, float]] = {}

    def hear(self, said: Announcement, now: float) -> bool:
        """Take note; whether the member was unknown, so that it should hear of us."""
        if said.token == self._token:
            return False
        self._forget(now)
        is_new = said.token not in self._heard
        if said.valid_s <= 0:
            self._heard.pop(said.token, None)
            return False
        self._heard[said.token] = (said, now + said.valid_s)
        return is_new

    def sharing(self, now: float) -> int:
        """How many others share the partitions."""
        return sum(said.shares for said, until in self._heard.values() if until > now)

    def held(self, now: float) -> frozenset[int]:
        """The partitions that living others hold."""
        return _together(said for said, until in self._heard.values() if until > now)

    def left_behind(self, now: float) -> frozenset[int]:
        """The partitions that only others hold whose time is over."""
        gone = _together(said for said, until in self._heard.values() if until <= now)
        return gone - self.held(now)

    def _forget(self, now: float) -> None:
        for token in [t for t, (_, until) in self._heard.items() if until + FORGET_S < now]:
            del self._heard[token]


def _together(said: Iterable[Announcement]) -> frozenset[int]:
    return frozenset(number for one in said for number in one.holds)


async def say_forgotten(client: PulsarClient, owners: str) -> None:
    """Tell all members that the subscription ends. Raises Unavailable."""
    sender = await client.sender(partition_name(owners, MEMBERS))
    try:
        await sender.send(FORGOTTEN)
    finally:
        await sender.close()


class Members:
    """One member's place among the members. `stirred` is set whenever somebody said something that
    may matter; `newcomers` are unknown ones who should be answered, `contested` the partitions that
    others say they hold; `is_forgotten` says that the subscription is no more."""

    def __init__(self, client: PulsarClient, owners: str, token: str) -> None:
        self.circle = Circle(token)
        self.stirred = asyncio.Event()
        self.has_newcomers = False
        self.contested: set[int] = set()
        self.is_forgotten = False
        self._client, self._token = client, token
        self._topic = partition_name(owners, MEMBERS)
        self._sender: Sender | None = None
        self._source: Source | None = None
        self._listening: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Begin to listen. Raises Unavailable."""
        self._source = await self._client.edge(self._topic)
        self._listening = asyncio.create_task(self._listen())

    async def announce(self, holds: Iterable[int], *, shares: bool, valid_s: float) -> None:
        """Tell all the others. Raises Unavailable."""
        if self._sender is None:
            self._sender = await self._client.sender(self._topic)
        said = Announcement(self._token, shares, frozenset(holds), valid_s)
        try:
            await self._sender.send(said.to_bytes())
        except Unavailable:
            await self._end_sender()
            raise
        self.has_newcomers = False

    def revive(self) -> None:
        """Listen anew where the connection was lost."""
        if self._source is not None and not self._source.is_connected:
            self.abandon()
            self._listening = asyncio.create_task(self._listen())

    async def close(self) -> None:
        self.abandon()
        if self._listening is not None:
            await asyncio.wait([self._listening])
        await self._end_sender()
        await self._end_source()

    def abandon(self) -> None:
        """Stop without a word: the connection is gone."""
        if self._listening is not None:
            self._listening.cancel()

    async def _listen(self) -> None:
        try:
            while not self.is_forgotten:
                try:
                    if self._source is None:
                        self._source = await self._client.edge(self._topic)
                    self._hear(await self._source.next())
                except Gone:
                    self._hear_forgotten()
                except Unavailable:
                    log.warning("members not heard", topic=self._topic)
                    await self._end_source()
                    await asyncio.sleep(RETRY_S)
        finally:
            await self._end_source()

    async def _end_source(self) -> None:
        if self._source is not None:
            source, self._source = self._source, None
            await source.close()

    async def _end_sender(self) -> None:
        if self._sender is not None:
            sender, self._sender = self._sender, None
            await sender.close()

    def _hear_forgotten(self) -> None:
        self.is_forgotten = True
        self.stirred.set()

    def _hear(self, entry: Entry) -> None:
        if entry.body == FORGOTTEN:
            self._hear_forgotten()
            return
        said = Announcement.of(entry.body)
        if said.token == self._token:
            return
        if self.circle.hear(said, asyncio.get_running_loop().time()):
            self.has_newcomers = True
        self.contested |= said.holds
        self.stirred.set()
