"""Waiting for events: look, and if there is nothing, sleep until the nudge or the next time."""

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass

from backends.nudge import POLL_S
from backends.sqlite import Database
from backends.stream.base import Delivery


@dataclass(frozen=True, slots=True)
class Found:
    """What one look gave; `again_s` is when a delayed event becomes due, where that is known."""

    deliveries: list[Delivery]
    again_s: float = POLL_S


class Waiting(ABC):
    """Base of the subscriptions on the SQLite file: `receive` in terms of `_look`."""

    def __init__(self, database: Database, topic: str) -> None:
        self._database = database
        self._topic = topic
        self._woken = asyncio.Event()

    @abstractmethod
    async def _look(self, max_events: int) -> Found:
        """The events that are there now. Takes note of what it returns without awaiting after
        that, so that a cancelled `receive` loses nothing."""

    async def receive(self, max_events: int, timeout_s: float) -> list[Delivery]:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout_s
        while True:
            self._woken.clear()
            found = await self._look(max_events)
            left_s = deadline - loop.time()
            if found.deliveries or left_s <= 0:
                return found.deliveries
            await self._sleep(min(left_s, found.again_s, POLL_S))

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        except TimeoutError:
            return

    def _start_listening(self) -> None:
        self._database.nudge.listen(self._topic, self._woken)

    def _stop_listening(self) -> None:
        self._database.nudge.unlisten(self._topic, self._woken)
