"""Manners towards hosts: few requests at once, a pause between them, silence when asked for it.

A host is a name with its port. Whoever wants to ask one waits for a turn; a host that answered
"too many requests" with a time is not asked before that time by anybody, whichever feed it was.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backends.fetch.base import NotAsked
from models.base import Clock

QUIET_MAX = timedelta(days=1)
"""The longest silence that a host can ask for: beyond it a slip of its clock would be for ever."""
_HOSTS_MAX = 1_000


@dataclass(slots=True)
class _Host:
    """`next_at` is in the loop's time; `quiet_until` in the clock's."""

    open: int = 0
    waiting: int = 0
    next_at: float = 0.0
    quiet_until: datetime | None = None
    left: asyncio.Condition = field(default_factory=asyncio.Condition)


class Hosts:
    """`pause_s` lies at least between the beginnings of two requests to one host."""

    def __init__(self, *, pause_s: float, clock: Clock) -> None:
        self._pause_s = pause_s
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, name: str, concurrency: int) -> AsyncIterator[None]:
        """Waits until the host has fewer than `concurrency` requests open and its pause is over.
        Raises NotAsked at once while the host wants silence."""
        host = self._known(name)
        self._refuse_while_quiet(host)
        host.waiting += 1
        try:
            async with host.left:
                await host.left.wait_for(lambda: host.open < concurrency)
                host.open += 1
        finally:
            host.waiting -= 1
        try:
            await self._pause(host)
            self._refuse_while_quiet(host)
            yield
        finally:
            async with host.left:
                host.open -= 1
                host.left.notify_all()

    def quieten(self, name: str, seconds: float) -> None:
        """The host does not want to be asked for so long."""
        until = self._clock() + min(timedelta(seconds=seconds), QUIET_MAX)
        host = self._known(name)
        host.quiet_until = max(until, host.quiet_until or until)

    def _known(self, name: str) -> _Host:
        if name not in self._hosts and len(self._hosts) >= _HOSTS_MAX:
            self._hosts = {n: h for n, h in self._hosts.items() if self._matters(h)}
        return self._hosts.setdefault(name, _Host())

    def _matters(self, host: _Host) -> bool:
        silent = host.quiet_until is not None and host.quiet_until > self._clock()
        paused = host.next_at > asyncio.get_running_loop().time()
        return bool(host.open or host.waiting or silent or paused)

    async def _pause(self, host: _Host) -> None:
        now = asyncio.get_running_loop().time()
        begin = max(now, host.next_at)
        host.next_at = begin + self._pause_s
        if begin > now:
            await asyncio.sleep(begin - now)

    def _refuse_while_quiet(self, host: _Host) -> None:
        if host.quiet_until is None:
            return
        left_s = (host.quiet_until - self._clock()).total_seconds()
        if left_s > 0:
            raise NotAsked("the host asked not to be asked again so soon", retry_after_s=left_s)
        host.quiet_until = None
