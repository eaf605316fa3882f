"""Any number of files in the order of their age, with a bounded number of them in memory.

No store lists by age. So the folder is looked through as often as it takes: each look keeps the
NEWEST files of those that are older than what was told before. A folder of fewer costs one look.
"""

import heapq
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime

from backends.files.base import FileInfo

NEWEST = 10_000
"""Files held at once, some 300 bytes each."""

Age = tuple[datetime, str]


class Newest:
    """Of the files that are added, the newest NEWEST that are older than `before` (None: all)."""

    def __init__(self, before: FileInfo | None) -> None:
        self._before = None if before is None else _age(before)
        self._heap: list[tuple[Age, int]] = []

    def add(self, info: FileInfo) -> None:
        entry = (_age(info), info.size)
        if self._before is not None and entry[0] >= self._before:
            return
        if len(self._heap) < NEWEST:
            heapq.heappush(self._heap, entry)
        else:
            heapq.heappushpop(self._heap, entry)

    def taken(self) -> list[FileInfo]:
        """What was kept, newest first."""
        ordered = sorted(self._heap, reverse=True)
        return [FileInfo(name, size, modified_at) for (modified_at, name), size in ordered]


Look = Callable[[Newest], Awaitable[None]]
"""Adds every file of the folder."""


async def newest_first(look: Look) -> AsyncIterator[FileInfo]:
    """Every file of the folder; of two of one age the one with the greater name first."""
    before = None
    while True:
        newest = Newest(before)
        await look(newest)
        found = newest.taken()
        for info in found:
            yield info
        if len(found) < NEWEST:
            return
        before = found[-1]


def _age(info: FileInfo) -> Age:
    return info.modified_at, info.name
