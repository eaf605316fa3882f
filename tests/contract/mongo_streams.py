"""Streams that fail as a server does: the outbox is tried against them."""

import random
from collections.abc import Awaitable, Callable, Sequence

from backends.stream.base import Stream
from models.errors import Unavailable
from models.events import Event


class Publishing:
    """Passes on what is published; the documents use no other verb of a stream."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> object:
        return getattr(self._stream, name)

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        await self._stream.publish(topic, events)


class Switched(Publishing):
    """Down while `down` says so."""

    def __init__(self, stream: Stream, *, down: bool = False) -> None:
        super().__init__(stream)
        self.down = down

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        if self.down:
            raise Unavailable("the stream is down")
        await super().publish(topic, events)


class Flaky(Publishing):
    """Fails now and then, before the events are there or after, when its answer is lost."""

    def __init__(self, stream: Stream, chance: random.Random) -> None:
        super().__init__(stream)
        self._chance = chance

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        fate = self._chance.choice(("lost", "half", "unanswered", "well", "well"))
        if fate == "lost":
            raise Unavailable("the stream is down")
        await super().publish(topic, events[: len(events) // 2] if fate == "half" else events)
        if fate != "well":
            raise Unavailable("the answer of the stream is lost")


class Interrupted(Publishing):
    """Runs something in the middle of the first publication, after the events are there."""

    def __init__(self, stream: Stream, meanwhile: Callable[[], Awaitable[object]]) -> None:
        super().__init__(stream)
        self._meanwhile: Callable[[], Awaitable[object]] | None = meanwhile

    async def publish(self, topic: str, events: Sequence[Event]) -> None:
        await super().publish(topic, events)
        if self._meanwhile is not None:
            meanwhile, self._meanwhile = self._meanwhile, None
            await meanwhile()
