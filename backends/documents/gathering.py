"""One round trip for all that is asked meanwhile."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

AT_ONCE = 4
"""Calls under way: one that hangs does not hold up the others."""


class Gathered(Generic[Asked, Answer]):
    """Calls `work` at once for who asks, and while `AT_ONCE` calls are under way, once for all who
    ask meanwhile.

    Who asks gets the answer of a call that began after that: what is read is never older than the
    question. What a call raises is raised to all who asked for it. Who is cancelled takes nobody's
    answer away.
    """

    def __init__(self, work: Callable[[Sequence[Asked]], Awaitable[Answer]]) -> None:
        self._work = work
        self._free = asyncio.Semaphore(AT_ONCE)
        self._asked: list[Asked] = []
        self._next: asyncio.Task[Answer] | None = None

    async def ask(self, asked: Asked) -> Answer:
        self._asked.append(asked)
        if self._next is None or self._next.done():  # done: it was cancelled before it began
            self._next = asyncio.create_task(self._call())
        return await asyncio.shield(self._next)

    async def _call(self) -> Answer:
        async with self._free:
            asked, self._asked, self._next = self._asked, [], None
            return await self._work(asked)
